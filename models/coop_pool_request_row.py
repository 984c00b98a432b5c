from odoo import fields, models

from odoo.addons.producer_cooperative.tools.allocation import RequestRow

#: How a member asked.
SOURCES = [('counter', "At the Counter"), ('paper', "Paper List"), ('phone', "By Phone"), ('portal', "Portal")]


class CoopPoolRequestRow(models.Model):
    """What a member added to a request at one moment and has not taken back since; it decides who is served first."""
    _name = 'coop.pool.request.row'
    _description = "Pool Request History"
    _order = 'date, id'

    request_id = fields.Many2one(comodel_name='coop.pool.request', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='request_id.company_id', store=True)
    date = fields.Datetime(required=True, readonly=True)
    quantity_asked = fields.Float(string="Asked For", digits='Product Unit', readonly=True)
    tolerance_asked = fields.Float(string="Tolerance Asked For", digits='Product Unit', readonly=True)
    quantity = fields.Float(
        string="Still Counts", digits='Product Unit', readonly=True, help="What was not taken back since.",
    )
    tolerance = fields.Float(string="Tolerance That Counts", digits='Product Unit', readonly=True)
    source = fields.Selection(selection=SOURCES, readonly=True, help="How the member asked.")
    source_ref = fields.Char(string="Paper Number", readonly=True)
    user_id = fields.Many2one(
        comodel_name='res.users', string="Entered By", readonly=True, ondelete='restrict', index='btree_not_null',
    )

    def _to_request_row(self):
        """Return this row for the arithmetic, its quantities counted in the steps that are handed out."""
        self.ensure_one()
        line = self.request_id.line_id
        return RequestRow(
            self.request_id.membership_id.id, self.date, line._to_steps(self.quantity), line._to_steps(self.tolerance),
            self.id,
        )

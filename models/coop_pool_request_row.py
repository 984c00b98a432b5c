from odoo import fields, models

from odoo.addons.producer_cooperative.tools.allocation import RequestRow


class CoopPoolRequestRow(models.Model):
    """What a member added to a request at one moment and has not taken back since; it decides who is served first."""
    _name = 'coop.pool.request.row'
    _description = "Pool Request History"
    _order = 'date, id'

    request_id = fields.Many2one(comodel_name='coop.pool.request', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='request_id.company_id', store=True)
    date = fields.Datetime(required=True, readonly=True)
    quantity = fields.Float(digits='Product Unit', readonly=True)
    tolerance = fields.Float(digits='Product Unit', readonly=True)

    def _to_request_row(self):
        """Return this row for the arithmetic, its quantities counted in the steps that are handed out."""
        self.ensure_one()
        line = self.request_id.line_id
        return RequestRow(
            self.request_id.membership_id.id, self.date, line._to_steps(self.quantity), line._to_steps(self.tolerance),
            self.id,
        )

from odoo import fields, models


class CoopConsignmentBand(models.Model):
    """A commission rate from a threshold up to the next one; the last band has no end."""
    _name = 'coop.consignment.band'
    _inherit = ['coop.kept.line.mixin']
    _description = "Commission Band"
    _order = 'term_id, lower'

    term_id = fields.Many2one(comodel_name='coop.consignment.term', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='term_id.company_id', store=True)
    currency_id = fields.Many2one(related='term_id.currency_id')
    lower = fields.Monetary(string="From", required=True)
    upper = fields.Monetary(
        string="Below", help="Where the next band begins. Left at zero, the band goes up to the next one.",
    )
    rate = fields.Float(string="Rate (%)", digits=(5, 2), required=True)

    _lower_uniq = models.Constraint('UNIQUE (term_id, lower)', "Two bands start at the same amount.")
    _lower_not_negative = models.Constraint('CHECK (lower >= 0)', "A band starts at zero or above.")
    _rate_is_share = models.Constraint('CHECK (rate BETWEEN 0 AND 100)', "A rate is between 0 and 100 %.")

    # === BUSINESS METHODS === #

    def _check_may_change(self):
        self.term_id._check_not_fixed()

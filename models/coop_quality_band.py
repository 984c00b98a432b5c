from odoo import api, fields, models


class CoopQualityBand(models.Model):
    """One line of a quality price list: a band of measured values, or a grade."""
    _name = 'coop.quality.band'
    _description = "Quality Band"
    _order = 'price_id, lower, sequence, id'

    price_id = fields.Many2one(comodel_name='coop.quality.price', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='price_id.company_id', store=True)
    currency_id = fields.Many2one(related='price_id.currency_id')
    sequence = fields.Integer(default=10)
    lower = fields.Float(string="From", digits=(12, 2))
    upper = fields.Float(
        string="Up To", digits=(12, 2), help="Not included: the next band begins here. Zero for the last band: no end.",
    )
    grade = fields.Char(help="The grade that goods of this quality get.")
    deduction_rate = fields.Float(string="Deduction (%)", digits=(5, 2))
    price = fields.Monetary(string="Price per Unit")

    _values_not_negative = models.Constraint(
        'CHECK (lower >= 0 AND upper >= 0 AND price >= 0)', "Measured values and prices cannot be negative.",
    )
    _deduction_is_share = models.Constraint(
        'CHECK (deduction_rate >= 0 AND deduction_rate < 100)', "A deduction is at least 0 and less than 100 %.",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        bands = super().create(vals_list)
        bands._check_list(bands.price_id)
        return bands

    def write(self, vals):
        lists = self.price_id
        res = super().write(vals)
        self._check_list(lists | self.price_id)
        return res

    def unlink(self):
        lists = self.price_id
        res = super().unlink()
        self._check_list(lists)
        return res

    def _check_list(self, lists):
        """Check lists whose bands are changed one by one; a list that is saved as a whole checks itself in the end."""
        if not self.env.context.get('coop_bands_together'):
            lists.exists()._check_bands()

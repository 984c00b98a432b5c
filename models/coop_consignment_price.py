from odoo import api, fields, models


class CoopConsignmentPrice(models.Model):
    """What a member gets for every unit of a product that was sold, by the terms (harga titip)."""
    _name = 'coop.consignment.price'
    _description = "Net Price"
    _order = 'term_id, product_id'

    term_id = fields.Many2one(comodel_name='coop.consignment.term', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='term_id.company_id', store=True)
    currency_id = fields.Many2one(related='term_id.currency_id')
    product_id = fields.Many2one(
        comodel_name='product.product', required=True, index=True, ondelete='restrict',
        domain="[('coop_consigned', '=', True)]",
    )
    uom_id = fields.Many2one(related='product_id.uom_id', string="Unit")
    net_price = fields.Monetary(required=True, help="For every unit sold, in the product's unit.")

    _product_uniq = models.Constraint('UNIQUE (term_id, product_id)', "A product has one net price.")
    _price_positive = models.Constraint('CHECK (net_price > 0)', "A net price is above zero.")

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        prices = super().create(vals_list)
        prices.term_id._check_not_fixed()
        return prices

    def write(self, vals):
        self.term_id._check_not_fixed()
        res = super().write(vals)
        self.term_id._check_not_fixed()  # the terms may be other ones now
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self.term_id._check_not_fixed()

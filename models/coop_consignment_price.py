from odoo import fields, models


class CoopConsignmentPrice(models.Model):
    """What a member gets for every unit of a product that was sold, by the terms (harga titip)."""
    _name = 'coop.consignment.price'
    _inherit = ['coop.kept.line.mixin']
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

    # === BUSINESS METHODS === #

    def _check_may_change(self):
        self.term_id._check_not_fixed()

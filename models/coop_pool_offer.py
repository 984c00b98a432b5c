from odoo import api, fields, models
from odoo.exceptions import UserError


class CoopPoolOffer(models.Model):
    """What one vendor asks for the sum of all requests for a product: the reasons of a proposal, kept with the round.

    Written by the closing; it is never edited. Quantities are in the product's unit unless they say otherwise.
    """
    _name = 'coop.pool.offer'
    _description = "Vendor's Offer in a Pool"
    _order = 'pool_id DESC, line_id, sequence, id'
    _rec_name = 'vendor_id'
    _check_company_auto = True

    line_id = fields.Many2one(
        comodel_name='coop.pool.line', string="Pooled Product", required=True, readonly=True, index=True,
        ondelete='cascade',
    )
    sequence = fields.Integer(readonly=True)
    pool_id = fields.Many2one(related='line_id.pool_id', store=True, index=True)
    company_id = fields.Many2one(related='line_id.company_id', store=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    pool_state = fields.Selection(related='pool_id.state', string="Pool State")
    product_id = fields.Many2one(related='line_id.product_id', store=True, index=True)
    uom_id = fields.Many2one(related='line_id.uom_id', string="Unit")
    vendor_id = fields.Many2one(
        comodel_name='res.partner', required=True, readonly=True, index=True, check_company=True, ondelete='restrict',
    )
    source = fields.Selection(
        selection=[('price_list', "Price List"), ('quote', "Quote")], required=True, readonly=True,
        default='price_list', string="Price From",
    )
    seller_id = fields.Many2one(
        comodel_name='product.supplierinfo', string="Price List Row", readonly=True, index='btree_not_null',
        ondelete='set null',
    )
    quote_line_id = fields.Many2one(
        comodel_name='purchase.order.line', string="Quoted On", readonly=True, index='btree_not_null',
        ondelete='set null',
    )
    quantity = fields.Float(
        digits='Product Unit', readonly=True, aggregator=None,
        help="What would be ordered; 0 where the vendor sells nothing for this sum.",
    )
    vendor_quantity = fields.Float(
        string="Vendor's Quantity", digits='Product Unit', readonly=True, aggregator=None,
        help="The same in the vendor's unit.",
    )
    vendor_uom_id = fields.Many2one(comodel_name='uom.uom', string="Vendor's Unit", readonly=True)
    vendor_currency_id = fields.Many2one(comodel_name='res.currency', string="Vendor's Currency", readonly=True)
    vendor_price = fields.Float(
        string="Vendor's Price", min_display_digits='Product Price', readonly=True, aggregator=None,
        help="Per vendor's unit in the currency of the order, before discount.",
    )
    discount = fields.Float(string="Discount (%)", digits='Discount', readonly=True, aggregator=None)
    minimum_quantity = fields.Float(
        string="From", digits='Product Unit', readonly=True, aggregator=None,
        help="The price holds from this quantity on.",
    )
    price_unit = fields.Float(
        string="Price per Unit", min_display_digits='Product Price', readonly=True, aggregator=None,
        help="Per unit of the product, discount taken off, in company currency.",
    )
    amount_total = fields.Monetary(
        string="Total", readonly=True, aggregator=None,
        help="Before tax, in company currency at the rate of the day of the order.",
    )
    quantity_unserved = fields.Float(
        string="Unserved", digits='Product Unit', readonly=True, aggregator=None,
        help="How much of what was asked for would be missing.",
    )
    quantity_excess = fields.Float(
        string="For the Stock", digits='Product Unit', readonly=True, aggregator=None,
        help="How much nobody takes, even with tolerance; the cooperative would buy it for its own stock.",
    )
    reason = fields.Char(string="Why", readonly=True)
    is_chosen = fields.Boolean(string="Chosen", compute='_compute_is_chosen', store=True)

    # === COMPUTE METHODS === #

    @api.depends('line_id.offer_id')
    def _compute_is_chosen(self):
        for offer in self:
            offer.is_chosen = offer.line_id.offer_id == offer

    @api.depends('vendor_id', 'quantity', 'line_id')
    @api.depends_context('lang')
    def _compute_display_name(self):
        for offer in self:
            quantity = offer.line_id._format(offer.quantity)
            offer.display_name = f"{offer.vendor_id.display_name}, {quantity} {offer.uom_id.name or ''}".strip()

    # === ACTIONS === #

    def action_choose(self):
        """Ask why, then order by this offer instead of the chosen one.

        :raises UserError: when the vendor sells nothing for this sum.
        """
        self.ensure_one()
        if not self.quantity:
            raise UserError(self.env._(
                "%(vendor)s cannot deliver %(product)s: %(reason)s", vendor=self.vendor_id.display_name,
                product=self.line_id.display_name, reason=self.reason,
            ))
        return self.line_id._get_overrule_action(offer=self)

from odoo import fields, models

from odoo.addons.producer_cooperative.models.coop_pool_order_mixin import POOL_TOKEN


class CoopPoolCorrectionLine(models.Model):
    """What a correction changes in one member's share of one product."""
    _name = 'coop.pool.correction.line'
    _inherit = ['coop.guard.mixin']
    _description = "Pool Charge Correction Line"
    _order = 'correction_id, id'

    correction_id = fields.Many2one(
        comodel_name='coop.pool.correction', required=True, readonly=True, index=True, ondelete='cascade',
    )
    allocation_id = fields.Many2one(
        comodel_name='coop.pool.allocation', string="Share", required=True, readonly=True, index=True,
        ondelete='restrict',
    )
    company_id = fields.Many2one(related='correction_id.company_id', store=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    product_id = fields.Many2one(related='allocation_id.product_id', store=True)
    uom_id = fields.Many2one(related='allocation_id.uom_id', string="Unit")
    quantity = fields.Float(digits='Product Unit', readonly=True, help="Negative: taken back.")
    price_unit = fields.Float(string="Unit Price", min_display_digits='Product Price', readonly=True)
    amount = fields.Monetary(readonly=True, help="Quantity at the unit price.")
    adjustment_amount = fields.Monetary(
        string="Variance", readonly=True, help="Variance passed on for this product, or given back with it.",
    )

    cost_freed = fields.Monetary(
        string="Shared Costs Set Free", readonly=True,
        help="Shared costs that the member does not pay any more with these goods; negative: that go with goods taken"
             " over.",
    )

    # === BUSINESS METHODS === #

    def _get_order_line(self):
        """Return the line of the member's order that carries the product, or an empty recordset."""
        self.ensure_one()
        return self.correction_id.charge_id.order_id.order_line.filtered(
            lambda line: line.product_id == self.product_id and not line.display_type,
        )[:1]

    def _apply_to_shares(self):
        for line in self:
            share = line.allocation_id.sudo()  # sudo: see coop.pool.correction._make
            if line.quantity:
                quantity = share.uom_id.round(share.quantity + line.quantity)
                share._as_pool().write({'quantity': quantity, 'is_manual': True})
                share.write(share.line_id._get_alone_values(quantity))
            share.write({
                'amount': share.amount + line.amount,
                'adjustment_amount': share.adjustment_amount + line.adjustment_amount,
            })
        for charge in self.correction_id.charge_id:
            charge.amount_alone = sum(charge.allocation_ids.mapped('amount_alone'))

    def _apply_quantities_to_orders(self):
        """Order what the member gets now, and let the deliveries follow."""
        for line in self.filtered('quantity'):
            share = line.allocation_id.sudo()
            order_line = line._get_order_line().sudo().with_context(coop_pool_token=POOL_TOKEN)
            if not order_line:
                self.env['sale.order.line'].sudo().create({
                    **share._prepare_sale_line_values(), 'order_id': line.correction_id.charge_id.order_id.id,
                })
                continue
            # The price is written with the quantity, because Odoo would look up its own for a new quantity.
            order_line.write({'product_uom_qty': share.quantity, 'price_unit': share.price_unit})
            order_line._coop_lower_deliveries()

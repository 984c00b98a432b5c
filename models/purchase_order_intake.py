from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.producer_cooperative.models.stock_move_document import as_moving


class PurchaseOrder(models.Model):
    """Orders for goods that members sell outright: made by an intake slip, billed by its bill."""
    _inherit = 'purchase.order'

    coop_consignment_id = fields.Many2one(
        comodel_name='coop.consignment', string="Intake Slip", readonly=True, copy=False, index='btree_not_null',
        check_company=True, ondelete='restrict',
    )
    coop_buyout_id = fields.Many2one(
        comodel_name='coop.consignment.buyout', string="Purchase from Members' Stock", readonly=True, copy=False,
        index='btree_not_null', check_company=True, ondelete='restrict',
    )

    # === ACTIONS === #

    def button_confirm(self):
        self._coop_check_not_consigned()
        return super().button_confirm()

    # === BUSINESS METHODS === #

    def _coop_check_not_consigned(self):
        """Refuse to buy what is sold for members: it could never be received as anybody's.

        :raises UserError: naming the product that is bought instead.
        """
        for line in self.order_line:
            product = line.product_id
            if not product.coop_consigned or not line.company_id.coop_is_cooperative:
                continue
            twin = product._coop_get_twin()
            if twin:
                raise UserError(self.env._(
                    "%(product)s is sold for members and not bought. Take it in by an intake slip, or buy %(twin)s.",
                    product=product.display_name, twin=twin.display_name,
                ))
            raise UserError(self.env._(
                "%s is sold for members and not bought. Take it in by an intake slip, or give it a product of the"
                " cooperative's own to buy.", product.display_name,
            ))

    def _add_supplier_to_product(self):
        """Keep the members who sell outright off the products' lists of vendors: the slip says the price."""
        outright = self.filtered(lambda order: order.coop_consignment_id or order.coop_buyout_id)
        return super(PurchaseOrder, self - outright)._add_supplier_to_product()

    @api.model
    def _coop_prepare_outright_values(self, company, partner, warehouse, origin):
        """Return the order for goods that somebody sells outright, in the company's currency and without terms."""
        return {
            'company_id': company.id,
            'partner_id': partner.id,
            'currency_id': company.currency_id.id,
            'picking_type_id': warehouse.in_type_id.id,
            'origin': origin,
            'partner_ref': origin,
            'payment_term_id': False,
            'fiscal_position_id': False,
        }

    @api.model
    def _coop_prepare_outright_line_values(self, product, quantity, price):
        """Return an order line in the product's unit; members charge no tax."""
        return {
            'product_id': product.id,
            'name': product.display_name,
            'product_qty': quantity,
            'product_uom_id': product.uom_id.id,
            'price_unit': price,
            'discount': 0.0,
            'tax_ids': [Command.clear()],
        }

    def _coop_get_unbilled(self):
        """Return ``{order line: quantity}`` that was received and is on no bill yet, drafts of Odoo's own included.

        For an intake slip only its own lines count, and never more of them than their net.
        """
        unbilled = {}
        for line in self.order_line.filtered(lambda line: not line.display_type):
            received = line.qty_received
            if line.order_id.coop_consignment_id:
                received = min(received, line.coop_consignment_line_id.net)
            quantity = line.product_uom_id.round(received - line.qty_invoiced)
            if line.product_uom_id.compare(quantity, 0.0) > 0:
                unbilled[line] = quantity
        return unbilled


class PurchaseOrderLine(models.Model):
    _inherit = 'purchase.order.line'

    coop_consignment_line_id = fields.Many2one(
        comodel_name='coop.consignment.line', string="Intake Slip Line", readonly=True, copy=False,
        index='btree_not_null', ondelete='restrict',
    )

    def _prepare_stock_move_vals(self, picking, price_unit, product_uom_qty, product_uom):
        values = super()._prepare_stock_move_vals(picking, price_unit, product_uom_qty, product_uom)
        if self.coop_consignment_line_id:
            values['coop_consignment_line_id'] = self.coop_consignment_line_id.id
        return values

    def _create_stock_moves(self, picking):
        lines = self
        if self.order_id.coop_consignment_id == self.coop_consignment_line_id.consignment_id:
            # Whoever confirms the order of a slip; what is received is held against the slip in any case.
            lines = as_moving(self)
        return super(PurchaseOrderLine, lines)._create_stock_moves(picking).with_env(self.env)

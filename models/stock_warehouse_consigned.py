from odoo import models


class StockWarehouse(models.Model):
    """What lies in the warehouse for members."""
    _inherit = 'stock.warehouse'

    # === BUSINESS METHODS === #

    def _coop_get_free_goods(self, partner):
        """Return ``{(product, lot): quantity}`` of the member's goods on stock here that nobody has reserved.

        Goods that are still to be put away count once they are. Quantities are in the product's unit.
        """
        self.ensure_one()
        # sudo: quantities of one member's goods, for whoever gives them back or buys them
        groups = self.env['stock.quant'].sudo()._read_group([
            ('owner_id', '=', partner.id), ('location_id', 'child_of', self.lot_stock_id.ids),
            ('product_id.coop_consigned', '=', True), ('location_id.usage', '=', 'internal'),
        ], ['product_id', 'lot_id'], ['quantity:sum', 'reserved_quantity:sum'])
        return {
            (product.sudo(False), lot.sudo(False)): product.uom_id.round(quantity - reserved)
            for product, lot, quantity, reserved in groups
        }

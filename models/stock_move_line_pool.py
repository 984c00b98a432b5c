from odoo import models


class StockMoveLine(models.Model):
    _inherit = 'stock.move.line'

    # === BUSINESS METHODS === #

    def _coop_get_stock_change(self):
        """Return how much this adds to the stock, negative for what it takes away, in the product's unit."""
        self.ensure_one()
        change = self.location_dest_id._coop_is_stock() - self.location_id._coop_is_stock()
        return change * self.quantity_product_uom

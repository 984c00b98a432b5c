from odoo import models


class StockMove(models.Model):
    _inherit = 'stock.move'

    # === BUSINESS METHODS === #

    def _action_done(self, cancel_backorder=False):
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        (self | moves).exists()._coop_update_pools()
        return moves

    def _action_cancel(self):
        res = super()._action_cancel()
        self._coop_update_pools()
        return res

    def _coop_update_pools(self):
        """Tell the pools whose goods came, went back or will not come."""
        # sudo: warehouse staff receive the goods of a pool without any other access to it
        self.sudo().purchase_line_id.order_id._coop_update_pools()

    def _coop_is_receipt(self):
        """Whether the move brings goods from outside into the company's stock."""
        self.ensure_one()
        return self.location_id.usage != 'internal' and self.location_dest_id.usage == 'internal'

    def _coop_get_received_quantity(self):
        """Return what the move brought, negative for what went back, in the product's unit; 0 until it is done."""
        self.ensure_one()
        if self.state != 'done':
            return 0.0
        quantity = self.product_uom._compute_quantity(self.quantity, self.product_id.uom_id, rounding_method='HALF-UP')
        if self._coop_is_receipt():
            return quantity
        left_stock = self.location_id.usage == 'internal' and self.location_dest_id.usage != 'internal'
        return -quantity if left_stock else 0.0

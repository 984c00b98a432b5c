from odoo import models


class SaleOrderLine(models.Model):
    """The lots that a pool shared out to the member on the order."""
    _inherit = 'sale.order.line'

    # === BUSINESS METHODS === #

    def _coop_get_lot_shares(self):
        """Return the lots that the pools shared out, in the product's unit.

        :return: ``{sale order line: {lot: quantity}}``; nothing for lines that no pool made, or without lots.
        """
        of_pool = self.filtered('order_id.coop_pool_id')
        if not of_pool:
            return {}
        shares = self.env['coop.pool.allocation.lot'].search([
            ('allocation_id.charge_id.order_id', 'in', of_pool.order_id.ids),
            ('product_id', 'in', of_pool.product_id.ids),
        ])
        found = shares.grouped(lambda share: (share.allocation_id.charge_id.order_id, share.product_id))
        return {
            line: {share.lot_id: share.quantity for share in found.get((line.order_id, line.product_id), ())}
            for line in of_pool
        }

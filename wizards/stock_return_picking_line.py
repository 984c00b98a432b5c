from odoo import models

from odoo.addons.producer_cooperative.models.stock_move_document import as_moving


class StockReturnPickingLine(models.TransientModel):
    """Returns of slips' transfers belong to the slip too; returns of sales correct the sale."""
    _inherit = 'stock.return.picking.line'

    # === BUSINESS METHODS === #

    def _process_line(self, new_picking):
        is_made = super(StockReturnPickingLine, as_moving(self))._process_line(new_picking)
        new_picking.move_ids._coop_check_refunded()
        return is_made

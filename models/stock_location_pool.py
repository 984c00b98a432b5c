from odoo import models


class StockLocation(models.Model):
    _inherit = 'stock.location'

    # === BUSINESS METHODS === #

    def _coop_is_stock(self):
        """Whether goods here can be handed out: inside a warehouse, past its input and quality control."""
        self.ensure_one()
        if self.usage != 'internal':
            return False
        warehouse = self.warehouse_id
        if warehouse.reception_steps == 'one_step':
            return True
        before = warehouse.wh_input_stock_loc_id | warehouse.wh_qc_stock_loc_id
        return not any(self._child_of(location) for location in before)

from odoo import models


class StockLot(models.Model):
    """Lots of members' goods are worth nothing in the cooperative's books."""
    _inherit = 'stock.lot'

    # === COMPUTE METHODS === #

    def _compute_value(self):
        consigned = self.filtered('product_id.coop_consigned')
        res = super(StockLot, self - consigned)._compute_value()
        consigned.company_currency_id = self.env.company.currency_id
        consigned.total_value = 0.0
        return res

    def _compute_avg_cost(self):
        consigned = self.filtered('product_id.coop_consigned')
        res = super(StockLot, self - consigned)._compute_avg_cost()
        consigned.avg_cost = 0.0
        return res

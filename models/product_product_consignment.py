from odoo import models


class ProductProduct(models.Model):
    """Members' goods are worth nothing in the cooperative's books, whatever the category says."""
    _inherit = 'product.product'

    # === COMPUTE METHODS === #

    def _compute_value(self):
        """Leave members' goods out: first in, first out, Odoo values all that is there, whoever owns it."""
        consigned = self.filtered('coop_consigned')
        res = super(ProductProduct, self - consigned)._compute_value()
        consigned.company_currency_id = self.env.company.currency_id
        consigned.total_value = consigned.avg_cost = 0.0
        return res

from odoo import models


class StockRule(models.Model):
    _inherit = 'stock.rule'

    def _get_custom_move_fields(self):
        """Carry the owner whose goods a sale names from the order to every move that is made for it."""
        return [*super()._get_custom_move_fields(), 'restrict_partner_id']

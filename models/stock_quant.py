from odoo import models
from odoo.fields import Domain


class StockQuant(models.Model):
    _inherit = 'stock.quant'

    def _get_gather_domain(self, product_id, location_id, lot_id=None, package_id=None, owner_id=None, strict=False):
        """Look only among the goods of the owner that a move of consigned goods is bound to."""
        domain = super()._get_gather_domain(
            product_id, location_id, lot_id=lot_id, package_id=package_id, owner_id=owner_id, strict=strict,
        )
        bound_to = self.env.context.get('coop_bound_owner_id')
        if bound_to and not strict and not owner_id:
            return domain & Domain('owner_id', '=', bound_to)
        return domain

    def _coop_get_owner_action(self, domain):
        """Return the action that shows the stock in ``domain`` by owner, read only."""
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Members' Goods"),
            'res_model': 'stock.quant',
            'view_mode': 'list,pivot',
            'views': [
                (self.env.ref('producer_cooperative.stock_quant_view_list_owner').id, 'list'),
                (self.env.ref('producer_cooperative.stock_quant_view_pivot_owner').id, 'pivot'),
            ],
            'search_view_id': [self.env.ref('producer_cooperative.stock_quant_view_search_owner').id, 'search'],
            'domain': domain,
            'context': {'create': False, 'search_default_group_by_owner': 1},
        }

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

#: What stock of members' goods is; it changes by transfers and counts only.
FIXED = frozenset({'owner_id', 'product_id', 'location_id', 'lot_id', 'company_id', 'quantity'})


class StockQuant(models.Model):
    """Stock of members' goods changes by transfers, and by counts that somebody else approved."""
    _inherit = 'stock.quant'

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                product = self.env['product.product'].browse(vals.get('product_id'))
                if vals.get('quantity') and product.coop_consigned:
                    raise UserError(self._coop_rewritten_error_message(product))
        return super().create(vals_list)

    def write(self, vals):
        # Odoo itself writes stock with more rights than the user has.
        if FIXED & vals.keys() and not self.env.su:
            products = self.product_id | self.env['product.product'].browse(vals.get('product_id'))
            consigned = products.filtered('coop_consigned')
            if consigned:
                raise UserError(self._coop_rewritten_error_message(consigned[0]))
        return super().write(vals)

    # === BUSINESS METHODS === #

    @api.model
    def _coop_rewritten_error_message(self, product):
        return self.env._(
            "Stock of %s belongs to members: it is received, delivered, returned or counted, and not rewritten.",
            product.display_name,
        )

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

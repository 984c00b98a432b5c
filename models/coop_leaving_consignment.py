from odoo import models


class CoopLeaving(models.Model):
    """Goods of a leaving member that are still in the warehouse, and settlements that are still to come."""
    _inherit = 'coop.leaving'

    # === ACTIONS === #

    def action_view_goods(self):
        """Open the member's goods in the warehouse."""
        self.ensure_one()
        return self.membership_id.action_view_consigned_stock()

    # === BUSINESS METHODS === #

    def _prepare_goods_rows(self):
        self.ensure_one()
        # sudo: what lies in the warehouse of the member, also for a treasurer without access to the stock
        groups = self.env['stock.quant'].sudo()._read_group(
            self.membership_id._get_owned_stock_domain(), ['product_id'], ['quantity:sum'],
        )
        return [
            {
                'kind': 'goods', 'name': product.display_name, 'product_id': product.id, 'quantity': quantity,
                'uom_id': product.uom_id.id,
            }
            for product, quantity in groups if not product.uom_id.is_zero(quantity)
        ]

    def _prepare_coming_rows(self):
        """Add the settlements that are not posted yet."""
        # sudo: figures of the member's own documents
        settlements = self.env['coop.settlement'].sudo().search([
            ('membership_id', '=', self.membership_id.id), ('state', 'in', ('draft', 'computed')),
        ])
        return super()._prepare_coming_rows() + [
            {
                'kind': 'coming', 'name': self.env._("Settlement that is not posted yet"), 'date': settlement.date,
                'amount': settlement.amount_payable,
            }
            for settlement in settlements
        ]

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_amount


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
        """Add the goods that are still awaited, and the settlements that are not posted yet."""
        # sudo: figures of the member's own documents
        settlements = self.env['coop.settlement'].sudo().search([
            ('membership_id', '=', self.membership_id.id), ('state', 'in', ('draft', 'computed')),
        ])
        awaited = [
            {
                'kind': 'coming', 'date': slip.date,
                'name': self.env._("Intake slip %s, whose goods the warehouse has not received", slip.display_name),
            }
            for slip in self._get_awaited_slips()
        ]
        return super()._prepare_coming_rows() + awaited + [
            {
                'kind': 'coming', 'name': self.env._("Settlement that is not posted yet"), 'date': settlement.date,
                'amount': settlement.amount_payable,
            }
            for settlement in settlements
        ]

    # === BUSINESS METHODS - CHECKS === #

    def _check_can_be_approved(self):
        super()._check_can_be_approved()
        self._check_no_advance()
        self._check_no_goods_awaited()

    def _get_awaited_slips(self):
        self.ensure_one()
        # sudo: the member's own slips, also for a treasurer who writes none
        return self.env['coop.consignment'].sudo().search([
            ('membership_id', '=', self.membership_id.id), ('state', '=', 'confirmed'),
        ])

    def _check_no_goods_awaited(self):
        """Let nobody leave while the warehouse still is to receive goods that a slip says were brought.

        :raises UserError: naming the slips.
        """
        self.ensure_one()
        slips = self._get_awaited_slips()
        if slips:
            raise UserError(self.env._(
                "Goods of %(member)s on %(slips)s are not received yet. Let the warehouse receive them, or cancel the"
                " slips, before %(member)s leaves.",
                member=self.membership_id.display_name, slips=", ".join(slips.mapped('display_name')),
            ))

    def _check_no_advance(self):
        """Let nobody leave with an advance on goods that will not come any more.

        :raises UserError: naming the member and the amount.
        """
        self.ensure_one()
        partner = self.membership_id.partner_id
        held = self.env['coop.settlement']._get_advance_balances(self.company_id, partner).get(partner, 0.0)
        if self.currency_id.compare_amounts(held, 0.0) > 0:
            raise UserError(self.env._(
                "%(member)s still holds advances of %(amount)s on goods to be sold. Settle what was sold, or record"
                " what is paid back under Advances.",
                member=self.membership_id.display_name, amount=format_amount(self.env, held, self.currency_id),
            ))

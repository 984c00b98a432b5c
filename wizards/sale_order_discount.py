from odoo import models
from odoo.exceptions import UserError

from odoo.addons.producer_cooperative.tools.apportion import apportion
from odoo.addons.producer_cooperative.tools.units import to_units


class SaleOrderDiscount(models.TransientModel):
    """Discounts for a whole order with members' goods: every line bears its part, so that every owner does."""
    _inherit = 'sale.order.discount'

    # === BUSINESS METHODS === #

    def _create_discount_lines(self):
        """Lower the lines instead of adding one of the cooperative's own, which no owner would bear.

        A percentage goes on top of the discount of each line. An amount is shared over the lines in proportion to
        their totals, by largest remainder, and lowers their prices.
        """
        self.ensure_one()
        lines = self.sale_order_id.order_line.filtered(lambda line: not line.display_type and not line.is_downpayment)
        if not any(lines.mapped('coop_consigned')):
            return super()._create_discount_lines()
        if self.discount_type == 'so_discount':
            for line in lines:
                line.discount = 100 - (100 - line.discount) * (1 - self.discount_percentage)
        else:
            self._coop_lower_prices(lines.filtered(lambda line: line.price_total > 0))
        return None

    def _coop_lower_prices(self, lines):
        """Share the amount of the discount over the lines, and lower their prices by it.

        :raises UserError: when the discount is more than the order.
        """
        rounding = self.currency_id.rounding
        totals = [to_units(line.price_total, rounding) for line in lines]
        amount = to_units(self.discount_amount, rounding)
        if amount < 0 or amount > sum(totals):
            raise UserError(self.env._("A discount is between nothing and the whole order."))
        for line, total, part in zip(lines, totals, apportion(amount, totals), strict=True):
            line.price_unit *= (total - part) / total

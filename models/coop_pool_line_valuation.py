from odoo import api, fields, models
from odoo.tools import format_amount

from odoo.addons.producer_cooperative.models.coop_pool import MONEY_GROUPS


class CoopPoolLine(models.Model):
    """What goods that are left over stand in the cooperative's stock at."""
    _inherit = 'coop.pool.line'

    # === BUSINESS METHODS === #

    def _get_stock_price(self):
        """Return what one unit of the product stands in the company's stock at today."""
        self.ensure_one()
        # sudo: the product's cost, for the roles that see the costs of the round
        return self._get_product().sudo().standard_price

    def _is_valued_otherwise(self):
        """Whether goods left over would stand in stock at a fixed price that is not what they cost."""
        self.ensure_one()
        if self._get_product().sudo().cost_method != 'standard':  # sudo: see _get_stock_price
            return False
        fixed, expected = self._get_stock_price(), self.price_expected or self.price_current or self.next_step_price
        if self.currency_id.is_zero(fixed):
            return True
        return bool(expected) and self.currency_id.compare_amounts(fixed, expected) != 0


class CoopPool(models.Model):
    _inherit = 'coop.pool'

    valuation_warning = fields.Text(compute='_compute_valuation_warning', compute_sudo=True, groups=MONEY_GROUPS)

    # === COMPUTE METHODS === #

    @api.depends('state', 'line_ids.product_id', 'line_ids.price_expected', 'line_ids.price_current')
    def _compute_valuation_warning(self):
        # sudo (compute_sudo): costs of the products, for the roles that see the costs of the round
        for pool in self:
            waiting = pool.state in ('draft', 'open', 'closed', 'ordered')
            lines = pool.line_ids.filtered(lambda line: waiting and line.product_id and line._is_valued_otherwise())
            pool.valuation_warning = "\n".join(self.env._(
                "Goods left over of %(product)s would stand in stock at %(price)s each, whatever they cost: choose average"
                " cost in the category %(category)s.", product=line.display_name,
                price=format_amount(self.env, line._get_stock_price(), line.currency_id),
                category=line.product_id.categ_id.display_name or "–",
            ) for line in lines)

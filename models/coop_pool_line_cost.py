from fractions import Fraction

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.producer_cooperative.models.coop_pool import MONEY_GROUPS
from odoo.addons.producer_cooperative.tools.errors import ArithmeticRefusal
from odoo.addons.producer_cooperative.tools.pooling import cost_of, price_pooled
from odoo.addons.producer_cooperative.tools.units import exact, from_units, to_decimal


class CoopPoolLine(models.Model):
    """What the goods cost: by the vendor's bill where one is posted, else by the order."""
    _inherit = 'coop.pool.line'

    cost_charged = fields.Monetary(
        string="Cost of Goods", readonly=True, copy=False, groups=MONEY_GROUPS,
        help="Cost of what was handed out, as known at the distribution.",
    )
    margin_charged = fields.Monetary(string="Margin", readonly=True, copy=False, groups=MONEY_GROUPS)
    price_charged = fields.Float(
        string="Members' Price", min_display_digits='Product Price', readonly=True, copy=False, groups=MONEY_GROUPS,
    )
    cost_basis = fields.Float(
        digits=0, readonly=True, copy=False, groups=MONEY_GROUPS,
        help="What everything that came cost, as the members were charged for it.",
    )
    quantity_basis = fields.Float(
        digits='Product Unit', readonly=True, copy=False, groups=MONEY_GROUPS,
        help="What had come when the members were charged for it.",
    )
    deposit_per_unit = fields.Monetary(
        string="Deposit per Unit", groups=MONEY_GROUPS, help="For rounds with a fixed deposit.",
    )
    cost_total = fields.Monetary(
        string="Vendor's Total", compute='_compute_cost_total', compute_sudo=True, groups=MONEY_GROUPS,
        help="What came costs this much before tax: posted bills and credit notes, the order for what is not billed."
             " What was billed and did not come is not in it, unless the vendor gives no credit for it.",
    )
    cost_variance = fields.Monetary(
        string="Variance", compute='_compute_cost_variance', compute_sudo=True, groups=MONEY_GROUPS,
        help="What the goods handed out cost by now, more (or less) than the members were charged for.",
    )

    _deposit_not_negative = models.Constraint('CHECK (deposit_per_unit >= 0)', "A deposit cannot be negative.")

    # === COMPUTE METHODS === #

    @api.depends(
        'quantity_received', 'pool_id.purchase_order_ids.order_line.invoice_lines.parent_state',
        'pool_id.purchase_order_ids.order_line.price_subtotal', 'is_credit_renounced',
    )
    def _compute_cost_total(self):
        # sudo (compute_sudo): bills of the pool's own orders, for the roles that may see prices
        for line in self:
            line.cost_total = float(line._get_cost())

    @api.depends('cost_total', 'cost_charged', 'quantity_allocated', 'pool_state')
    def _compute_cost_variance(self):
        for line in self:
            given, received = to_decimal(line.quantity_allocated), to_decimal(line.quantity_received)
            if line.pool_state not in ('distributed', 'done') or not given or not received:
                line.cost_variance = 0.0
                continue
            # When more is charged than stayed, the goods cost what stayed costs: the rest went back to the vendor.
            cost = float(line._get_cost() * Fraction(min(given, received)) / Fraction(received))
            line.cost_variance = line.currency_id.round(cost - line.cost_charged)

    # === BUSINESS METHODS === #

    def _get_cost(self):
        """Return what came cost before tax, in company currency, exactly.

        :rtype: Fraction
        """
        self.ensure_one()
        is_credit_expected = not self.is_credit_renounced
        return sum(
            (line._coop_get_received_cost(is_credit_expected) for line in self._get_purchase_lines()), Fraction(0),
        )

    def _price_pooled(self):
        """Return the price for everybody and the charge for all that is handed out, in the pool's rounding units.

        :raises UserError: when the vendor's credit notes exceed the bills.
        """
        self.ensure_one()
        # sudo: bills of the pool's own orders; the result is stored with what members are charged
        cost = self.sudo()._get_cost() / exact(to_decimal(self.pool_id.rounding_unit))
        try:
            return price_pooled(
                cost, to_decimal(self.quantity_received), to_decimal(self.quantity_allocated),
                to_decimal(self.pool_id.margin_percent),
            )
        except ArithmeticRefusal as refusal:
            raise UserError(self.env._(
                "The price of %(product)s cannot be worked out: look at the bills and at what came. (%(reason)s)",
                product=self.display_name, reason=refusal,
            )) from refusal

    def _get_cost_of(self, quantity):
        """Return what this much of what came cost, as the members were charged for it, in company currency.

        Rounded to the pool's rounding unit.

        :rtype: Decimal
        """
        self.ensure_one()
        unit = self.pool_id.rounding_unit
        cost = exact(to_decimal(self.sudo().cost_basis)) / exact(to_decimal(unit))
        return from_units(cost_of(cost, to_decimal(self.quantity_basis), to_decimal(quantity)), unit)

    def _is_billed(self):
        """Whether the vendor's posted bills cover what came."""
        self.ensure_one()
        # sudo: how much was billed, for officers who see the pool
        return all(
            self.uom_id.compare(line._coop_get_billed()[0], line._coop_get_received_quantity()) >= 0
            for line in self.sudo()._get_purchase_lines()
        )

    def _check_sold_before_tax(self):
        """Refuse products sold with a tax that is included in the price: the pool's prices are before tax."""
        self.ensure_one()
        taxes = self.product_id.taxes_id._filter_taxes_by_company(self.company_id).flatten_taxes_hierarchy()
        if any(tax.price_include for tax in taxes):
            raise UserError(self.env._(
                "%s is sold with a tax that is included in its price. The prices of a pool are before tax: give the"
                " product a tax that is added to the price.", self.display_name,
            ))

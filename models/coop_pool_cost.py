from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.producer_cooperative.tools.units import floor_to, to_decimal


class CoopPoolCost(models.Model):
    """A cost that the members of a pool share, such as freight or handling."""
    _name = 'coop.pool.cost'
    _description = "Shared Cost of a Pool"
    _order = 'pool_id, sequence, id'

    pool_id = fields.Many2one(comodel_name='coop.pool', required=True, index=True, ondelete='cascade')
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(related='pool_id.company_id', store=True)
    currency_id = fields.Many2one(related='pool_id.currency_id')
    name = fields.Char(string="Cost", required=True)
    amount = fields.Monetary(required=True)
    split = fields.Selection(
        selection=[
            ('value', "By Value"), ('quantity', "By Quantity"), ('weight', "By Weight"), ('head', "By Head"),
        ],
        default='value', required=True,
        help="What each member's part is in proportion to: the value, quantity or weight of what the member gets, or"
             " the same for every member who gets something.",
    )

    _amount_positive = models.Constraint('CHECK (amount > 0)', "A shared cost must be more than zero.")

    # === CONSTRAINT METHODS === #

    @api.constrains('amount', 'pool_id')
    def _check_amount(self):
        for cost in self:
            unit = cost.pool_id.rounding_unit
            rounded = float(floor_to(cost.currency_id.round(cost.amount), unit))
            if cost.currency_id.compare_amounts(rounded, cost.amount):
                raise ValidationError(self.env._(
                    "%(cost)s of %(amount)s cannot be shared in multiples of %(unit)s, the rounding unit of the pool.",
                    cost=cost.name, amount=cost.amount, unit=unit,
                ))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        costs = super().create(vals_list)
        costs.pool_id._check_not_charged()
        return costs

    def write(self, vals):
        self.pool_id._check_not_charged()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_charged(self):
        self.pool_id._check_not_charged()

    # === BUSINESS METHODS === #

    def _get_weights(self, allocations):
        """Return what each member's part is in proportion to, as ``{membership: weight}``.

        :raises UserError: when quantities in different units would be added up, or a product has no weight.
        """
        self.ensure_one()
        self._check_can_be_split(allocations)
        weights = {}
        for allocation in allocations:
            member = allocation.membership_id
            if self.split == 'head':
                weights[member] = Decimal(1)
            else:
                weights[member] = weights.get(member, Decimal(0)) + self._get_weight(allocation)
        return weights

    def _get_weight(self, allocation):
        quantity = to_decimal(allocation.quantity)
        if self.split == 'weight':
            return quantity * to_decimal(allocation.product_id.weight)
        if self.split == 'quantity':
            return quantity * to_decimal(allocation.product_id.uom_id.factor)
        return to_decimal(allocation.amount)

    def _check_can_be_split(self, allocations):
        products = allocations.product_id
        if self.split == 'weight':
            for product in products:
                if not product.weight:
                    raise UserError(self.env._(
                        "%(cost)s is shared by weight, and %(product)s has none. Enter its weight or share the cost"
                        " otherwise.", cost=self.name, product=product.display_name,
                    ))
        if self.split == 'quantity':
            for product in products[1:]:
                if not product.uom_id._has_common_reference(products[0].uom_id):
                    raise UserError(self.env._(
                        "%(cost)s is shared by quantity, and %(first)s and %(second)s are not counted in comparable"
                        " units. Share it by value or weight.",
                        cost=self.name, first=products[0].display_name, second=product.display_name,
                    ))

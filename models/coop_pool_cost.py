from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_amount

from odoo.addons.producer_cooperative.tools.units import exact, floor_to, to_decimal


class CoopPoolCost(models.Model):
    """A cost that the members of a pool share, such as freight or handling."""
    _name = 'coop.pool.cost'
    _inherit = ['coop.guard.mixin']
    _description = "Shared Cost of a Pool"
    _order = 'pool_id, sequence, id'

    _guarded_fields = frozenset({'amount_shared'})

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

    amount_shared = fields.Monetary(
        string="Taken Over", readonly=True, copy=False,
        help="What was shared or taken over by the cooperative so far: the amount, and its variance once it is dealt"
             " with.",
    )
    bill_line_ids = fields.Many2many(
        comodel_name='account.move.line', relation='coop_pool_cost_bill_line_rel', string="Bill Lines", copy=False,
        domain="[('move_id.move_type', 'in', ('in_invoice', 'in_refund', 'in_receipt')),"
               " ('display_type', '=', 'product'), ('company_id', '=', company_id)]",
        help="The lines of vendors' bills that ask for this cost, such as the freight bill.",
    )
    bill_amount = fields.Monetary(
        string="Part of the Bill", copy=False,
        help="How much of the bill lines is for this round, where a bill is shared with other rounds, before tax."
             " Zero: all of it.",
    )
    amount_actual = fields.Monetary(
        string="Billed", compute='_compute_amount_actual', compute_sudo=True,
        help="What the posted bills ask for, before tax; credit notes are taken off.",
    )
    variance = fields.Monetary(
        compute='_compute_amount_actual', compute_sudo=True,
        help="What was billed more (or less) than was shared.",
    )

    _amount_positive = models.Constraint('CHECK (amount > 0)', "A shared cost must be more than zero.")

    # === COMPUTE METHODS === #

    @api.depends(
        'bill_line_ids.balance', 'bill_line_ids.parent_state', 'bill_amount', 'amount_shared', 'pool_id.state',
    )
    def _compute_amount_actual(self):
        # sudo (compute_sudo): amounts of the bills that were chosen, for whoever sees the round's costs
        for cost in self:
            posted = cost.bill_line_ids.filtered(lambda line: line.parent_state == 'posted')
            claims = cost._get_claims()
            cost.amount_actual = cost.currency_id.round(float(sum(claims[line] for line in posted)))
            is_known = posted and cost.pool_id.state in ('distributed', 'done')
            cost.variance = cost.currency_id.round(cost.amount_actual - cost.amount_shared) if is_known else 0.0

    # === CONSTRAINT METHODS === #

    @api.constrains('bill_line_ids')
    def _check_bill_lines(self):
        for cost in self:
            # sudo: company and kind of the lines that were chosen
            for line in cost.bill_line_ids.sudo():
                if line.company_id != cost.company_id or not line.move_id.is_purchase_document(include_receipts=True):
                    raise ValidationError(self.env._(
                        "%(line)s is not a line of a vendor's bill of %(company)s.", line=line.display_name,
                        company=cost.company_id.name,
                    ))

    @api.constrains('bill_line_ids', 'bill_amount')
    def _check_bill_parts(self):
        """Refuse to pass on more of a bill line than it asks for, all rounds together.

        :raises ValidationError: naming the line and the other rounds.
        """
        # sudo: amounts of the chosen bill lines, and which other rounds take from them
        for line in self.sudo().bill_line_ids:
            costs = self.sudo().search([('bill_line_ids', 'in', line.ids)])
            claims, balance = [cost._get_claims()[line] for cost in costs], exact(to_decimal(line.balance))
            taken = sum(claims)
            if abs(taken) > abs(balance) or any(claim * balance < 0 for claim in claims):
                raise ValidationError(self.env._(
                    "%(line)s asks for %(amount)s, and %(taken)s of it would be passed on, in %(pools)s. Enter under"
                    " “Part of the Bill” how much of it each round bears, together not more than the line.",
                    line=line.display_name, amount=format_amount(self.env, line.balance, line.company_currency_id),
                    taken=format_amount(self.env, float(taken), line.company_currency_id),
                    pools=", ".join(costs.pool_id.mapped('display_name')),
                ))

    @api.constrains('amount', 'pool_id')
    def _check_amount(self):
        for cost in self:
            unit = cost.pool_id.rounding_unit
            rounded = float(floor_to(cost.currency_id.round(cost.amount), unit))
            if cost.currency_id.compare_amounts(rounded, cost.amount):
                raise ValidationError(self.env._(
                    "%(cost)s of %(amount)s cannot be shared in multiples of %(unit)s, the rounding unit of the pool.",
                    cost=cost.name, amount=format_amount(self.env, cost.amount, cost.currency_id),
                    unit=format_amount(self.env, unit, cost.currency_id),
                ))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        costs = super().create(vals_list)
        costs._check_pool_not_charged()
        return costs

    def write(self, vals):
        if vals.keys() - {'bill_line_ids', 'bill_amount', 'amount_shared'}:
            self._check_pool_not_charged()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_charged(self):
        self._check_pool_not_charged()

    # === BUSINESS METHODS === #

    def _get_claims(self):
        """Return how much of each bill line this cost takes, as ``{line: Fraction}``, before tax.

        A part of several lines is taken from each in proportion to its amount.
        """
        self.ensure_one()
        balances = {line: exact(to_decimal(line.balance)) for line in self.bill_line_ids}
        whole = sum(balances.values())
        if not self.bill_amount or not whole:
            return balances
        part = exact(to_decimal(self.bill_amount)) / whole
        return {line: balance * part for line, balance in balances.items()}

    def _check_pool_not_charged(self):
        """Queue up for the pools, then refuse costs that come too late to be shared.

        :raises UserError: naming the pool.
        """
        pools = self.pool_id.sudo()  # sudo: whoever distributes at this moment waits; what may be written is checked
        pools._queue_up()
        pools._check_not_charged()

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

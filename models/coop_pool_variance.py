from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.producer_cooperative.models.coop_pool import MONEY_GROUPS
from odoo.addons.producer_cooperative.tools.apportion import apportion_by_key
from odoo.addons.producer_cooperative.tools.units import to_decimal


class CoopPool(models.Model):
    """What the bills ask more or less than the members were charged for: passed on to them, or kept."""
    _inherit = 'coop.pool'

    variance_threshold = fields.Monetary(
        string="Pass On From", groups=MONEY_GROUPS,
        help="A variance is passed on to a member from this amount on; smaller parts stay with the cooperative.",
    )
    has_variance = fields.Boolean(compute='_compute_has_variance', groups=MONEY_GROUPS)

    # === COMPUTE METHODS === #

    @api.depends('line_ids.cost_variance', 'cost_ids.variance', 'rounding_unit')
    def _compute_has_variance(self):
        for pool in self:
            lines, costs = pool._get_variances()
            pool.has_variance = bool(lines or costs)

    # === ACTIONS === #

    def action_pass_on_variance(self):
        """Charge the members what the bills ask more, or credit them what they ask less.

        Each member's part is in proportion to the value of the goods (of the shared costs, to what the cost was shared
        by), by largest remainder in the rounding unit. Members who were invoiced get a draft supplement or credit note.

        :raises UserError: when there is no variance, the round is not distributed, or the vendor still owes goods or a
            credit note.
        """
        for pool in self:
            pool._settle_variance(pool.variance_threshold)
        # Before the first invoice the variance is on the orders, and comes with it.
        return self.action_view_invoices() if self.invoice_ids else True

    def action_keep_variance(self):
        """Leave the variance with the cooperative: the margin bears it or gains by it."""
        for pool in self:
            pool._settle_variance(None)

    # === BUSINESS METHODS === #

    def _get_variances(self):
        """Return products and shared costs whose variance is at least one rounding unit."""
        self.ensure_one()
        smallest = self.rounding_unit
        return (
            self.line_ids.filtered(
                lambda line: line.currency_id.compare_amounts(abs(line.cost_variance), smallest) >= 0,
            ),
            self.cost_ids.filtered(
                lambda cost: cost.currency_id.compare_amounts(abs(cost.variance), smallest) >= 0,
            ),
        )

    def _settle_variance(self, threshold):
        """Pass the variance on to the members whose part reaches ``threshold``; None keeps all of it."""
        self.ensure_one()
        self._check_may_settle_variance()
        lines, costs = self._get_variances()
        if not lines and not costs:
            raise UserError(self.env._(
                "%s has no variance: the members are charged what the bills ask for.", self.display_name,
            ))
        parts = self._share_variance(lines, costs)
        kept = [
            charge for charge, part in parts.items()
            if threshold is None or abs(self._from_units(part.total)) < to_decimal(threshold)
        ]
        for charge in kept:
            del parts[charge]
        values_list = [part.prepare_values(charge, self) for charge, part in parts.items() if part]
        reason = self.env._("Variance against the vendors' bills")
        corrections = self.env['coop.pool.correction']._make('variance', reason, values_list)
        self._book_variance(lines, costs, corrections)
        self._check_charges_tie()
        self._note_variance(corrections, len(kept))

    def _check_may_settle_variance(self):
        self._check_user_is(
            'producer_cooperative.group_coop_officer', 'producer_cooperative.group_coop_accountant',
        )
        self.sudo()._check_may_correct()  # sudo: the role was checked; accountants read pools only
        self.sudo().line_ids._check_goods_and_bills_agree()
        # Bills may have changed since their lines were chosen.
        self.cost_ids._check_bill_parts()

    def _share_variance(self, lines, costs):
        """Return the members' parts of the variance as ``{charge: _Part}``."""
        self.ensure_one()
        parts = defaultdict(_Part)
        shares = self.allocation_ids.filtered(lambda share: share.charge_id and share.quantity)
        ranks = {share: share.membership_id._get_rank() for share in shares}
        for line, of_line in shares.filtered(lambda share: share.line_id in lines).grouped('line_id').items():
            weights = {share: to_decimal(share.amount) for share in of_line}
            if not any(weights.values()):
                weights = {share: to_decimal(share.quantity) for share in of_line}
            for share, part in apportion_by_key(self._to_units(line.cost_variance), weights, ranks).items():
                parts[share.charge_id].goods[share] = part
        charges = {share.membership_id: share.charge_id for share in shares}
        for cost in costs:
            weights = cost._get_weights(shares)
            if not any(weights.values()):
                continue  # Nobody has any of the goods: the cooperative bears it.
            ties = {member: member._get_rank() for member in weights}
            for member, part in apportion_by_key(self._to_units(cost.variance), weights, ties).items():
                parts[charges[member]].costs += part
        return parts

    def _book_variance(self, lines, costs, corrections):
        """Take the variance into the cost of the goods and the shared costs; what was not passed on is the margin's."""
        self.ensure_one()
        passed = defaultdict(float)
        for row in corrections.line_ids:
            passed[row.allocation_id.line_id] += row.adjustment_amount
        for line in lines.sudo():  # sudo: worked out, never entered
            variance = line.cost_variance
            line.write({
                'margin_charged': line.margin_charged + passed[line] - variance,
                'cost_charged': line.cost_charged + variance,
                'cost_basis': float(line._get_cost()),
                'quantity_basis': line.quantity_received,
            })
        for cost in costs.sudo():
            cost.amount_shared += cost.variance

    def _note_variance(self, corrections, kept):
        self.ensure_one()
        # sudo: a note in the round's chatter, for accountants who only read pools; it names no amounts, for all to read
        self.sudo().message_post(body=self.env._(
            "Variance against the bills: passed on to %(count)s members, kept for %(kept)s.",
            count=len(corrections), kept=kept,
        ))


class _Part:
    """One member's part of a variance, in rounding units."""

    def __init__(self):
        self.goods = {}
        self.costs = 0

    def __bool__(self):
        return any(self.goods.values()) or bool(self.costs)

    @property
    def total(self):
        return sum(self.goods.values()) + self.costs

    def prepare_values(self, charge, pool):
        """Return the values of the correction that charges this part."""
        return {
            'charge_id': charge.id,
            'cost_amount': float(pool._from_units(self.costs)),
            'line_ids': [
                Command.create({'allocation_id': share.id, 'adjustment_amount': float(pool._from_units(part))})
                for share, part in self.goods.items() if part
            ],
        }

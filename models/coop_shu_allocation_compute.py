from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import format_amount

from odoo.addons.producer_cooperative.tools.capital import Movement, share_days
from odoo.addons.producer_cooperative.tools.shu import (
    distribute_pool,
    floor_pool,
    floor_surplus,
    number_key,
    split_surplus,
)
from odoo.addons.producer_cooperative.tools.units import floor_to, from_units, to_decimal, to_units


class CoopShuAllocation(models.Model):
    """Computing the surplus, the shares and the members' parts."""
    _inherit = 'coop.shu.allocation'

    def _freeze_computation(self):
        """Read the ledger and write down what follows from it under the rule."""
        self.ensure_one()
        if not self.rule_id:
            raise UserError(self.env._(
                "No rule says how the surplus of %s is shared. Enter the bylaws' rule first.", self._get_period_label(),
            ))
        self.rule_id._check_complete()
        self._propose_closing_entries()
        payout_methods = {line.membership_id: line.payout_method for line in self.member_line_ids}
        self.member_line_ids.unlink()
        self.share_ids.unlink()
        self._update_state('computed', **self._prepare_computation_values())
        if self.is_loss:
            self.share_ids = [Command.create(values) for values in self._prepare_loss_values()]
        else:
            self._share_surplus(payout_methods)

    def _prepare_computation_values(self):
        self.ensure_one()
        return {
            'surplus': self._get_ledger_surplus(),
            'capital_days': self.rule_id.capital_base == 'average',
            'shu_account_id': self.company_id._get_coop_account('shu').id,
            'payable_account_id': self.rule_id.payable_account_id.id,
            'computed_by_id': self.env.uid,
            'computed_on': fields.Datetime.now(),
        }

    # === BUSINESS METHODS - SURPLUS === #

    def _get_ledger_surplus(self):
        """Return income less expenses of the period as posted, in the company's currency; negative for a loss.

        Entries that close the year are left out: they would make every surplus zero.
        """
        self.ensure_one()
        # sudo: one sum, for managers and members' officers without access to the journal items
        lines = self.env['account.move.line'].sudo()
        proposed = self._find_closing_entries()
        closing = self.closing_ids.filtered('is_closing').move_id.ids + [
            move.id for move, is_closing in proposed.items() if is_closing and move not in self.closing_ids.move_id
        ]
        [(balance,)] = lines._read_group(
            self._get_period_domain() & Domain('account_id.internal_group', 'in', ('income', 'expense'))
            & Domain('move_id', 'not in', closing), [], ['balance:sum'],
        )
        return self.currency_id.round(-(balance or 0.0))

    def _get_period_domain(self):
        self.ensure_one()
        return Domain([
            ('parent_state', '=', 'posted'), ('company_id', '=', self.company_id.id),
            ('date', '>=', self.date_from), ('date', '<=', self.date_to),
        ])

    def _prepare_loss_values(self):
        """Return how the loss is covered: from the reserve up to its balance, the rest is carried forward."""
        self.ensure_one()
        reserve = self.company_id._get_coop_account('reserve')
        drawn = min(max(self._get_account_balance(reserve), 0.0), -self.surplus)
        carried = self.currency_id.round(-self.surplus - drawn)
        values = [
            {
                'kind': 'reserve', 'name': self.env._("Drawn from the Reserve"), 'amount': -drawn,
                'account_id': reserve.id,
            },
            {
                'kind': 'loss', 'name': self.env._("Accumulated Loss"), 'amount': -carried,
                'account_id': self.company_id._get_coop_account('accumulated_loss').id,
            },
        ]
        return [line for line in values if not self.currency_id.is_zero(line['amount'])]

    def _get_account_balance(self, account):
        """Return the posted balance of an account in this company, credit positive."""
        # sudo: the sum of one account
        [(balance,)] = self.env['account.move.line'].sudo()._read_group([
            ('parent_state', '=', 'posted'), ('company_id', '=', self.company_id.id), ('account_id', '=', account.id),
        ], [], ['balance:sum'])
        return self.currency_id.round(-(balance or 0.0))

    # === BUSINESS METHODS - SHARES === #

    def _share_surplus(self, payout_methods):
        """Write the shares and every member's parts; together they are the surplus, to the last unit."""
        self.ensure_one()
        unit, members = to_decimal(self.rule_id.rounding_unit), self._get_eligible_memberships()
        pools, left_over = self._split_surplus(unit)
        parts = {}
        for rule_share, pool in pools.items():
            share = self.env['coop.shu.allocation.share'].create(
                self._prepare_share_values(rule_share, from_units(pool, unit)),
            )
            if rule_share._is_for_members():
                bases = self._get_bases(rule_share, members)
                parts[share], rest = self._distribute(share, pool, bases, unit)
                share.rounding_amount = float(0 - rest)
                left_over += rest
        self.share_ids.filtered(lambda share: share.kind == 'reserve')[:1].rounding_amount = float(left_over)
        self._create_member_lines(members, parts, payout_methods)

    def _split_surplus(self, unit):
        """Return ``({rule share: pool in units}, what is left over as an amount)``."""
        self.ensure_one()
        whole = floor_to(self.surplus, unit)
        shares = {share: to_decimal(share.percent) for share in self.rule_id.share_ids}
        split = floor_surplus if self.rule_id.rounding_method == 'floor' else split_surplus
        pools = split(to_units(whole, unit), shares).parts
        return pools, self._to_exact(self.surplus) - from_units(sum(pools.values()), unit)

    def _prepare_share_values(self, rule_share, amount):
        return {
            'allocation_id': self.id,
            'rule_share_id': rule_share.id,
            'sequence': rule_share.sequence,
            'name': rule_share.name,
            'kind': rule_share.kind,
            'base': rule_share.base if rule_share.kind == 'patronage' else False,
            'percent': rule_share.percent,
            'amount': float(amount),
            'account_id': (self.payable_account_id if rule_share._is_for_members() else rule_share.account_id).id,
        }

    def _distribute(self, share, pool, bases, unit):
        """Return ``({membership: (base, part)}, what is left over)`` of one pool; base and part as amounts.

        :raises UserError: when there is something to share and nobody to share it by.
        """
        total = sum(bases.values())
        share.denominator = float(self._from_exact(total))
        if not pool:
            return {membership: (base, Decimal()) for membership, base in bases.items()}, Decimal()
        if not total:
            raise UserError(self.env._(
                "No member has anything that “%s” could be shared by in the period. Have the rule changed first.",
                share.name,
            ))
        if self.rule_id.rounding_method == 'floor':
            parts = floor_pool(pool, bases)
        else:
            parts = distribute_pool(pool, bases, {m: number_key(m.number) for m in bases})
        rest = from_units(pool - sum(parts.values()), unit)
        return {membership: (bases[membership], from_units(part, unit)) for membership, part in parts.items()}, rest

    def _create_member_lines(self, members, parts, payout_methods):
        self.env['coop.shu.member.line'].create([{
            'allocation_id': self.id,
            'membership_id': membership.id,
            'payout_method': payout_methods.get(membership, membership.shu_payout_method),
            'part_ids': [
                Command.create({
                    'share_id': share.id,
                    'numerator': float(self._from_exact(by_member[membership][0])),
                    'amount': float(by_member[membership][1]),
                })
                for share, by_member in parts.items()
            ],
        } for membership in members])

    # === BUSINESS METHODS - MEMBERS AND THEIR BASES === #

    def _get_bases(self, rule_share, members):
        """Return ``{membership: base}`` in the smallest unit of the currency (times days for average capital)."""
        self.ensure_one()
        if rule_share.kind == 'capital':
            return self._get_capital_bases(members)
        patronage = rule_share._get_patronage(self.date_from, self.date_to)
        bases = {membership: self._to_smallest(patronage.get(membership, 0.0)) for membership in members}
        negative = {membership: base for membership, base in bases.items() if base < 0}
        if negative:
            self._message_log(body=self.env._(
                "“%(share)s”: more came back than was bought or sold, which counts as nothing: %(members)s",
                share=rule_share.name, members=self._describe_bases(negative),
            ))
        return {membership: max(base, 0) for membership, base in bases.items()}

    def _get_capital_bases(self, members):
        """Return ``{membership: capital}`` as the ledger has it.

        Whoever was a member more than once has in each membership what was booked in its time.

        :raises UserError: naming the members whose savings are below zero in the books.
        """
        self.ensure_one()
        movements = self._get_capital_movements(members)
        bases = {membership: self._count_capital(membership, movements[membership]) for membership in members}
        negative = {membership: base for membership, base in bases.items() if base < 0}
        if negative:
            raise UserError(self.env._(
                "These members have less than nothing in their savings; correct the books first: %s",
                self._describe_bases(negative),
            ))
        return bases

    def _count_capital(self, membership, movements):
        """Return the balance on the last day, or balance times days of membership within the period."""
        if self.rule_id.capital_base == 'closing':
            return sum(movement.amount for movement in movements)
        day_after = fields.Date.add(self.date_to, days=1)
        start, end = max(self.date_from, membership.date_joined), min(day_after, membership.date_left or day_after)
        return share_days(movements, start, end) if start < end else 0

    def _get_capital_movements(self, members):
        """Return ``{membership: [Movement]}`` of the savings that count as capital, up to the last day of the period.

        What was held before the period is one movement of the day before it.
        """
        self.ensure_one()
        types = self.rule_id._get_capital_types()
        several = {
            partner: memberships
            for (partner, _company), memberships in members._get_several(members.partner_id, self.company_id).items()
        }
        domain = Domain([
            ('parent_state', '=', 'posted'), ('company_id', '=', self.company_id.id),
            ('account_id', 'in', types.account_id.ids), ('date', '<=', self.date_to),
        ])
        owner = 'partner_id.commercial_partner_id'
        of_one = domain & Domain(owner, 'in', [partner.id for partner in members.partner_id if partner not in several])
        of_several = domain & Domain(owner, 'in', [partner.id for partner in several])
        lines = self.env['account.move.line']
        before = lines._read_group(of_one & Domain('date', '<', self.date_from), [owner], ['balance:sum'])
        daily = lines._read_group(
            (of_one & Domain('date', '>=', self.date_from)) | of_several, [owner, 'date:day'], ['balance:sum'],
        )
        day_before = fields.Date.subtract(self.date_from, days=1)
        only = {membership.partner_id: membership for membership in members}
        movements = defaultdict(list)
        for partner, day, balance in [*((partner, day_before, balance) for partner, balance in before), *daily]:
            membership = several[partner]._pick_by_day(day) if partner in several else only[partner]
            movements[membership].append(Movement(max(day, day_before), self._to_smallest(-balance)))
        return movements

    # === BUSINESS METHODS - UNITS === #

    def _to_smallest(self, amount):
        """Count an amount in the smallest unit of the currency."""
        return to_units(amount, self.currency_id.rounding)

    def _from_exact(self, count):
        return from_units(count, self.currency_id.rounding)

    def _to_exact(self, amount):
        return self._from_exact(self._to_smallest(amount))

    def _describe_bases(self, bases):
        return ", ".join(
            f"{membership.display_name} {format_amount(self.env, float(self._from_exact(base)), self.currency_id)}"
            for membership, base in bases.items()
        )

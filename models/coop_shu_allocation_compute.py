from __future__ import annotations

from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_amount, format_date

from odoo.addons.producer_cooperative.models.coop_shu_allocation import ACCOUNTANT, MANAGER
from odoo.addons.producer_cooperative.tools.shu import floor_surplus, split_surplus
from odoo.addons.producer_cooperative.tools.units import floor_to, from_units, to_decimal, to_units


class CoopShuAllocation(models.Model):
    """Computing the surplus, the shares and the members' parts, step by step."""
    _inherit = 'coop.shu.allocation'

    changed_meanwhile = fields.Text(
        readonly=True, copy=False, help="What was booked while the allocation was being computed.",
    )

    changed_numbers = fields.Integer(
        string="Numbers Booked Otherwise Since", readonly=True, copy=False,
        help="How many of the numbers that members share by are others in the books than when they were computed, as of"
             " the last comparison. The allocation does not take that in.",
    )

    # === ACTIONS === #

    def action_compare(self):
        """Compare the numbers that members share by with the books as they are now, and note how many are others.

        :raises AccessError: for anybody but the accountant and the manager.
        :raises UserError: while nothing is computed.
        """
        self.ensure_one()
        self._check_user_is(ACCOUNTANT, MANAGER)
        if self.state in ('draft', 'computing', 'cancelling', 'cancelled'):
            raise UserError(self.env._("%s is not computed; there is nothing to compare.", self.display_name))
        count = self._count_changed_numbers()
        self.sudo().changed_numbers = count  # sudo: the role was checked above; see _check_only_entered
        return {
            'type': 'ir.actions.client', 'tag': 'display_notification',
            'params': {
                'message': self.env._("Numbers of members that were booked otherwise since: %s", count),
                'type': 'warning' if count else 'success', 'next': {'type': 'ir.actions.client', 'tag': 'soft_reload'},
            },
        }

    # === BUSINESS METHODS - STEPS === #

    def _start_computing(self, at_once=False):
        """Compute a small cooperative's allocation at once, a large one's in the background.

        :param bool at_once: compute here and now, however many members there are.
        """
        self.ensure_one()
        self._check_rule()
        shares = self.rule_id.share_ids.filtered(lambda share: share._is_for_members())
        self._start(
            'computing', steps=len(shares) + 2, members=0 if at_once else self._count_eligible(),
            changed_meanwhile=False, changed_numbers=0, computed_by_id=self.env.uid,
        )

    def _check_rule(self):
        """Refuse to compute without a rule, or with one that cannot be carried out yet.

        :raises UserError: saying what is missing.
        """
        self.ensure_one()
        if not self.rule_id:
            raise UserError(self.env._(
                "No rule says how the surplus of %s is shared. Enter the bylaws' rule first.", self._get_period_label(),
            ))
        self.rule_id._check_complete()

    def _check_rule_in_force(self):
        """Refuse a rule of another year, or one that was archived: the members decided by which they share.

        :raises UserError: naming the rule in force at the end of the period, and what to do.
        """
        self.ensure_one()
        rule = self.env['coop.shu.rule']._get_in_force(self.company_id, self.date_to)
        if not self.rule_id or self.rule_id == rule:
            return  # without any, _check_rule says what to do
        day = format_date(self.env, self.date_to)
        if not rule:
            raise UserError(self.env._(
                "%(rule)s is not in force on %(day)s, the last day of the period. Put right from when on it holds, or"
                " enter the rule of that time.", rule=self.rule_id.display_name, day=day,
            ))
        raise UserError(self.env._(
            "On %(day)s, the last day of the period, %(in_force)s is in force and not %(rule)s. Choose that one and"
            " compute again, or put the days right from which the rules hold.",
            day=day, in_force=rule.display_name, rule=self.rule_id.display_name,
        ))

    def _take_step_computing(self):
        """Freeze surplus, shares and members first; then share out pool by pool; then add up."""
        self.ensure_one()
        pools = self.share_ids.filtered(lambda share: share._is_for_members())
        if not self.steps_done:
            self._freeze_computation()
        elif self.steps_done <= len(pools):
            self._distribute_share(pools[self.steps_done - 1])
        else:
            self._finish_computation()
        return 1

    def _freeze_computation(self):
        """Read the ledger, write down the shares that follow from it under the rule, and list who takes part."""
        self.ensure_one()
        self._check_rule()
        self._propose_closing_entries()
        choices = self._remove_results()
        self.write(self._prepare_computation_values())
        values = self._prepare_loss_values() if self.is_loss else self._prepare_all_share_values()
        self.share_ids = [Command.create(share_values) for share_values in values]
        self.steps_total = 2 + len(self.share_ids.filtered(lambda share: share._is_for_members()))
        if not self.is_loss:
            self._create_member_lines(choices)

    def _prepare_computation_values(self):
        """Return what is frozen with the surplus; the surplus itself is added by whoever reads the ledger."""
        self.ensure_one()
        return {
            'capital_days': self.rule_id.capital_base == 'average',
            'shu_account_id': self.company_id._get_coop_account('shu').id,
            'payable_account_id': self.rule_id.payable_account_id.id,
            'computed_on': fields.Datetime.now(),
        }

    def _finish_computation(self):
        """Add everything up, and say what was booked in the meantime."""
        self.ensure_one()
        if not self.is_loss:
            self._total_member_lines()
            self._assign_remainder()
        self._check_adds_up()
        # Done at once, all steps saw the same books.
        changes = self._describe_changes() if self.in_background else ""
        self._update_state('computed', changed_meanwhile=changes)
        if changes:
            self._message_log(body=self.env._("Booked while the allocation was being computed: %s", changes))

    # === BUSINESS METHODS - LEDGER === #

    def _get_account_balance(self, account):
        """Return the posted balance of an account in this company, credit positive."""
        # sudo: the sum of one account
        [(balance,)] = self.env['account.move.line'].sudo()._read_group([
            ('parent_state', '=', 'posted'), ('company_id', '=', self.company_id.id), ('account_id', '=', account.id),
        ], [], ['balance:sum'])
        return self.currency_id.round(-(balance or 0.0))

    # === BUSINESS METHODS - SHARES === #

    def _prepare_all_share_values(self):
        """Return the shares of the surplus: earlier losses first, then the rule's shares of what is left.

        Where the rule shares only what members earned, the rest goes to the reserve. Earlier losses are covered from
        the whole surplus; what members earned is shared as far as the remainder reaches.
        """
        self.ensure_one()
        unit, cover = to_decimal(self.rule_id.rounding_unit), self._get_loss_to_cover()
        left = self._to_exact(self.surplus) - cover
        to_share = left
        if self.rule_id.surplus_base == 'members':
            to_share = min(max(self._to_exact(self._get_surplus_of_members()), Decimal()), left)
        pools = self._split_surplus(floor_to(to_share, unit), unit)
        values = [self._prepare_share_values(share, from_units(pool, unit)) for share, pool in pools.items()]
        reserve = next(share_values for share_values in values if share_values['kind'] == 'reserve')
        reserve['others_amount'] = float(left - to_share)
        return ([self._prepare_cover_values(cover)] if cover else []) + values

    def _get_loss_to_cover(self):
        """Return what the surplus covers of earlier losses, as an exact amount."""
        self.ensure_one()
        account = self.rule_id.cover_loss_first and self.company_id._find_coop_account('accumulated_loss')
        if not account or self.surplus <= 0:
            return Decimal()
        return self._to_exact(min(max(-self._get_account_balance(account), 0.0), self.surplus))

    def _prepare_cover_values(self, amount):
        return {
            'sequence': -1, 'kind': 'loss_cover', 'name': self.env._("Earlier Losses Covered"), 'amount': float(amount),
            'account_id': self.company_id._get_coop_account('accumulated_loss').id,
        }

    def _split_surplus(self, whole, unit):
        """Return ``{rule share: pool in units}`` of an amount that is a multiple of the rounding unit."""
        self.ensure_one()
        shares = {share: to_decimal(share.percent) for share in self.rule_id.share_ids}
        split = floor_surplus if self.rule_id.rounding_method == 'floor' else split_surplus
        return split(to_units(whole, unit), shares).parts

    def _prepare_share_values(self, rule_share, amount):
        return {
            'rule_share_id': rule_share.id,
            'sequence': rule_share.sequence,
            'name': rule_share.name,
            'kind': rule_share.kind,
            'base': rule_share.base if rule_share.kind == 'patronage' else False,
            'percent': rule_share.percent,
            'amount': float(amount),
            'account_id': (self.payable_account_id if rule_share._is_for_members() else rule_share.account_id).id,
        }

    def _assign_remainder(self):
        """Give the reserve, or the share that the rule names, what the members' pools and whole units left over."""
        self.ensure_one()
        reserve = self.share_ids.filtered(lambda share: share.kind == 'reserve')[:1]
        named = self.rule_id._get_remainder_share()
        taker = self.share_ids.filtered(
            lambda share: share.rule_share_id == named and not share._is_for_members(),
        )[:1] or reserve
        pools = self.share_ids.filtered(lambda share: share._is_for_members())
        reserve.others_amount -= sum(pools.mapped('others_amount'))
        reserve.forgone_amount = -sum(pools.mapped('forgone_amount'))
        shared = sum(map(self._to_exact, self.share_ids.mapped('amount_booked')))
        taker.rounding_amount = float(self._to_exact(self.surplus) - shared)

    def _check_adds_up(self):
        """Refuse figures that do not add up: shares to the surplus, and members to their shares.

        :raises UserError: naming the difference.
        """
        self.ensure_one()
        for_members = self.share_ids.filtered(lambda share: share._is_for_members())
        [(members,)] = self.env['coop.shu.member.line']._read_group(
            [('allocation_id', '=', self.id)], [], ['amount_total:sum'],
        )
        for found, expected in (
            (sum(self.share_ids.mapped('amount_booked')), self.surplus),
            (members or 0.0, sum(for_members.mapped('amount_booked'))),
        ):
            if self.currency_id.compare_amounts(found, expected):
                raise UserError(self.env._(
                    "The figures of %(allocation)s do not add up: %(amount)s would stay on %(account)s, so nothing was"
                    " booked. Compute it again; one that is approved has to be cancelled and made anew.",
                    allocation=self.display_name, account=self.shu_account_id.display_name,
                    amount=format_amount(self.env, expected - found, self.currency_id),
                ))

    # === BUSINESS METHODS - BOOKED MEANWHILE === #

    def _describe_changes(self):
        """Return what the books say otherwise now than when the steps of the computation read them, or no text."""
        self.ensure_one()
        changes = []
        surplus = self._get_ledger_surplus()
        if self.currency_id.compare_amounts(surplus, self.surplus):
            changes.append(self.env._(
                "The surplus is %(now)s, and was %(then)s.", now=format_amount(self.env, surplus, self.currency_id),
                then=format_amount(self.env, self.surplus, self.currency_id),
            ))
        for share in self.share_ids.filtered(lambda share: share._is_for_members()):
            count = self._count_changed_bases(share)
            if count:
                changes.append(self.env._(
                    "“%(share)s” changed for %(count)s members.", share=share.name, count=count,
                ))
        people = self._count_changed_people()
        if people:
            changes.append(self.env._("%s members take part who did not, or the other way round.", people))
        rule_written = max([self.rule_id.write_date, *self.rule_id.share_ids.mapped('write_date')])
        if rule_written > self.computed_on:
            changes.append(self.env._("The rule was changed."))
        return "\n".join(changes)

    def _check_unchanged_meanwhile(self):
        """Refuse to approve figures of which some were read before a booking and some after it.

        :raises UserError: naming what was booked.
        """
        self.ensure_one()
        if self.changed_meanwhile:
            raise UserError(self.env._(
                "While %(allocation)s was being computed, the books changed. Compute it again.\n%(changes)s",
                allocation=self.display_name, changes=self.changed_meanwhile,
            ))

    def _count_changed_numbers(self):
        """Return how many of the numbers that members share by are others in the books now, newcomers included."""
        self.ensure_one()
        shares = self.share_ids.filtered(lambda share: share._is_for_members())
        return self._count_changed_people() + sum(self._count_changed_bases(share) for share in shares)

    def _check_changes_known(self):
        """Refuse to approve what was booked otherwise since, unless somebody was told; then keep it in the chatter.

        The meeting may well have decided on figures that something was booked after: they are not computed again
        without it, and nobody approves them unawares.

        :raises UserError: saying how many numbers are others, and what to do.
        """
        self.ensure_one()
        count = self._count_changed_numbers()
        if not count:
            return
        if count != self.changed_numbers:
            raise UserError(self.env._(
                "Since %(allocation)s was computed, %(count)s of the numbers that members share by were booked"
                " otherwise. Compute it again. If the meeting decided on these figures all the same, press “Compare"
                " with the Books” first and approve then.", allocation=self.display_name, count=count,
            ))
        self._message_log(body=self.env._(
            "Approved as computed, although %s of the numbers that members share by were booked otherwise since.",
            count,
        ))

    # === BUSINESS METHODS - UNITS === #

    def _to_smallest(self, amount):
        """Count an amount in the smallest unit of the currency."""
        return to_units(amount, self.currency_id.rounding)

    def _from_exact(self, count):
        return from_units(count, self.currency_id.rounding)

    def _to_exact(self, amount):
        return self._from_exact(self._to_smallest(amount))

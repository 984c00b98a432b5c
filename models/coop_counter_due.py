from __future__ import annotations

from typing import NamedTuple

from odoo import models
from odoo.fields import Command

from odoo.addons.producer_cooperative.models.coop_payout_shu import ALLOCATION, BOOKED_STATES

#: Ways to get the SHU that a member who stands at the counter may still want; see :meth:`_get_payables_due`.
PAID_AT_COUNTER = ('cash', 'set_off')
#: What members may pay more of than is due.
PAID_AHEAD = ('savings', 'deposit')
#: Rounds in one of these states take deposits.
DEPOSIT_STATES = ('open', 'closed', 'ordered')


class Due(NamedTuple):
    """One thing that is due either way.

    ``amount`` is in the company's currency; ``chosen`` whether it is usually settled at once.
    """
    field: str
    record: object
    name: str
    date: object
    amount: float
    chosen: bool


class CoopCounterReceipt(models.Model):
    """Everything that is due between a member and the cooperative, either way."""
    _inherit = 'coop.counter.receipt'

    # === BUSINESS METHODS === #

    def _get_due(self):
        """Return ``{(kind, id of its record): Due}`` in the order in which it is shown, as superuser.

        The number of queries does not depend on how long the member has been one. For a room to show something of its
        own at the counter, it must override this method and :meth:`_book`.
        """
        if not self.membership_id or not self.date:
            return {}
        # sudo: what is due to and from the member, for whoever serves at the counter
        receipt = self.sudo()
        parts = {
            'savings': receipt._get_savings_due(), 'invoice': receipt._get_invoices_due(),
            'deposit': receipt._get_deposits_due(), 'advance_back': receipt._get_advances_held(),
            'payable': receipt._get_payables_due(), 'bill': receipt._get_bills_due(),
            'refund': receipt._get_refunds_due(), 'withdrawal': receipt._get_withdrawals_due(),
            'advance': receipt._get_advances_due(),
        }
        return {(kind, due.record.id): due for kind, dues in parts.items() for due in dues}

    def _prepare_line_commands(self, keep=False):
        """Return commands that replace the lines by what is due now.

        :param bool keep: whether what somebody chose of the same member before is chosen anew.
        """
        self.ensure_one()
        typed = {line._get_key(): line.amount for line in self.line_ids if line.chosen} if keep else {}
        commands = [Command.clear()]
        for place, ((kind, record_id), due) in enumerate(self._get_due().items(), start=1):
            chosen = (kind, record_id) in typed if typed else due.chosen
            amount = typed.get((kind, record_id)) or due.amount
            if kind not in PAID_AHEAD:
                amount = min(amount, due.amount)
            commands.append(Command.create({
                'sequence': place, 'kind': kind, due.field: record_id, 'chosen': chosen,
                'amount': amount if chosen else 0.0,
            }))
        return commands

    def _is_set_off_usual(self):
        """Whether the member chose to have the SHU set off, has consented to it, and owes something."""
        # sudo: what the member chose and signed, for whoever serves at the counter
        lines = self.line_ids.filtered('chosen').sudo()
        member = self.membership_id.sudo()
        return bool(
            any(line.kind == 'invoice' for line in lines)
            and member.shu_payout_method == 'set_off' and self._has_standing_consent()
            and any(line.item_id.move_id.coop_source_model == ALLOCATION for line in lines)
        )

    def _has_standing_consent(self):
        """Whether the member has consented in writing, up to the day of the receipt, to set the SHU off."""
        # sudo: the day of the consent, for whoever serves at the counter
        signed = self.membership_id.sudo().shu_set_off_date
        return bool(signed and signed <= self.date)

    # === BUSINESS METHODS - THE MEMBER PAYS === #

    def _sets_off_early(self, company):
        """Show what falls due later as well: the member stands at the counter, and may choose to pay it."""
        return True

    def _get_savings_due(self):
        """Return the savings that the member may pay in, with what is owed of them."""
        member = self.membership_id
        if member.state not in ('candidate', 'active', 'suspended'):
            return []
        owed = self._get_savings_owed()
        types = self.env['coop.savings.type'].search([
            ('company_id', '=', self.company_id.id), ('account_id', '!=', False),
        ])
        return [
            Due('savings_type_id', savings_type, savings_type.name, False, owed.get(savings_type, 0.0),
                bool(owed.get(savings_type)))
            for savings_type in types if member.state != 'candidate' or savings_type.open_to_candidates
        ]

    def _get_savings_owed(self):
        """Return ``{savings type: amount}``: for admission, or principal savings and arrears of mandatory ones."""
        member = self.membership_id
        if member.state == 'candidate':
            return member._get_missing_for_admission()
        arrears = member._get_arrears(self.date).get(member, {})
        return {
            savings_type: self.currency_id.round(amount)
            for savings_type, amount in {**member._get_missing_for_admission(), **arrears}.items()
        }

    def _get_invoices_due(self):
        """Return the member's open receivables, the oldest first; open credits make the last ones smaller."""
        partner = self.membership_id.partner_id
        debts = self._get_open_debts(self.company_id, partner, self.date).get(partner)
        if not debts:
            return []
        return [
            Due('item_id', debt, self._get_debt_label(debt), debt.date_maturity or debt.date, amount,
                (debt.date_maturity or debt.date) <= self.date)
            for debt, amount in self._allocate_set_off(debts, sum(debts.mapped('amount_residual')))
        ]

    def _get_debt_label(self, debt):
        pool = debt.move_id.coop_pool_id
        return f"{debt.move_name} ({pool.display_name})" if pool else debt.move_name

    def _get_deposits_due(self):
        """Return the deposits that the member was asked for, in rounds that take them and count on them."""
        deposits = self.env['coop.pool.deposit'].search([
            ('membership_id', '=', self.membership_id.id), ('state', '=', 'requested'),
            ('pool_id.state', 'in', DEPOSIT_STATES),
        ], order='id')
        asking = {request.pool_id for request in self.env['coop.pool.request'].search([
            ('membership_id', '=', self.membership_id.id), ('pool_id', 'in', deposits.pool_id.ids),
        ]) if request.quantity or request.tolerance}
        return [
            Due('deposit_id', deposit, self.env._("Deposit, %s", deposit.pool_id.display_name), deposit.date,
                deposit.amount, True)
            for deposit in deposits if deposit.pool_id in asking
        ]

    # === BUSINESS METHODS - THE MEMBER IS PAID === #

    def _get_payables_due(self):
        """Return what payouts pay: settlements, goods bought, compensations, SHU.

        SHU waits where the bylaws set a least amount; who chose a bank transfer or savings is asked first.
        """
        items = self.env['coop.payout']._get_open_payables(self.company_id, self.membership_id.partner_id, self.date)
        of_shu = items.filtered(lambda item: item.move_id.coop_source_model == ALLOCATION)
        shu_lines = self.env['coop.shu.member.line'].search([
            ('payable_line_id', 'in', of_shu.ids), ('state', 'in', BOOKED_STATES),
        ]) if of_shu else self.env['coop.shu.member.line']
        payable, _waiting = shu_lines._split_by_minimum()
        methods = {line.payable_line_id: line.payout_method for line in payable}
        labels = self._get_payable_labels()
        return [
            Due('item_id', item, self._get_payable_label(item, labels), item.date_maturity or item.date,
                -item.amount_residual, methods.get(item, 'cash') in PAID_AT_COUNTER)
            for item in items if item not in of_shu or item in methods
        ]

    def _get_payable_labels(self):
        """Return ``{model: what its documents are called at the counter}``."""
        return {
            'coop.settlement': self.env._("Settlement"), 'coop.consignment.bill': self.env._("Goods bought"),
            'coop.consignment.loss': self.env._("Compensation"), ALLOCATION: self.env._("SHU"),
            'coop.leaving': self.env._("Savings returned"),
        }

    def _get_payable_label(self, item, labels):
        source = item.move_id._coop_get_source()
        name = source.display_name if source else item.move_name
        return f"{labels.get(item.move_id.coop_source_model, '')} {name}".strip()

    def _get_refunds_due(self):
        """Return deposits that are paid back: of rounds that do not count on them any more."""
        deposits = self.env['coop.pool.deposit'].search([
            ('membership_id', '=', self.membership_id.id), ('state', '=', 'paid'), ('refund_move_id', '=', False),
            ('company_id', '=', self.company_id.id),
        ], order='id')
        return [
            Due('deposit_id', deposit, self.env._("%s, paid back", deposit.display_name), deposit.date,
                deposit.amount_left, True)
            for deposit in deposits
            if deposit.amount_left > 0 and deposit.date <= self.date
            and not deposit.pool_id._is_deposit_needed(deposit.membership_id)
        ]

    def _get_withdrawals_due(self):
        """Return the savings that the member may take out, with the most that may be taken; nothing is chosen."""
        member = self.membership_id
        if member.state not in ('active', 'suspended', 'rejected'):
            return []
        lowest = member._get_lowest_savings(self.date)[member]
        return [
            Due('savings_type_id', savings_type, self.env._("Take out of %s", savings_type.name), False,
                self.currency_id.round(amount), False)
            for savings_type, (amount, _day) in lowest.items()
            if amount > 0 and savings_type.active
            and (savings_type.withdrawable == 'any_time' or member.state == 'rejected')
        ]

from __future__ import annotations

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_amount, format_date

#: Kinds of shares that fill, or draw on, equity of the cooperative: the reserve and the accumulated losses.
EQUITY_KINDS = ('reserve', 'loss', 'loss_cover')


class CoopShuAllocation(models.Model):
    """Reserve and accumulated losses: nobody takes from them what is not there any more."""
    _inherit = 'coop.shu.allocation'

    # === BUSINESS METHODS - QUEUEING UP === #

    def _queue_up_at_equity(self):
        """Queue up with whatever else draws on the reserve, or covers the losses, of these cooperatives.

        Allocations of different years draw on the same accounts: all of a cooperative's queue up, in one order.
        """
        # sudo: only to queue up
        self.sudo().search([('company_id', 'in', self.company_id.ids)])._queue_up()

    # === BUSINESS METHODS - CHECKS === #

    def _check_meeting(self):
        super()._check_meeting()
        self._check_loss_still_covered()

    def _check_loss_still_covered(self):
        """Refuse to draw more from the reserve, or to cover more of earlier losses, than there is at the meeting.

        :raises UserError: naming the account and what it holds from the day of the meeting on.
        """
        self.ensure_one()
        for share in self.share_ids:
            if self.is_loss and share.kind == 'reserve':
                drawn, balance = -share.amount, self._get_least_held(share.account_id, self.meeting_date)
            elif share.kind == 'loss_cover':
                drawn, balance = share.amount, self._get_least_held(share.account_id, self.meeting_date, sign=-1)
            else:
                continue
            if self.currency_id.compare_amounts(drawn, balance) > 0:
                raise UserError(self.env._(
                    "From the meeting of %(date)s onwards, %(account)s holds %(balance)s at the least, and"
                    " %(allocation)s draws %(amount)s from it. Compute the allocation again, or have less drawn; cancel"
                    " it first where it is approved.",
                    account=share.account_id.display_name, allocation=self.display_name,
                    date=format_date(self.env, self.meeting_date),
                    balance=format_amount(self.env, balance, self.currency_id),
                    amount=format_amount(self.env, drawn, self.currency_id),
                ))

    def _get_least_held(self, account, date, sign=1):
        """Return the least that an account holds at the end of ``date`` and of any day after it.

        :param int sign: 1 for what stands on the credit side, -1 for the debit side.
        :return: amount in the company's currency.
        """
        self.ensure_one()
        items = self.env['account.move.line'].sudo()  # sudo: sums of one account
        domain = Domain([
            ('parent_state', '=', 'posted'), ('company_id', '=', self.company_id.id), ('account_id', '=', account.id),
        ])
        [(balance,)] = items._read_group(domain & Domain('date', '<=', date), [], ['balance:sum'])
        least = held = -sign * (balance or 0.0)
        for _day, change in items._read_group(
            domain & Domain('date', '>', date), ['date:day'], ['balance:sum'], order='date:day',
        ):
            held -= sign * change
            least = min(least, held)
        return self.currency_id.round(least)

    def _check_may_be_cancelled(self):
        super()._check_may_be_cancelled()
        self._check_equity_unused()

    def _check_equity_unused(self):
        """Refuse to take back from the reserve what a later loss used of it, or a loss that was covered since.

        :raises UserError: naming the account, what it holds, and what used it.
        """
        self.ensure_one()
        # sudo: sums of the allocation's own entries, for whoever may cancel
        entries = self.sudo()._get_entries_to_reverse() & self.sudo().meeting_move_ids
        for account, shares in self.share_ids.filtered(lambda s: s.kind in EQUITY_KINDS).grouped('account_id').items():
            # The reserve is never below zero, and accumulated losses never above.
            sign = 1 if shares[0].kind == 'reserve' else -1
            items = entries.line_ids.filtered(lambda item, account=account: item.account_id == account)
            brought = self.currency_id.round(sign * -sum(items.mapped('balance')))
            held = self.currency_id.round(sign * self._get_account_balance(account))
            if brought > 0 and self.currency_id.compare_amounts(brought, held) > 0:
                raise UserError(self.env._(
                    "%(account)s holds %(held)s now, less than the %(amount)s that %(allocation)s brought to it."
                    " %(remedy)s",
                    account=account.display_name, allocation=self.display_name,
                    held=format_amount(self.env, held, self.currency_id),
                    amount=format_amount(self.env, brought, self.currency_id),
                    remedy=self._get_equity_remedy(account),
                ))

    def _get_equity_remedy(self, account):
        """Return what to do first where this account does not hold any more what the allocation brought to it."""
        self.ensure_one()
        users = self.env['coop.shu.allocation.share'].search([
            ('account_id', '=', account.id), ('company_id', '=', self.company_id.id),
            ('allocation_id', '!=', self.id), ('allocation_id.state', 'in', ('posting', 'posted', 'paid')),
        ]).filtered(
            lambda share: share.kind == 'loss_cover' or (share.kind == 'reserve' and share.allocation_id.is_loss),
        ).allocation_id
        if users:
            return self.env._("Cancel %s first.", ", ".join(users.mapped('display_name')))
        return self.env._("Correct the entries that used it first.")


class CoopShuLapse(models.Model):
    """Owing unclaimed SHU again takes it back from the reserve that it went to."""
    _inherit = 'coop.shu.lapse'

    # === BUSINESS METHODS === #

    def _restore(self, lines, reason):
        self._check_reserve_holds(lines)
        return super()._restore(lines, reason)

    def _check_reserve_holds(self, lines):
        """Refuse to take more back from the reserve than it holds; funds look after themselves.

        :raises UserError: naming the reserve and what it holds.
        """
        self.ensure_one()
        allocations = lines.member_line_id.allocation_id
        allocations._queue_up_at_equity()
        for account, of_account in lines.grouped('account_id').items():
            if account.account_type != 'equity':
                continue
            amount = self.currency_id.round(sum(of_account.mapped('amount')))
            held = allocations[0]._get_account_balance(account)
            if self.currency_id.compare_amounts(amount, held) > 0:
                raise UserError(self.env._(
                    "%(account)s holds %(held)s now, less than the %(amount)s that would be owed again: a loss has used"
                    " it. Fill the reserve first, as the meeting decides.",
                    account=account.display_name, held=format_amount(self.env, held, self.currency_id),
                    amount=format_amount(self.env, amount, self.currency_id),
                ))

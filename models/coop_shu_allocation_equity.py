from __future__ import annotations

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_amount

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

    def _check_loss_still_covered(self):
        """Refuse to draw more from the reserve, or to cover more of earlier losses, than there is now.

        :raises UserError: naming the account and what it holds.
        """
        self.ensure_one()
        for share in self.share_ids:
            if self.is_loss and share.kind == 'reserve':
                drawn, balance = -share.amount, self._get_account_balance(share.account_id)
            elif share.kind == 'loss_cover':
                drawn, balance = share.amount, -self._get_account_balance(share.account_id)
            else:
                continue
            if self.currency_id.compare_amounts(drawn, balance) > 0:
                raise UserError(self.env._(
                    "%(account)s holds %(balance)s now, less than the %(amount)s that %(allocation)s draws from it."
                    " Cancel the allocation and compute it again.",
                    account=share.account_id.display_name, allocation=self.display_name,
                    balance=format_amount(self.env, balance, self.currency_id),
                    amount=format_amount(self.env, drawn, self.currency_id),
                ))

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

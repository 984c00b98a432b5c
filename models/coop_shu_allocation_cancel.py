from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.producer_cooperative.models.account_move import OWNER_TOKEN


class CoopShuAllocation(models.Model):
    """Cancelling: every entry is reversed, one after the other, and stays in the books."""
    _inherit = 'coop.shu.allocation'

    # === BUSINESS METHODS - STEPS === #

    def _start_cancelling(self, reason):
        """Cancel what is not booked; reverse what is, at once or, for many members, in the background."""
        self.ensure_one()
        if 'cancelling' not in self._transitions[self.state]:
            self._update_state('cancelled', cancel_reason=reason)
            return
        members = self.env['coop.shu.member.line'].search_count(
            [('allocation_id', '=', self.id), ('meeting_move_id', '!=', False)],
        )
        # The state comes first: reversing settles what is owed to members, which must not look like a payment.
        self._start('cancelling', steps=len(self._get_entries_to_reverse()), members=members, cancel_reason=reason)
        if self.in_background:
            # The entry of reserve and funds, here and now: what was just seen to be there is spent by nobody meanwhile.
            self._take_step()

    def _take_step_cancelling(self):
        """Reverse the next entry; the year-end entry last, and on its own day.

        Another year-end entry is likely to follow on that day; until today, the surplus would be carried over twice.
        """
        self.ensure_one()
        move = self._get_entries_to_reverse()[:1]
        if not move:
            self._update_state('cancelled')
            return 0
        self._check_entry_not_paid(move)
        self.reversal_move_ids |= move._coop_reverse_for(
            self, self.env._("Cancelled: %(document)s, %(reason)s", document=self.name, reason=self.cancel_reason),
            on_own_day=move == self.year_end_move_id,
        )
        return 1

    def _get_entries_to_reverse(self):
        """Return the posted entries that have not been reversed yet: that of reserve and funds first."""
        self.ensure_one()
        reversed_already = self.reversal_move_ids.reversed_entry_id
        entries = self.meeting_move_ids.sorted('id') + self.year_end_move_id - reversed_already
        return entries.filtered(lambda move: move.state == 'posted')

    # === BUSINESS METHODS - CHECKS === #

    def _check_may_be_cancelled(self):
        """Refuse to cancel once anybody was paid, and what was cancelled before.

        :raises UserError: naming the allocation and what to do.
        """
        self.ensure_one()
        if self.env['coop.shu.member.line'].search_count(
            [('allocation_id', '=', self.id), ('amount_paid', '!=', 0)], limit=1,
        ):
            raise UserError(self._paid_error_message())
        if self.state == 'cancelling':
            raise UserError(self.env._("%s is being cancelled already.", self.display_name))
        if not {'cancelled', 'cancelling'} & set(self._transitions[self.state]):
            raise UserError(self._state_error_message('cancelled'))

    def _check_entry_not_paid(self, move):
        """Refuse to reverse an entry on which somebody was paid since the cancelling began."""
        self.ensure_one()
        owed = move.line_ids.filtered(lambda item: item.account_id == self.payable_account_id)
        if any(self.currency_id.compare_amounts(item.amount_residual, item.balance) for item in owed):
            raise UserError(self._paid_error_message())

    def _paid_error_message(self):
        self.ensure_one()
        return self.env._(
            "Members were paid from %s already; it cannot be cancelled. Cancel the payouts first.", self.display_name,
        )


class AccountPartialReconcile(models.Model):
    """Nobody is paid from an allocation while its entries are being reversed, one after the other."""
    _inherit = 'account.partial.reconcile'

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        if self.env.context.get('coop_owner_token') is not OWNER_TOKEN:
            partials._coop_check_not_being_cancelled()
        return partials

    # === BUSINESS METHODS === #

    def _coop_check_not_being_cancelled(self):
        """Refuse to pay what is about to be reversed; it would hold up the rest of the reversals.

        :raises UserError: naming the allocation and what to do.
        """
        # sudo: whose entries these are, for whoever pays
        allocations = self.env['coop.shu.allocation'].sudo().search([('state', '=', 'cancelling')])
        if not allocations:
            return
        items = self.sudo().debit_move_id | self.sudo().credit_move_id  # sudo: see above
        for allocation in allocations:
            if allocation.meeting_move_ids & items.move_id:
                raise UserError(self.env._(
                    "%s is being cancelled; nobody is paid from it. Leave the payment open, and match it with what is"
                    " owed instead.", allocation.display_name,
                ))

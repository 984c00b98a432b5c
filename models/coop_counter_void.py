from odoo import fields, models

from odoo.addons.producer_cooperative.models.account_move import OWNER_TOKEN


class CoopCounterReceipt(models.Model):
    """Making a receipt void: everything that it booked is reversed from where it was booked."""
    _inherit = 'coop.counter.receipt'

    void_move_ids = fields.Many2many(
        comodel_name='account.move', relation='coop_counter_receipt_void_rel', string="Reversals", readonly=True,
        copy=False, groups='account.group_account_readonly',
    )

    # === BUSINESS METHODS === #

    def _cancel_with_reason(self, reason):
        """Reverse all that the receipt booked, in an open period; the receipt stays, prints as void, keeps its number.

        :raises UserError: when the receipt is not posted, is not of today and a cashier makes it void, the books are
            closed, or something that it booked was used since: savings taken out, a deposit set off.
        """
        for receipt in self:
            receipt._check_may_post()
            receipt._check_may_cancel()
            receipt._queue_up()
            receipt._queue_up_sources()
            receipt._update_state(
                'cancelled', cancel_reason=reason, cancel_user_id=self.env.uid, date_cancelled=fields.Datetime.now(),
            )
            receipt._check_period_is_open(fields.Date.context_today(receipt), receipt.journal_id)
            receipt._undo(receipt.env._("%(receipt)s void: %(reason)s", receipt=receipt.name, reason=reason))

    def _undo(self, reason):
        """Reverse each document that belongs to the receipt, the last booked first."""
        self.ensure_one()
        receipt = self._as_counter()
        receipt.advance_ids.sudo()._take_back(reason)  # sudo: cashiers undo advances only with the receipt
        for voucher in receipt.voucher_ids.sorted('id', reverse=True):
            voucher._cancel_with_reason(reason)
        refunds = receipt.refunded_deposit_ids._undo_refund(reason)
        for payout in receipt.payout_ids:
            payout._cancel_with_reason(reason)
        for deposit in receipt.deposit_ids:
            deposit._cancel_with_reason(reason)
        # sudo: cashiers undo what they booked through the receipt, without any other access to the books
        receipt = receipt.sudo()
        moves = receipt.payment_ids.move_id | receipt.set_off_move_ids
        receipt.void_move_ids = refunds | (moves._coop_reverse_for(receipt, reason) if moves else moves)
        receipt.payment_ids.state = 'canceled'

    def _as_counter(self):
        """Return the receipt, free to undo the documents that belong to it."""
        return self.with_context(coop_counter_token=OWNER_TOKEN)

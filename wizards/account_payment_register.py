from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date


class AccountPaymentRegister(models.TransientModel):
    _inherit = 'account.payment.register'

    def _create_payments(self):
        self._coop_check_still_owed()
        return super()._create_payments()

    def _coop_check_still_owed(self):
        """Let nobody be paid twice for one document, from two open windows or by two people at once.

        :raises UserError: when less is still owed than is to be paid, or it was not owed yet on the day of payment.
        """
        of_leavings = self.line_ids.filtered(lambda item: item.move_id.coop_source_model == 'coop.leaving')
        paid_models = self.env['coop.payout']._get_paid_models()
        owned = self.line_ids.move_id.filtered(lambda move: move.coop_source_model in paid_models)
        if not of_leavings and not owned:
            return
        # sudo: only to queue up behind each other
        self.env['coop.leaving'].sudo().search([('payable_line_ids', 'in', of_leavings.ids)])._queue_up()
        # Members as well, as a payout of SHU does: an allocation is that of them all.
        # sudo: see above
        shares = self.env['coop.shu.member.line'].sudo().search([('payable_line_id', 'in', self.line_ids.ids)])
        shares.membership_id._queue_up()
        for model, moves in sorted(owned.grouped('coop_source_model').items()):
            self.env[model].sudo().browse(moves.mapped('coop_source_id'))._queue_up()  # sudo: see above
        shares.allocation_id._check_members_can_be_paid()
        items = self.line_ids  # Whatever else is owed on the same account is paid with it, in one amount.
        items.invalidate_recordset(['amount_residual', 'amount_residual_currency', 'reconciled'])
        items._coop_derive_open_amounts()
        for item in items.filtered(lambda item: item in of_leavings or item.move_id in owned):
            if item.date > self.payment_date:
                raise UserError(self.env._(
                    "%(document)s of %(member)s is dated %(date)s; the payment cannot be dated before it.",
                    member=item.partner_id.display_name, document=item.move_id.display_name,
                    date=format_date(self.env, item.date),
                ))
        owed = -sum(items.mapped('amount_residual'))
        paid = self.amount if self.can_edit_wizard else owed
        currency = items.company_id.currency_id
        if owned and self.payment_difference_handling == 'reconcile' and not currency.is_zero(self.payment_difference):
            raise UserError(self.env._(
                "What the cooperative owes to %s is paid, and not written off. Keep the rest open.",
                ", ".join(items.partner_id.mapped('display_name')),
            ))
        if currency.compare_amounts(owed, 0.0) <= 0:
            raise UserError(self.env._("Nothing is owed on this any more: it was paid in the meantime."))
        if any(items.mapped('reconciled')) or (
            self.currency_id == currency and currency.compare_amounts(paid, owed) > 0
        ):
            raise UserError(self.env._(
                "Only %s is still owed; it was paid in the meantime, or the amount is too high. Open the payment anew.",
                format_amount(self.env, owed, currency),
            ))

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_amount


class AccountPaymentRegister(models.TransientModel):
    _inherit = 'account.payment.register'

    def _create_payments(self):
        self._coop_check_still_owed()
        return super()._create_payments()

    def _coop_check_still_owed(self):
        """Let nobody be paid twice for one leaving, settlement or SHU, from two open windows or by two people at once.

        :raises UserError: when less is still owed than is to be paid.
        """
        moves = self.line_ids.move_id
        of_leavings = self.line_ids.filtered(lambda item: item.move_id.coop_source_model == 'coop.leaving')
        of_settlements = moves.filtered(lambda move: move.coop_source_model == 'coop.settlement')
        of_shu = self.line_ids.filtered(lambda item: item.move_id.coop_source_model == 'coop.shu.allocation')
        if not of_leavings and not of_settlements and not of_shu:
            return
        # sudo: only to queue up behind each other
        self.env['coop.leaving'].sudo().search([('payable_line_ids', 'in', of_leavings.ids)])._queue_up()
        self.env['coop.settlement'].sudo().search([('move_id', 'in', of_settlements.ids)])._queue_up()
        member_lines = self.env['coop.shu.member.line'].sudo().search([('payable_line_id', 'in', of_shu.ids)])
        member_lines.membership_id._queue_up()
        member_lines.allocation_id._queue_up()
        items = self.line_ids  # Whatever else is owed on the same account is paid with it, in one amount.
        items.invalidate_recordset(['amount_residual', 'amount_residual_currency', 'reconciled'])
        owed = -sum(items.mapped('amount_residual'))
        paid = self.amount if self.can_edit_wizard else owed
        currency = items.company_id.currency_id
        if any(items.mapped('reconciled')) or (
            self.currency_id == currency and currency.compare_amounts(paid, owed) > 0
        ):
            raise UserError(self.env._(
                "Only %s is still owed; it was paid in the meantime, or the amount is too high. Open the payment anew.",
                format_amount(self.env, owed, currency),
            ))

from odoo import api, models
from odoo.exceptions import UserError


class AccountPayment(models.Model):
    """Money goes to a member's bank account only once the account is approved."""
    _inherit = 'account.payment'

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        payments = super().create(vals_list)
        payments.filtered(lambda payment: payment.state in ('in_process', 'paid'))._coop_check_recipient_account()
        return payments

    def write(self, vals):
        if vals.get('state') in ('in_process', 'paid'):
            self.filtered(
                lambda payment: payment.state not in ('in_process', 'paid'),
            )._coop_check_recipient_account()
        res = super().write(vals)
        if vals.get('partner_bank_id'):
            self.filtered(lambda payment: payment.state in ('in_process', 'paid'))._coop_check_recipient_account()
        return res

    # === BUSINESS METHODS === #

    def _coop_check_recipient_account(self):
        """Refuse to send money to members' accounts that nobody has approved; cash is paid to nobody's account.

        :raises UserError: naming the member and who may approve.
        """
        for payment in self:
            # sudo: the account may be hidden from who posts; only its approval is read
            account = payment.partner_bank_id.sudo()
            if payment.payment_type == 'outbound' and payment.journal_id.type == 'bank' and account and (
                not account._coop_may_be_paid()
            ):
                raise UserError(self.env._(
                    "The bank account %(account)s of %(member)s waits for approval and is not paid to. A manager or"
                    " an accountant who did not enter it approves it under Cooperative / Members / Bank Accounts."
                    " Ask: %(users)s.",
                    account=account.coop_masked_number, member=account.partner_id.display_name,
                    users=", ".join((account._coop_get_approvers() - account._coop_get_last_changer()).mapped('name'))
                    or self.env._("nobody has such a role yet"),
                ))

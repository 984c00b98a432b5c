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
        if vals.get('partner_bank_id') or vals.get('partner_id'):
            self.filtered(lambda payment: payment.state in ('in_process', 'paid'))._coop_check_recipient_account()
        return res

    # === BUSINESS METHODS === #

    def _coop_check_recipient_account(self):
        """Refuse to send money to members' accounts that nobody has approved, or members' money to others' accounts.

        Cash is paid to nobody's account.

        :raises UserError: naming the member and who may approve, or the account and whose it is.
        """
        for payment in self:
            # sudo: the account may be hidden from who posts; only its approval and its holder are read
            account = payment.partner_bank_id.sudo()
            if payment.payment_type != 'outbound' or payment.journal_id.type != 'bank' or not account:
                continue
            if account.partner_id.commercial_partner_id != payment.partner_id.commercial_partner_id and (
                payment._coop_pays_member()
            ):
                raise UserError(self.env._(
                    "The bank account %(account)s belongs to %(holder)s, but the money is for %(member)s. Choose an"
                    " account of %(member)s on the payment, or pay in cash.",
                    account=account.coop_masked_number or account.acc_number, holder=account.partner_id.display_name,
                    member=payment.partner_id.display_name,
                ))
            if not account._coop_may_be_paid():
                raise UserError(self.env._(
                    "The bank account %(account)s of %(member)s waits for approval and is not paid to. A manager or"
                    " an accountant who did not enter it approves it under Cooperative / Members / Bank Accounts."
                    " Ask: %(users)s.",
                    account=account.coop_masked_number, member=account.partner_id.display_name,
                    users=", ".join((account._coop_get_approvers() - account._coop_get_last_changer()).mapped('name'))
                    or self.env._("nobody has such a role yet"),
                ))

    def _coop_pays_member(self):
        """Whether the money is for somebody who is or was a member, or for a document of the cooperative."""
        self.ensure_one()
        # sudo: only whether there is such a document or membership, for whoever pays
        return bool(self.sudo().invoice_ids.filtered('coop_source_id')) or bool(
            self.env['coop.membership'].sudo().search_count([
                ('partner_id', '=', self.partner_id.commercial_partner_id.id), ('company_id', '=', self.company_id.id),
            ], limit=1),
        )

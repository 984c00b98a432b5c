from odoo import models

from odoo.addons.producer_cooperative.models.account_move import OWNER_TOKEN

PAID_STATES = ('in_process', 'paid')


class AccountPayment(models.Model):
    """Members are told of payments that are registered on Odoo's own screens, and when one is taken back.

    What the counter registers is told of with its own receipt.
    """
    _name = 'account.payment'
    _inherit = ['account.payment', 'coop.notice.mixin']

    # === CRUD METHODS === #

    def write(self, vals):
        # Posting the entry writes the state once more within.
        if 'state' not in vals or self.env.context.get('coop_payment_token') is OWNER_TOKEN:
            return super().write(vals)
        paid = self.filtered(lambda payment: payment.state in PAID_STATES)
        res = super(AccountPayment, self.with_context(coop_payment_token=OWNER_TOKEN)).write(vals)
        if vals['state'] in PAID_STATES:
            (self - paid)._coop_tell_payer('receipt')
        else:
            paid._coop_tell_payer('receipt_void')
        return res

    # === BUSINESS METHODS === #

    def _coop_tell_payer(self, key):
        """Tell whom these payments are of; a payment that is opened and posted again is told of again."""
        for payment in self:
            # sudo: whether it is a cooperative, for whoever pays
            if payment.company_id.sudo().coop_is_cooperative and payment.partner_id:
                payment._queue_notices(key, str(len(payment._get_notices())))

    def _get_notice_members(self, key):
        self.ensure_one()
        if self.coop_counter_receipt_id:
            return self.env['coop.membership']
        return self._get_members_of(self.partner_id)

    def _get_notice_rows(self, membership, key):
        self.ensure_one()
        _ = self.env._
        paid = self.currency_id.format(self.amount)
        documents = (self.reconciled_invoice_ids | self.reconciled_bill_ids | self.invoice_ids).mapped('name')
        rows = [(_("For"), ", ".join(filter(None, documents)) or self.memo)] if documents or self.memo else []
        label = _("You paid") if self.payment_type == 'inbound' else _("You were paid")
        return [*rows, (label, f"{paid} ({self.journal_id.name})")]

    def _get_notice_reason(self):
        return ""

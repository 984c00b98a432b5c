from odoo import SUPERUSER_ID, models
from odoo.exceptions import UserError
from odoo.tools import format_amount


class AccountPayment(models.Model):
    """Large payments to members are for two people, whichever screen they are made on."""
    _inherit = 'account.payment'

    # === BUSINESS METHODS === #

    def _coop_check_recipient_account(self):
        super()._coop_check_recipient_account()
        self._coop_check_two_people()

    def _coop_check_two_people(self):
        """Refuse that who wrote a payment to a member confirms it, above the limit for payouts.

        :raises UserError: naming the member and the ways to pay.
        """
        if self.env.uid == SUPERUSER_ID:
            return
        mine = self.filtered(lambda payment: payment.payment_type == 'outbound' and payment.create_uid == self.env.user)
        for company, payments in mine.grouped('company_id').items():
            limit = company._coop_get_approval_limit('payout')
            if not company.coop_is_cooperative or not limit:
                continue
            for payment in payments:
                amount = payment.currency_id._convert(
                    payment.amount, company.currency_id, company, payment.date,
                )
                if limit._needs_two(amount) and payment._coop_pays_member():
                    raise UserError(self.env._(
                        "Above %(limit)s, two people are needed to pay %(member)s. Write a payout under Consignment or"
                        " SHU, which somebody else posts or approves, or let somebody else confirm a draft payment of"
                        " yours.", limit=format_amount(self.env, limit.amount, company.currency_id),
                        member=payment.partner_id.display_name,
                    ))

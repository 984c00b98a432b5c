from odoo import models


class AccountMove(models.Model):
    _inherit = 'account.move'

    def _post(self, soft=True):
        """Post no payment to a member's bank account that waits for approval, however the posting was asked for."""
        self.origin_payment_id._coop_check_recipient_account()
        return super()._post(soft=soft)

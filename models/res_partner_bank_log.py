from odoo import models

from odoo.addons.producer_cooperative.models.account_move import OWNER_TOKEN


class ResPartner(models.Model):
    _inherit = 'res.partner'

    def _message_log(self, **kwargs):
        """Leave changes of a member's bank account to the log of the membership, which fewer people read."""
        if self.env.context.get('coop_bank_log_token') is OWNER_TOKEN:
            return self.env['mail.message']
        return super()._message_log(**kwargs)

from odoo import models


class MailThread(models.AbstractModel):
    _inherit = 'mail.thread'

    # === BUSINESS METHODS === #

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """Let members follow no document of the cooperative: what is written below it would be sent to them."""
        if self._name.startswith('coop.') and not self.env.su and not self.env.user._is_internal():
            return False
        return super().message_subscribe(partner_ids=partner_ids, subtype_ids=subtype_ids)

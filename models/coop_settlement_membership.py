from odoo import models


class CoopSettlement(models.Model):
    _inherit = 'coop.settlement'

    def _get_savings_shares(self, proceeds):
        """Withhold no savings from members who have left: they save no more, whatever their terms said."""
        if self.membership_id.state == 'left':
            return {}
        return super()._get_savings_shares(proceeds)

from odoo import models


class ResPartner(models.Model):
    _inherit = 'res.partner'

    def action_view_coop_shu(self):
        """Open the SHU of the partner's membership."""
        self.ensure_one()
        return self.coop_membership_id.action_view_shu()

from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = 'ir.http'

    def session_info(self):
        """Tell the web client which of the user's companies are for practice, so that it can say so on every screen."""
        info = super().session_info()
        companies = self.env.user.company_ids if self.env.user._is_internal() else self.env['res.company']
        # sudo: which of the user's own companies are for practice
        info['coop_practice_company_ids'] = companies.sudo().filtered('coop_is_practice').ids
        return info

from odoo import models


class AccountAccount(models.Model):
    """Accounts of funds are kept by the cooperative, those that only a rule names as well."""
    _inherit = 'account.account'

    def _coop_filter_kept(self, companies):
        kept = super()._coop_filter_kept(companies)
        return kept | self.filtered(lambda account: account.id in self.env['coop.fund']._get_account_ids())

from odoo import models


class AccountAccount(models.Model):
    _inherit = 'account.account'

    def _coop_has_entries(self):
        """Whether any journal item, draft ones included, is booked on the account."""
        self.ensure_one()
        # sudo: whether there is any; not every role may read journal items
        return bool(self.env['account.move.line'].sudo().search_count([('account_id', '=', self.id)], limit=1))

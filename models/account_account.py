from odoo import models


class AccountAccount(models.Model):
    _inherit = 'account.account'

    def _coop_has_entries(self):
        """Whether any journal item, draft ones included, is booked on the account."""
        self.ensure_one()
        return bool(self.env['account.move.line'].search_count([('account_id', '=', self.id)], limit=1))

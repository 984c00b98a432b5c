from datetime import timedelta

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    coop_shu_four_eyes = fields.Boolean(
        string="SHU and Funds Need Two People", default=True, tracking=True,
        help="Whoever computed an allocation cannot approve it, and whoever prepared what becomes of unclaimed SHU, a"
             " fund spending or a large payout of SHU cannot approve or post that. Switching this off is kept in the"
             " company's history.",
    )

    def _find_coop_account(self, key):
        """Return the account for ``key`` (a key of ``ACCOUNTS``), or an empty recordset when none is set up yet."""
        self.ensure_one()
        # sudo: which account serves which purpose is no secret, and managers may not read the settings
        mapping = self.sudo().coop_account_ids.filtered(lambda mapping: mapping.key == key)
        return mapping.account_id.with_env(self.env)

    def _get_first_open_day(self, date, journal):
        """Return ``date``, or the day after the lock date when the books are closed on it.

        :param journal: the journal to book in, because journals can be locked one by one.
        """
        self.ensure_one()
        return max(date, self._get_user_fiscal_lock_date(journal) + timedelta(days=1))

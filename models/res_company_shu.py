from dateutil.relativedelta import relativedelta

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    coop_shu_four_eyes = fields.Boolean(
        string="SHU and Funds Need Two People", default=True, tracking=True,
        help="Whoever computed an allocation cannot approve it, and whoever prepared what becomes of unclaimed SHU, a"
             " fund spending or a large payout of SHU cannot approve or post that. Switching this off is kept in the"
             " company's history.",
    )

    def _coop_get_last_year(self):
        """Return both days of the last fiscal year that is over, as ``{'date_from': …, 'date_to': …}``."""
        self.ensure_one()
        return self.compute_fiscalyear_dates(fields.Date.context_today(self) - relativedelta(years=1))

from dateutil.relativedelta import relativedelta

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    def _coop_get_last_year(self):
        """Return both days of the last fiscal year that is over, as ``{'date_from': …, 'date_to': …}``."""
        self.ensure_one()
        return self.compute_fiscalyear_dates(fields.Date.context_today(self) - relativedelta(years=1))

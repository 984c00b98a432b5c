from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

#: Years that a period may lie in; any other is a slip of the pen.
FIRST_YEAR, LAST_YEAR = 1945, 2200


class CoopShuAllocation(models.Model):
    """Which periods a surplus can be shared for."""
    _inherit = 'coop.shu.allocation'

    # === CONSTRAINT METHODS === #

    @api.constrains('date_from', 'date_to')
    def _check_period(self):
        """Refuse days that can only be a slip of the pen.

        :raises ValidationError: for a period of more than two years, or of another century.
        """
        for allocation in self:
            first, last = allocation.date_from, allocation.date_to
            if not FIRST_YEAR <= first.year <= last.year <= LAST_YEAR:
                raise ValidationError(self.env._(
                    "The period of the SHU lies between the years %(first)s and %(last)s. Look at its days again.",
                    first=FIRST_YEAR, last=LAST_YEAR,
                ))
            if last >= first + relativedelta(years=2):
                raise ValidationError(self.env._(
                    "The period from %(start)s to %(end)s is longer than two years, and SHU is shared year by year."
                    " Look at its days again.", start=format_date(self.env, first), end=format_date(self.env, last),
                ))

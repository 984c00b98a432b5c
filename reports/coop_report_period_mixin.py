from odoo import api, fields, models
from odoo.exceptions import UserError


class CoopReportPeriodMixin(models.AbstractModel):
    """A report on a period: the year up to today, unless somebody asks for another one."""
    _name = 'coop.report.period.mixin'
    _inherit = ['coop.report.mixin']
    _description = "Cooperative Report on a Period"

    date_from = fields.Date(
        string="From", required=True,
        default=lambda self: fields.Date.start_of(fields.Date.context_today(self), 'year'),
    )
    date_to = fields.Date(string="To", required=True, default=fields.Date.context_today)

    # === CONSTRAINT METHODS === #

    @api.constrains('date_from', 'date_to')
    def _check_dates(self):
        for wizard in self:
            if wizard.date_to < wizard.date_from:
                raise UserError(self.env._("The period ends before it begins."))

    # === BUSINESS METHODS === #

    def _is_answerable(self):
        return super()._is_answerable() and bool(self.date_from and self.date_to and self.date_from <= self.date_to)

    def _get_period_label(self):
        """Return the period as a subtitle."""
        self.ensure_one()
        return self.env._(
            "%(start)s to %(end)s", start=self._format_date(self.date_from), end=self._format_date(self.date_to),
        )

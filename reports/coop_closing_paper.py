from odoo import models
from odoo.tools import format_datetime

from odoo.addons.producer_cooperative.tools.report_table import Column, Report, Table


class CoopClosing(models.Model):
    """The checklist on paper, to be signed and filed with the books of the period."""
    _name = 'coop.closing'
    _inherit = ['coop.closing', 'coop.report.mixin']

    _report_action = 'producer_cooperative.coop_closing_action_report'
    _report_landscape = True

    # === BUSINESS METHODS === #

    def _get_report(self):
        self.ensure_one()
        _ = self.env._
        subtitles = [
            _("%(start)s to %(end)s", start=self._format_date(self.date_from), end=self._format_date(self.date_to)),
        ]
        if self.state == 'closed':
            subtitles.append(_(
                "Closed by %(user)s on %(date)s", user=self.closed_by_id.name,
                date=format_datetime(self.env, self.closed_on, dt_format='short'),
            ))
        else:
            subtitles.append(_("NOT CLOSED YET"))
        if self.reopen_count:
            subtitles.append(_(
                "Reopened %(count)s times: %(reason)s", count=self.reopen_count, reason=self.reopen_reason,
            ))
        return Report(
            title=_("Closing Checklist: %s", self.display_name), subtitles=subtitles, tables=[self._get_table()],
            signatures=[_("Treasurer"), _("Chair"), _("Supervisors")],
        )

    def _get_table(self):
        _ = self.env._
        table = Table([
            Column('place', _("No."), 'integer', 5), Column('name', _("To Do"), width=60),
            Column('state', _("State"), width=12), Column('by', _("By"), width=18),
            Column('on', _("On"), width=16), Column('note', _("Remark"), width=34),
        ])
        for place, item in enumerate(self.item_ids.sorted(lambda item: (item.source, item.sequence, item.id)), start=1):
            table.add(
                place=place, name=item.name, state=self._get_label(item, 'state'), note=item.note or "",
                by=item.done_by_id.name or "",
                on=item.done_on and format_datetime(self.env, item.done_on, dt_format='short'),
            )
        return table

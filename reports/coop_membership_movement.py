from odoo import fields, models

from odoo.addons.producer_cooperative.reports.people_table import PeopleTable
from odoo.addons.producer_cooperative.tools.report_table import Column, Report, Table


class CoopMembershipMovement(models.TransientModel):
    """Who came and who went in a period: at the start + in - out = at the end, women, men and organisations apart."""
    _name = 'coop.membership.movement'
    _inherit = ['coop.report.period.mixin']
    _description = "Member Movement"

    _report_action = 'producer_cooperative.coop_membership_movement_action_report'

    with_names = fields.Boolean(default=True)

    # === BUSINESS METHODS === #

    def _get_report(self):
        _ = self.env._
        parts = self._get_parts()
        report = Report(
            title=_("Member Movement"), signatures=[_("Secretary"), _("Chair")], subtitles=[self._get_period_label()],
        )
        report.tables = [self._get_count_table(parts)]
        if self.with_names:
            report.tables += [self._get_joined_table(parts['in']), self._get_left_table(parts['out'])]
        return report

    def _get_parts(self):
        """Return the memberships at the start, in, out and at the end.

        A membership counts from the day of joining to the day before leaving; somebody who comes back has a second
        membership, and so goes out and comes in.
        """
        self.ensure_one()
        memberships = self.env['coop.membership']._search_admitted(self.company_id, self.date_to).filtered(
            lambda m: not m.date_left or m.date_left >= self.date_from,
        ).sorted(lambda membership: membership._get_rank())
        before = fields.Date.subtract(self.date_from, days=1)
        return {
            'start': memberships.filtered(lambda m: m._is_member_on(before)),
            'in': memberships.filtered(lambda m: m.date_joined >= self.date_from),
            'out': memberships.filtered(lambda m: m.date_left and m.date_left <= self.date_to),
            'end': memberships.filtered(lambda m: m._is_member_on(self.date_to)),
        }

    def _get_count_table(self, parts):
        _ = self.env._
        table = PeopleTable(parts['start'] | parts['in'], _("Movement"))
        before = fields.Date.subtract(self.date_from, days=1)
        table.add_count(_("Members on %s", self._format_date(before)), parts['start'], 'total')
        table.add_count(_("In: admitted"), parts['in'])
        reasons = dict(self.env['coop.membership']._fields['leave_reason']._description_selection(self.env))
        for reason, label in reasons.items():
            for_reason = parts['out'].filtered(lambda m, reason=reason: m.leave_reason == reason)
            table.add_count(_("Out: %s", label), for_reason)
        unexplained = parts['out'].filtered(lambda m: not m.leave_reason)
        if unexplained:
            table.add_count(_("Out: no reason recorded"), unexplained)
        table.add_count(_("Members on %s", self._format_date(self.date_to)), parts['end'], 'total')
        return table

    def _get_name_columns(self):
        _ = self.env._
        return [
            Column('serial', _("No."), 'integer', 6), Column('number', _("Member Number"), width=14),
            Column('name', _("Name"), width=28), Column('address', _("Address"), width=32),
            Column('date_joined', _("Date In"), 'date', 12),
        ]

    def _get_joined_table(self, memberships):
        table = Table(self._get_name_columns(), title=self.env._("In"))
        for serial, membership in enumerate(memberships, start=1):
            table.add(serial=serial, **self._prepare_name_values(membership))
        return table

    def _get_left_table(self, memberships):
        _ = self.env._
        table = Table([
            *self._get_name_columns(), Column('date_left', _("Date Out"), 'date', 12),
            Column('leave_reason', _("Reason Out"), width=16),
        ], title=_("Out"))
        for serial, membership in enumerate(memberships, start=1):
            table.add(
                serial=serial, date_left=membership.date_left,
                leave_reason=self._get_label(membership, 'leave_reason'), **self._prepare_name_values(membership),
            )
        return table

    def _prepare_name_values(self, membership):
        return {
            'number': membership.number, 'name': membership.partner_id.name,
            'address': membership._get_address_line(), 'date_joined': membership.date_joined,
        }

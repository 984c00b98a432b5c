from odoo import fields, models
from odoo.fields import Domain

from odoo.addons.producer_cooperative.tools.report_table import Column, Report, Table


class CoopOversightReport(models.TransientModel):
    """The supervisors' report for the members' meeting: what stood on their list, what they found, what was answered.
    """
    _name = 'coop.oversight.report'
    _inherit = ['coop.report.period.mixin']
    _description = "Supervisors' Report"

    _report_action = 'producer_cooperative.coop_oversight_report_action_report'
    _report_landscape = True

    kind = fields.Selection(
        selection=lambda self: self.env['coop.oversight']._fields['kind']._description_selection(self.env),
        string="Only", help="Leave empty for the whole list.",
    )
    with_items = fields.Boolean(
        string="Every Row of the List", default=True, help="Otherwise only how many there were, and the findings.",
    )
    with_open = fields.Boolean(
        string="Findings Still Open from Before", default=True,
        help="Also findings of earlier periods that were not closed by the end of this one.",
    )

    # === BUSINESS METHODS === #

    def _get_report(self):
        _ = self.env._
        rows = self.env['coop.oversight'].search(self._get_item_domain(), order='date, id')
        findings = self.env['coop.finding'].search(self._get_finding_domain(), order='date, id')
        report = Report(
            title=_("Report of the Supervisors"), subtitles=[self._get_period_label()],
            signatures=[_("Supervisors"), _("Chair")],
            tables=[self._get_count_table(rows, findings), self._get_finding_table(findings)],
        )
        if self.with_items:
            report.tables += [
                self._get_item_table(kind, of_kind) for kind, of_kind in self._sort_kinds(rows).items()
                # What the limits leave to one person is every day's work: counted, and listed when asked for.
                if kind != 'alone' or self.kind == 'alone'
            ]
        return report

    def _get_item_domain(self):
        # The days are those of the user; moments are kept in UTC.
        start, end = (
            fields.Datetime.to_datetime(day) for day in (self.date_from, fields.Date.add(self.date_to, days=1))
        )
        offset = self.env.tz.localize(start).utcoffset()
        domain = Domain([
            ('company_id', '=', self.company_id.id), ('date', '>=', start - offset), ('date', '<', end - offset),
        ])
        return domain & Domain('kind', '=', self.kind) if self.kind else domain

    def _get_finding_domain(self):
        within = Domain([('date', '>=', self.date_from), ('date', '<=', self.date_to)])
        if self.with_open:
            within |= Domain([('date', '<', self.date_from)]) & (
                Domain('state', '!=', 'closed') | Domain('closed_on', '>=', self.date_from)
            )
        domain = Domain([('company_id', '=', self.company_id.id), ('state', '!=', 'draft')]) & within
        return domain & Domain('kind', '=', self.kind) if self.kind else domain

    def _sort_kinds(self, rows):
        by_kind = rows.grouped('kind')
        return {kind: by_kind[kind] for kind, _label in rows._fields['kind'].selection if kind in by_kind}

    def _get_kind_labels(self):
        return dict(self.env['coop.finding']._fields['kind']._description_selection(self.env))

    def _get_count_table(self, rows, findings):
        _ = self.env._
        table = Table([
            Column('what', _("Kind"), width=40), Column('count', _("On the List"), 'integer', 14),
            Column('own', _("By Own Hand"), 'integer', 14), Column('findings', _("Findings"), 'integer', 14),
            Column('open', _("Not Closed"), 'integer', 14),
        ], title=_("In Figures"))
        by_kind, found = rows.grouped('kind'), findings.grouped('kind')
        for kind, label in self._get_kind_labels().items():
            of_kind, found_of = by_kind.get(kind, rows.browse()), found.get(kind, findings.browse())
            if of_kind or found_of:
                table.add(
                    what=label, count=len(of_kind), own=len(of_kind.filtered('by_own_hand')), findings=len(found_of),
                    open=len(found_of.filtered(lambda finding: finding.state != 'closed')),
                )
        table.add_total(_("Total"), table.rows)
        return table

    def _get_finding_table(self, findings):
        _ = self.env._
        labels = self._get_kind_labels()
        table = Table([
            Column('number', _("Number"), width=14), Column('date', _("Found On"), 'date', 11),
            Column('what', _("About"), width=24), Column('finding', _("Finding"), width=36),
            Column('advice', _("What Should Be Done"), width=28), Column('answer', _("Answer"), width=34),
            Column('state', _("State"), width=14),
        ], title=_("Findings"))
        for finding in findings:
            about = "\n".join(filter(None, (labels[finding.kind], finding.document or finding.name)))
            answer = finding.answer or ""
            if finding.answered_by_id:
                answer = f"{answer} ({finding.answered_by_id.name})"
            table.add(
                number=finding.number, date=finding.date, what=about, finding=finding.finding, answer=answer,
                advice=finding.advice or "",
                state=f"{self._get_label(finding, 'state')}, {self._get_label(finding, 'severity')}",
            )
        return table

    def _get_item_table(self, kind, rows):
        _ = self.env._
        whats = dict(rows._fields['what']._description_selection(self.env))
        table = Table([
            Column('date', _("Done On"), 'date', 11), Column('what', _("What Was Done"), width=24),
            Column('document', _("Document"), width=22), Column('day', _("Dated"), 'date', 11),
            Column('member', _("Member"), width=20), Column('user', _("Done By"), width=18),
            Column('quantity', _("Change"), 'quantity', 10), Column('amount', _("Amount"), 'amount', 14),
            Column('reason', _("Reason"), width=30), Column('finding', _("Finding"), width=14),
        ], title=self._get_kind_labels()[kind])
        for row in rows:
            table.add(
                date=fields.Datetime.context_timestamp(self, row.date).date() if row.date else None,
                what=whats[row.what], document=row.document, day=row.day or None, user=row.user_id.sudo().name or "",
                member=row.membership_id.sudo().display_name or "",  # sudo: names on the supervisors' paper
                quantity=row.quantity or None, amount=row.amount or None, reason=row.reason or "",
                finding=", ".join(row.finding_ids.filtered('number').mapped('number')),
            )
        return table

from odoo import models

from odoo.addons.producer_cooperative.tools.report_table import Column, Report, Table


class CoopCashCount(models.Model):
    """The count on paper (berita acara kas opname)."""
    _name = 'coop.cash.count'
    _inherit = ['coop.cash.count', 'coop.report.mixin', 'coop.printed.mixin']

    _report_action = 'producer_cooperative.coop_cash_count_action_report'

    # === BUSINESS METHODS - PRINTING === #

    def _get_printed(self):
        return self.filtered(lambda count: count.state != 'draft')

    def _get_report(self):
        self.ensure_one()
        _ = self.env._
        count = self.sudo()  # sudo: names of the journal and of colleagues, which stand on the paper
        facts = [_("Date: %s", self._format_date(self.date)), _("Cash: %s", count.journal_id.name)]
        marks = [_("DRAFT, NOT SIGNED")] if self.state == 'draft' else self._get_marks(self.print_count)
        report = Report(
            title=_("Record of the Cash Count %s", self.display_name),
            subtitles=[*marks, "  ·  ".join(facts), self._get_amount_in_words()],
            tables=[self._get_note_table()],
            signatures=[
                _("Counted by %s", count.cashier_id.name or "................"),
                _("Witnessed by %s", count.witness_id.name or "................"), _("Known to the Chair"),
            ],
        )
        if self.state != 'draft':
            report.tables.append(self._get_result_table(count))
        return report

    def _get_result_table(self, count):
        """Return the table that compares the count with the books."""
        _ = self.env._
        table = Table([Column('what', "", width=40), Column('amount', _("Amount"), 'amount', 22)], title=_("Result"))
        table.add(what=_("In the books"), amount=count.amount_ledger)
        pending = count.currency_id.round(count.amount_expected - count.amount_ledger)
        if pending:
            table.add(what=_("Found by earlier counts and not approved yet"), amount=pending)
        table.add(what=_("Counted"), amount=count.amount_counted)
        table.add('total', what=_("Difference"), amount=count.difference)
        if count.explanation:
            table.add(what=_("Explanation: %s", count.explanation))
        if count.approver_id:
            table.add(what=_(
                "Difference approved by %(user)s, booked as %(entry)s", user=count.approver_id.name,
                entry=count.move_id.name,
            ))
        return table


class CoopCashHandover(models.Model):
    """The hand-over on paper (berita acara serah terima kas)."""
    _name = 'coop.cash.handover'
    _inherit = ['coop.cash.handover', 'coop.report.mixin', 'coop.printed.mixin']

    _report_action = 'producer_cooperative.coop_cash_handover_action_report'

    # === BUSINESS METHODS - PRINTING === #

    def _get_printed(self):
        return self.filtered(lambda handover: handover.state in ('done', 'cancelled'))

    def _get_report(self):
        self.ensure_one()
        _ = self.env._
        handover = self.sudo()  # sudo: names of the journal and of colleagues, which stand on the paper
        day = handover.received_on or handover.offered_on or handover.create_date
        facts = [_("Date: %s", self._format_date(day)), _("Cash: %s", handover.journal_id.name)]
        if self.state == 'draft':
            marks = [_("DRAFT, NOT SIGNED")]
        elif self.state == 'offered':
            marks = [_("NOT CONFIRMED BY THE RECEIVER YET")]
        else:
            marks = self._get_marks(self.print_count)
        report = Report(
            title=_("Record of the Cash Hand-Over %s", self.display_name),
            subtitles=[*marks, "  ·  ".join(facts), self._get_amount_in_words()],
            tables=[self._get_note_table()],
            signatures=[
                _("Handed over by %s", handover.from_user_id.name), _("Received by %s", handover.to_user_id.name),
                _("Known to the Treasurer"),
            ],
        )
        report.tables.append(self._get_facts_table(handover))
        return report

    def _get_facts_table(self, handover):
        _ = self.env._
        table = Table([Column('what', "", width=40), Column('amount', _("Amount"), 'amount', 22)], title=_("Result"))
        if handover.state != 'draft':
            table.add(what=_("Expected by the books"), amount=handover.amount_expected)
        table.add(what=_("Handed over"), amount=handover.amount_counted)
        if handover.state != 'draft':
            table.add('total', what=_("Difference"), amount=handover.difference)
        for text in (
            handover.note and _("Also handed over: %s", handover.note),
            handover.is_absent and _(
                "Signed by %(user)s in the absence of %(holder)s: %(reason)s", user=handover.offered_by_id.name,
                holder=handover.from_user_id.name, reason=handover.absence_reason,
            ),
        ):
            if text:
                table.add(what=text)
        return table

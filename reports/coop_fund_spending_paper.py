from odoo import models

from odoo.addons.producer_cooperative.tools.report_table import Column, Report, Table


class CoopFundSpending(models.Model):
    """The voucher of a spending on paper, with room for everybody who got money to sign."""
    _name = 'coop.fund.spending'
    _inherit = ['coop.fund.spending', 'coop.report.mixin', 'coop.printed.mixin']

    _report_action = 'producer_cooperative.coop_fund_spending_action_report'

    # === BUSINESS METHODS === #

    def _get_printed(self):
        return self.filtered(lambda spending: spending.state != 'draft')

    def _get_report(self):
        self.ensure_one()
        _ = self.env._
        journal = self.journal_id.sudo()  # sudo: the name of the journal, which stands on the paper
        facts = [
            _("Date: %s", self._format_date(self.date)), _("Fund: %s", self.fund_id.name),
            _("Cash or bank: %s", journal.name or ""),
        ]
        if self.allocation_id:
            facts.append(_("Share of the SHU %s", self.allocation_id._get_period_label()))
        return Report(
            title=_("Fund Spending %s", self.display_name),
            subtitles=[
                *self._get_marks(self.print_count), "  ·  ".join(facts), self.reason or "",
                _("In words: %s", self.currency_id.amount_to_text(self.amount_net)),
            ],
            tables=[self._get_table()],
            signatures=[_("Cashier"), _("Treasurer"), _("Chair")],
        )

    def _get_table(self):
        self.ensure_one()
        _ = self.env._
        has_tax = not self.currency_id.is_zero(self.amount_tax)
        columns = [
            Column('place', _("No."), 'integer', 5), Column('person', _("Person or Payee"), width=26),
            Column('purpose', _("For"), width=30), Column('amount', _("From the Fund"), 'amount', 16),
        ]
        if has_tax:
            columns += [Column('tax', _("Income Tax"), 'amount', 14), Column('net', _("Paid"), 'amount', 16)]
        columns.append(Column('signature', _("Signature or Thumbprint"), 'blank', 24))
        table = Table(columns)
        for place, line in enumerate(self.line_ids, start=1):
            table.add(
                place=place, person=line.sudo().partner_id.name, purpose=line.name,  # sudo: names on the voucher
                amount=line.amount, tax=line.amount_tax or None, net=line.amount_net,
            )
        table.add_total(_("Total"), table.rows, label_key='person', skip=('place',))
        return table

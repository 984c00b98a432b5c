from odoo import api, fields, models

from odoo.addons.producer_cooperative.tools.report_table import Column, Report, Table


class CoopCashBook(models.TransientModel):
    """The cash book (buku kas) of one drawer, day by day: opening balance, every entry, closing balance."""
    _name = 'coop.cash.book'
    _inherit = ['coop.report.period.mixin']
    _description = "Cash Book"

    _report_action = 'producer_cooperative.coop_cash_book_action_report'

    journal_id = fields.Many2one(
        comodel_name='account.journal', string="Cash", required=True, domain="[('type', '=', 'cash')]",
        default=lambda self: self._default_journal_id(),
    )
    date_from = fields.Date(default=fields.Date.context_today)

    @api.model
    def _default_journal_id(self):
        """Return the first drawer that the user may look into."""
        return self.env['coop.cash.day'].search([('company_id', '=', self.env.company.id)], limit=1).journal_id

    # === BUSINESS METHODS === #

    def _is_answerable(self):
        return super()._is_answerable() and bool(self.journal_id)

    def _get_report(self):
        _ = self.env._
        journal = self.journal_id.sudo()  # sudo: the journal's name; what is in it is read with the user's rights
        report = Report(
            title=_("Cash Book"), subtitles=[self._get_period_label(), journal.display_name],
            signatures=[_("Cashier"), _("Treasurer"), _("Supervisor")],
        )
        domain = [('journal_id', '=', self.journal_id.id)]
        period = [('date', '>=', self.date_from), ('date', '<=', self.date_to)]
        days = self.env['coop.cash.day'].search([*domain, *period], order='date')
        movements = self.env['coop.cash.movement'].search([*domain, *period], order='date, booking_number, id')
        of_day = movements.grouped('date')
        report.tables = [self._get_day_table(day, of_day.get(day.date, movements.browse())) for day in days]
        if len(days) != 1:
            report.tables.insert(0, self._get_summary_table(days))
        return report

    def _get_balance_before(self):
        """Return what was in the drawer before the period, also where nothing was booked in it."""
        last = self.env['coop.cash.day'].search(
            [('journal_id', '=', self.journal_id.id), ('date', '<', self.date_from)], order='date DESC', limit=1,
        )
        return last.closing

    def _get_summary_table(self, days):
        _ = self.env._
        table = Table([
            Column('date', _("Date"), 'date', 14), Column('opening', _("Opening Balance"), 'amount', 18),
            Column('amount_in', _("In"), 'amount', 18), Column('amount_out', _("Out"), 'amount', 18),
            Column('closing', _("Closing Balance"), 'amount', 18), Column('counted', _("Counted"), 'amount', 18),
            Column('difference', _("Difference"), 'amount', 16),
        ], title=_("By Day"))
        before = self._get_balance_before()
        for day in days:
            table.add(
                date=day.date, opening=day.opening, amount_in=day.amount_in or None, amount_out=day.amount_out or None,
                closing=day.closing, counted=day.amount_counted if day.is_counted else None,
                difference=day.difference if day.is_counted else None,
            )
        table.add(
            'total', date=_("Total"), opening=before, amount_in=sum(days.mapped('amount_in')),
            amount_out=sum(days.mapped('amount_out')), closing=days[-1:].closing if days else before,
        )
        return table

    def _get_day_table(self, day, movements):
        """Return the page of one day."""
        _ = self.env._
        table = Table([
            Column('reference', _("Number"), width=19), Column('partner', _("Member or Partner"), width=22),
            Column('description', _("Description"), width=26), Column('amount_in', _("In"), 'amount', 15),
            Column('amount_out', _("Out"), 'amount', 15), Column('balance', _("Balance"), 'amount', 16),
        ], title=self._format_date(day.date))
        table.add('total', reference=_("Opening balance"), balance=day.opening)
        for movement in movements:
            table.add(
                reference=movement.reference, partner=movement.sudo().partner_id.name,  # sudo: as on the entry
                description=movement.description if movement.description != movement.reference else '',
                amount_in=movement.amount_in or None, amount_out=movement.amount_out or None,
                balance=movement.balance,
            )
        table.add(
            'total', reference=_("Closing balance"), amount_in=day.amount_in, amount_out=day.amount_out,
            balance=day.closing,
        )
        if day.is_counted:
            count = day.count_id.sudo()  # sudo: the drawer's own count
            table.add(
                reference=count.name, partner=count.cashier_id.name, balance=day.amount_counted,
                description=_("Counted; witnessed by %s", count.witness_id.name) if count.witness_id else _("Counted"),
            )
        return table

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_control import ControlCommon


@tagged('post_install', '-at_install')
class TestCashBook(ControlCommon):
    """Rp 220,000 came in on 5 January 2026; since then 10,000 in and 4,000 out on two days of February."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first, cls.second = fields.Date.to_date('2026-02-03'), fields.Date.to_date('2026-02-05')
        cls.paid_in = cls._save(cls.siti, {cls.voluntary: 10_000}, date=cls.first)
        cls.paid_out = cls._save(cls.siti, {cls.voluntary: 4_000}, direction='out', date=cls.second)

    def _days(self, user=None):
        Day = self.env['coop.cash.day'].with_user(user) if user else self.env['coop.cash.day']
        return Day.search([('journal_id', '=', self.cash_journal.id)], order='date')

    def _movements(self, user=None):
        Movement = self.env['coop.cash.movement'].with_user(user) if user else self.env['coop.cash.movement']
        return Movement.search([('journal_id', '=', self.cash_journal.id)], order='date, booking_number, id')

    # === SCREEN === #

    def test_each_day_opens_with_what_the_day_before_left(self):
        january = fields.Date.to_date('2026-01-05')
        self.assertRecordValues(self._days(), [
            {'date': january, 'opening': 0, 'amount_in': 220_000, 'amount_out': 0, 'closing': 220_000},
            {'date': self.first, 'opening': 220_000, 'amount_in': 10_000, 'amount_out': 0, 'closing': 230_000},
            {'date': self.second, 'opening': 230_000, 'amount_in': 0, 'amount_out': 4_000, 'closing': 226_000},
        ])

    def test_each_entry_shows_what_is_in_the_drawer_after_it(self):
        self.assertRecordValues(self._movements()[-2:], [
            {'reference': self.paid_in.name, 'amount_in': 10_000, 'amount_out': 0, 'balance': 230_000,
             'partner_id': self.siti.partner_id.id, 'move_id': self.paid_in.move_id.id},
            {'reference': self.paid_out.name, 'amount_in': 0, 'amount_out': 4_000, 'balance': 226_000,
             'partner_id': self.siti.partner_id.id, 'move_id': self.paid_out.move_id.id},
        ])
        self.assertEqual(self._movements()[-1:].balance, self._balance(self.cash))

    def test_entry_dated_back_takes_its_place_in_the_book(self):
        self._save(self.budi, {self.voluntary: 1_000}, date=self.first)
        self.assertEqual(self._days().mapped('closing'), [220_000, 231_000, 227_000])
        self.assertEqual(self._movements().mapped('balance')[-3:], [230_000, 231_000, 227_000])

    def test_reversal_stands_in_the_book_beside_what_it_undoes(self):
        self.paid_in._cancel_with_reason("Wrong member")
        of_voucher = self._movements().filtered(lambda one: one.move_id in (
            self.paid_in.move_id | self.paid_in.reversal_move_id
        ))
        self.assertEqual(of_voucher.mapped('amount'), [10_000, -10_000])

    def test_line_leads_to_its_document_for_whoever_may_open_it(self):
        movement = self._movements(self.cashier)[-1:]
        action = movement.action_open_source()
        self.assertEqual((action['res_model'], action['res_id']), ('coop.savings.voucher', self.paid_out.id))
        self.assertEqual(movement.document, "Savings Voucher")

    def test_entry_without_a_document_leads_to_the_entry_or_says_whose_it_is(self):
        move = self.env['account.move'].create({
            'journal_id': self.cash_journal.id, 'date': self.second, 'line_ids': [
                Command.create({'account_id': self.cash.id, 'balance': 500, 'name': "Found"}),
                Command.create({'account_id': self._account('rounding').id, 'balance': -500, 'name': "Found"}),
            ],
        })
        move.action_post()
        action = self._movements(self.accountant)[-1:].action_open_source()
        self.assertEqual((action['res_model'], action['res_id']), ('account.move', move.id))
        with self.assertRefused("Ask the treasurer to show it"):
            self._movements(self.cashier)[-1:].action_open_source()

    def test_payment_on_odoos_own_screen_is_in_the_book(self):
        self.company._coop_pay_directly(self.cash_journal)
        payment = self.env['account.payment'].create({
            'payment_type': 'inbound', 'partner_type': 'customer', 'partner_id': self.budi.partner_id.id,
            'amount': 7_000, 'journal_id': self.cash_journal.id, 'date': self.second,
        })
        payment.action_post()
        action = self._movements(self.accountant)[-1:].action_open_source()
        self.assertEqual((action['res_model'], action['res_id']), ('account.payment', payment.id))

    def test_day_leads_to_its_entries(self):
        action = self._days()[-1:].action_open_movements()
        found = self.env['coop.cash.movement'].search(action['domain'])
        self.assertEqual(found.move_id, self.paid_out.move_id)

    # === WHO SEES WHAT === #

    def test_cashier_sees_the_own_drawers_only(self):
        other = self.env['account.journal'].create({'name': "Kiosk", 'type': 'cash', 'code': 'KSK'})
        self._save(self.siti, {self.voluntary: 5_000}, date=self.second, journal=other)
        for model in ('coop.cash.movement', 'coop.cash.day'):
            of_cashier = self.env[model].with_user(self.cashier).search([])
            self.assertEqual(of_cashier.journal_id, self.cash_journal.with_user(self.cashier))
            for user in (self.accountant, self.manager, self.supervisor):
                self.assertIn(other, self.env[model].with_user(user).search([]).sudo().journal_id.sudo(False))
            for user in (self.officer, self.warehouse_user):
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([]).mapped('date')

    # === COUNTED === #

    def test_day_shows_what_was_counted(self):
        count = self._count({100_000: 2, 20_000: 1, 5_000: 1}, date=self.second)  # 225,000: 1,000 too little
        day = self._days()[-1:]
        self.assertRecordValues(day, [{
            'is_counted': True, 'amount_counted': 225_000, 'difference': -1_000, 'count_id': count.id,
        }])
        count.with_user(self.supervisor).action_witness()
        count.with_user(self.manager).action_give_approval()
        self.env.invalidate_all()
        self.assertRecordValues(self._days()[-1:], [{
            'closing': 225_000, 'amount_counted': 225_000, 'difference': 0,
        }])

    def test_day_that_was_only_counted_has_its_row(self):
        day = fields.Date.to_date('2026-02-09')
        self._count({100_000: 2, 20_000: 1, 5_000: 1, 1_000: 1}, date=day)
        self.assertRecordValues(self._days()[-1:], [{
            'date': day, 'opening': 226_000, 'closing': 226_000, 'amount_in': 0, 'difference': 0,
        }])

    # === PAPER === #

    def _book(self, user=None, **values):
        book = self.env['coop.cash.book'].with_user(user or self.cashier).create({
            'journal_id': self.cash_journal.id, 'date_from': self.first, 'date_to': self.second, **values,
        })
        return book, book._get_report_data()

    def test_printed_book_has_a_table_for_each_day(self):
        _book, report = self._book()
        summary, first, second = report.tables
        self.assertEqual(
            [(row.values['opening'], row.values['closing']) for row in summary.rows],
            [(220_000, 230_000), (230_000, 226_000), (220_000, 226_000)],
        )
        self.assertEqual([row.values.get('balance') for row in first.rows], [220_000, 230_000, 230_000])
        self.assertEqual([row.values.get('amount_out') for row in second.rows], [None, 4_000, 4_000])
        self.assertEqual(second.rows[1].values['reference'], self.paid_out.name)

    def test_book_of_days_without_entries_shows_the_balance(self):
        _book, report = self._book(date_from='2026-02-06', date_to='2026-02-08')
        [summary] = report.tables
        self.assertEqual(
            (summary.rows[-1].values['opening'], summary.rows[-1].values['closing']), (226_000, 226_000),
        )

    def test_book_comes_as_page_and_as_spreadsheet(self):
        book, _report = self._book(date_from=self.second)
        html, _kind = self.env['ir.actions.report']._render_qweb_html(book._report_action, book.ids)
        self.assertIn(self.paid_out.name, html.decode())
        self.assertEqual(book._get_report_xlsx()[:2], b'PK')
        self.assertIn("226,000", book.preview)

    def test_nobody_prints_the_book_of_a_drawer_that_is_not_theirs(self):
        other = self.env['account.journal'].create({'name': "Kiosk", 'type': 'cash', 'code': 'KSK'})
        self._save(self.siti, {self.voluntary: 5_000}, date=self.second, journal=other)
        _book, report = self._book(journal_id=other.id)
        self.assertEqual([row.kind for table in report.tables for row in table.rows], ['total'])
        with self.assertRaises(AccessError):
            self._book(self.officer)

    def test_number_of_queries_does_not_grow_with_the_entries(self):
        self._book()[0]._get_report_data()

        def count_queries():
            self.env.invalidate_all()
            book = self._book()[0]
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            book._get_report_data()
            return self.env.cr.sql_log_count - before

        few = count_queries()
        for amount in range(1_000, 21_000, 1_000):
            self._save(self.budi, {self.voluntary: amount}, date=self.first)
        self.assertLessEqual(count_queries(), few)


@tagged('post_install', '-at_install')
class TestCashCoins(ControlCommon):
    """Cash is paid in whole multiples of Rp 100; the rest stays where it is owed."""

    def test_withdrawal_in_cash_leaves_the_rest_in_the_savings(self):
        self._save(self.siti, {self.voluntary: 1_050})
        voucher = self._withdraw(20_001_050, self.accountant)
        with self.assertRefused("cannot be handed over in whole multiples of .*100.* the rest stays in the member's"):
            voucher.action_post()
        voucher.line_ids.amount = 20_001_000
        voucher.with_user(self.other_accountant).action_post()
        self.assertEqual(self.siti._get_savings_balances()[self.siti][self.voluntary], 50)

    def test_several_lines_of_a_member_count_together(self):
        other = self.env['coop.savings.type'].create({
            'name': "Holiday Savings", 'kind': 'voluntary', 'withdrawable': 'any_time',
            'account_id': self.voluntary.account_id.copy().id,
        })
        self._save(self.siti, {other: 30_050})
        voucher = self._withdraw(50, self.cashier)
        voucher.line_ids = [Command.create({'membership_id': self.siti.id, 'type_id': other.id, 'amount': 30_050})]
        voucher.action_post()
        self.assertEqual(voucher.amount_total, 30_100)

    def test_bank_pays_every_rupiah(self):
        voucher = self._withdraw(1_055, self.accountant, journal=self.bank_journal)
        voucher.action_post()
        self.assertEqual(voucher.state, 'posted')

    def test_amount_is_split_into_coins_and_what_is_carried(self):
        for amount, expected in ((87_650, (87_600, 50)), (100, (100, 0)), (99, (0, 99)), (0, (0, 0))):
            with self.subTest(amount=amount):
                self.assertEqual(self.company._coop_split_cash(amount), expected)
        self.company.coop_cash_unit = 500
        self.assertEqual(self.company._coop_split_cash(87_650), (87_500, 150))

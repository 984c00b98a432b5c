import io
from datetime import date

from openpyxl import load_workbook

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.producer_cooperative.tests.common import CoopCommon


def as_date(text):
    return fields.Date.to_date(text)


class SavingsReportCommon(CoopCommon):
    """Siti and Budi joined on 5 January 2026: 100,000 principal, 10,000 mandatory each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.siti = cls._create_member("Siti")
        cls.budi = cls._create_member("Budi")

    def _book_by_hand(self, amount, savings_type=None, partner=None, day='2026-02-10'):
        """Post an entry of the treasurer's on a savings account."""
        move = self.env['account.move'].create({
            'journal_id': self.company.coop_journal_id.id, 'date': day, 'ref': "By hand", 'line_ids': [
                Command.create({'account_id': self.bank_journal.default_account_id.id, 'balance': amount}),
                Command.create({
                    'account_id': (savings_type or self.voluntary).account_id.id, 'balance': -amount,
                    'partner_id': partner and partner.id,
                }),
            ],
        })
        move.action_post()
        return move

    def _movements(self, *domain):
        return self.env['coop.savings.movement'].search([('company_id', '=', self.company.id), *domain])

    def _rows(self, table):
        """Return the values of a table's rows, without the keys that are empty."""
        return [{key: value for key, value in row.values.items() if value not in (None, '')} for row in table.rows]

    def _sheets(self, wizard):
        return load_workbook(io.BytesIO(wizard._get_report_xlsx()))

    def _html(self, wizard):
        report = self.env.ref(wizard._report_action).with_env(wizard.env)
        html, _kind = report._render_qweb_html(report.report_name, wizard.ids)
        return html.decode()


@tagged('post_install', '-at_install')
class TestSavingsMovement(SavingsReportCommon):

    def test_voucher_and_entry_by_hand_are_movements_alike(self):
        voucher = self._save(self.siti, {self.voluntary: 50_000}, date='2026-02-01')
        self._save(self.siti, {self.voluntary: 20_000}, direction='out', date='2026-02-20')
        move = self._book_by_hand(7_000, partner=self.siti.partner_id)
        movements = self._movements(('membership_id', '=', self.siti.id), ('type_id', '=', self.voluntary.id))
        # 50,000, then 7,000 by hand, then 20,000 out
        self.assertEqual(
            movements.mapped(lambda m: (str(m.date), m.amount_in, m.amount_out, m.amount, m.balance)),
            [
                ('2026-02-01', 50_000, 0, 50_000, 50_000), ('2026-02-10', 7_000, 0, 7_000, 57_000),
                ('2026-02-20', 0, 20_000, -20_000, 37_000),
            ],
        )
        self.assertEqual(movements[0].voucher_id, voucher)
        self.assertEqual(movements[0].reference, voucher.name)
        self.assertEqual((movements[1].move_id, movements[1].reference), (move, move.name))
        self.assertFalse(movements[1].voucher_id)

    def test_balance_after_the_last_movement_is_the_balance_of_the_ledger(self):
        self._save(self.siti, {self.voluntary: 50_000}, date='2026-02-01')
        for day, amount in (('2026-03-03', 12_345.67), ('2026-02-02', 0.33)):
            self._book_by_hand(amount, partner=self.siti.partner_id, day=day)
        for day in ('2026-01-04', '2026-01-05', '2026-02-01', '2026-02-28', '2026-03-03'):
            balances = self.siti._get_savings_balances(as_date(day))[self.siti]
            for savings_type, balance in balances.items():
                last = self._movements(
                    ('membership_id', '=', self.siti.id), ('type_id', '=', savings_type.id), ('date', '<=', day),
                )[-1:]
                self.assertEqual(last.balance, balance, msg=f"{savings_type.name} on {day}")

    def test_draft_and_cancelled_entries_do_not_count_and_reversals_do(self):
        voucher = self._save(self.siti, {self.voluntary: 50_000})
        voucher._cancel_with_reason("Wrong member")
        movements = self._movements(('membership_id', '=', self.siti.id), ('type_id', '=', self.voluntary.id))
        self.assertEqual(movements.mapped('amount'), [50_000, -50_000])
        self.assertEqual(movements.voucher_id, voucher)
        self.env['coop.savings.voucher'].create({
            'journal_id': self.cash_journal.id, 'line_ids': [Command.create({
                'membership_id': self.siti.id, 'type_id': self.voluntary.id, 'amount': 5_000,
            })],
        })
        self.assertEqual(sum(self._movements(('type_id', '=', self.voluntary.id)).mapped('amount')), 0)

    def test_money_without_a_member_stays_visible(self):
        outsider = self.env['res.partner'].create({'name': "Toko Jaya"})
        self._book_by_hand(7_000, partner=outsider)
        self._book_by_hand(500)
        lost = self._movements(('membership_id', '=', False))
        self.assertEqual(lost.mapped(lambda m: (m.partner_id, m.amount)), [
            (outsider, 7_000), (self.env['res.partner'], 500),
        ])
        self.assertEqual(lost.mapped('balance'), [7_000, 500])

    def test_contact_of_a_member_saves_for_the_member(self):
        contact = self.env['res.partner'].create({'name': "Anak Siti", 'parent_id': self.siti.partner_id.id})
        self._book_by_hand(7_000, partner=contact)
        self.assertEqual(self._movements(('type_id', '=', self.voluntary.id)).membership_id, self.siti)

    def test_what_was_saved_after_coming_back_belongs_to_the_new_membership(self):
        self._save(self.siti, {self.voluntary: 50_000}, date='2026-02-01')
        self.siti._update_state('left', date_left='2026-03-01', leave_reason='moved')
        back = self.env['coop.membership'].create({
            'partner_id': self.siti.partner_id.id, 'date_applied': '2026-06-01',
        })
        self._save(back, {self.principal: 100_000}, date='2026-06-01')
        self._book_by_hand(3_000, self.principal, self.siti.partner_id, day='2026-05-31')
        self._book_by_hand(2_000, self.principal, self.siti.partner_id, day='2025-12-01')
        movements = self._movements(
            ('partner_id', '=', self.siti.partner_id.id), ('type_id', '=', self.principal.id),
        )
        self.assertEqual(movements.mapped(lambda m: (str(m.date), m.membership_id, m.balance)), [
            ('2025-12-01', self.siti, 2_000), ('2026-01-05', self.siti, 102_000), ('2026-05-31', self.siti, 105_000),
            ('2026-06-01', back, 100_000),
        ])

    # === WHO SEES WHAT === #

    def test_officer_cashier_treasurer_and_supervisor_see_movements(self):
        for user in (self.officer, self.cashier, self.accountant, self.manager, self.supervisor):
            movements = self.env['coop.savings.movement'].with_user(user).search([])
            self.assertEqual(len(movements), 4, msg=user.login)
            self.assertEqual(sum(movements.mapped('amount_in')), 220_000)

    def test_warehouse_sees_no_money(self):
        with self.assertRaises(AccessError):
            self.env['coop.savings.movement'].with_user(self.warehouse_user).search([])
        for name in (
            'coop.savings.book', 'coop.savings.capital', 'coop.membership.register', 'coop.membership.movement',
        ):
            with self.assertRaises(AccessError):
                self.env[name].with_user(self.warehouse_user).create({})

    def test_member_sees_the_own_movements_only(self):
        portal = new_test_user(
            self.env, login='siti', groups='base.group_portal', company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)], partner_id=self.siti.partner_id.id,
        )
        movements = self.env['coop.savings.movement'].with_user(portal).search([])
        self.assertEqual(movements.membership_id.ids, self.siti.ids)
        self.assertEqual(len(movements), 2)

    def test_movements_of_another_company_are_invisible(self):
        other = self._create_cooperative("Koperasi Lain")
        elsewhere = self.env['coop.savings.movement'].with_user(self.officer).with_context(
            allowed_company_ids=self.company.ids,
        )
        self.assertEqual(elsewhere.search([]).company_id, self.company)
        self.assertNotIn(other, elsewhere.search([]).company_id)

    def test_nobody_writes_a_movement(self):
        movement = self._movements()[:1]
        with self.assertRaises(AccessError):
            movement.with_user(self.accountant).write({'description': "x"})


@tagged('post_install', '-at_install')
class TestSavingsBook(SavingsReportCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls._save(cls.siti, {cls.voluntary: 50_000}, date='2026-02-01')
        cls.second = cls._save(cls.siti, {cls.voluntary: 20_000}, direction='out', date='2026-02-20')
        cls.third = cls._save(cls.siti, {cls.voluntary: 5_000}, date='2026-03-01')

    def _book(self, members=None, **values):
        return self.env['coop.savings.book'].create({
            'membership_ids': [Command.set((members or self.siti).ids)], 'type_ids': [Command.set(self.voluntary.ids)],
            'date_from': '2026-02-10', 'date_to': '2026-02-28', **values,
        })

    def test_book_begins_with_what_was_brought_forward_and_ends_with_the_ledger(self):
        [table] = self._book()._get_report().tables
        self.assertEqual(self._rows(table), [
            {'date': "Voluntary Savings"},
            {'date': date(2026, 2, 10), 'description': "Balance brought forward", 'balance': 50_000},
            {'date': date(2026, 2, 20), 'reference': self.second.name, 'description': "Voluntary Savings",
             'amount_out': 20_000, 'balance': 30_000},
            {'description': "Voluntary Savings", 'amount_in': 0, 'amount_out': 20_000, 'balance': 30_000},
            {'description': "All savings", 'balance': 30_000},
        ])
        self.assertEqual(self.siti._get_savings_balances(as_date('2026-02-28'))[self.siti][self.voluntary], 30_000)

    def test_book_of_all_savings_closes_with_the_members_balance(self):
        book = self._book(type_ids=False, date_from='2026-01-01', date_to='2026-12-31')
        [table] = book._get_report().tables
        # 100,000 + 10,000 + 50,000 - 20,000 + 5,000
        self.assertEqual(self._rows(table)[-1]['balance'], 145_000)
        self.assertEqual(self.siti.savings_balance, 145_000)

    def test_several_books_have_a_table_each_in_the_order_of_the_numbers(self):
        report = self._book(self.budi | self.siti, type_ids=False)._get_report()
        self.assertEqual([table.title for table in report.tables], [self.siti.display_name, self.budi.display_name])
        self.assertTrue(all(table.new_page for table in report.tables))

    def test_book_is_printed(self):
        html = self._html(self._book())
        for text in ("Savings Book", "Koperasi Uji", self.siti.number, self.second.name, "30,000", "Printed on"):
            self.assertIn(text, html)
        self.assertNotIn(self.third.name, html)

    def test_book_as_spreadsheet_has_numbers_and_dates(self):
        book = self._sheets(self._book())
        sheet = book[self.siti.display_name]
        [row] = [row for row in sheet.iter_rows(values_only=True) if row[1] == self.second.name]
        self.assertEqual(row[0].date(), date(2026, 2, 20))
        self.assertEqual(row[4:6], (20_000, 30_000))

    def test_members_name_is_never_a_formula(self):
        self.siti.partner_id.name = '=HYPERLINK("http://evil")'
        book = self._book()
        sheet = self._sheets(book).worksheets[0]
        cells = [cell for row in sheet.iter_rows() for cell in row if cell.value and 'HYPERLINK' in str(cell.value)]
        self.assertTrue(cells)
        self.assertTrue(all(cell.data_type == 's' for cell in cells))

    def test_period_that_ends_before_it_begins_is_refused(self):
        with self.assertRefused("ends before it begins"):
            self._book(date_to='2026-02-09')

    def test_books_are_opened_from_the_members(self):
        members = self.siti | self.budi
        self.assertEqual(members.action_print_savings_book()['context']['default_membership_ids'], members.ids)
        action = self.siti.with_user(self.cashier).action_view_savings_book()
        found = self.env['coop.savings.movement'].with_user(self.cashier).search(action['domain'])
        self.assertEqual(found.membership_id.ids, self.siti.ids)

    def test_cashier_prints_a_book_and_sees_nothing_of_another_company(self):
        book = self.env['coop.savings.book'].with_user(self.cashier).create({
            'membership_ids': [Command.set(self.siti.ids)], 'date_from': '2026-01-01', 'date_to': '2026-12-31',
        })
        self.assertIn(self.first.name, book.preview)
        other = self._create_cooperative("Koperasi Lain")
        with self.assertRefused("companies that you work in", AccessError):
            self.env['coop.savings.capital'].with_user(self.cashier).create({'company_id': other.id})._get_report_data()


@tagged('post_install', '-at_install')
class TestSavingsCapital(SavingsReportCommon):

    def _capital(self, day, **values):
        return self.env['coop.savings.capital'].create({'date': day, **values})

    def _by_type(self, wizard):
        table = wizard._get_report().tables[0]
        return {row['type']: row for row in self._rows(table)}

    def test_total_of_each_type_is_the_ledger_on_any_day(self):
        self._save(self.siti, {self.voluntary: 50_000}, date='2026-02-01')
        self._book_by_hand(500, day='2026-02-02')
        self._book_by_hand(7_000, self.mandatory, self.env['res.partner'].create({'name': "Toko Jaya"}))
        for day in ('2026-01-04', '2026-01-05', '2026-02-01', '2026-02-02', '2026-02-10', '2026-12-31'):
            totals = self._by_type(self._capital(day))
            for savings_type in (self.principal, self.mandatory, self.voluntary):
                ledger = -sum(self.env['account.move.line'].search([
                    ('account_id', '=', savings_type.account_id.id), ('date', '<=', day),
                    ('parent_state', '=', 'posted'),
                ]).mapped('balance'))
                self.assertEqual(totals[savings_type.name]['all'], ledger, msg=f"{savings_type.name} on {day}")

    def test_capital_and_members_are_told_apart_from_the_rest(self):
        self._save(self.siti, {self.voluntary: 50_000}, date='2026-02-01')
        self._book_by_hand(500, day='2026-02-02')
        wizard = self._capital('2026-02-28')
        totals = self._by_type(wizard)
        # capital: 2 × (100,000 + 10,000); all: that + 50,000 + 500 of nobody
        self.assertEqual(totals["Capital"]['all'], 220_000)
        self.assertEqual(totals["All Savings"]['all'], 270_500)
        self.assertEqual((totals["Voluntary Savings"]['members'], totals["Voluntary Savings"]['others']), (50_000, 500))
        self.assertEqual(totals["Voluntary Savings"]['count'], 1)
        rows = self._rows(wizard._get_report().tables[1])
        self.assertEqual([row.get('name', row.get('number')) for row in rows], [
            "Members", "Siti", "Budi", "Total: Members", "Booked without a member", "Total",
        ])
        self.assertEqual([row.get('all') for row in rows], [None, 160_000, 110_000, 270_000, 500, 270_500])
        self.assertEqual(rows[1]['capital'], 110_000)

    def test_former_members_and_candidates_have_sections_of_their_own(self):
        self.budi._update_state('left', date_left='2026-03-01', leave_reason='moved')
        candidate = self.env['coop.membership'].create({
            'partner_id': self.env['res.partner'].create({'name': "Calon"}).id, 'date_applied': '2026-02-01',
        })
        self._save(candidate, {self.principal: 40_000}, date='2026-02-01')

        def sections(day):
            rows = self._capital(day)._get_report().tables[1].rows
            return [row.values['number'] for row in rows if row.kind == 'group']
        self.assertEqual(sections('2026-02-28'), ["Members", "Candidates"])
        self.assertEqual(sections('2026-03-01'), ["Members", "Candidates", "Former members"])

    def test_members_without_savings_are_listed_on_request(self):
        self.env['coop.membership'].create({
            'partner_id': self.env['res.partner'].create({'name': "Kosong"}).id, 'number': '900',
            'date_joined': '2020-01-01',
        })
        self.assertNotIn("Kosong", self._capital('2026-02-28').preview)
        self.assertIn("Kosong", self._capital('2026-02-28', with_empty=True).preview)

    def test_archived_type_with_a_balance_stays_in_the_report(self):
        self._save(self.siti, {self.voluntary: 50_000}, date='2026-02-01')
        self.voluntary.active = False
        self.assertEqual(self._by_type(self._capital('2026-02-28'))["Voluntary Savings"]['all'], 50_000)

    def test_report_is_printed_and_written_as_spreadsheet(self):
        wizard = self._capital('2026-02-28')
        html = self._html(wizard)
        for text in ("Capital by Savings Type", "Siti", "220,000", "Treasurer"):
            self.assertIn(text, html)
        sheet = self._sheets(wizard)["By Member"]
        values = [row for row in sheet.iter_rows(values_only=True) if row[1] == "Siti"]
        self.assertEqual(values, [(self.siti.number, "Siti", 100_000, 10_000, None, 110_000, 110_000)])
        self.assertEqual(sheet.freeze_panes, f'A{[r[0].value for r in sheet.iter_rows()].index("Member Number") + 2}')

    def test_pivot_opens_with_the_movements_up_to_that_day(self):
        self._save(self.siti, {self.voluntary: 50_000}, date='2026-02-01')
        action = self._capital('2026-01-31').action_open_pivot()
        self.assertEqual(action['views'][0][1], 'pivot')
        self.assertEqual(sum(self.env['coop.savings.movement'].search(action['domain']).mapped('amount')), 220_000)

    def test_queries_do_not_grow_with_the_members(self):
        def count():
            wizard = self._capital('2026-12-31')
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            wizard._get_report()
            return self.env.cr.sql_log_count - before
        few = count()
        for number in range(10):
            self._create_member(f"Anggota {number}")
        self.assertLessEqual(count(), few + 1)

import io

from openpyxl import load_workbook

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, HttpCase, new_test_user, tagged

from odoo.addons.producer_cooperative.tests.common_shu import ShuCommon


class ShuPapersCommon(ShuCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._create_rule(('reserve', 60), ('capital', 15), ('patronage', 25, 'purchases'))
        cls.siti = cls._create_registered("Siti", '2', 300_000)
        cls.budi = cls._create_registered("Budi", '10', 123_456)
        cls._invoice(cls.siti, 1_000_000)

    def _render(self, report, records, user=None):
        html, _type = self.env['ir.actions.report'].with_user(user or self.env.user)._render_qweb_html(
            f'producer_cooperative.{report}', records.ids,
        )
        return html.decode()

    def _rows(self, wizard, sheet=0):
        sheet = load_workbook(io.BytesIO(wizard._get_report_xlsx())).worksheets[sheet]
        return [[cell.value for cell in row] for row in sheet.iter_rows()]


@tagged('post_install', '-at_install')
class TestShuStatement(ShuPapersCommon):

    def test_statement_shows_what_the_part_follows_from(self):
        allocation = self._post(1_000_000)
        html = self._render('coop_shu_statement', self._line(allocation, self.siti), self.officer)
        # 150,000 × 300,000 ÷ 423,456 = 106,268.42, rounded 106,268; 250,000 × 1,000,000 ÷ 1,000,000 = 250,000
        for text in (
            "150,000", "300,000.00", "423,456.00", "106,268.42", "0.42", "106,268.00", "250,000", "356,268.00",
            "1,000,000", "15", "Three Hundred And Fifty-Six Thousand, Two Hundred And Sixty-Eight Rupiah",
            "signature or thumbprint", "SHU/2024/00001", "01/RAT/2025", "Koperasi Uji",
        ):
            self.assertIn(text.lower(), html.lower())
        self.assertNotIn("Proposal", html)
        self.assertNotIn("Budi", html)

    def test_exact_part_and_rounding_make_the_part(self):
        allocation = self._post(1_000_000)
        for part in allocation.member_line_ids.part_ids:
            self.assertEqual(self.rupiah.round(part.exact_amount + part.rounding_amount), part.amount)
            self.assertLess(abs(part.rounding_amount), 1)

    def test_statement_before_posting_says_that_it_is_a_proposal(self):
        allocation = self._compute(1_000_000)
        html = self._render('coop_shu_statement', self._line(allocation, self.siti), self.accountant)
        self.assertIn("Proposal", html)
        self.assertNotIn("Not Paid Yet", html)

    def test_statement_follows_the_payment(self):
        allocation = self._post(1_000_000)
        line = self._line(allocation, self.siti)
        self.assertEqual([amount for _label, amount in line._get_statement_totals()][-2:], [0, 356_268])
        self._pay(allocation)
        # cash is paid in whole multiples of Rp 100
        self.assertEqual([amount for _label, amount in line._get_statement_totals()][-2:], [356_200, 68])

    def test_statement_and_table_show_the_tax(self):
        self.env['coop.shu.tax'].create({
            'name': "PPh 10 %", 'date_from': '2020-01-01', 'rate': 10,
            'account_id': self._account('tax_withheld').id,
        })
        allocation = self._post(1_000_000)
        # 10 % of 356,268 is 35,626.8
        line = self._line(allocation, self.siti)
        self.assertEqual(
            line._get_statement_totals()[:3],
            [("SHU", 356_268), ("PPh 10 %", -line.amount_tax), ("Owed to the Member", line.amount_net)],
        )
        self.assertIn("PPh 10 %", self._render('coop_shu_statement', line))
        wizard = self.env['coop.shu.meeting.table'].create({
            'allocation_id': allocation.id, 'with_bases': False, 'with_signature': False,
        })
        self.assertIn(
            [1, '2', "Siti", 106_268, 250_000, 356_268, line.amount_tax, line.amount_net], self._rows(wizard, sheet=1),
        )

    def test_each_member_gets_a_page_in_the_own_language(self):
        self.env['res.lang']._activate_lang('id_ID')
        self.budi.partner_id.lang = 'id_ID'
        allocation = self._post(1_000_000)
        self.assertEqual(self._line(allocation, self.budi)._get_statement_language(), 'id_ID')
        self.assertEqual(self._line(allocation, self.siti)._get_statement_language(), 'en_US')
        html = self._render('coop_shu_statement', allocation.member_line_ids)
        self.assertEqual(html.count('page-break-before: always'), 1)
        self.assertIn("43.732,00", html)
        self.assertIn("106,268.00", html)

    def test_statements_as_a_table_have_every_figure(self):
        allocation = self._post(1_000_000)
        wizard = self.env['coop.shu.statement'].with_user(self.officer).with_context(
            active_model='coop.shu.member.line', active_ids=allocation.member_line_ids.ids,
        ).create({})
        rows = self._rows(wizard)
        self.assertIn(
            ["Members by Capital", 15, 150_000, 300_000, 423_456, 106_268.42, -0.42, 106_268], rows,
        )
        self.assertIn(["SHU", None, None, None, None, None, None, 356_268], rows)
        groups = [row[0] for row in rows if row[0] and "· SHU 2024" in str(row[0])]
        self.assertEqual(["Siti" in group for group in groups], [True, False])  # member 2 before member 10
        self.assertIn("Siti", wizard.preview)
        self.assertEqual(wizard.action_print_pdf()['report_name'], 'producer_cooperative.coop_shu_statement')

    def test_nothing_is_printed_that_is_about_nobody(self):
        wizard = self.env['coop.shu.statement'].with_user(self.officer).create({})
        for action in (wizard.action_print_pdf, wizard.action_print_xlsx):
            with self.assertRefused("nothing to print yet: choose above"):
                action()

    def test_statements_of_a_member_are_those_of_all_years(self):
        self._post(1_000_000)
        wizard = self.env['coop.shu.statement'].with_context(
            active_model='coop.membership', active_ids=self.siti.ids,
        ).create({})
        self.assertEqual(wizard.line_ids, self.siti.shu_line_ids)
        self.assertEqual(wizard._get_report_file_name(), "SHU 2024 2")

    def test_statement_says_what_was_below_the_smallest_payout(self):
        self.rule.write({'minimum_amount': 50_000, 'minimum_treatment': 'reserve'})
        line = self._line(self._post(1_000_000), self.budi)
        self.assertEqual([amount for _label, amount in line._get_statement_totals()], [-43_732, 0, 0, 0])
        self.assertIn("Below the smallest payout", self._render('coop_shu_statement', line))

    def test_statement_of_a_cancelled_allocation_is_void(self):
        allocation = self._post(1_000_000)
        allocation.with_user(self.accountant)._cancel_with_reason("The meeting was not called in time")
        html = self._render('coop_shu_statement', self._line(allocation, self.siti))
        self.assertIn("CANCELLED", html)
        self.assertNotIn("Proposal", html)


@tagged('post_install', '-at_install')
class TestShuMeetingTable(ShuPapersCommon):

    def _table(self, allocation, user=None, **values):
        return self.env['coop.shu.meeting.table'].with_user(user or self.env.user).create({
            'allocation_id': allocation.id, **values,
        })

    def test_table_lists_shares_and_members_by_number(self):
        allocation = self._compute(1_000_000)
        html = self._render('coop_shu_meeting', self._table(allocation, self.manager), self.manager)
        for text in ("600,000", "356,268", "43,732", "Proposal to the members", "o_coop_sign", "400,000"):
            self.assertIn(text, html)
        self.assertLess(html.index(">Siti<"), html.index(">Budi<"))

    def test_table_as_spreadsheet_adds_up(self):
        allocation = self._post(1_000_000)
        wizard = self._table(allocation, self.supervisor, with_signature=False)
        rows = self._rows(wizard, sheet=1)
        self.assertIn([1, '2', "Siti", 300_000, 1_000_000, 106_268, 250_000, 356_268], rows)
        self.assertIn([2, '10', "Budi", 123_456, 0, 43_732, 0, 43_732], rows)
        self.assertIn([None, None, "Total", 423_456, 1_000_000, 150_000, 250_000, 400_000], rows)
        shares = self._rows(wizard)
        self.assertIn(["Surplus", None, 1_000_000, 0, 1_000_000], shares)
        self.assertTrue(any("Members' meeting 01/RAT/2025" in str(row[0]) for row in shares))

    def test_table_adds_up_where_parts_are_below_the_smallest_payout(self):
        self.rule.write({'minimum_amount': 50_000, 'minimum_treatment': 'reserve'})
        wizard = self._table(self._post(1_000_000), with_bases=False, with_signature=False, with_empty=False)
        shares, members = self._rows(wizard), self._rows(wizard, sheet=1)
        # Budi's 43,732 by capital go to the reserve
        self.assertIn(["Reserve", 60, 600_000, None, 43_732, 643_732], shares)
        self.assertIn(["Members by Capital", 15, 150_000, None, -43_732, 106_268], shares)
        self.assertIn([2, '10', "Budi", 43_732, 0, -43_732, 0], members)
        self.assertIn([None, None, "Total", 150_000, 250_000, -43_732, 356_268], members)

    def test_table_adds_up_where_others_share_in_the_business(self):
        self.rule.share_ids[2].denominator_base = 'cooperative'
        self._invoice(self.env['coop.membership'].create({
            'partner_id': self.env['res.partner'].create({'name': "Umum"}).id,
        }), 1_000_000)
        # half of the purchases are no member's: 125,000 of 250,000
        shares = self._rows(self._table(self._post(1_000_000)))
        self.assertIn(["Reserve", 60, 600_000, None, 125_000, 725_000], shares)
        self.assertIn(["Surplus", None, 1_000_000, 0, 0, 1_000_000], shares)

    def test_capital_by_days_is_no_amount_of_money(self):
        self.rule.capital_base = 'average'
        columns = self._table(self._post(1_000_000))._get_report().tables[1].columns
        self.assertIn(("Members by Capital: own (rupiah × days)", 'quantity'), [(c.label, c.kind) for c in columns])

    def test_members_without_a_part_are_left_out_on_request(self):
        self._create_registered("Wati", '3')
        allocation = self._post(1_000_000)
        numbers = [row[1] for row in self._table(allocation)._get_lines()]
        self.assertEqual(numbers, ['2', '3', '10'])
        self.assertEqual([row[1] for row in self._table(allocation, with_empty=False)._get_lines()], ['2', '10'])

    def test_table_says_a_loss(self):
        html = self._render('coop_shu_meeting', self._table(self._compute(-5_000_000), self.supervisor))
        self.assertIn("made a loss", html)
        self.assertIn("Accumulated Loss", html)
        self.assertNotIn("Siti", html)

    def test_table_takes_as_many_queries_for_many_members(self):
        allocation = self._post(1_000_000)
        wizard = self._table(allocation)
        counts = []
        for turn in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            wizard._get_report()
            counts.append(self.env.cr.sql_log_count - before)
            line = allocation.member_line_ids[0]
            for number in range(20):
                line.copy({'membership_id': self._create_registered(f"Anggota {number}", f'{turn}9{number}').id})
        self.assertEqual(counts[0], counts[1])

    def test_who_reads_no_allocation_reads_no_table(self):
        allocation = self._compute(1_000_000)
        with self.assertRefused("You are not allowed to create .SHU Table for the Meeting", AccessError):
            self._table(allocation, self.warehouse_user)
        self.assertTrue(self._table(allocation, self.cashier)._get_report().tables)


@tagged('post_install', '-at_install')
class TestShuComparison(ShuPapersCommon):

    def test_years_stand_side_by_side(self):
        self._post(1_000_000)
        wizard = self.env['coop.shu.comparison'].with_user(self.manager).create({})
        rows = self._rows(wizard)
        self.assertIn(["Surplus", 1_000_000], rows)
        self.assertIn(["Members by Capital", 150_000], rows)
        self.assertIn(["Number of members", 2], rows)
        self.assertIn(["On average per member", 200_000], rows)
        members = self._rows(wizard, sheet=1)
        self.assertIn(['2', "Siti", 356_268, 356_268], members)
        self.assertIn([None, "Total", 400_000, 400_000], members)

    def test_two_years_of_one_member(self):
        self._post(1_000_000)
        self._book_result(1_000_000, date='2023-06-30')
        self._invoice(self.siti, 100_000, date='2023-03-15')
        self._post(period=('2023-01-01', '2023-12-31'), date='2024-02-20')
        wizard = self.env['coop.shu.comparison'].create({'membership_ids': [Command.set(self.siti.ids)]})
        allocations = wizard._get_allocations()
        self.assertEqual([str(allocation.date_to.year) for allocation in allocations], ['2023', '2024'])
        member_rows = [row for row in wizard._get_report().tables[1].rows if row.kind == 'line']
        self.assertEqual(len(member_rows), 1)
        values = member_rows[0].values
        self.assertEqual(values['total'], sum(values[str(allocation.id)] for allocation in allocations))
        self.assertEqual(
            [values[str(allocation.id)] for allocation in allocations],
            [self._line(allocation, self.siti).amount_total for allocation in allocations],
        )

    def test_shares_of_the_years_are_grouped_by_year(self):
        self._post(1_000_000)
        groups = self.env['coop.shu.allocation.share'].with_user(self.supervisor).formatted_read_group(
            [('state', '=', 'posted')], ['date_to:year', 'name'], ['amount_booked:sum'],
        )
        self.assertEqual(sum(group['amount_booked:sum'] for group in groups), 1_000_000)

    def test_every_role_opens_the_screens(self):
        allocation = self._post(1_000_000)
        for user in (self.officer, self.cashier, self.accountant, self.manager, self.supervisor):
            for model in ('coop.shu.comparison', 'coop.shu.meeting.table'):
                self.assertTrue(Form(self.env[model].with_user(user)).preview)
            line = self._line(allocation, self.siti).with_user(user)
            self.assertTrue(Form(line).id)
            self.assertEqual(line.action_print_statement()['type'], 'ir.actions.report')


@tagged('post_install', '-at_install')
class TestShuPortal(ShuPapersCommon, HttpCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        new_test_user(
            cls.env, login='siti_shu', groups='base.group_portal', partner_id=cls.siti.partner_id.id,
            company_id=cls.company.id, company_ids=[Command.set(cls.company.ids)],
        )

    def test_member_sees_the_own_shu_with_what_it_follows_from(self):
        allocation = self._approve(self._compute(1_000_000))
        self.authenticate('siti_shu', 'siti_shu')
        self.assertIn("no SHU of yours yet", self.url_open('/my/shu').text)
        allocation.action_post()
        page = self.url_open('/my/shu').text
        for number in ("150,000.00", "300,000.00", "423,456.00", "106,268.42", "0.42", "356,268.00"):
            self.assertIn(number, page)
        self.assertNotIn("Budi", page)
        self.assertNotIn("43,732", page)
        own = self.url_open('/my/membership').text
        self.assertIn("356,268.00", own)
        self.assertIn(f"/my/shu#shu_{self._line(allocation, self.siti).id}", own)

    def test_member_downloads_the_own_statement_and_nobody_elses(self):
        allocation = self._post(1_000_000)
        self.authenticate('siti_shu', 'siti_shu')
        response = self.url_open(f'/my/papers/shu/{self._line(allocation, self.siti).id}')
        self.assertEqual(response.headers['Content-Type'], 'application/pdf')
        self.assertIn("SHU 2024 2.pdf", response.headers['Content-Disposition'].replace('%20', ' '))
        other = self.url_open(f'/my/papers/shu/{self._line(allocation, self.budi).id}')
        self.assertEqual(other.status_code, 404)

    def test_page_takes_as_many_queries_for_many_years(self):
        allocation = self._post(1_000_000)
        line = self._line(allocation, self.siti)
        self.authenticate('siti_shu', 'siti_shu')
        counts = []
        for decade in (2000, 2010):
            self.url_open('/my/shu')
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertEqual(self.url_open('/my/shu').status_code, 200)
            counts.append(self.cr.sql_log_count - before)
            for year in range(decade, decade + 6):
                other = allocation.copy({'date_from': f'{year}-01-01', 'date_to': f'{year}-12-31', 'state': 'posted'})
                own = line.copy({'allocation_id': other.id})
                for part in line.part_ids:
                    part.copy({'line_id': own.id})
        self.assertEqual(self.url_open('/my/shu').text.count('id="shu_'), 13)
        self.assertEqual(counts[0], counts[1])

    def test_visitor_is_sent_to_the_login(self):
        response = self.url_open('/my/shu', allow_redirects=False)
        self.assertIn('/web/login', response.headers['Location'])

import io

from openpyxl import load_workbook

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.test_shu_surplus import ShuSurplusCommon


@tagged('post_install', '-at_install')
class TestShuOperations(ShuSurplusCommon):
    """The statement of operations (PHU) of 2024: sales of 600,000 to Siti and 400,000 to a shop, 200,000 the year
    before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._sell(cls.siti.partner_id, 600_000)
        cls._sell(cls.stranger, 400_000)
        cls._spend(cls.cost, 500_000)
        cls._spend(cls.rent, 100_000)
        cls._spend(cls.cooperative, 20_000)
        cls._spend(cls.income_tax, 5_000)
        cls._book('2024-07-01', [(cls.cash, None, 10_000), (cls.interest, None, -10_000)])
        cls._sell(cls.siti.partner_id, 200_000, date='2023-03-03')
        cls._spend(cls.rent, 50_000, date='2023-03-04')

    def _wizard(self, **values):
        return self.env['coop.shu.operations'].with_user(self.accountant).create({
            'date_from': '2024-01-01', 'date_to': '2024-12-31', **values,
        })

    def _rows(self, wizard, table=0):
        return [
            (row.values.get('name') or row.values.get('code'), row.values.get('amount'), row.values.get('previous'))
            for row in wizard._get_report_data().tables[table].rows
        ]

    def test_statement_adds_up_from_the_members_participation_to_the_surplus_after_tax(self):
        names = {account: account.name for account in (
            self.income, self.cost, self.rent, self.cooperative, self.interest, self.income_tax)}
        # costs of 500,000 by turnover: 600 to 400
        self.assertEqual(self._rows(self._wizard()), [
            ("Business with Members", None, None),
            (names[self.income], 600_000, 200_000), (names[self.cost], -300_000, 0),
            ("Net Participation of Members", 300_000, 200_000),
            ("Business with Others", None, None),
            (names[self.income], 400_000, 0), (names[self.cost], -200_000, 0),
            ("Result of Business with Others", 200_000, 0),
            ("Gross Surplus", 500_000, 200_000),
            ("Operating Expenses", None, None), (names[self.rent], -100_000, -50_000),
            ("Surplus after Operating Expenses", 400_000, 150_000),
            ("Cooperative Expenses", None, None), (names[self.cooperative], -20_000, 0),
            ("Surplus after Cooperative Expenses", 380_000, 150_000),
            ("Other Income and Expenses", None, None), (names[self.interest], 10_000, 0),
            ("SHU before Income Tax", 390_000, 150_000),
            ("Income Tax", None, None), (names[self.income_tax], -5_000, 0),
            ("SHU after Income Tax", 385_000, 150_000),
        ])

    def test_second_table_tells_members_and_others_apart(self):
        table = self._wizard()._get_report_data().tables[1]
        self.assertEqual(
            [tuple(row.values[key] for key in ('name', 'members', 'others', 'all')) for row in table.rows],
            [
                ("Income from Business", 600_000, 400_000, 1_000_000),
                ("Cost of Goods and Services", -300_000, -200_000, -500_000),
                ("Operating Expenses", -60_000, -40_000, -100_000),
                ("Cooperative Expenses", -12_000, -8_000, -20_000),
                ("Other Income and Expenses", 0, 10_000, 10_000),
                ("Income Tax", -3_000, -2_000, -5_000),
                ("SHU after Income Tax", 225_000, 160_000, 385_000),
            ],
        )

    def test_statement_of_an_allocation_shows_what_was_computed(self):
        allocation = self._compute()
        self._book_result(77_000)
        action = allocation.with_user(self.accountant).action_open_operations()
        wizard = self.env['coop.shu.operations'].with_user(self.accountant).with_context(**action['context']).create({})
        self.assertEqual((str(wizard.date_from), str(wizard.date_to)), ('2024-01-01', '2024-12-31'))
        self.assertEqual(self._rows(wizard)[-1][1:], (385_000, 150_000))
        self.assertIn("As computed for", wizard._get_report_data().subtitles[1])
        wizard.allocation_id = False
        self.assertEqual(self._rows(wizard)[-1][1:], (462_000, 150_000))
        self.assertEqual(allocation.surplus, 385_000)

    def test_year_before_is_what_its_own_allocation_computed(self):
        self._compute(period=('2023-01-01', '2023-12-31'))
        self._book_result(9_000, date='2023-05-05')
        self.assertEqual(self._rows(self._wizard())[-1][1:], (385_000, 150_000))

    def test_statement_of_the_ledger_opens_the_items_that_it_is_the_sum_of(self):
        action = self._wizard().action_open_lines()
        items = self.env['account.move.line'].search(action['domain'])
        self.assertEqual(-sum(items.mapped('balance')), 385_000)

    def test_part_of_a_year_is_compared_with_the_same_part(self):
        wizard = self._wizard(date_from='2024-03-01', date_to='2024-03-31')
        self.assertEqual(self._rows(wizard)[-1][1:], (1_000_000, 150_000))

    def test_without_accounts_and_comparison_only_the_sums_are_left(self):
        wizard = self._wizard(with_accounts=False, with_previous=False)
        self.assertEqual(self._rows(wizard)[:3], [
            ("Income from Business", 600_000, 0), ("Cost of Goods and Services", -300_000, 0),
            ("Net Participation of Members", 300_000, 0),
        ])
        self.assertNotIn('previous', [column.key for column in wizard._get_report_data().tables[0].columns])

    def test_statement_is_printed_and_exported(self):
        wizard = self._wizard()
        html, _kind = self.env['ir.actions.report'].with_user(self.accountant)._render_qweb_html(
            wizard._report_action, wizard.ids,
        )
        self.assertIn("Net Participation of Members", html.decode())
        sheet = load_workbook(io.BytesIO(wizard._get_report_xlsx())).worksheets[0]
        values = [[cell.value for cell in row] for row in sheet.iter_rows()]
        self.assertIn([None, "SHU after Income Tax", 385_000, 150_000, 235_000], [row[:5] for row in values])

    def test_closing_entry_does_not_empty_the_statement(self):
        self._book('2024-12-31', [
            (self.income, None, 1_000_000), (self.cost, None, -500_000), (self.shu, None, -500_000),
        ])
        self.assertEqual(self._rows(self._wizard())[-1][1:], (385_000, 150_000))

    def test_officers_see_the_statement_and_cashiers_do_not(self):
        self.assertEqual(self._rows(self._wizard().with_user(self.accountant))[-1][1], 385_000)
        wizard = self.env['coop.shu.operations'].with_user(self.officer).create({
            'date_from': '2024-01-01', 'date_to': '2024-12-31',
        })
        self.assertEqual(self._rows(wizard)[-1][1], 385_000)
        with self.assertRaises(AccessError):
            self.env['coop.shu.operations'].with_user(self.cashier).create({})

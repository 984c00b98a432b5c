import io
from datetime import timedelta

from openpyxl import load_workbook

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.producer_cooperative.tests.common_payout import PayoutCommon

STATEMENT = 'producer_cooperative.report_coop_consignment_statement'


@tagged('post_install', '-at_install')
class TestConsignmentStatement(PayoutCommon):

    def _statement(self, member, date_from=None, date_to=None, user=None):
        membership = member.with_user(user) if user else member
        first = self.today.replace(day=1, month=1)
        return membership._get_consignment_statement(date_from or first, date_to or self.today)[membership]

    def _ask(self, members, user=None, **values):
        Wizard = self.env['coop.consignment.statement']
        return (Wizard.with_user(user) if user else Wizard).create({
            'membership_ids': [Command.set(members.ids)], **values,
        })

    def assertTied(self, member, statement, date_to=None):
        """Assert opening + sales - deductions - payments + other = closing = what the ledger owes the member."""
        sums = [
            sum(getattr(row, name) for row in statement.account) for name in ('sales', 'deducted', 'paid', 'other')
        ]
        sales, deducted, paid, other = sums
        self.assertEqual(statement.opening + sales - deducted - paid + other, statement.closing)
        items = self.env['account.move.line'].search([
            ('account_id', '=', self.proceeds.id), ('partner_id', '=', member.partner_id.id),
            ('parent_state', '=', 'posted'), ('date', '<=', date_to or self.today),
        ])
        self.assertEqual(statement.closing, -sum(items.mapped('balance')))
        self.assertEqual(sum(row.amount for row in statement.sales), sales)
        return sales, deducted, paid, other

    def test_balance_is_what_the_ledger_owes_after_sale_commission_and_payout(self):
        self._pay()
        statement = self._statement(self.siti)
        # 1,005 at 10 = 10,050 less 10 % = 9,045; 9,000 paid in cash
        self.assertEqual(self.assertTied(self.siti, statement), (10_050, 1_005, 9_000, 0))
        self.assertEqual((statement.opening, statement.closing), (0, 45))
        self.assertEqual(statement.closing, self.of_siti.amount_open)
        self.assertEqual([row.description for row in statement.account][:2], ["Goods sold", "Commission"])
        self.assertTrue(statement.account[0].reference == self.of_siti.name)

    def test_deductions_say_what_was_deducted_and_why(self):
        wati = self._create_member("Wati")
        self._create_agreement(
            wati, commission_rate=10, savings_type_id=self.voluntary.id, savings_rate=5, set_off_rate=50,
            set_off_consent_date='2020-01-01',
        )
        debt = self._owe(wati, 30_000)
        self._sold(wati, 1_000)
        self._settle(wati)
        # 10,000 - 1,000 commission = 9,000 proceeds; 5 % savings 450; half of the proceeds, 4,500, set off
        statement = self._statement(wati)
        rows = {row.description: row.deducted for row in statement.account[-3:]}
        self.assertEqual(rows, {"Commission": 1_000, "Voluntary Savings": 450, f"Set off: {debt.name}": 4_500})
        self.assertTied(wati, statement)

    def test_labels_are_in_the_readers_language_and_not_the_posters(self):
        wati = self._create_member("Wati")
        self._create_agreement(wati, commission_rate=10, levy_ids=[Command.create({
            'name': "Village", 'rate': 5, 'account_id': self._account('fund_social').id,
        })])
        self._sold(wati, 1_000)
        settlement = self._settle(wati)
        # as if an Indonesian treasurer had posted
        bill_lines = settlement.move_id.invoice_line_ids
        bill_lines.filtered(lambda line: line.account_id == self.commission).name = "Komisi"
        rows = [row.description for row in self._statement(wati).account]
        self.assertEqual(rows, ["Goods sold", "Commission", "Village, 5 %"])

    def test_credit_note_stands_under_the_settlement_that_took_it_in(self):
        self._sold(self.siti, 60)
        invoice = self._sold(self.siti, 60)
        self._settle(self.siti)
        note = self._credit(invoice, price=1)
        self._sold(self.siti, 100)
        later = self._settle(self.siti)
        of_line = {
            (row.settlement, row.amount): row.invoices for row in self._statement(self.siti).sales
        }
        self.assertEqual(of_line[later.name, -60], note.name)
        self.assertFalse([
            key for key, names in of_line.items() if note.name in names and key != (later.name, -60)
        ])

    def test_on_principal_basis_the_margin_stands_as_commission(self):
        self.company.coop_consignment_basis = 'principal'
        self._sold(self.budi, 100)
        settlement = self._settle(self.budi)
        # 1,000 at 10 % commission: the bill has 900 as cost of goods, the member reads 1,000 less 100
        self.assertEqual(settlement.move_id.amount_total, 900)
        statement = self._statement(self.budi)
        self.assertEqual(
            [(row.sales, row.deducted) for row in statement.account[-2:]], [(1_000, 0), (0, 100)],
        )
        self.assertTied(self.budi, statement)

    def test_cancelled_settlement_and_payout_stand_with_their_reversals(self):
        payout = self._pay()
        payout._cancel_with_reason("Counted wrong")
        self.of_siti._cancel_with_reason("Wrong price")
        statement = self._statement(self.siti)
        self.assertEqual(self.assertTied(self.siti, statement), (0, 0, 0, 0))
        self.assertEqual(
            [(row.sales, row.deducted, row.paid) for row in statement.account],
            [(10_050, 0, 0), (0, 1_005, 0), (0, 0, 9_000), (0, 0, -9_000), (-10_050, 0, 0), (0, -1_005, 0)],
        )
        self.assertEqual([row.amount for row in statement.sales], [10_050, -10_050])

    def test_opening_balance_is_what_was_owed_before_the_period(self):
        self.env['account.move'].create({
            'journal_id': self.company.coop_journal_id.id, 'date': self.today - timedelta(days=400),
            'line_ids': [
                Command.create({'account_id': account.id, 'partner_id': self.siti.partner_id.id, 'balance': balance})
                for account, balance in ((self.proceeds, -700), (self.cash, 700))
            ],
        }).action_post()
        statement = self._statement(self.siti)
        self.assertEqual((statement.opening, statement.closing), (700, 9_745))
        self.assertTied(self.siti, statement)
        earlier = self._statement(
            self.siti, self.today - timedelta(days=500), self.today - timedelta(days=300),
        )
        self.assertEqual(self.assertTied(
            self.siti, earlier, self.today - timedelta(days=300),
        ), (0, 0, 0, 700))
        self.assertFalse(earlier.sales or earlier.goods or earlier.intakes)

    def test_payment_through_odoos_screens_counts_as_paid(self):
        self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=self.of_siti.move_id.ids,
        ).create({'journal_id': self.cash_journal.id, 'amount': 4_000}).action_create_payments()
        self.assertEqual(self.assertTied(self.siti, self._statement(self.siti)), (10_050, 1_005, 4_000, 0))

    def test_goods_are_followed_from_the_slip_to_what_is_still_there(self):
        slip = self.env['coop.consignment'].create({
            'membership_id': self.siti.id,
            'line_ids': [Command.create({'product_id': self.rice.id, 'gross': 105, 'tare': 2, 'deduction': 3})],
        })
        slip.action_confirm()
        slip.picking_ids.button_validate()
        order = self._sell(30, owner=self.siti)
        picking = self._deliver(order)
        self._invoice(order)
        self._take_back(picking, 10, refund=True)
        statement = self._statement(self.siti)
        intake = statement.intakes[-1]
        self.assertEqual(
            (intake.reference, intake.gross, intake.taken_off, intake.quantity), (slip.name, 105, 5, 100),
        )
        goods = statement.goods[self.rice]
        # 1,005 + 100 came in, 1,005 + 30 - 10 went out; of the 30 invoiced, 20 are with the customer
        self.assertEqual((goods.opening, goods.came_in, goods.sold, goods.closing), (0, 1_105, 1_025, 80))
        self.assertEqual((goods.unsettled, goods.unsettled_amount), self._due(self.siti))
        quants = self.env['stock.quant'].search([
            ('owner_id', '=', self.siti.partner_id.id), ('location_id.usage', '=', 'internal'),
        ])
        self.assertEqual(goods.closing, sum(quants.mapped('quantity')))

    def test_sales_show_the_invoice_and_not_the_customer(self):
        invoice = self.of_siti.line_ids.sale_line_id.invoice_lines.move_id
        wizard = self._ask(self.siti)
        html, _kind = self.env['ir.actions.report'].with_user(self.officer)._render_qweb_pdf(STATEMENT, wizard.ids)
        html = html.decode()
        for text in (invoice.name, self.of_siti.name, "Rice", "1,005", "10,050", "9,045", self.siti.number):
            self.assertIn(text, html)
        self.assertNotIn("Toko Makmur", html)

    def test_statement_of_all_has_everybody_with_goods_or_settlements(self):
        self._create_member("Wati")
        wizard = self._ask(self.env['coop.membership'], self.cashier)
        self.assertEqual(wizard._get_memberships(), self.siti | self.budi)
        titles = [table.title for table in wizard._get_report_data().tables]
        self.assertEqual(len(titles), 8)
        self.assertIn("Siti: Running Account", titles[0])

    def test_spreadsheet_has_a_sheet_for_each_table(self):
        wizard = self._ask(self.siti, self.supervisor)
        book = load_workbook(io.BytesIO(wizard._get_report_xlsx()))
        self.assertEqual(len(book.worksheets), 4)
        values = [cell.value for row in book.worksheets[0].iter_rows() for cell in row]
        self.assertIn(9_045, values)
        self.assertIn("Owed to Member", values)

    def test_statement_for_all_leaves_out_who_has_nothing_to_be_told(self):
        everybody = self._ask(self.env['coop.membership'])
        self.assertIn(self.siti, everybody._get_memberships())
        titles = [table.title for table in everybody._get_report().tables]
        self.assertEqual(len([title for title in titles if "Siti: " in title]), 4)
        before = self._ask(
            self.env['coop.membership'], date_from=self.today - timedelta(days=800),
            date_to=self.today - timedelta(days=700),
        )
        self.assertFalse(before._get_report().tables)
        before.membership_ids = self.siti  # asked for by name
        self.assertEqual(len(before._get_report().tables), 4)

    def test_statement_opens_from_member_and_settlement(self):
        action = self.siti.with_user(self.officer).action_consignment_statement()
        wizard = self.env['coop.consignment.statement'].with_context(**action['context']).create({})
        self.assertEqual(wizard.membership_ids, self.siti)
        from_settlement = self.env['coop.consignment.statement'].with_context(
            active_model='coop.settlement', active_ids=self.of_budi.ids,
        ).create({})
        self.assertEqual(from_settlement.membership_ids, self.budi)
        self.assertIn("9,045", wizard.with_user(self.officer).preview)

    def test_member_reads_the_own_statement_and_nobody_elses(self):
        login = new_test_user(
            self.env, login='coop_siti', groups='base.group_portal', partner_id=self.siti.partner_id.id,
            company_id=self.company.id, company_ids=[Command.set(self.company.ids)],
        )
        self.assertEqual(self._statement(self.siti, user=login).closing, 9_045)
        with self.assertRaises(AccessError):
            self._statement(self.budi, user=login)
        with self.assertRaises(AccessError):
            self._ask(self.siti, login)

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.producer_cooperative.tests.common_consignment import ConsignmentCommon

AMOUNTS = st.integers(1, 40).map(lambda thousands: thousands * 1_000)
MEMBER = st.integers(0, 1)
EVENTS = st.lists(st.one_of(
    st.tuples(st.just('save'), MEMBER, AMOUNTS),
    st.tuples(st.just('withdraw'), MEMBER, AMOUNTS),
    st.tuples(st.just('buy'), MEMBER, AMOUNTS),
    st.tuples(st.just('pay'), st.integers(0, 9), AMOUNTS),
    st.tuples(st.just('credit'), st.integers(0, 9)),
    st.tuples(st.just('sell'), MEMBER, st.integers(1, 30)),
    st.tuples(st.just('settle'), MEMBER),
    st.tuples(st.just('pay_out')),
    st.tuples(st.just('cancel'), st.integers(0, 9)),
    st.tuples(st.just('own_entry'), MEMBER, st.sampled_from(('proceeds', 'shu_payable', 'member_advance')), AMOUNTS),
), min_size=5, max_size=12)


class SheetCommon(ConsignmentCommon):

    def _sheet(self, member, date_from='2020-01-01', date_to=None, user=None):
        member = member.with_user(user) if user else member
        return member._get_member_sheet(fields.Date.to_date(date_from), fields.Date.to_date(date_to) or self.today)[
            member
        ]

    def _by_kind(self, amounts):
        """Return the balances of a sheet with savings by the kind of their type, without what is zero."""
        types = self.env['coop.savings.type']
        return {
            types.browse(key.type_id).kind if key.type_id else key.kind: amount
            for key, amount in amounts.items() if amount
        }

    def _ledger(self, member, date_to):
        """Return ``{account: balance in favour of the member}`` by the journal items themselves."""
        return {
            account: -balance for account, balance in self.env['account.move.line']._read_group([
                ('partner_id', 'child_of', member.partner_id.id), ('company_id', '=', self.company.id),
                ('parent_state', '=', 'posted'), ('date', '<=', date_to), '|', '|',
                ('account_id.account_type', 'in', ('asset_receivable', 'liability_payable')),
                ('account_id', 'in', (self.principal | self.mandatory | self.voluntary).account_id.ids),
                ('account_id', 'in', (self._account('pool_deposit') | self._account('member_advance')).ids),
            ], ['account_id'], ['balance:sum']) if not self.rupiah.is_zero(balance)
        }

    def assertSheetIsLedger(self, member, date_from='2020-01-01'):
        """Assert that opening + entries = closing, per kind, and that each account is what the ledger says."""
        sheet = self._sheet(member, date_from)
        for key, closing in sheet.closing.items():
            moved = sum(row.amount for row in sheet.rows if row.key == key)
            self.assertEqual(self.rupiah.compare_amounts(sheet.opening[key] + moved, closing), 0, key)
        if sheet.rows:
            self.assertEqual(self.rupiah.compare_amounts(sheet.rows[-1].overall, sum(sheet.closing.values())), 0)
        by_account = {
            account: amount for account, amount in self.env['coop.member.entry']._read_group(
                [('partner_id', '=', member.partner_id.id), ('date', '<=', self.today)], ['account_id'], ['amount:sum'],
            ) if not self.rupiah.is_zero(amount)
        }
        self.assertEqual(by_account, self._ledger(member, self.today))
        self.assertEqual(
            self.rupiah.compare_amounts(sum(sheet.closing.values()), sum(by_account.values())), 0,
        )


@tagged('post_install', '-at_install')
class TestMemberSheet(SheetCommon):
    """Everything between a member and the cooperative stands on one sheet, and is what the ledger says."""

    def test_sheet_has_every_kind_of_business(self):
        # Joined 5 January: 100,000 + 10,000. Voluntary 50,000 - 20,000. Goods for 30,000 on credit, 12,000 paid.
        # Sold 1,000 kg at Rp 10 less 10 %: 9,000.
        self._save(self.siti, {self.voluntary: 50_000}, date='2026-02-01')
        self._save(self.siti, {self.voluntary: 20_000}, direction='out', date='2026-02-02')
        invoice = self._owe(self.siti, 30_000, date='2026-02-03')
        self._pay_invoice(invoice, 12_000)
        self._sold(self.siti, 1_000)
        self._settle(self.siti)
        sheet = self._sheet(self.siti)
        self.assertEqual(self._by_kind(sheet.closing), {
            'principal': 100_000, 'mandatory': 10_000, 'voluntary': 30_000, 'debt': -18_000, 'proceeds': 9_000,
        })
        self.assertEqual(sheet.rows[-1].overall, 131_000)
        self.assertEqual([key.kind for key in sheet.closing], ['savings', 'savings', 'savings', 'debt', 'proceeds'])
        self.assertSheetIsLedger(self.siti)

    def _pay_invoice(self, invoice, amount):
        register = self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=invoice.ids,
        ).create({'amount': amount, 'journal_id': self.cash_journal.id, 'payment_date': self.today})
        return register._create_payments()

    def test_period_begins_with_what_was_brought_forward(self):
        self._save(self.siti, {self.voluntary: 50_000}, date='2026-02-01')
        self._save(self.siti, {self.voluntary: 7_000}, date='2026-03-01')
        sheet = self._sheet(self.siti, '2026-02-15', '2026-03-15')
        self.assertEqual(self._by_kind(sheet.opening), {'principal': 100_000, 'mandatory': 10_000, 'voluntary': 50_000})
        self.assertEqual([(row.amount, row.balance, row.overall) for row in sheet.rows], [(7_000, 57_000, 167_000)])
        self.assertSheetIsLedger(self.siti, '2026-02-15')

    def test_running_balance_on_the_screen_is_that_of_the_kind(self):
        self._save(self.siti, {self.voluntary: 50_000}, date='2026-02-01')
        self._owe(self.siti, 30_000, date='2026-02-03')
        self._save(self.siti, {self.voluntary: 20_000}, direction='out', date='2026-02-04')
        entries = self.env['coop.member.entry'].search([
            ('partner_id', '=', self.siti.partner_id.id), ('date', '>=', '2026-02-01'),
        ])
        self.assertEqual([(entry.kind, entry.amount, entry.balance) for entry in entries], [
            ('savings', 50_000, 50_000), ('debt', -30_000, -30_000), ('savings', -20_000, 30_000),
        ])

    def test_void_voucher_leaves_both_papers_and_no_balance(self):
        voucher = self._save(self.siti, {self.voluntary: 50_000}, date='2026-02-01')
        voucher._cancel_with_reason("Counted twice")
        sheet = self._sheet(self.siti)
        self.assertNotIn('voluntary', self._by_kind(sheet.closing))
        self.assertEqual(
            [row.entry.reference for row in sheet.rows if row.key.type_id == self.voluntary.id], [voucher.name] * 2,
        )
        self.assertSheetIsLedger(self.siti)

    def test_entry_of_a_contact_below_the_member_counts(self):
        contact = self.env['res.partner'].create({'name': "Anak Siti", 'parent_id': self.siti.partner_id.id})
        self._book(contact, 'proceeds', 5_000)
        self.assertEqual(self._by_kind(self._sheet(self.siti).closing)['proceeds'], 5_000)
        self.assertSheetIsLedger(self.siti)

    def _book(self, partner, key, amount):
        entry = self.env['account.move'].create({
            'move_type': 'entry', 'journal_id': self.company.coop_journal_id.id, 'date': '2026-03-01',
            'line_ids': [
                Command.create({'account_id': self.cash_journal.default_account_id.id, 'balance': amount}),
                Command.create({
                    'account_id': self._account(key).id, 'partner_id': partner.id, 'balance': -amount,
                }),
            ],
        })
        entry.action_post()
        return entry

    def test_each_line_opens_its_document(self):
        voucher = self._save(self.siti, {self.voluntary: 50_000}, date='2026-02-01')
        invoice = self._owe(self.siti, 30_000, date='2026-02-03')
        entries = self.env['coop.member.entry'].search([
            ('partner_id', '=', self.siti.partner_id.id), ('date', '>=', '2026-02-01'),
        ])
        opened = [entry.with_user(self.accountant).action_open_source() for entry in entries]
        self.assertEqual(
            [(action['res_model'], action['res_id']) for action in opened],
            [('coop.savings.voucher', voucher.id), ('account.move', invoice.id)],
        )
        with self.assertRefused("is open to the treasurer only", AccessError):
            entries[1].with_user(self.cashier).action_open_source()

    def test_sheet_says_which_goods_were_bought(self):
        invoice = self._owe(self.siti, 30_000, date='2026-02-03')
        wizard = self.env['coop.member.sheet'].with_user(self.cashier).create({
            'membership_ids': self.siti.ids, 'date_from': '2026-02-01', 'date_to': self.today,
        })
        report = wizard._get_report_data()
        account = report.tables[1]
        self.assertEqual([row.values.get('description') for row in account.lines], ["Goods: Fertiliser"])
        self.assertEqual(account.lines[0].values['reference'], invoice.name)
        self.assertEqual(account.rows[0].values['overall'], 110_000)
        self.assertEqual(account.rows[-1].values['overall'], 80_000)
        self.assertEqual(report.tables[0].rows[-1].values['closing'], 80_000)
        self.assertTrue(wizard._get_report_xlsx(report))
        self.assertIn("Fertiliser", wizard.preview)
        wizard.layout = 'kind'
        by_kind = wizard._get_report_data().tables[1]
        self.assertEqual([row.values['date'] for row in by_kind.rows if row.kind == 'group'], [
            self.principal.name, self.mandatory.name, "Goods and Debts",
        ])
        self.assertEqual(by_kind.rows[-1].values['balance'], 80_000)

    def test_pdf_of_the_sheet_names_member_and_balances(self):
        wizard = self.env['coop.member.sheet'].with_user(self.supervisor).create({'membership_ids': self.siti.ids})
        html = self.env['ir.actions.report'].with_user(self.supervisor)._render_qweb_html(
            'producer_cooperative.report_coop_member_sheet', wizard.ids,
        )[0].decode()
        for text in ("Siti", "Principal Savings", "110,000", "For the Cooperative"):
            self.assertIn(text, html)

    # === WHO SEES IT === #

    def test_member_on_the_portal_reads_the_own_sheet_only(self):
        portal = new_test_user(self.env, login='siti_portal', groups='base.group_portal')
        portal.partner_id = self.siti.partner_id
        self._owe(self.siti, 30_000, date='2026-02-03')
        sheet = self._sheet(self.siti, user=portal)
        self.assertEqual(self._by_kind(sheet.closing), {'principal': 100_000, 'mandatory': 10_000, 'debt': -30_000})
        self.assertIn("Principal Savings", sheet.labels.values())
        with self.assertRaises(AccessError):
            self._sheet(self.budi, user=portal)
        with self.assertRaises(AccessError):
            self.env['coop.member.entry'].with_user(portal).search([]).mapped('amount')

    def test_every_role_of_the_counter_reads_sheets_and_the_warehouse_none(self):
        for user in (self.officer, self.cashier, self.accountant, self.manager, self.supervisor):
            self.assertTrue(self.env['coop.member.entry'].with_user(user).search([]).mapped('amount'))
            self.assertTrue(self._sheet(self.siti, user=user).rows)
        with self.assertRaises(AccessError):
            self.env['coop.member.entry'].with_user(self.warehouse_user).search([])
        with self.assertRaises(AccessError):
            self.env['coop.member.sheet'].with_user(self.warehouse_user).create({'membership_ids': self.siti.ids})

    def test_sheets_of_another_company_are_not_seen(self):
        other = self._create_cooperative("Koperasi Lain")
        member = self.env['coop.membership'].with_company(other).with_context(allowed_company_ids=other.ids).create({
            'partner_id': self.siti.partner_id.id, 'company_id': other.id, 'number': '1', 'date_joined': '2026-01-05',
        })
        types = self.env['coop.savings.type'].search([('company_id', '=', other.id), ('kind', '=', 'voluntary')])
        voucher = self.env['coop.savings.voucher'].with_context(allowed_company_ids=other.ids).create({
            'direction': 'opening', 'date': '2026-02-01', 'company_id': other.id,
            'line_ids': [Command.create({'membership_id': member.id, 'type_id': types.id, 'amount': 99_000})],
        })
        voucher.action_post()
        self.assertNotIn(99_000, [row.amount for row in self._sheet(self.siti).rows])
        seen = self.env['coop.member.entry'].with_user(self.cashier).search([])
        self.assertEqual(seen.company_id, self.company)
        with self.assertRaises(AccessError):
            self._sheet(member, user=self.cashier)

    def test_queries_do_not_grow_with_the_history(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            wizard = self.env['coop.member.sheet'].new({
                'membership_ids': [Command.set(self.siti.ids)], 'date_from': '2026-01-01', 'date_to': self.today,
                'company_id': self.company.id, 'with_goods': False,
            })
            wizard._get_report_data()
            return self.env.cr.sql_log_count - before

        self._save(self.siti, {self.voluntary: 1_000}, date='2026-02-01')
        self._owe(self.siti, 30_000, date='2026-02-03')
        count()  # warms what is read once
        few = count()
        for day in range(1, 16):
            self._save(self.siti, {self.voluntary: 1_000}, date=f'2026-03-{day:02}')
            self._owe(self.siti, 30_000, date=f'2026-03-{day:02}')
        self.assertEqual(count(), few)


@tagged('post_install', '-at_install')
class TestSheetHistories(SheetCommon):
    """Whatever is done with members, and undone: each sheet is the ledger, account by account."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.members = [cls.siti, cls.budi]

    @settings(
        max_examples=12, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck),
    )
    @given(EVENTS)
    def _check_history(self, events):
        with self.env.cr.savepoint() as savepoint:
            self.invoices, self.documents = [], []
            for name, *arguments in events:
                try:
                    with self.env.cr.savepoint():
                        getattr(self, f'_do_{name}')(*arguments)
                except UserError:
                    continue  # refused: the sheets below say that nothing was half-done
            for member in self.members:
                self.assertSheetIsLedger(member)
                self.assertSheetIsLedger(member, self.today)
            savepoint.rollback()
        self.env.invalidate_all()

    def test_each_sheet_is_the_ledger(self):
        self._check_history()

    def _do_save(self, member, amount):
        self.documents.append(self._save(self.members[member], {self.voluntary: amount}))

    def _do_withdraw(self, member, amount):
        self.documents.append(self._save(self.members[member], {self.voluntary: amount}, direction='out'))

    def _do_buy(self, member, amount):
        self.invoices.append(self._owe(self.members[member], amount))

    def _do_pay(self, index, amount):
        if self.invoices:
            self.env['account.payment.register'].with_context(
                active_model='account.move', active_ids=self.invoices[index % len(self.invoices)].ids,
            ).create({'amount': amount, 'journal_id': self.cash_journal.id})._create_payments()

    def _do_credit(self, index):
        if self.invoices:
            self.invoices.pop(index % len(self.invoices))._reverse_moves(cancel=True)

    def _do_sell(self, member, quantity):
        self._sold(self.members[member], quantity, price=1_000)

    def _do_settle(self, member):
        self.documents.append(self._settle(self.members[member]))

    def _do_pay_out(self):
        payout = self.env['coop.payout'].create({'journal_id': self.cash_journal.id, 'date': self.today})
        payout.action_fill()
        payout.action_post()
        self.documents.append(payout)

    def _do_cancel(self, index):
        if self.documents:
            self.documents[index % len(self.documents)]._cancel_with_reason("Random")

    def _do_own_entry(self, member, key, amount):
        TestMemberSheet._book(self, self.members[member].partner_id, key, amount)

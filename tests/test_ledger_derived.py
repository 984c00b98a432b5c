from odoo import Command
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_payout import PayoutCommon


@tagged('post_install', '-at_install')
class TestLedgerDerived(PayoutCommon):
    """What is open, posted and sold is derived from the books, and posted items of members' goods stay as they are."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._sold(cls.siti, 60)
        cls.item = cls.invoice.invoice_line_ids
        cls.other_company = cls.env['res.company'].create({'name': "Other"})

    def _forge(self, record, **values):
        """Store values past every guard."""
        self.env.flush_all()
        for name, value in values.items():
            self.env.cr.execute(f'UPDATE {record._table} SET "{name}" = %s WHERE id = %s', [value, record.id])
        self.env.invalidate_all()

    # === WRITING === #

    def test_nobody_writes_what_is_open_or_posted_of_an_item(self):
        payable = self._payable(self.of_siti)
        for user in (self.officer, self.manager, self.accountant):
            item = payable.with_user(user)
            for vals in (
                {'amount_residual': -5_000_000, 'reconciled': False}, {'amount_residual': 0}, {'reconciled': True},
                {'amount_residual_currency': 0}, {'parent_state': 'draft'}, {'parent_state': False},
                {'date': '2020-01-01'}, {'move_name': "X"}, {'company_id': self.other_company.id},
                {'journal_id': self.cash_journal.id},
            ):
                with self.subTest(user=user.name, vals=vals), self.assertRefused("follows from the entry"):
                    item.write(vals)
                with self.subTest(user=user.name, vals=vals, through="entry"), self.assertRefused("follows from"):
                    item.move_id.with_context(skip_readonly_check=True).write({
                        'line_ids': [Command.update(item.id, vals)],
                    })
            for vals in ({'payment_state': 'paid'}, {'payment_state': 'reversed'}, {'amount_residual': 1}):
                with self.subTest(user=user.name, vals=vals), self.assertRefused("follows from the entry"):
                    item.move_id.write(vals)
        self.assertEqual((payable.amount_residual, payable.parent_state), (-9_045, 'posted'))

    def test_new_items_are_not_posted_paid_or_dated_by_hand(self):
        forged = {'parent_state': 'posted', 'reconciled': True, 'amount_residual': 1, 'date': '2020-01-01'}
        line = {'product_id': self.own.id, 'price_unit': 100, 'tax_ids': False}
        Move = self.env['account.move'].with_user(self.officer)
        for moves, values in (
            (Move, {**line, **forged}),
            (Move.with_context(**{f'default_{name}': value for name, value in forged.items() if name != 'date'}), line),
        ):
            move = moves.create({
                'move_type': 'out_invoice', 'partner_id': self.customer.id, 'invoice_date': self.today,
                'payment_state': 'paid', 'invoice_line_ids': [Command.create(values)],
            })
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertRecordValues(move.invoice_line_ids, [{
                'parent_state': 'draft', 'reconciled': False, 'amount_residual': 0, 'date': move.date,
            }])
            self.assertEqual(move.payment_state, 'not_paid')

    def test_bill_is_held_back_and_let_go_again(self):
        bill = self.of_siti.move_id.with_user(self.accountant)
        bill.action_toggle_block_payment()
        self.assertEqual(bill.payment_state, 'blocked')
        bill.action_toggle_block_payment()
        self.assertEqual(bill.payment_state, 'not_paid')

    def test_item_of_a_posted_entry_is_kept_whatever_is_stored_beside_it(self):
        savings = self._save(self.siti, {self.voluntary: 25_000}).move_id.line_ids.filtered(
            lambda line: line.account_id == self.voluntary.account_id,
        )
        for item in (savings, self.item):
            self._forge(item, parent_state='draft')
        with self.assertRefused("open .* and cancel it"):
            savings.with_user(self.accountant).partner_id = self.budi.partner_id
        with self.assertRefused("decides which members are paid"):
            self.item.with_user(self.accountant).sale_line_ids = [Command.clear()]

    def test_nobody_says_by_hand_what_settlements_look_at(self):
        line = self.item.sale_line_ids
        for user in (self.officer, self.manager):
            for count in (0, 5):
                with self.subTest(user=user.name), self.assertRefused("counted from deliveries and invoices"):
                    line.with_user(user).coop_open_changes = count
        order = self.env['sale.order'].with_user(self.officer).create({
            'partner_id': self.customer.id,
            'order_line': [Command.create({
                'product_id': self.rice.id, 'product_uom_qty': 1, 'coop_open_changes': -1_000,
            })],
        })
        self.assertGreaterEqual(order.order_line.coop_open_changes, 0)
        self.assertEqual(self._due(self.siti), (60, 600))

    # === PAYING === #

    def test_voucher_pays_what_the_matches_leave_open(self):
        payable = self._payable(self.of_siti)
        self._forge(payable, amount_residual=-50_000, amount_residual_currency=-50_000)
        payout = self._draft(line_ids=[self._line_values(self.of_siti, 50_000)])
        # 9,045 are owed, whatever is stored
        with self.assertRefused("is owed .*9,045.* and cannot be paid"):
            payout.action_post()
        wizard = self.env['account.payment.register'].with_user(self.accountant).with_context(
            active_model='account.move', active_ids=self.of_siti.move_id.ids,
        ).create({'journal_id': self.cash_journal.id, 'amount': 50_000})
        self._forge(payable, amount_residual=-50_000, amount_residual_currency=-50_000)
        with self.assertRefused("Only .*9,045.* is still owed"):
            wizard.action_create_payments()

    def test_set_off_takes_what_the_matches_leave_open(self):
        wati = self._create_member("Wati")
        self._create_agreement(wati, commission_rate=10, set_off_rate=100, set_off_consent_date='2020-01-01')
        debt = self._owe(wati, 100)
        self._sold(wati, 60)
        receivable = debt.line_ids.filtered(lambda item: item.display_type == 'payment_term')
        self._forge(receivable, amount_residual=420, amount_residual_currency=420)
        # of 600 less 10 % only the 100 are set off
        self.assertEqual(self._compute(wati).amount_set_off, 100)

    # === POSTED ITEMS === #

    def test_nobody_rewrites_posted_items_of_members_goods(self):
        dozen = self.env['uom.uom'].create({
            'name': "Sack of 60", 'relative_factor': 60, 'relative_uom_id': self.rice.uom_id.id,
        })
        for vals in (
            {'product_uom_id': dozen.id}, {'display_type': 'rounding'}, {'quantity': 5}, {'price_unit': 1},
            {'discount': 50}, {'product_id': self.own.id},
        ):
            with self.subTest(vals=vals), self.assertRefused("Correct Prices"):
                self.item.with_user(self.accountant).write(vals)
            with self.subTest(vals=vals), self.assertRefused("Ask the treasurer to correct it"):
                self.item.with_user(self.officer).write(vals)
        self.item.with_user(self.accountant).name = "Rice, first quality"
        self.assertEqual((self.item.name, self._due(self.siti)), ("Rice, first quality", (60, 600)))

    def test_nobody_adds_members_goods_to_a_posted_invoice_or_takes_them_off(self):
        own = self._owe(self.siti, 50)
        pair = [
            {'move_id': own.id, 'account_id': own.invoice_line_ids.account_id.id, 'balance': sign * 1_000,
             'display_type': 'product', 'quantity': 1, 'price_unit': -sign * 1_000, 'tax_ids': False,
             'sale_line_ids': [Command.set(self.item.sale_line_ids.ids if sign < 0 else [])]}
            for sign in (1, -1)
        ]
        with self.assertRefused("is posted, and its amounts stay"):
            self.env['account.move.line'].with_user(self.accountant).create(pair)
        with self.assertRefused("kept by the cooperative|decides what members are paid"):
            self.item.with_user(self.accountant).with_context(force_delete=True).unlink()

    def test_treasurer_opens_an_invoice_again_to_correct_it(self):
        invoice = self.invoice.with_user(self.accountant)
        invoice.button_draft()
        invoice.invoice_line_ids.price_unit = 9
        invoice.action_post()
        self.assertEqual(self._due(self.siti), (60, 540))

    # === BANK ACCOUNTS === #

    def _pay_to(self, account, move):
        wizard = self.env['account.payment.register'].with_user(self.accountant).with_context(
            active_model='account.move', active_ids=move.ids,
        ).create({'journal_id': self.bank_journal.id})
        wizard.partner_bank_id = account
        return wizard._create_payments()

    def test_members_money_goes_to_no_account_of_somebody_else(self):
        of_budi, of_siti = self._open_account(self.budi, '111'), self._open_account(self.siti, '222')
        of_vendor = self.env['res.partner.bank'].create({
            'partner_id': self.customer.id, 'acc_number': '333', 'allow_out_payment': True,
        })
        for account, holder in ((of_budi, "Budi"), (of_vendor, "Toko Makmur")):
            with self.assertRefused(f"belongs to {holder}, but the money is for Siti"):
                self._pay_to(account, self.of_siti.move_id)
        payment = self._pay_to(of_siti, self.of_siti.move_id)
        self.assertEqual((payment.partner_bank_id, self.of_siti.amount_open), (of_siti, 0))
        with self.assertRefused("belongs to Budi"):
            payment.partner_bank_id = of_budi

    def test_vendors_are_paid_as_ever(self):
        factor = self.env['res.partner'].create({'name': "Factor"})
        account = self.env['res.partner.bank'].create({
            'partner_id': factor.id, 'acc_number': '444', 'allow_out_payment': True,
        })
        payment = self.env['account.payment'].with_user(self.accountant).create({
            'payment_type': 'outbound', 'partner_type': 'supplier', 'amount': 5_000,
            'partner_id': self.customer.id, 'journal_id': self.bank_journal.id, 'partner_bank_id': account.id,
        })
        payment.action_post()
        self.assertIn(payment.state, ('in_process', 'paid'))

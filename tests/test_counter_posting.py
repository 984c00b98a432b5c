from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from odoo.addons.producer_cooperative.tests.common_counter import CounterCommon


@tagged('post_install', '-at_install')
class TestCounterPosting(CounterCommon):
    """What the counter books, entry by entry."""

    # === WHAT IS SHOWN === #

    def test_everything_due_either_way_is_shown_and_chosen(self):
        invoice = self._owe(self.siti, 60_000)
        later = self._owe(self.siti, 5_000, due='2099-12-31')
        receipt = self._draft_receipt(self.siti)
        self.assertEqual(
            [(line.kind, line.direction, line.amount_open, line.chosen, line.amount) for line in receipt.line_ids],
            [
                ('savings', 'in', 0, False, 0), ('savings', 'in', 0, False, 0), ('savings', 'in', 0, False, 0),
                ('invoice', 'in', 60_000, True, 60_000), ('invoice', 'in', 5_000, False, 0),
                ('payable', 'out', 9_045, True, 9_045),
            ],
        )
        self.assertEqual(self._line(receipt, 'invoice').item_id.move_id, invoice | later)
        # Rp 9,045 in coins of Rp 100: Rp 9,000, and Rp 45 are carried.
        self.assertEqual((receipt.amount_in, receipt.amount_out, receipt.amount_net), (60_000, 9_000, 51_000))
        self.assertEqual(self._line(receipt, 'payable').amount_left, 45)
        self.assertFalse(receipt.name)

    def test_arrears_are_chosen_and_savings_can_be_taken_out(self):
        member = self._create_member("Ani", joined=self.today.replace(day=1))
        self.mandatory.rate_ids = [Command.create({'date_from': self.today.replace(day=1), 'amount': 25_000})]
        self._save(member, {self.voluntary: 70_000}, date=self.today)
        receipt = self._draft_receipt(member)
        # Rp 25,000 for this month, Rp 10,000 paid on joining
        owed = receipt.line_ids.filtered('chosen')
        self.assertEqual((owed.savings_type_id, owed.amount), (self.mandatory, 15_000))
        out = self._line(receipt, 'withdrawal')
        self.assertEqual((out.savings_type_id, out.amount_open, out.chosen), (self.voluntary, 70_000, False))

    def test_candidate_is_asked_for_what_admission_needs(self):
        partner = self.env['res.partner'].create({'name': "Calon"})
        candidate = self.env['coop.membership'].create({'partner_id': partner.id})
        receipt = self._serve(candidate)
        self.assertEqual(
            {line.savings_type_id: line.amount for line in receipt.line_ids.filtered('chosen')},
            {self.principal: 100_000, self.mandatory: 10_000},
        )
        self.assertFalse(receipt.line_ids.filtered(lambda line: line.savings_type_id == self.voluntary))
        candidate.with_user(self.manager).action_admit()
        self.assertEqual(candidate.state, 'active')

    def test_open_credit_makes_the_debts_smaller(self):
        self._owe(self.siti, 60_000)
        invoice = self._owe(self.siti, 20_000)
        credit = invoice._reverse_moves([{'invoice_date': self.today, 'date': self.today}])
        credit.invoice_line_ids.price_unit = 5_000
        credit.action_post()
        receipt = self._draft_receipt(self.siti)
        self.assertEqual(sum(self._line(receipt, 'invoice').mapped('amount')), 75_000)

    # === ENTRIES === #

    def test_savings_are_booked_by_a_voucher(self):
        receipt = self._serve(self.siti, {('savings', self.mandatory): 10_000, ('savings', self.voluntary): 40_000})
        self.assertEqual((receipt.state, receipt.amount_in, receipt.poster_id), ('posted', 50_000, self.cashier))
        voucher = receipt.voucher_ids
        self.assertEqual((voucher.state, voucher.direction), ('posted', 'in'))
        self.assertEntry(voucher.move_id, [
            (self.cash, self.siti.partner_id, 50_000),
            (self.mandatory.account_id, self.siti.partner_id, -10_000),
            (self.voluntary.account_id, self.siti.partner_id, -40_000),
        ])
        line = receipt.line_ids.filtered(lambda row: row.savings_type_id == self.voluntary and row.chosen)
        self.assertEqual(line.balance_after, 40_000)

    def test_withdrawal_is_booked_by_a_voucher(self):
        self._save(self.siti, {self.voluntary: 70_000}, date=self.today)
        receipt = self._serve(self.siti, {'withdrawal': 30_000})
        self.assertEqual(receipt.voucher_ids.direction, 'out')
        self.assertEntry(receipt.voucher_ids.move_id, [
            (self.cash, self.siti.partner_id, -30_000), (self.voluntary.account_id, self.siti.partner_id, 30_000),
        ])
        self.assertEqual((receipt.amount_out, receipt.amount_net), (30_000, -30_000))

    def test_invoices_are_paid_by_payments_as_much_as_was_typed(self):
        first, second = self._owe(self.siti, 60_000), self._owe(self.siti, 20_000)
        receipt = self._serve(self.siti, {('invoice', first): 25_000, ('invoice', second): 20_000})
        self.assertEqual((first.amount_residual, second.amount_residual), (35_000, 0))
        self.assertEqual(second.payment_state, 'paid')
        payments = receipt.payment_ids
        self.assertEqual(payments.mapped('state'), ['paid', 'paid'])
        for payment, amount in zip(payments.sorted('amount'), (20_000, 25_000), strict=True):
            self.assertEntry(payment.move_id, [
                (self.cash, self.siti.partner_id, amount), (self.member_receivable, self.siti.partner_id, -amount),
            ])
            self.assertEqual(payment.move_id._coop_get_source(), receipt)
            self.assertIn(receipt.name, payment.memo)

    def test_settlement_is_paid_by_a_payout_and_coins_are_carried(self):
        receipt = self._serve(self.siti)
        payout = receipt.payout_ids
        self.assertEqual((payout.state, payout.line_ids.settlement_id), ('posted', self.of_siti))
        self.assertEntry(payout.move_id, [
            (self.proceeds, self.siti.partner_id, 9_000), (self.cash, self.siti.partner_id, -9_000),
        ])
        self.assertEqual(self._payable(self.of_siti).amount_residual, -45)
        again = self._draft_receipt(self.siti)
        line = self._line(again, 'payable')
        self.assertEqual((line.amount_open, line.amount_cash), (45, 0))
        with self.assertRefused("Nothing can be handed over"):
            again.with_user(self.cashier).action_post()

    def test_set_off_is_an_entry_of_its_own_and_only_the_rest_is_handed_over(self):
        first, second = self._owe(self.budi, 10_000), self._owe(self.budi, 5_000)
        receipt = self._serve(self.budi, set_off=True, consent_signed=True)
        self.assertEntry(receipt.set_off_move_ids, [
            (self.proceeds, self.budi.partner_id, 15_000),
            (self.member_receivable, self.budi.partner_id, -10_000),
            (self.member_receivable, self.budi.partner_id, -5_000),
        ])
        # 18,090 − 15,000 = 3,090: Rp 3,000 in coins
        self.assertEntry(receipt.payout_ids.move_id, [
            (self.proceeds, self.budi.partner_id, 3_000), (self.cash, self.budi.partner_id, -3_000),
        ])
        self.assertFalse(receipt.payment_ids)
        self.assertEqual((first | second).mapped('amount_residual'), [0, 0])
        self.assertEqual(
            (receipt.amount_in, receipt.amount_out, receipt.amount_set_off, receipt.amount_net),
            (0, 3_000, 15_000, -3_000),
        )

    def test_debts_larger_than_the_claim_are_set_off_and_the_rest_is_paid(self):
        invoice = self._owe(self.siti, 60_000)
        receipt = self._serve(self.siti, set_off=True, consent_signed=True)
        # 60,000 − 9,045 = 50,955: the member pays 50,900 in coins, 55 stay owed.
        self.assertEqual((receipt.amount_set_off, receipt.amount_in, receipt.amount_out), (9_045, 50_900, 0))
        self.assertEqual((invoice.amount_residual, self._payable(self.of_siti).amount_residual), (55, 0))
        self.assertEntry(receipt.payment_ids.move_id, [
            (self.cash, self.siti.partner_id, 50_900), (self.member_receivable, self.siti.partner_id, -50_900),
        ])

    def test_over_the_bank_every_rupiah_is_paid(self):
        self.bank_journal.coop_cashier_ids = self.cashier
        invoice = self._owe(self.siti, 12_345)
        receipt = self._serve(self.siti, {'invoice': 12_345}, journal_id=self.bank_journal)
        self.assertEqual((receipt.amount_in, invoice.amount_residual), (12_345, 0))
        self.assertEntry(receipt.payment_ids.move_id, [
            (self.bank, self.siti.partner_id, 12_345), (self.member_receivable, self.siti.partner_id, -12_345),
        ])

    def test_voluntary_savings_take_what_coins_cannot_carry(self):
        self._owe(self.siti, 12_345)
        receipt = self._serve(self.siti, {'invoice': 12_345, ('savings', self.voluntary): 55})
        self.assertEqual(receipt.amount_in, 12_400)
        self.assertEqual(self._line(receipt, 'invoice').amount_left, 0)

    def test_one_number_without_gaps_for_everything(self):
        self._owe(self.budi, 10_000)
        numbers = [self._serve(self.siti).name, self._serve(self.budi).name]
        with self.assertRefused("Nothing is chosen"):
            self._serve(self.siti, {})
        numbers.append(self._serve(self.siti, {('savings', self.voluntary): 1_000}).name)
        year = self.today.year
        self.assertEqual(numbers, [f'KW/{year}/0000{number}' for number in (1, 2, 3)])

    # === VOID === #

    def test_void_reverses_everything_and_keeps_both_papers(self):
        invoice = self._owe(self.siti, 60_000)
        self._save(self.siti, {self.voluntary: 70_000}, date=self.today)
        before = self._snapshot()
        receipt = self._serve(self.siti, {
            'invoice': 60_000, 'payable': 9_045, ('savings', self.mandatory): 10_000, 'withdrawal': 20_000,
        }, set_off=True, consent_signed=True)
        self.assertNotEqual(self._snapshot(), before)
        self._void(receipt)
        self.assertEqual(self._snapshot(), before)
        self.assertEqual((receipt.state, receipt.cancel_reason), ('cancelled', "Wrong member"))
        self.assertEqual(receipt.cancel_user_id, self.cashier)
        self.assertEqual((invoice.amount_residual, self._payable(self.of_siti).amount_residual), (60_000, -9_045))
        self.assertEqual(set(receipt.voucher_ids.mapped('state')), {'cancelled'})
        self.assertEqual(receipt.payout_ids.mapped('state') + receipt.payment_ids.mapped('state'), ['canceled'])
        for move in receipt._get_entries():
            self.assertEqual(move.state, 'posted')
        self.assertTrue(receipt.name)
        with self.assertRefused("nothing further can be done"):
            self._void(receipt)

    def test_served_again_after_the_void(self):
        receipt = self._serve(self.siti)
        self._void(receipt)
        again = self._serve(self.siti)
        self.assertEqual((again.amount_out, again.name > receipt.name), (9_000, True))

    def test_void_is_refused_once_the_savings_are_taken_out(self):
        receipt = self._serve(self.siti, {('savings', self.voluntary): 50_000})
        self._serve(self.siti, {'withdrawal': 50_000})
        with self.assertRefused("has taken the money out"):
            self._void(receipt)

    def test_void_of_an_earlier_day_is_the_treasurers(self):
        receipt = self._draft_receipt(self.siti, {('savings', self.voluntary): 5_000}, user=self.accountant)
        receipt.date = '2026-06-30'
        receipt.action_refresh()
        receipt.with_user(self.accountant).action_post()
        with self.assertRefused("not of today"):
            self._void(receipt)
        self._void(receipt, user=self.accountant)
        self.assertEqual(receipt.voucher_ids.reversal_move_id.date, self.today)

    def test_void_in_a_closed_period_is_refused(self):
        receipt = self._serve(self.siti)
        self.company.fiscalyear_lock_date = self.today
        with self.assertRefused("books are closed"):
            self._void(receipt)

    # === WHAT IS REFUSED === #

    def test_parts_of_a_receipt_are_not_undone_on_their_own(self):
        self._owe(self.siti, 60_000)
        receipt = self._serve(self.siti, {'invoice': 60_000, 'payable': 9_000, ('savings', self.voluntary): 5_000})
        for document in (receipt.voucher_ids, receipt.payout_ids):
            with self.assertRefused("make it void"):
                document.with_user(self.accountant)._cancel_with_reason("Only this")
        with self.assertRefused("undone only there"):
            receipt.payment_ids.with_user(self.accountant).action_draft()
        with self.assertRefused("undone only there"):
            receipt.payment_ids.with_user(self.accountant).action_cancel()
        self.assertEqual(receipt.payment_ids.state, 'paid')

    def test_nothing_is_set_off_without_consent(self):
        self._owe(self.budi, 10_000)
        receipt = self._draft_receipt(self.budi, set_off=True)
        with self.assertRefused("without the member's consent"):
            receipt.with_user(self.cashier).action_post()
        self.assertEqual(receipt.state, 'draft')

    def test_more_than_is_due_is_refused(self):
        invoice = self._owe(self.siti, 60_000)
        receipt = self._draft_receipt(self.siti, {'invoice': 60_100})
        with self.assertRefused("is due now"):
            receipt.with_user(self.cashier).action_post()
        receipt = self._draft_receipt(self.siti, {'payable': 9_100})
        with self.assertRefused("is due now"):
            receipt.with_user(self.cashier).action_post()
        self.assertEqual(invoice.amount_residual, 60_000)

    def test_sums_that_no_coin_covers_are_refused(self):
        receipt = self._draft_receipt(self.siti, {('savings', self.voluntary): 5_050})
        self.assertEqual(receipt.amount_odd, 50)
        with self.assertRefused("cannot be handed over"):
            receipt.with_user(self.cashier).action_post()

    def test_documents_of_another_member_are_refused(self):
        receipt = self._draft_receipt(self.siti, {'payable': 9_000})
        self._line(receipt, 'payable').with_user(self.cashier).item_id = self._payable(self.of_budi)
        with self.assertRefused("not due to this member"):
            receipt.with_user(self.cashier).action_post()

    def test_the_same_debt_does_not_stand_on_a_receipt_twice(self):
        invoice = self._owe(self.siti, 60_000)
        receipt = self._draft_receipt(self.siti, {'invoice': 60_000})
        self.env['coop.counter.receipt.line'].with_user(self.cashier).create({
            'receipt_id': receipt.id, 'kind': 'invoice', 'item_id': self._line(receipt, 'invoice').item_id.id,
            'chosen': True, 'amount': 60_000,
        })
        with self.assertRefused("stands on the receipt twice"):
            receipt.with_user(self.cashier).action_post()
        self.assertEqual(invoice.amount_residual, 60_000)

    def test_line_is_about_what_its_kind_says(self):
        receipt = self._draft_receipt(self.siti, {'payable': 9_000})
        line = self._line(receipt, 'payable').with_user(self.cashier)
        line.write({'item_id': self._payable(self.of_budi).id, 'savings_type_id': self.voluntary.id})
        with self.assertRefused("not due to this member"):
            receipt.with_user(self.cashier).action_post()

    def test_paid_meanwhile_is_refused_and_looked_up_anew(self):
        here, there = self._draft_receipt(self.siti), self._draft_receipt(self.siti)
        here.with_user(self.cashier).action_post()
        with self.assertRefused("is due now"):
            there.with_user(self.cashier).action_post()
        there.with_user(self.cashier).action_refresh()
        self.assertEqual(self._line(there, 'payable').amount_open, 45)

    def test_second_posting_is_refused(self):
        receipt = self._serve(self.siti)
        with self.assertRefused("posted already"):
            receipt.with_user(self.cashier).action_post()

    def test_same_screen_is_saved_once(self):
        receipt = self._draft_receipt(self.siti)
        with self.assertRefusedByDatabase('coop.counter.receipt', "saved already"):
            self.env['coop.counter.receipt'].create({'membership_id': self.siti.id, 'token': receipt.token})

    def test_posted_receipts_are_neither_changed_nor_deleted(self):
        receipt = self._serve(self.siti)
        for user in (self.cashier, self.accountant, self.manager, self.officer):
            with self.assertRefused("not changed"):
                receipt.with_user(user).write({'membership_id': self.budi.id})
            with self.assertRefused("not changed"):
                receipt.line_ids[:1].with_user(user).write({'amount': 1})
            with self.assertRefused("only be made void"):
                receipt.with_user(user).unlink()
            with self.assertRefused("own buttons", AccessError):
                receipt.with_user(user).write({'state': 'draft'})
            with self.assertRefused("own buttons", AccessError):
                receipt.voucher_ids.with_user(user).write({'counter_receipt_id': False})

    def test_worked_out_figures_are_not_typed_in(self):
        receipt = self._draft_receipt(self.siti)
        with self.assertRefused("own buttons", AccessError):
            self._line(receipt, 'payable').with_user(self.cashier).write({'amount_open': 99_000})

    def test_members_typed_amounts_do_not_follow_the_next_member(self):
        form = Form(self.env['coop.counter.receipt'].with_user(self.cashier))
        form.membership_id = self.siti.with_env(form._env)
        self._choose(form, {('savings', self.voluntary): 77_000})
        form.membership_id = self.budi.with_env(form._env)
        receipt = form.save()
        self.assertEqual(receipt.line_ids.filtered('chosen').mapped('kind'), ['payable'])

    # === ROLES === #

    def test_cashier_posts_on_the_own_cash_box_only(self):
        self.cash_journal.coop_cashier_ids = False
        receipt = self._draft_receipt(self.siti, user=self.accountant, journal_id=self.cash_journal)
        with self.assertRefused("may not post"):
            receipt.with_user(self.cashier).action_post()
        receipt.with_user(self.accountant).action_post()
        self.assertEqual(receipt.state, 'posted')

    def test_officer_prepares_and_the_cashier_posts(self):
        receipt = self._draft_receipt(self.siti, user=self.officer, journal_id=self.cash_journal)
        for user in (self.officer, self.manager):
            with self.assertRefused("may not post"):
                receipt.with_user(user).action_post()
        receipt.with_user(self.cashier).action_post()
        self.assertEqual(receipt.poster_id, self.cashier)

    def test_supervisor_reads_and_changes_nothing(self):
        receipt = self._serve(self.siti)
        self.assertEqual(receipt.with_user(self.supervisor).amount_out, 9_000)
        with self.assertRefused("", AccessError):
            receipt.with_user(self.supervisor).action_post()
        with self.assertRefused("", AccessError):
            receipt.with_user(self.supervisor)._cancel_with_reason("x")

    def test_warehouse_sees_no_receipts(self):
        receipt = self._serve(self.siti)
        with self.assertRefused("", AccessError):
            receipt.with_user(self.warehouse_user).read(['amount_in'])

    # === HELPERS === #

    def _snapshot(self):
        """Return the balance of every account, by partner."""
        groups = self.env['account.move.line']._read_group(
            [('parent_state', '=', 'posted'), ('company_id', '=', self.company.id)], ['account_id', 'partner_id'],
            ['balance:sum', 'amount_residual:sum'],
        )
        return {
            (account.code, partner.name): (balance, residual)
            for account, partner, balance, residual in groups if balance or residual
        }

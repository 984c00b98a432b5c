from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_leaving import LeavingCommon


@tagged('post_install', '-at_install')
class TestLeavingEntries(LeavingCommon):
    """Every line of every entry of a leaving, and what it undoes."""

    def assertSavingsReturned(self, leaving, principal=100_000, mandatory=10_000, voluntary=0):
        savings = [
            (self.principal.account_id, principal), (self.mandatory.account_id, mandatory),
            (self.voluntary.account_id, voluntary),
        ]
        self.assertEntry(leaving.move_id, [
            *((account, self.siti.partner_id, amount) for account, amount in savings if amount),
            (self.capital, self.siti.partner_id, -(principal + mandatory + voluntary)),
        ])

    # === DEBTS EQUAL TO, LESS THAN AND GREATER THAN THE CAPITAL === #

    def test_leaving_without_debts_makes_all_savings_payable(self):
        self._save(self.siti, {self.voluntary: 25_000})
        leaving = self._post()
        self.assertSavingsReturned(leaving, voluntary=25_000)
        self.assertEqual(self._own_entries(leaving), leaving.move_id, "no set-off without debts")
        self.assertEqual(leaving.move_id.date, fields.Date.to_date('2026-03-10'))
        self.assertEqual((leaving.amount_payable, leaving.amount_open), (135_000, 135_000))
        self.assertEqual(leaving.payment_state, 'not_paid')
        self.assertEqual(self._savings(), 0)
        self.assertEqual((self.siti.state, self.siti.leave_reason), ('left', 'resigned'))
        self.assertEqual(self.siti.date_left, fields.Date.to_date('2026-03-10'))

    def test_debts_less_than_the_capital_are_set_off_and_the_rest_is_owed(self):
        invoice = self._invoice(self.siti.partner_id, 30_000)
        leaving = self._post()
        entry, set_off = self._own_entries(leaving)
        self.assertSavingsReturned(leaving)
        self.assertEqual(entry, leaving.move_id)
        self.assertEntry(set_off, [
            (self.capital, self.siti.partner_id, 30_000),
            (self.receivable, self.siti.partner_id, -30_000),
        ])
        self.assertEqual(invoice.amount_residual, 0)
        self.assertIn(invoice.payment_state, ('paid', 'reversed'))
        self.assertEqual(leaving.payable_line_ids.amount_residual, -80_000)
        self.assertEqual((leaving.amount_set_off, leaving.amount_payable), (30_000, 80_000))
        self.assertEqual(leaving.amount_debts_left, 0)
        self.assertEqual((leaving.amount_due, leaving.amount_open), (80_000, 80_000))

    def test_debts_equal_to_the_capital_leave_nothing_either_way(self):
        invoice = self._invoice(self.siti.partner_id, 110_000)
        leaving = self._post()
        self.assertSavingsReturned(leaving)
        self.assertEntry(self._own_entries(leaving)[1], [
            (self.capital, self.siti.partner_id, 110_000),
            (self.receivable, self.siti.partner_id, -110_000),
        ])
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual((leaving.amount_payable, leaving.amount_open, leaving.payment_state), (0, 0, 'nothing'))
        with self.assertRefused("nothing is left to be paid"):
            leaving.action_register_payment()

    def test_debts_greater_than_the_capital_stay_open_oldest_set_off_first(self):
        late = self._invoice(self.siti.partner_id, 90_000, due='2026-06-01')
        early = self._invoice(self.siti.partner_id, 50_000, due='2026-02-15')
        leaving = self._post()
        self.assertSavingsReturned(leaving)
        # 110,000 on 50,000 and 90,000, oldest due date first: 50,000 and 60,000, so 30,000 of the later one stay
        self.assertEntry(self._own_entries(leaving)[1], [
            (self.capital, self.siti.partner_id, 110_000),
            (self.receivable, self.siti.partner_id, -50_000),
            (self.receivable, self.siti.partner_id, -60_000),
        ])
        self.assertEqual((early.amount_residual, late.amount_residual), (0, 30_000))
        self.assertEqual((leaving.amount_debts_left, leaving.amount_payable), (30_000, 0))

    # === HOW MUCH IS SET OFF === #

    def test_set_off_may_be_limited_to_an_amount(self):
        invoice = self._invoice(self.siti.partner_id, 30_000)
        leaving = self._post(set_off_method='limited', set_off_limit=10_000)
        self.assertEntry(self._own_entries(leaving)[1], [
            (self.capital, self.siti.partner_id, 10_000), (self.receivable, self.siti.partner_id, -10_000),
        ])
        self.assertEqual(invoice.amount_residual, 20_000)
        self.assertEqual((leaving.amount_payable, leaving.amount_debts_left), (100_000, 20_000))

    def test_set_off_may_be_left_out(self):
        invoice = self._invoice(self.siti.partner_id, 30_000)
        leaving = self._post(set_off_method='none')
        self.assertEqual(self._own_entries(leaving), leaving.move_id)
        self.assertEqual((invoice.amount_residual, leaving.amount_open), (30_000, 110_000))

    def test_unused_payments_of_the_member_make_the_debt_smaller(self):
        self._invoice(self.siti.partner_id, 30_000)
        self._invoice(self.siti.partner_id, 12_000, move_type='out_refund')
        leaving = self._post()
        self.assertEqual((leaving.amount_debts, leaving.amount_set_off), (18_000, 18_000))
        self.assertEqual(leaving.amount_open, 92_000)

    # === WHAT IS NOT RETURNED === #

    def test_savings_that_are_never_paid_out_stay(self):
        self._save(self.siti, {self.voluntary: 25_000})
        self.voluntary.withdrawable = 'never'
        leaving = self._post()
        self.assertSavingsReturned(leaving)
        self.assertEqual((leaving.amount_savings, leaving.amount_kept), (110_000, 25_000))
        self.assertEqual(self._savings(), 25_000)

    def test_member_without_savings_leaves_without_an_entry(self):
        member = self.env['coop.membership'].create({
            'partner_id': self._partner("Tanpa Simpanan").id, 'number': 'X1', 'date_joined': '2025-01-05',
        })
        leaving = self._post(member)
        self.assertFalse(self._own_entries(leaving))
        self.assertEqual((member.state, leaving.state, leaving.payment_state), ('left', 'posted', 'nothing'))

    def test_savings_below_zero_are_corrected_first(self):
        self.env['account.move'].create({
            'journal_id': self.company.coop_journal_id.id, 'date': '2026-02-01', 'line_ids': [
                Command.create({
                    'account_id': self.voluntary.account_id.id, 'partner_id': self.siti.partner_id.id, 'balance': 5_000,
                }),
                Command.create({'account_id': self.cash.id, 'balance': -5_000}),
            ],
        }).action_post()
        with self.assertRefused("Voluntary Savings of .*Siti is below zero.*Correct it"):
            self._approve()
        self.assertEqual(self.siti.state, 'active')

    def test_bills_of_an_ordinary_member_just_stay_payable(self):
        bill = self._invoice(self.siti.partner_id, 40_000, move_type='in_invoice')
        leaving = self._post()
        self.assertEqual((leaving.amount_other, leaving.amount_payable), (40_000, 110_000))
        self.assertEqual(bill.amount_residual, 40_000)

    # === WHEN === #

    def test_closed_books_send_the_entry_to_the_first_open_day(self):
        self.company.sudo().fiscalyear_lock_date = '2026-03-31'
        leaving = self._post()
        self.assertEqual(leaving.move_id.date, fields.Date.to_date('2026-04-01'))
        self.assertEqual(self.siti.date_left, fields.Date.to_date('2026-03-10'))

    def test_leaving_is_not_booked_in_a_locked_period(self):
        leaving = self._approve()
        self.company.sudo().fiscalyear_lock_date = '2026-03-31'
        with self.assertRefused("cannot be booked on .*Choose .*04/01/2026 or a later"):
            leaving.with_user(self.accountant).action_post()
        self.assertFalse(self._own_entries(leaving))
        leaving.with_user(self.accountant).date_accounting = '2026-04-01'
        leaving.with_user(self.accountant).action_post()
        self.assertEqual(leaving.move_id.date, fields.Date.to_date('2026-04-01'))

    def test_leaving_is_not_booked_before_the_last_movement_of_the_savings(self):
        self._save(self.siti, {self.voluntary: 25_000}, date='2026-03-20')
        leaving = self._leave()
        self.assertEqual(leaving.date_accounting, fields.Date.to_date('2026-03-20'))
        leaving.date_accounting = '2026-03-12'
        leaving.action_approve()
        with self.assertRefused("savings moved later"):
            leaving.action_post()

    def test_set_off_is_dated_when_the_debt_exists(self):
        invoice = self._invoice(self.siti.partner_id, 30_000, date='2026-04-02')
        leaving = self._post()
        entry, set_off = self._own_entries(leaving)
        self.assertEqual((str(entry.date), str(set_off.date)), ('2026-03-10', '2026-04-02'))
        self.assertEqual(invoice.amount_residual, 0)

    # === CANCELLING === #

    def test_cancelling_reverses_every_entry_and_gives_the_membership_back(self):
        invoice = self._invoice(self.siti.partner_id, 30_000)
        leaving = self._post()
        entry, set_off = self._own_entries(leaving)
        leaving.with_user(self.accountant)._cancel_with_reason("Stays after all")
        reversals = self._own_entries(leaving) - entry - set_off
        by_reversed = {reversal.reversed_entry_id: reversal for reversal in reversals}
        self.assertEntry(by_reversed[entry], [
            (self.principal.account_id, self.siti.partner_id, -100_000),
            (self.mandatory.account_id, self.siti.partner_id, -10_000),
            (self.capital, self.siti.partner_id, 110_000),
        ])
        self.assertEntry(by_reversed[set_off], [
            (self.capital, self.siti.partner_id, -30_000), (self.receivable, self.siti.partner_id, 30_000),
        ])
        self.assertEqual(invoice.amount_residual, 30_000)
        self.assertEqual(self._savings(), 110_000)
        self.assertEqual(self._balance(self.capital), 0)
        self.assertTrue(all(self._own_entries(leaving).line_ids.filtered('account_id.reconcile').mapped('reconciled')))
        self.assertEqual((self.siti.state, self.siti.date_left, self.siti.leave_reason), ('active', False, False))
        self.assertEqual((leaving.state, leaving.cancel_reason), ('cancelled', "Stays after all"))

    def test_cancelled_leaving_can_be_recorded_anew(self):
        self._post()._cancel_with_reason("Wrong day")
        leaving = self._post(date=self.today)
        self.assertEqual((self.siti.state, leaving.amount_open), ('left', 110_000))

    def test_suspended_member_is_suspended_again(self):
        self.siti._suspend_with_reason("Arrears")
        leaving = self._approve()
        leaving.with_user(self.manager)._cancel_with_reason("Board meets again")
        self.assertEqual((self.siti.state, self.siti.suspend_reason), ('suspended', "Arrears"))

    def test_paid_leaving_is_not_cancelled_before_the_payment_is(self):
        leaving = self._post()
        payment = self._pay(leaving)
        with self.assertRefused("has been paid with .*Undo the payment first"):
            leaving._cancel_with_reason("x")
        self.assertEqual((leaving.state, self.siti.state), ('posted', 'left'))
        payment.action_draft()
        payment.action_cancel()
        leaving._cancel_with_reason("Stays after all")
        self.assertEqual((self._savings(), self.siti.state), (110_000, 'active'))

    def test_entries_are_not_undone_behind_the_leavings_back(self):
        self._invoice(self.siti.partner_id, 30_000)
        for move in self._own_entries(self._post()):
            with self.assertRefused("undone only there"):
                move.button_draft()
            with self.assertRefused("undone only there"):
                move._reverse_moves(cancel=True)

    # === PAYMENT === #

    def test_payment_clears_what_is_owed(self):
        self._invoice(self.siti.partner_id, 30_000)
        leaving = self._post()
        payment = self._pay(leaving)
        self.assertEqual(payment.amount, 80_000)
        self.assertEqual((leaving.payment_state, leaving.amount_open, leaving.amount_paid), ('paid', 0, 80_000))
        self.assertEqual(self._balance(self.capital, self.siti.partner_id), 0)
        self.assertIn((self.capital, 80_000), [(line.account_id, line.balance) for line in payment.move_id.line_ids])

    def test_part_payment_leaves_the_rest_open(self):
        leaving = self._post()
        self._pay(leaving, amount=50_000)
        self.assertEqual((leaving.payment_state, leaving.amount_paid, leaving.amount_open), ('partial', 50_000, 60_000))
        self._pay(leaving)
        self.assertEqual((leaving.payment_state, leaving.amount_open), ('paid', 0))

    def test_nobody_is_paid_twice_from_two_open_windows(self):
        leaving = self._post()
        action = leaving.action_register_payment()
        first, second = (
            self.env['account.payment.register'].with_context(**action['context']).create({
                'journal_id': self.cash_journal.id,
            }) for _window in range(2)
        )
        first._create_payments()
        with self.assertRefused("Nothing is owed on this any more: it was paid in the meantime"):
            second._create_payments()
        with self.assertRefused("nothing is left to be paid"):
            leaving.action_register_payment()
        self.assertEqual(self._balance(self.capital), 0)

    def test_more_than_is_owed_is_not_paid(self):
        with self.assertRefused("the amount is too high"):
            self._pay(self._post(), amount=110_001)

    def test_what_is_owed_besides_on_the_same_account_is_paid_along(self):
        leaving = self._post()
        other = self.env['account.move'].create({'journal_id': self.company.coop_journal_id.id, 'line_ids': [
            Command.create({'account_id': self.expense.id, 'balance': 5_000}),
            Command.create({
                'account_id': self.capital.id, 'partner_id': self.siti.partner_id.id, 'balance': -5_000,
            }),
        ]})
        other.action_post()
        items = leaving.payable_line_ids | other.line_ids.filtered(lambda item: item.account_id == self.capital)
        wizard = self.env['account.payment.register'].with_user(self.accountant).with_context(
            **items.with_user(self.accountant).action_register_payment()['context'],
        ).create({'journal_id': self.cash_journal.id, 'group_payment': True})
        self.assertEqual(wizard.amount, 115_000)
        wizard._create_payments()
        self.assertEqual((leaving.payment_state, self._balance(self.capital)), ('paid', 0))

    def test_cancelled_payment_is_owed_again(self):
        leaving = self._post()
        payment = self._pay(leaving)
        payment.action_draft()
        payment.action_cancel()
        self.assertEqual((leaving.payment_state, leaving.amount_open), ('not_paid', 110_000))
        self._pay(leaving)
        self.assertEqual((leaving.payment_state, self._balance(self.capital)), ('paid', 0))

    def test_only_who_pays_in_odoo_pays_here(self):
        leaving = self._post()
        with self.assertRefused("", AccessError):
            self._pay(leaving, user=self.officer)
        self.assertEqual(leaving.payment_state, 'not_paid')

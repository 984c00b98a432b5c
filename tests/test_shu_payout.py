from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from odoo.addons.producer_cooperative.tests.common_shu_payout import ShuPayoutCommon


@tagged('post_install', '-at_install')
class TestShuPayout(ShuPayoutCommon):

    # === CASH AND BANK === #

    def test_cash_payout_debits_each_members_payable_and_credits_cash(self):
        payout = self._pay(self.allocation)
        self.assertEntry(payout.move_id, [
            (self.payable, self.siti.partner_id, 300_000), (self.payable, self.budi.partner_id, 100_000),
            (self.cash, None, -400_000),
        ])
        for line in self.allocation.member_line_ids:
            self.assertTrue(line.payable_line_id.reconciled)
            self.assertEqual(line.payable_line_id.matched_debit_ids.debit_move_id.partner_id, line.partner_id)
        self.assertEqual(self.allocation.member_line_ids.mapped('amount_residual'), [0, 0])
        self.assertEqual(self.allocation.state, 'paid')
        self.assertEqual(payout.line_ids.mapped('reference'), ["SHU/2024/00001", "SHU/2024/00001"])
        self.assertEqual(self.of_siti.payout_count, 1)

    def test_cash_pays_those_who_chose_cash_only(self):
        self.of_siti.payout_method = 'bank'
        payout = self._pay(self.allocation)
        self.assertEntry(payout.move_id, [
            (self.payable, self.budi.partner_id, 100_000), (self.cash, self.budi.partner_id, -100_000),
        ])
        self.assertEqual(self.allocation.state, 'posted')

    def test_bank_pays_to_approved_accounts_and_names_who_has_none(self):
        self.allocation.member_line_ids.payout_method = 'bank'
        account = self.env['res.partner.bank'].with_user(self.officer).create({
            'partner_id': self.siti.partner_id.id, 'acc_number': '0012345678',
        })
        account.with_user(self.manager).action_coop_approve()
        payout = self._draft_payout(self.allocation, 'bank')
        notice = payout.action_fill()
        self.assertIn("Without an approved bank account, and not on this payout: Budi", notice['params']['message'])
        payout.action_post()
        self.assertEntry(payout.move_id, [
            (self.payable, self.siti.partner_id, 300_000),
            (self.bank_journal.default_account_id, self.siti.partner_id, -300_000),
        ])
        self.assertIn('0012345678', payout._get_transfer_content().decode())

    def test_line_in_one_members_name_does_not_pay_what_another_is_owed(self):
        values = {
            'shu_line_id': self.of_siti.id, 'payable_line_id': self.of_budi.payable_line_id.id, 'amount': 100_000,
        }
        payout = self.env['coop.payout'].create({
            'journal_id': self.cash_journal.id, 'line_ids': [Command.create(values)],
        })
        with self.assertRefused("pays what is owed to somebody else"):
            payout.action_post()
        self.assertEqual((payout.state, self.of_budi.amount_residual), ('draft', 100_000))

    def test_shu_of_several_years_is_paid_at_once_the_oldest_first(self):
        self._create_rule(('reserve', 50), ('capital', 50), date_from='2025-12-31')
        later = self._post(200_000, period=('2025-01-01', '2025-12-31'), date='2026-02-01')
        payout = self.env['coop.payout'].create({'journal_id': self.cash_journal.id})
        payout.action_fill()
        payout.action_post()
        # 200,000 at 50 %: 75,000 for Siti, 25,000 for Budi
        self.assertEntry(payout.move_id, [
            (self.payable, self.siti.partner_id, 300_000), (self.payable, self.siti.partner_id, 75_000),
            (self.payable, self.budi.partner_id, 100_000), (self.payable, self.budi.partner_id, 25_000),
            (self.cash, None, -500_000),
        ])
        self.assertEqual((self.allocation | later).mapped('state'), ['paid', 'paid'])

    def test_what_no_coin_pays_stays_owed(self):
        self.allocation._cancel_with_reason("Again")
        self._book_result(240, '2024-12-30')
        allocation = self._post()  # 40 % of 1,000,240 = 400,096: 300,072 and 100,024
        payout = self._pay(allocation)
        self.assertEqual(payout.line_ids.mapped('amount'), [300_000, 100_000])
        self.assertEqual(allocation.member_line_ids.mapped('amount_residual'), [72, 24])
        self.assertEqual(allocation.state, 'posted')

    def test_part_of_the_shu_can_be_paid_and_the_rest_stays_owed(self):
        payout = self._fill_payout(self.allocation, membership_ids=self.siti.ids)
        payout.line_ids.amount = 100_000
        payout.action_post()
        self.assertEqual((self.of_siti.amount_paid, self.of_siti.amount_residual), (100_000, 200_000))
        self.assertEqual(self.allocation.amount_unpaid, 300_000)

    # === SAVINGS === #

    def test_payout_to_savings_credits_each_members_voluntary_savings(self):
        self.of_siti.payout_method = 'savings'
        payout = self._pay(self.allocation, 'savings')
        self.assertEntry(payout.move_id, [
            (self.payable, self.siti.partner_id, 300_000), (self.voluntary.account_id, self.siti.partner_id, -300_000),
        ])
        self.assertEqual(self.siti._get_savings_balances()[self.siti][self.voluntary], 300_000)
        self.assertTrue(self.of_siti.payable_line_id.reconciled)
        self.assertEqual(self.allocation.state, 'posted')
        self._pay(self.allocation)
        self.assertEqual(self.allocation.state, 'paid')

    def test_payout_to_savings_that_were_withdrawn_since_is_not_cancelled(self):
        self.of_siti.payout_method = 'savings'
        payout = self._pay(self.allocation, 'savings')
        self._save(self.siti, {self.voluntary: 250_000}, direction='out', date='2025-03-02')
        with self.assertRefused("has taken the money out"):
            payout._cancel_with_reason("Wrong choice")
        self.assertEqual(payout.state, 'posted')

    def test_cancelled_payout_to_savings_takes_them_back(self):
        self.of_siti.payout_method = 'savings'
        payout = self._pay(self.allocation, 'savings')
        payout._cancel_with_reason("Wrong choice")
        self.assertEqual(self.siti._get_savings_balances()[self.siti][self.voluntary], 0)
        self.assertEqual(self.of_siti.amount_residual, 300_000)

    def test_former_member_is_not_paid_into_savings(self):
        self.of_siti.payout_method = 'savings'
        self.siti.write({'state': 'left', 'date_left': '2025-02-25', 'leave_reason': 'moved'})
        with self.assertRefused("has left the cooperative and saves no more"):
            self._pay(self.allocation, 'savings')

    # === THE CHOICE === #

    def test_choice_is_remembered_for_the_next_year(self):
        self.of_siti.with_user(self.officer).payout_method = 'savings'
        self.assertEqual(self.siti.shu_payout_method, 'savings')
        later = self._compute(0, period=('2025-01-01', '2025-12-31'))
        self.assertEqual(self._line(later, self.siti).payout_method, 'savings')
        self.assertEqual(self._line(later, self.budi).payout_method, 'cash')

    def test_choice_on_the_membership_holds_for_what_is_not_paid_yet(self):
        self.siti.with_user(self.officer).shu_payout_method = 'savings'
        self.assertEqual((self.of_siti.payout_method, self.of_budi.payout_method), ('savings', 'cash'))
        self._pay(self.allocation)
        self._pay(self.allocation, 'savings')
        self.siti.shu_payout_method = 'cash'
        self.assertEqual(self.of_siti.payout_method, 'savings')

    def test_paid_member_chooses_no_more(self):
        self._pay(self.allocation, membership_ids=self.siti.ids)
        with self.assertRefused("paid already"):
            self.of_siti.payout_method = 'savings'
        self.siti.shu_payout_method = 'savings'
        self.assertEqual(self.of_siti.payout_method, 'cash')
        self.of_budi.payout_method = 'savings'

    # === NEVER TWICE === #

    def test_nobody_is_paid_twice(self):
        drafts = [self._fill_payout(self.allocation) for _number in range(2)]
        drafts[0].action_post()
        with self.assertRefused("Siti is owed nothing on SHU/2024/00001 any more"):
            drafts[1].action_post()
        self.assertEqual(self._balance(self.payable), 0)
        with self.assertRefused("is Posted and cannot become Posted"):
            drafts[0].action_post()

    def test_nobody_is_paid_in_cash_and_into_savings(self):
        self.of_siti.payout_method = 'savings'
        saved = self._fill_payout(self.allocation, 'savings')
        self.of_siti.payout_method = 'cash'
        self._pay(self.allocation)
        with self.assertRefused("Siti is owed nothing"):
            saved.action_post()

    def test_filling_again_finds_nobody_left(self):
        self._pay(self.allocation)
        payout = self._draft_payout(self.allocation)
        with self.assertRefused("There is no SHU to be paid this way"):
            payout.action_fill()
        with self.assertRefused("The payout is empty"):
            payout.action_post()

    def test_paying_more_than_is_owed_is_refused(self):
        payout = self._fill_payout(self.allocation)
        payout.line_ids[0].amount = 300_100
        with self.assertRefused("Siti is owed .*300,000.* cannot be paid .*300,100"):
            payout.action_post()
        self.assertEqual(payout.state, 'draft')

    def test_shu_that_is_not_booked_to_its_end_is_not_paid(self):
        payout = self._fill_payout(self.allocation)
        self.env.cr.execute("UPDATE coop_shu_allocation SET state = 'posting' WHERE id = %s", [self.allocation.id])
        self.env.invalidate_all()
        with self.assertRefused("is not booked to its end"):
            payout.action_post()

    def test_shu_on_which_nothing_is_owed_is_not_put_on_a_payout(self):
        self._pay(self.allocation)
        payout = self._draft_payout(self.allocation)
        with self.assertRefused("Nothing is owed on SHU/2024/00001, 001 Siti"):
            payout.line_ids = [Command.create({'shu_line_id': self.of_siti.id, 'amount': 100})]

    # === ODOO'S OWN PAYMENTS === #

    def _register(self, lines, **values):
        action = lines.with_user(self.accountant).action_register_payment()
        return self.env['account.payment.register'].with_user(self.accountant).with_context(
            **action['context'],
        ).create({'journal_id': self.cash_journal.id, **values})

    def test_odoos_own_payment_screen_pays_and_is_followed(self):
        self._register(self.of_siti)._create_payments()
        self.assertEqual((self.of_siti.amount_residual, self.allocation.state), (0, 'posted'))
        self._register(self.of_budi)._create_payments()
        self.assertEqual(self.allocation.state, 'paid')
        with self.assertRefused("Nothing is owed: this SHU is paid already"):
            self.of_siti.action_register_payment()

    def test_odoos_own_screen_does_not_pay_what_a_payout_paid_meanwhile(self):
        wizard = self._register(self.of_siti, amount=300_000)
        self._pay(self.allocation)
        with self.assertRefused("Nothing is owed on this any more"):
            wizard._create_payments()

    def test_payment_made_in_the_ledger_counts_as_paid(self):
        entries = self.env['account.move']
        for line in self.allocation.member_line_ids:
            entry = self._book('2025-03-01', [
                (self.payable, line.partner_id, line.amount_total), (self.cash, None, -line.amount_total),
            ])
            entries |= entry
            (line.payable_line_id | entry.line_ids.filtered(lambda item: item.account_id == self.payable)).reconcile()
        self.assertEqual(self.allocation.state, 'paid')
        with self.assertRefused("was paid with"):
            self.allocation.member_line_ids.payable_line_id.remove_move_reconcile()
        entries.button_cancel()
        self.assertEqual(self.allocation.state, 'posted')

    # === CANCELLING === #

    def test_cancelled_payout_is_owed_again(self):
        payout = self._pay(self.allocation)
        payout._cancel_with_reason("Cash was stolen")
        self.assertEqual((payout.state, self.allocation.state), ('cancelled', 'posted'))
        self.assertEntry(payout.reversal_move_id, [
            (self.payable, self.siti.partner_id, -300_000), (self.payable, self.budi.partner_id, -100_000),
            (self.cash, None, 400_000),
        ])
        self.assertEqual(self.allocation.member_line_ids.mapped('amount_residual'), [300_000, 100_000])
        self.assertEqual(self._pay(self.allocation).amount_total, 400_000)

    def test_allocation_is_not_cancelled_once_members_were_paid(self):
        self.of_siti.payout_method = 'savings'
        self._pay(self.allocation, 'savings')
        with self.assertRefused("Members were paid from SHU/2024/00001 already"):
            self.allocation._cancel_with_reason("Too late")
        self._pay(self.allocation)
        with self.assertRefused("Cancel the payouts first"):
            self.allocation._cancel_with_reason("Too late")

    def test_posted_payout_is_not_changed_or_deleted(self):
        payout = self._pay(self.allocation)
        with self.assertRefused("is not changed"):
            payout.way = 'savings'
        with self.assertRefused("is not changed"):
            payout.line_ids[0].amount = 1
        with self.assertRefused("it can only be cancelled"):
            payout.unlink()

    # === WHO === #

    def test_cashier_cancels_the_payouts_of_today_only(self):
        old = self._pay(self.allocation)
        with self.assertRefused("Ask the treasurer to cancel it"):
            old.with_user(self.cashier)._cancel_with_reason("x")
        old.with_user(self.accountant)._cancel_with_reason("Wrong member")
        today = self._pay(self.allocation, date=fields.Date.context_today(self.allocation))
        today.with_user(self.cashier)._cancel_with_reason("Counted twice")
        self.assertEqual(today.state, 'cancelled')

    def test_cashier_dates_no_payout_back(self):
        payout = self._fill_payout(self.allocation, user=self.cashier)
        with self.assertRefused("Cashiers date payments .* or later"):
            payout.action_post()
        payout.with_user(self.accountant).action_post()
        self.assertEqual(str(payout.move_id.date), '2025-03-01')

    def test_officer_drafts_payouts_and_does_not_post(self):
        draft = self._fill_payout(self.allocation, user=self.officer)
        self.assertEqual(draft.amount_total, 400_000)
        with self.assertRefused("may not post on"):
            draft.action_post()
        self._consent(self.siti)
        self.of_siti.payout_method = 'set_off'
        against = self._fill_payout(self.allocation, 'set_off', self.officer)
        with self.assertRefused("Only the accountant posts or cancels"):
            against.action_post()
        with self.assertRefused("not allowed to modify 'Debt That a Payout Settles'", AccessError):
            against.set_off_ids.amount = 1

    def test_payout_is_written_in_its_form(self):
        for user in (self.cashier, self.officer):
            with self.subTest(user=user.login):
                with Form(self.env['coop.payout'].with_user(user)) as form:
                    form.journal_id = self.cash_journal.with_user(user)
                    with form.line_ids.new() as line:
                        line.shu_line_id = self.of_budi.with_user(user)
                        self.assertEqual((line.amount, line.amount_open), (100_000, 100_000))
                self.assertEqual(form.record.amount_total, 100_000)
                self.assertEqual(form.record.line_ids.membership_id, self.budi)

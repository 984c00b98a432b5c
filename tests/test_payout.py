from dateutil.relativedelta import relativedelta

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from odoo.addons.producer_cooperative.tests.common_payout import PayoutCommon


@tagged('post_install', '-at_install')
class TestPayout(PayoutCommon):

    # === THE ENTRY === #

    def test_cash_payout_debits_each_bill_and_credits_cash_in_whole_hundreds(self):
        payout = self._pay()
        self.assertEntry(payout.move_id, [
            (self.proceeds, self.siti.partner_id, 9_000), (self.proceeds, self.budi.partner_id, 18_000),
            (self.cash, None, -27_000),
        ])
        self.assertEqual(payout.name, f'BPA/{self.today.year}/00001')
        self.assertEqual(payout.move_id.ref, payout.name)
        self.assertEqual((payout.amount_total, payout.member_count), (27_000, 2))

    def test_payout_is_reconciled_with_each_members_own_bill(self):
        payout = self._pay()
        for settlement, paid in ((self.of_siti, 9_000), (self.of_budi, 18_000)):
            partial = self._payable(settlement).matched_debit_ids
            self.assertEqual(partial.amount, paid)
            self.assertEqual(partial.debit_move_id.move_id, payout.move_id)
            self.assertEqual(partial.debit_move_id.partner_id, settlement.partner_id)

    def test_entry_names_the_partner_of_a_single_members_payout(self):
        payout = self._pay(membership_ids=self.siti.ids)
        self.assertEntry(payout.move_id, [
            (self.proceeds, self.siti.partner_id, 9_000), (self.cash, self.siti.partner_id, -9_000),
        ])

    def test_bank_payout_pays_to_the_rupiah(self):
        self._open_account(self.siti, '0012345678')
        payout = self._pay(self.bank_journal)
        self.assertEntry(payout.move_id, [
            (self.proceeds, self.siti.partner_id, 9_045), (self.bank, self.siti.partner_id, -9_045),
        ])
        self.assertEqual(self.of_siti.payment_state, 'paid')

    # === CASH ROUNDING === #

    def test_what_no_coin_pays_is_carried_to_the_next_payout(self):
        first = self._pay()
        self.assertEqual([line.amount_left for line in first.line_ids], [45, 90])
        self.assertEqual((self.of_siti.amount_open, self.of_siti.payment_state), (45, 'partial'))
        # 60 sold at 10 less 10 % = 540; with the 45 left before: 585, of which 500 in cash
        self._sold(self.siti, 60)
        self._settle(self.siti)
        second = self._pay(membership_ids=self.siti.ids)
        self.assertEqual(second.line_ids.mapped('amount'), [45, 455])
        self.assertEqual(second.line_ids.mapped('amount_left'), [85, 85])
        self.assertEqual(second.amount_left, 85)
        self.assertEqual(self.of_siti.payment_state, 'paid')
        self.assertEqual(self._balance(self.proceeds, self.siti.partner_id), -85)

    def test_rounding_is_by_member_and_not_by_bill(self):
        self._sold(self.siti, 60)  # 540 more: 9,045 + 540 = 9,585, of which 9,500 in cash
        self._settle(self.siti)
        payout = self._fill(membership_ids=self.siti.ids)
        self.assertEqual(payout.line_ids.mapped('amount'), [9_045, 455])

    def test_member_owed_less_than_the_smallest_coin_is_named_and_left_out(self):
        self._pay()
        payout = self._draft()
        notice = payout.action_fill()
        self.assertFalse(payout.line_ids)
        self.assertIn("less than the smallest coin", notice['params']['message'])
        self.assertIn("Siti, Budi", notice['params']['message'])

    def test_smallest_coin_is_the_companys(self):
        self.company.coop_cash_unit = 500
        payout = self._fill()
        self.assertEqual(payout.line_ids.mapped('amount'), [9_000, 18_000])
        self.company.coop_cash_unit = 1
        payout = self._fill()
        self.assertEqual(payout.line_ids.mapped('amount'), [9_045, 18_090])

    def test_smallest_coin_of_the_rupiah_is_a_hundred(self):
        self.assertEqual(self.company.coop_cash_unit, 100)
        dollars = self.env['res.company'].create({'name': "Coop", 'currency_id': self.env.ref('base.USD').id})
        self.assertEqual(dollars.coop_cash_unit, 0.01)

    def test_more_than_is_owed_is_refused_before_coins_are_counted(self):
        payout = self._draft(line_ids=[self._line_values(self.of_siti, 99_999_999)])
        with self.assertRefused("Siti.* is owed .*9,045.* and cannot be paid .*99,999,999"):
            payout.action_post()

    def test_settlement_on_which_nothing_is_owed_is_not_put_on_a_payout(self):
        self._open_account(self.siti, '0012345678')
        self._pay(self.bank_journal)
        payout = self._draft(line_ids=[self._line_values(self.of_budi, 18_000)])
        with self.assertRefused("PHT/.* of .*Siti is paid already: nothing is owed"):
            payout.line_ids = [self._line_values(self.of_siti, 100)]
        with self.assertRefused("is paid already"):
            payout.line_ids.settlement_id = self.of_siti
        self._sold(self.siti, 60)
        with self.assertRefused("is not posted, so nothing is owed"):
            self._draft(line_ids=[self._line_values(self._compute(self.siti), 100)])

    def test_cash_that_no_coin_pays_is_refused(self):
        payout = self._draft(line_ids=[self._line_values(self.of_siti, 9_045)])
        with self.assertRefused("Siti.* cannot be handed over in whole multiples of .*100"):
            payout.action_post()

    def test_amounts_follow_the_journal(self):
        payout = self._fill()
        payout.journal_id = self.bank_journal
        self.assertEqual((payout.method, payout.line_ids.mapped('amount')), ('bank', [9_045, 18_090]))
        payout.journal_id = self.cash_journal
        self.assertEqual(payout.line_ids.mapped('amount'), [9_000, 18_000])

    # === NEVER TWICE === #

    def test_second_voucher_over_the_same_bills_is_refused_and_names_the_member(self):
        self._open_account(self.siti, '0012345678')
        first, second = self._fill(self.bank_journal), self._fill(self.bank_journal)
        first.action_post()
        with self.assertRefused("Siti.* is owed nothing on PHT/.* any more"):
            second.action_post()
        self.assertEqual(second.state, 'draft')
        self.assertEqual(self._balance(self.proceeds, self.siti.partner_id), 0)

    def test_second_voucher_over_the_rest_of_a_bill_is_refused(self):
        first, second = self._fill(), self._fill()
        first.action_post()
        with self.assertRefused("Siti.* is owed .*45.* on PHT/.* and cannot be paid .*9,000"):
            second.action_post()

    def test_partial_amount_leaves_the_rest_open(self):
        payout = self._draft(line_ids=[self._line_values(self.of_siti, 5_000)])
        payout.action_post()
        self.assertEqual((self.of_siti.amount_open, self.of_siti.payment_state), (4_045, 'partial'))
        self.assertEqual((payout.line_ids.amount_open, payout.line_ids.amount_left), (9_045, 4_045))
        self.assertEqual(self._pay(membership_ids=self.siti.ids).amount_total, 4_000)

    def test_more_than_is_open_is_refused(self):
        payout = self._draft(line_ids=[self._line_values(self.of_siti, 9_100)])
        with self.assertRefused("Siti.* is owed .*9,045.* and cannot be paid .*9,100"):
            payout.action_post()

    def test_line_that_pays_nothing_is_refused(self):
        payout = self._draft(line_ids=[self._line_values(self.of_siti, 0)])
        with self.assertRefused("enter what is paid"):
            payout.action_post()

    def test_a_settlement_stands_on_a_payout_once(self):
        with self.assertRefusedByDatabase('coop.payout.line', "stands on the payout already"):
            self._draft(line_ids=[self._line_values(self.of_siti, 100), self._line_values(self.of_siti, 200)])
            self.env.flush_all()

    def test_filling_again_adds_nothing_twice(self):
        payout = self._fill(membership_ids=self.siti.ids)
        with self.assertRefused("stands on this payout already"):
            payout.action_fill()
        payout.membership_ids = False
        payout.action_fill()
        self.assertEqual(payout.line_ids.membership_id, self.siti | self.budi)

    def test_debts_that_are_no_members_are_not_paid(self):
        bill = self.env['account.move'].create({
            'move_type': 'in_invoice', 'partner_id': self.customer.id, 'invoice_date': self.today,
            'invoice_line_ids': [(0, 0, {'name': "Rent", 'price_unit': 500_000, 'tax_ids': [(5, 0, 0)]})],
        })
        bill.action_post()
        item = bill.line_ids.filtered(lambda line: line.account_id.account_type == 'liability_payable')
        payout = self._draft(line_ids=[(0, 0, {'payable_line_id': item.id, 'amount': 500_000})])
        with self.assertRefused("is no debt to a member"):
            payout.action_post()

    def test_paid_settlement_is_not_cancelled(self):
        payout = self._pay()
        with self.assertRefused(f"has been paid with .*{payout.name}"):
            self.of_siti._cancel_with_reason("Wrong price")

    def test_settlement_cancelled_meanwhile_is_not_paid(self):
        payout = self._fill()
        self.of_siti._cancel_with_reason("Wrong price")
        with self.assertRefused("Siti.* is owed nothing"):
            payout.action_post()

    # === CANCELLING === #

    def test_cancelled_payout_is_owed_again(self):
        payout = self._pay()
        payout._cancel_with_reason("Cash was stolen")
        self.assertEqual(payout.state, 'cancelled')
        self.assertEntry(payout.reversal_move_id, [
            (self.proceeds, self.siti.partner_id, -9_000), (self.proceeds, self.budi.partner_id, -18_000),
            (self.cash, None, 27_000),
        ])
        self.assertEqual((self.of_siti.amount_open, self.of_siti.payment_state), (9_045, 'not_paid'))
        self.assertFalse(self._payable(self.of_siti).matched_debit_ids)
        self.assertEqual(self._pay().amount_total, 27_000)

    def test_posted_payout_is_not_changed_or_deleted(self):
        payout = self._pay()
        with self.assertRefused("is not changed"):
            payout.date = '2026-01-01'
        with self.assertRefused("is not changed"):
            payout.line_ids[0].amount = 1
        with self.assertRefused("is not changed"):
            payout.line_ids[0].unlink()
        with self.assertRefused("it can only be cancelled"):
            payout.unlink()
        with self.assertRefused("undone only there"):
            payout.move_id.button_draft()
        with self.assertRefused("is Posted and cannot become Posted"):
            payout.action_post()

    # === REFUSALS === #

    def test_nothing_to_pay_is_refused(self):
        self._open_account(self.siti, '0012345678')
        self._pay(self.bank_journal, membership_ids=self.siti.ids)
        with self.assertRefused("There is nothing to pay"):
            self._draft(membership_ids=self.siti.ids).action_fill()
        with self.assertRefused("The payout is empty"):
            self._draft().action_post()
        with self.assertRefused("Nothing is open on the chosen settlements"):
            self.of_siti.action_pay_out()

    def test_journal_without_account_is_refused(self):
        payout = self._fill()
        self.cash_journal.default_account_id = False
        with self.assertRefused("has no account of its own"):
            payout.action_post()

    def test_payout_of_tomorrow_or_before_the_bill_is_refused(self):
        payout = self._fill()
        payout.date = self.today + relativedelta(days=1)
        with self.assertRefused("is in the future"):
            payout.action_post()
        payout.date = self.today - relativedelta(days=1)
        with self.assertRefused("cannot be dated before it"):
            payout.action_post()

    def test_payout_in_a_locked_period_is_refused(self):
        payout = self._fill()
        payout.date = self.today - relativedelta(days=40)
        self.company.fiscalyear_lock_date = self.today - relativedelta(days=30)
        with self.assertRefused("The books are closed up to"):
            payout.action_post()

    def test_only_cash_and_bank_journals_pay(self):
        with self.assertRefused("through a cash or bank journal only"):
            self._draft(self.company.coop_journal_id)

    def test_draft_payout_holds_up_the_closing(self):
        self._fill()
        month = self.today.replace(day=1)
        obstacles = self.company._coop_get_closing_obstacles(month, self.today)
        self.assertIn("1 payouts to members are still drafts: post or delete them.", obstacles)

    # === FROM SETTLEMENTS === #

    def test_settlements_are_paid_out_from_their_list(self):
        action = (self.of_siti | self.of_budi).with_user(self.officer).action_pay_out()
        payout = self.env['coop.payout'].browse(action['res_id'])
        self.assertEqual((payout.state, payout.line_ids.settlement_id), ('draft', self.of_siti | self.of_budi))
        self.assertEqual((self.of_siti.payout_count, self.of_siti.action_view_payouts()['res_id']), (1, payout.id))

    def test_settlement_that_is_chosen_alone_pays_no_other_bill_of_the_member(self):
        self._sold(self.siti, 100)
        newer = self._settle(self.siti)
        payout = self.env['coop.payout'].browse(newer.action_pay_out()['res_id'])
        self.assertEqual((payout.line_ids.settlement_id, payout.line_ids.amount), (newer, 900))
        self.assertEqual(payout.line_ids.amount_left, 9_045)

    def test_settlements_of_a_run_are_paid_out_together(self):
        self._sold(self.siti, 100)
        newer = self._settle(self.siti)
        run = self.env['coop.settlement.run'].create({'date': self.today})
        (newer | self.of_budi).sudo().write({'run_id': run.id})
        payout = self.env['coop.payout'].browse(run.with_user(self.officer).action_pay_out()['res_id'])
        self.assertEqual((payout.run_id, payout.line_ids.settlement_id), (run, newer | self.of_budi))
        self.assertEqual(run.payout_count, 1)
        payout.line_ids.unlink()
        payout.action_fill()
        self.assertEqual(payout.line_ids.settlement_id, newer | self.of_budi)

    def test_what_the_cooperative_owes_for_lost_goods_is_paid_as_well(self):
        move = self.env['account.move'].create({
            'journal_id': self.company.coop_journal_id.id, 'date': self.today,
            'coop_source_model': 'coop.consignment.loss', 'coop_source_id': 0,
            'line_ids': [(0, 0, {'account_id': account.id, 'partner_id': self.siti.partner_id.id, 'balance': balance})
                         for account, balance in ((self.proceeds, -1_000), (self.cash, 1_000))],
        })
        move.action_post()
        payout = self._pay(membership_ids=self.siti.ids)
        # 9,045 + 1,000 = 10,045, of which 10,000 in cash
        self.assertEqual(payout.line_ids.mapped('amount'), [9_045, 955])
        self.assertEqual(payout.line_ids.mapped('membership_id'), self.siti)
        self.assertEqual([line.settlement_id for line in payout.line_ids], [self.of_siti, self.of_siti.browse()])

    def test_payments_of_odoo_leave_less_to_pay_out(self):
        wizard = self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=self.of_siti.move_id.ids,
        ).create({'journal_id': self.cash_journal.id, 'amount': 4_000})
        wizard.action_create_payments()
        self.assertEqual(self._fill(membership_ids=self.siti.ids).line_ids.amount, 5_000)

    def test_what_a_member_is_owed_is_not_written_off_by_odoos_own_screen(self):
        wizard = self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=self.of_siti.move_id.ids,
        ).create({
            'journal_id': self.cash_journal.id, 'amount': 1_000, 'payment_difference_handling': 'reconcile',
            'writeoff_account_id': self._account('commission').id,
        })
        with self.assertRefused("is paid, and not written off"):
            wizard.action_create_payments()

    def test_odoos_own_screen_does_not_pay_what_a_payout_paid_meanwhile(self):
        wizard = self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=self.of_siti.move_id.ids,
        ).create({'journal_id': self.cash_journal.id, 'amount': 9_045})
        self._pay(membership_ids=self.siti.ids)
        with self.assertRefused("Only .*45.* is still owed"):
            wizard.action_create_payments()

    # === WHO === #

    def test_cashier_pays_from_the_own_journal_only(self):
        own = self._pay(user=self.cashier)
        self.assertEqual((own.state, own.poster_id), ('posted', self.cashier))
        own._cancel_with_reason("Counted wrong")
        self.assertEqual(own.state, 'cancelled')
        self._open_account(self.siti, '0012345678')
        foreign = self._fill(self.bank_journal, self.cashier)
        with self.assertRefused("name you as its cashier"):
            foreign.action_post()
        foreign.with_user(self.accountant).action_post()
        self.assertEqual(foreign.state, 'posted')

    def test_cashier_cancels_the_payouts_of_today_only(self):
        self.company.coop_backdate_days = 1
        old = self._pay()
        self.env.cr.execute(
            "UPDATE coop_payout SET date = %s WHERE id = %s", [self.today - relativedelta(days=1), old.id],
        )
        old.invalidate_recordset()
        with self.assertRefused("Ask the treasurer to cancel it"):
            old.with_user(self.cashier)._cancel_with_reason("x")
        old.with_user(self.accountant)._cancel_with_reason("Wrong member")
        self.assertEqual(old.state, 'cancelled')

    def test_officer_drafts_payouts_and_does_not_post(self):
        draft = self._fill(user=self.officer)
        self.assertEqual(draft.amount_total, 27_000)
        with self.assertRefused("may not post on"):
            draft.action_post()
        with self.assertRefused("own buttons", AccessError):
            draft.state = 'posted'
        with self.assertRefused("own buttons", AccessError):
            draft.line_ids[0].left_after = 0

    def test_supervisor_reads_payouts_and_changes_nothing(self):
        payout = self._fill()
        seen = payout.with_user(self.supervisor)
        self.assertEqual((seen.amount_total, seen.line_ids[0].amount_left), (27_000, 45))
        with self.assertRaises(AccessError):
            seen.note = "x"
        with self.assertRaises(AccessError):
            payout.with_user(self.warehouse_user).read(['amount_total'])

    def test_payout_is_written_in_its_form(self):
        for user in (self.cashier, self.officer):
            with self.subTest(user=user.login):
                with Form(self.env['coop.payout'].with_user(user)) as form:
                    form.journal_id = self.cash_journal.with_user(user)
                    with form.line_ids.new() as line:
                        line.settlement_id = self.of_budi.with_user(user)
                        self.assertEqual(line.amount, 18_000)
                        self.assertEqual(line.amount_open, 18_090)
                self.assertEqual(form.record.amount_total, 18_000)
                self.assertEqual(form.record.line_ids.partner_id, self.budi.partner_id)

    def test_payout_of_another_company_is_not_seen(self):
        payout = self._fill()
        other = self.env['res.company'].create({'name': "Another"})
        stranger = self._create_role_user('stranger', 'producer_cooperative.group_coop_accountant')
        stranger.write({'company_ids': [(6, 0, other.ids)], 'company_id': other.id})
        self.assertFalse(self.env['coop.payout'].with_user(stranger).with_context(
            allowed_company_ids=other.ids,
        ).search([('id', '=', payout.id)]))

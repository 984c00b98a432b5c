from odoo import Command, fields
from odoo.tests import Form, tagged

from odoo.addons.producer_cooperative.tests.common_consignment import ConsignmentCommon


@tagged('post_install', '-at_install')
class TestConsignmentSettlement(ConsignmentCommon):

    # === ENTITLEMENT === #

    def test_goods_of_two_members_are_paid_in_the_order_of_their_delivery(self):
        self._bring(self.siti, 60)
        self._bring(self.budi, 40)
        order = self._sell(100)
        self._deliver(order, 60)
        self._invoice(order)
        self.assertEqual(self._due(self.siti), (60, 600))
        self._settle(self.siti)
        self._deliver(order)
        self.assertEqual(self._due(self.siti), (0, 0))
        self.assertEqual(self._due(self.budi), (0, 0))
        self._invoice(order)
        self.assertEqual(self._due(self.siti), (0, 0))
        self.assertEqual(self._due(self.budi), (40, 400))
        self._settle(self.budi)
        self.assertEqual(self._balance(self.clearing), 0)
        self.assertClearingExplained()

    def test_price_correction_lowers_the_amount_and_not_the_quantity(self):
        invoice = self._sold(self.siti, 60)
        self._credit(invoice, price=1)
        settlement = self._compute(self.siti)
        self.assertRecordValues(settlement.line_ids, [{'quantity': 60, 'amount': 540, 'commission': 54}])

    def test_price_correction_after_the_settlement_is_owed_back(self):
        invoice = self._sold(self.siti, 60)
        self._settle(self.siti)
        self._credit(invoice, price=1)
        self.assertEqual(self._due(self.siti), (0, -60))

    def test_invoice_that_is_cancelled_and_written_anew_counts_once(self):
        self._bring(self.siti, 60)
        self._bring(self.budi, 40)
        order = self._sell(100)
        self._deliver(order)
        first = self._invoice(order, quantity=60)
        first._reverse_moves([{'invoice_date': self.today}], cancel=True)
        self._invoice(order, quantity=30)
        self.assertEqual(self._due(self.siti), (30, 300))
        self.assertEqual(self._due(self.budi), (0, 0))

    def test_returned_goods_are_taken_off_their_own_owner(self):
        self._bring(self.siti, 60)
        self._bring(self.budi, 40)
        order = self._sell(100)
        delivery = self._deliver(order)
        invoice = self._invoice(order)
        self._take_back(delivery, 10, owner=self.budi)
        self._credit(invoice, quantity=10)
        self.assertEqual(self._due(self.siti), (60, 600))
        self.assertEqual(self._due(self.budi), (30, 300))
        self.assertEqual(self._stock_of(self.budi), 10)

    def test_more_cannot_come_back_to_an_owner_than_went_out(self):
        self._bring(self.siti, 60)
        self._bring(self.budi, 40)
        delivery = self._deliver(self._sell(100))
        with self.assertRefused("of Budi more would come back"):
            self._take_back(delivery, 41, owner=self.budi)

    def test_goods_do_not_come_back_while_their_owner_is_paid_for_them(self):
        self._bring(self.siti, 10)
        order = self._sell(4)
        delivery = self._deliver(order)
        with self.assertRefused('"Update quantities on SO/PO" ticked'):
            self._take_back(delivery, 4, refund=False)
        back = self._take_back(delivery, 4)
        self.assertEqual((order.order_line.qty_delivered, self._stock_of(self.siti)), (0, 10))
        with self.assertRefused("decides who is paid|not rewritten"):
            back.move_ids.with_user(self.warehouse_user).to_refund = False

    def test_goods_that_go_to_the_customer_again_are_sold_again(self):
        self._bring(self.siti, 10)
        order = self._sell(4)
        back = self._take_back(self._deliver(order), 4)
        with self.assertRefused('"Update quantities on SO/PO" ticked'):
            self._take_back(back, 4, refund=False)
        self._take_back(back, 4)
        self.assertEqual((order.order_line.qty_delivered, self._stock_of(self.siti)), (4, 6))

    def test_exchange_gives_the_owner_goods_back_and_takes_others(self):
        self._bring(self.siti, 60)
        self._bring(self.budi, 10)
        order = self._sell(60)
        delivery = self._deliver(order)
        self._invoice(order)
        wizard = Form(self.env['stock.return.picking'].with_context(
            active_id=delivery.id, active_model='stock.picking')).save()
        wizard.product_return_moves.quantity = 10
        back = self.env['stock.picking'].browse(wizard.action_create_exchanges()['res_id'])
        replacement = order.picking_ids - delivery - back
        replacement.move_ids.quantity = 10  # Budi's: those of Siti are not back yet
        replacement.move_ids.picked = True
        replacement._action_done()
        back.move_ids.picked = True
        back._action_done()
        # 60 went out, 10 came back and 10 others went: 60 delivered, of which 50 are Siti's and 10 Budi's.
        self.assertEqual(order.order_line.qty_delivered, 60)
        self.assertEqual((self._due(self.siti), self._due(self.budi)), ((50, 500), (10, 100)))
        self.assertEqual((self._stock_of(self.siti), self._stock_of(self.budi)), (10, 0))

    def test_undivided_cents_go_to_the_lower_member_number(self):
        self._bring(self.siti, 1)
        self._bring(self.budi, 2)
        order = self._sell(3)
        self._deliver(order)
        self._invoice(order, price=33.335)  # 100.01 for three: 33.34 (33.336…) and 66.67 (66.673…)
        self.assertEqual([self._due(self.siti)[1], self._due(self.budi)[1]], [33.34, 66.67])

    def _stock_of(self, member):
        return sum(self.env['stock.quant'].search([
            ('owner_id', '=', member.partner_id.id), ('location_id', '=', self.stock.id),
        ]).mapped('quantity'))

    # === ENTRIES === #

    def test_customer_invoice_credits_clearing_and_no_cost_of_goods(self):
        invoice = self._sold(self.siti, 60)
        self.assertEntry(invoice, [(self.receivable, self.customer, 600), (self.clearing, self.customer, -600)])

    def test_settlement_debits_clearing_and_credits_commission_and_the_member(self):
        self._sold(self.siti, 60)
        settlement = self._settle(self.siti)
        siti = self.siti.partner_id
        self.assertEntry(settlement.move_id, [
            (self.clearing, siti, 600), (self.commission, siti, -60), (self.proceeds, siti, -540),
        ])
        self.assertEqual(settlement.state, 'posted')
        self.assertEqual(settlement.move_id.journal_id, self.company.coop_settlement_journal_id)
        self.assertFalse(settlement.move_id.invoice_line_ids.product_id)
        self.assertEqual(settlement.move_id.coop_membership_id, self.siti)
        self.assertFalse(settlement.set_off_move_id)

    def test_savings_are_withheld_on_the_members_account(self):
        self._create_agreement(self.siti, commission_rate=10, savings_type_id=self.mandatory.id, savings_rate=5)
        self._sold(self.siti, 60)
        siti = self.siti.partner_id
        self.assertEntry(self._settle(self.siti).move_id, [  # 5 % of 540 = 27
            (self.clearing, siti, 600), (self.commission, siti, -60), (self.mandatory.account_id, siti, -27),
            (self.proceeds, siti, -513),
        ])
        self.assertEqual(self.siti._get_savings_balances()[self.siti][self.mandatory], 10_027)

    def test_set_off_smaller_than_the_debt_pays_the_oldest_invoice_first(self):
        self._create_agreement(
            self.siti, commission_rate=10, set_off_rate=50, set_off_consent_date='2020-01-01',
        )
        newer = self._owe(self.siti, 500, date='2026-03-01')
        older = self._owe(self.siti, 200, date='2026-02-01')
        self._sold(self.siti, 60)
        settlement = self._settle(self.siti)
        siti = self.siti.partner_id
        receivable = siti.property_account_receivable_id
        self.assertEntry(settlement.set_off_move_id, [  # half of 540: 200 of the older debt, 70 of the newer
            (self.proceeds, siti, 270), (receivable, siti, -200), (receivable, siti, -70),
        ])
        self.assertEqual([older.amount_residual, newer.amount_residual], [0, 430])
        self.assertEqual(settlement.move_id.amount_residual, 270)
        self.assertEqual(settlement.amount_payable, 270)
        self.assertEqual(settlement.set_off_move_id.journal_id, self.company.coop_journal_id)

    def test_set_off_never_exceeds_the_debt(self):
        self._create_agreement(
            self.siti, commission_rate=10, set_off_rate=100, set_off_consent_date='2020-01-01',
        )
        debt = self._owe(self.siti, 100)
        self._sold(self.siti, 60)
        settlement = self._settle(self.siti)
        self.assertEqual(settlement.amount_set_off, 100)
        self.assertEqual(settlement.amount_payable, 440)
        self.assertEqual(debt.payment_state, 'paid')
        self.assertEqual(settlement.move_id.amount_residual, 440)

    def test_open_credit_of_the_member_makes_the_debt_smaller(self):
        self._create_agreement(
            self.siti, commission_rate=10, set_off_rate=100, set_off_consent_date='2020-01-01',
        )
        debt = self._owe(self.siti, 100)
        note = debt._reverse_moves([{'invoice_date': self.today}])
        note.invoice_line_ids.price_unit = 30
        note.action_post()
        self._sold(self.siti, 60)
        self.assertEqual(self._compute(self.siti).amount_set_off, 70)

    def test_debt_of_a_later_day_is_not_set_off(self):
        self._create_agreement(
            self.siti, commission_rate=10, set_off_rate=100, set_off_consent_date='2020-01-01',
        )
        self._owe(self.siti, 100, date=fields.Date.add(self.today, days=1))
        self._sold(self.siti, 60)
        self.assertEqual(self._compute(self.siti).amount_set_off, 0)

    def test_nothing_is_set_off_without_consent(self):
        self._create_agreement(self.siti, commission_rate=10, set_off_rate=100)
        self._owe(self.siti, 100)
        self._sold(self.siti, 60)
        self.assertEqual(self._compute(self.siti).amount_set_off, 0)

    def test_set_off_and_savings_together_stay_within_the_proceeds(self):
        self._create_agreement(
            self.siti, commission_rate=10, savings_type_id=self.voluntary.id, savings_rate=40, set_off_rate=100,
            set_off_consent_date='2020-01-01',
        )
        self._owe(self.siti, 1_000)
        self._sold(self.siti, 60)
        settlement = self._settle(self.siti)
        self.assertEqual(settlement.amount_withheld, 216)  # 40 % of 540
        self.assertEqual(settlement.amount_set_off, 324)
        self.assertEqual(settlement.amount_payable, 0)
        self.assertEqual(settlement.payment_state, 'paid')

    def test_settlement_whose_commission_takes_all_posts_a_bill_of_nothing(self):
        self._create_agreement(self.siti, commission_kind='unit', commission_fee=10)
        self._sold(self.siti, 60)
        settlement = self._settle(self.siti)
        self.assertEqual(settlement.amount_payable, 0)
        self.assertEqual(self._balance(self.commission), -600)
        self.assertEqual(self._balance(self.clearing), 0)

    # === AGAIN AND BACK === #

    def test_second_settlement_of_the_same_sales_is_empty(self):
        self._sold(self.siti, 60)
        self._settle(self.siti)
        with self.assertRefused("nothing to settle with"):
            self._compute(self.siti)
        self.assertFalse(self._compute_all())

    def test_credit_note_after_the_settlement_is_carried_forward_and_netted(self):
        invoice = self._sold(self.siti, 60)
        self._settle(self.siti)
        self._credit(invoice, price=1)  # 60 less
        settlement = self._compute(self.siti)
        self.assertTrue(settlement.is_carried_forward)
        self.assertEqual(settlement.amount_proceeds, -54)
        with self.assertRefused("carried forward to the next settlement"):
            settlement.action_post()
        self.assertFalse(self._compute_all())
        self._sold(self.siti, 20)
        settlement.action_compute()
        settlement.action_post()
        siti = self.siti.partner_id
        self.assertEntry(settlement.move_id, [  # 200 - 60 = 140, commission 20 - 6 = 14
            (self.clearing, siti, 140), (self.commission, siti, -14), (self.proceeds, siti, -126),
        ])
        self.assertEqual(self._balance(self.clearing), 0)

    def test_cancelling_restores_the_ledger_and_opens_the_entitlement(self):
        self._create_agreement(
            self.siti, commission_rate=10, savings_type_id=self.voluntary.id, savings_rate=10, set_off_rate=50,
            set_off_consent_date='2020-01-01',
        )
        debt = self._owe(self.siti, 100)
        self._sold(self.siti, 60)
        accounts = (self.clearing, self.commission, self.proceeds, self.voluntary.account_id, self.receivable)
        before = [self._balance(account) for account in accounts]
        settlement = self._settle(self.siti)
        self.assertEqual(debt.payment_state, 'paid')
        settlement._cancel_with_reason("Wrong terms")
        self.assertEqual(settlement.state, 'cancelled')
        self.assertEqual([self._balance(account) for account in accounts], before)
        self.assertEqual(debt.amount_residual, 100)
        siti = self.siti.partner_id
        self.assertEntry(settlement.set_off_reversal_move_id, [
            (self.proceeds, siti, -100), (debt.line_ids.account_id.filtered(
                lambda account: account.account_type == 'asset_receivable'), siti, 100),
        ])
        self.assertEntry(settlement.reversal_move_id, [
            (self.clearing, siti, -600), (self.commission, siti, 60), (self.voluntary.account_id, siti, 54),
            (self.proceeds, siti, 486),
        ])
        self.assertEqual(self._due(self.siti), (60, 600))
        self.assertEqual(self._settle(self.siti).amount_payable, 386)

    def test_cancel_button_asks_for_the_reason(self):
        self._sold(self.siti, 60)
        settlement = self._settle(self.siti)
        action = settlement.action_cancel()
        wizard = self.env[action['res_model']].with_context(**action['context']).create({'reason': "Wrong terms"})
        wizard.action_confirm()
        self.assertRecordValues(settlement, [{'state': 'cancelled', 'cancel_reason': "Wrong terms"}])

    def test_paid_settlement_is_not_cancelled(self):
        self._sold(self.siti, 60)
        settlement = self._settle(self.siti)
        self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=settlement.move_id.ids,
        ).create({
            'journal_id': self.cash_journal.id, 'amount': 100, 'payment_difference_handling': 'open',
        })._create_payments()
        self.assertEqual(settlement.payment_state, 'partial')
        with self.assertRefused("Undo the payment first"):
            settlement._cancel_with_reason("Too late")
        self.assertEqual(settlement.state, 'posted')

    def test_settlement_whose_savings_were_taken_out_is_not_cancelled(self):
        self._create_agreement(self.siti, commission_rate=10, savings_type_id=self.voluntary.id, savings_rate=10)
        self._sold(self.siti, 60)
        settlement = self._settle(self.siti)
        self.company.coop_cash_unit = 1
        self._save(self.siti, {self.voluntary: 50}, direction='out', date=self.today)
        with self.assertRefused("cancel that payout first"):
            settlement._cancel_with_reason("Too late")

    def test_bill_and_set_off_are_not_undone_behind_the_settlements_back(self):
        self._create_agreement(
            self.siti, commission_rate=10, set_off_rate=50, set_off_consent_date='2020-01-01',
        )
        self._owe(self.siti, 100)
        self._sold(self.siti, 60)
        settlement = self._settle(self.siti)
        for move in (settlement.move_id, settlement.set_off_move_id):
            with self.assertRefused("undone only there"):
                move.button_draft()
            with self.assertRefused("undone only there"):
                move._reverse_moves(cancel=True)

    def test_stale_figures_are_not_posted(self):
        invoice = self._sold(self.siti, 60)
        settlement = self._compute(self.siti)
        self._credit(invoice, price=1)
        with self.assertRefused("Compute it again"):
            settlement.action_post()
        self.assertFalse(settlement.move_id)

    def test_figures_computed_in_another_language_are_posted(self):
        self.env['res.lang']._activate_lang('id_ID')
        self.voluntary.with_context(lang='id_ID').name = "Simpanan Sukarela"
        self._create_agreement(self.siti, commission_rate=10, savings_type_id=self.voluntary.id, savings_rate=5)
        self._sold(self.siti, 60)
        settlement = self._compute(self.siti)
        settlement.with_context(lang='id_ID').with_user(self.accountant).action_post()
        self.assertEqual((settlement.state, settlement.deduction_ids.amount), ('posted', 27))  # 5 % of 540

    def test_day_before_an_earlier_settlement_is_refused(self):
        self._sold(self.siti, 60)
        self._settle(self.siti)
        self._sold(self.siti, 10)
        with self.assertRefused("was settled up to"):
            self._compute(self.siti, date='2026-01-31')

    def test_posted_settlement_is_not_changed(self):
        self._sold(self.siti, 60)
        settlement = self._settle(self.siti)
        with self.assertRefused("cancel it and settle again"):
            settlement.date = '2026-01-01'
        with self.assertRefused("cannot become"):
            settlement.line_ids.amount = 1
        with self.assertRefused("can only be cancelled"):
            settlement.unlink()

    def test_sale_without_terms_is_not_settled(self):
        self._bring(self.siti, 60)
        self.agreement.unlink()
        order = self._sell(60)
        self._deliver(order)
        self._invoice(order)
        with self.assertRefused("No consignment terms hold for Siti"):
            self._compute(self.siti)

    def test_debit_goes_to_the_account_that_the_sale_credited(self):
        self._bring(self.siti, 60)
        order = self._sell(60)
        self._deliver(order)
        self._invoice(order)
        # The cooperative clears over another account by now.
        other = self.env['account.account'].create({
            'name': "Other clearing", 'code': '28139999', 'account_type': 'liability_current',
        })
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE coop_company_account SET account_id = %s WHERE account_id = %s AND key = 'clearing'",
            [other.id, self.clearing.id],
        )
        self.env.invalidate_all()
        siti = self.siti.partner_id
        self.assertEntry(self._settle(self.siti).move_id, [
            (self.clearing, siti, 600), (self.commission, siti, -60), (self.proceeds, siti, -540),
        ])

    # === ALL MEMBERS === #

    def test_settling_all_takes_as_many_queries_for_more_history(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env['coop.settlement']._get_due(self.company)
            return self.env.cr.sql_log_count - before

        self._sold(self.siti, 10)
        few = count()
        for _sale in range(3):
            self._settle(self.siti)
            self._sold(self.siti, 10)
        self.assertLessEqual(count(), few + 1)

    def test_statement_tells_what_was_sold_and_paid(self):
        self._sold(self.siti, 60)
        settlement = self._settle(self.siti)
        html = self.env['ir.actions.report']._render_qweb_html(
            'producer_cooperative.coop_settlement_report', settlement.ids,
        )[0].decode()
        for text in (settlement.name, "Siti", "Rice", "600.00", "540.00"):
            self.assertIn(text, html)

    # === PERMISSIONS === #

    def test_officer_prepares_and_accountant_posts(self):
        self._sold(self.siti, 60)
        settlement = self.env['coop.settlement'].with_user(self.officer).create({'membership_id': self.siti.id})
        settlement.action_compute()
        self.assertEqual(settlement.amount_payable, 540)
        with self.assertRefused("Only this role"):
            settlement.action_post()
        with self.assertRefused("own buttons"):
            settlement.state = 'posted'
        with self.assertRefused("not allowed"):
            settlement.line_ids.amount = 1
        settlement = settlement.with_user(self.accountant)
        settlement.action_post()
        self.assertEqual(settlement.state, 'posted')
        with self.assertRefused("Only this role"):
            settlement.with_user(self.officer)._cancel_with_reason("Try")
        settlement._cancel_with_reason("Wrong day")
        self.assertEqual(settlement.state, 'cancelled')

    def test_accountant_posts_a_set_off(self):
        self._create_agreement(
            self.siti, commission_rate=10, set_off_rate=100, set_off_consent_date='2020-01-01',
        )
        debt = self._owe(self.siti, 100)
        self._sold(self.siti, 60)
        settlement = self.env['coop.settlement'].with_user(self.accountant).create({'membership_id': self.siti.id})
        settlement.action_compute()
        settlement.action_post()
        self.assertEqual(debt.payment_state, 'paid')

    def test_supervisor_reads_and_changes_nothing(self):
        self._sold(self.siti, 60)
        settlement = self._settle(self.siti)
        seen = settlement.with_user(self.supervisor)
        self.assertEqual(seen.line_ids.amount, 600)
        with self.assertRefused("not allowed", Exception):
            seen.note = "x"
        with self.assertRefused("not allowed", Exception):
            settlement.with_user(self.warehouse_user).read(['amount_gross'])

    def test_member_sees_the_own_posted_settlements_only(self):
        user = self.env['res.users'].with_context(no_reset_password=True).create({
            'name': "Siti", 'login': 'siti_portal', 'partner_id': self.siti.partner_id.id,
            'group_ids': [Command.set(self.env.ref('base.group_portal').ids)],
            'company_id': self.company.id, 'company_ids': [Command.set(self.company.ids)],
        })
        self._sold(self.siti, 60)
        self._sold(self.budi, 40)
        mine = self._settle(self.siti)
        self._settle(self.budi)
        self._sold(self.siti, 10)
        self._compute(self.siti)
        seen = self.env['coop.settlement'].with_user(user).search([])
        self.assertEqual(seen, mine)
        self.assertEqual(seen.line_ids.mapped('amount'), [600])

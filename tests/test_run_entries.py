from odoo.exceptions import RedirectWarning
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_entries import EntriesCommon


@tagged('post_install', '-at_install')
class TestSettlementEntries(EntriesCommon):
    """Every line of every entry of a settlement, on agent and on principal basis."""

    def _sell_of_three(self):
        """Sell one order of 100 filled by Siti (60), Budi (30) and Rina (10) at 10."""
        rina = self._create_member("Rina")
        for member, quantity in ((self.siti, 60), (self.budi, 30), (rina, 10)):
            self._bring(member, quantity)
        order = self._sell(100)
        self._deliver(order)
        return rina, self._invoice(order)

    # === AGENT === #

    def test_one_order_filled_by_three_members_makes_three_bills(self):
        rina, invoice = self._sell_of_three()
        self.assertEntry(invoice, [(self.receivable, self.customer, 1_000), (self.clearing, self.customer, -1_000)])
        settlements = self._compute_all()
        settlements.action_post()
        for member, gross in ((self.siti, 600), (self.budi, 300), (rina, 100)):
            settlement = settlements.filtered(lambda s, member=member: s.membership_id == member)
            self.assertEntry(settlement.move_id, [
                (self.clearing, member.partner_id, gross), (self.commission, member.partner_id, -gross / 10),
                (self.proceeds, member.partner_id, -gross * 9 / 10),
            ])
        self.assertEqual(self._balance(self.clearing), 0)

    def test_sale_with_vat_is_settled_without_it(self):
        self.rice.taxes_id = self.vat
        invoice = self._sold(self.siti, 60)
        self.assertEntry(invoice, [
            (self.receivable, self.customer, 666), (self.clearing, self.customer, -600),
            (self.vat_out, self.customer, -66),
        ])
        self.assertEntry(self._settle(self.siti).move_id, [
            (self.clearing, self.partner, 600), (self.commission, self.partner, -60),
            (self.proceeds, self.partner, -540),
        ])

    def test_partial_invoice_is_settled_in_part(self):
        self._bring(self.siti, 60)
        order = self._sell(60)
        self._deliver(order)
        self._invoice(order, quantity=20)
        self.assertEntry(self._settle(self.siti).move_id, [
            (self.clearing, self.partner, 200), (self.commission, self.partner, -20),
            (self.proceeds, self.partner, -180),
        ])
        self._invoice(order)
        self.assertEntry(self._settle(self.siti).move_id, [
            (self.clearing, self.partner, 400), (self.commission, self.partner, -40),
            (self.proceeds, self.partner, -360),
        ])

    def test_credit_note_before_the_settlement_lowers_it(self):
        invoice = self._sold(self.siti, 60)
        self._credit(invoice, price=1)  # 600 - 60
        self.assertEntry(self._settle(self.siti).move_id, [
            (self.clearing, self.partner, 540), (self.commission, self.partner, -54),
            (self.proceeds, self.partner, -486),
        ])

    def test_credit_note_after_the_settlement_comes_off_the_next_one(self):
        invoice = self._sold(self.siti, 60)
        self._settle(self.siti)
        self._credit(invoice, price=1)
        settlement = self._compute(self.siti)
        self.assertRecordValues(settlement, [{
            'amount_gross': -60, 'amount_commission': -6, 'amount_payable': -54, 'is_carried_forward': True,
        }])
        with self.assertRefused("carried forward"):
            settlement.action_post()
        settlement.unlink()
        self._sold(self.siti, 10)  # 100 - 60 = 40, less 4
        self.assertEntry(self._settle(self.siti).move_id, [
            (self.clearing, self.partner, 40), (self.commission, self.partner, -4), (self.proceeds, self.partner, -36),
        ])
        self.assertEqual(self._balance(self.clearing), 0)

    def test_return_after_the_payout_comes_off_the_next_settlement(self):
        self._bring(self.siti, 80)
        order = self._sell(60)
        delivery = self._deliver(order)
        invoice = self._invoice(order)
        settlement = self._settle(self.siti)
        self._pay(settlement)
        self.assertEqual(settlement.payment_state, 'paid')
        self._take_back(delivery, 20)
        self._credit(invoice, quantity=20)
        self.assertEqual(self._due(self.siti), (-20, -200))
        order = self._sell(30, owner=self.siti)
        self._deliver(order)
        self._invoice(order)
        self.assertEntry(self._settle(self.siti).move_id, [  # 300 - 200, less 10 %
            (self.clearing, self.partner, 100), (self.commission, self.partner, -10),
            (self.proceeds, self.partner, -90),
        ])
        self.assertEqual(self._balance(self.clearing), 0)

    # === PRINCIPAL === #

    def test_principal_books_the_sale_as_revenue_and_the_members_part_as_cost(self):
        self._become_principal()
        invoice = self._sold(self.siti, 60)
        self.assertEntry(invoice, [(self.receivable, self.customer, 600), (self.revenue, self.customer, -600)])
        settlement = self._settle(self.siti)
        self.assertEntry(settlement.move_id, [(self.cost, self.partner, 540), (self.proceeds, self.partner, -540)])
        self.assertEqual(self._balance(self.clearing), 0)
        self.assertEqual(settlement.amount_commission, 60)

    def test_principal_order_filled_by_three_members(self):
        self._become_principal()
        rina, invoice = self._sell_of_three()
        self.assertEntry(invoice, [(self.receivable, self.customer, 1_000), (self.revenue, self.customer, -1_000)])
        for member, cost in ((self.siti, 540), (self.budi, 270), (rina, 90)):
            self.assertEntry(self._settle(member).move_id, [
                (self.cost, member.partner_id, cost), (self.proceeds, member.partner_id, -cost),
            ])

    def test_principal_sale_with_vat_and_partial_invoice(self):
        self._become_principal()
        self.rice.taxes_id = self.vat
        self._bring(self.siti, 60)
        order = self._sell(60)
        self._deliver(order)
        self.assertEntry(self._invoice(order, quantity=20), [
            (self.receivable, self.customer, 222), (self.revenue, self.customer, -200),
            (self.vat_out, self.customer, -22),
        ])
        self.assertEntry(self._settle(self.siti).move_id, [
            (self.cost, self.partner, 180), (self.proceeds, self.partner, -180),
        ])

    def test_principal_credit_notes_before_and_after_the_settlement(self):
        self._become_principal()
        invoice = self._sold(self.siti, 60)
        self._credit(invoice, price=1)
        self.assertEntry(self._settle(self.siti).move_id, [  # 540 less 10 %
            (self.cost, self.partner, 486), (self.proceeds, self.partner, -486),
        ])
        self._credit(invoice, price=1)
        self._sold(self.siti, 10)
        self.assertEntry(self._settle(self.siti).move_id, [  # 100 - 60, less 10 %
            (self.cost, self.partner, 36), (self.proceeds, self.partner, -36),
        ])

    def test_principal_withholds_sets_off_and_undoes_it_all(self):
        self._become_principal()
        self._create_agreement(
            self.siti, commission_rate=10, savings_type_id=self.voluntary.id, savings_rate=10, set_off_rate=50,
            set_off_consent_date='2020-01-01',
        )
        debt = self._owe(self.siti, 100)
        self._sold(self.siti, 60)
        accounts = (self.cost, self.proceeds, self.voluntary.account_id, self.receivable)
        before = [self._balance(account) for account in accounts]
        settlement = self._settle(self.siti)
        self.assertEntry(settlement.move_id, [  # 10 % of 540 = 54
            (self.cost, self.partner, 540), (self.voluntary.account_id, self.partner, -54),
            (self.proceeds, self.partner, -486),
        ])
        self.assertEntry(settlement.set_off_move_id, [
            (self.proceeds, self.partner, 100), (self.partner.property_account_receivable_id, self.partner, -100),
        ])
        settlement._cancel_with_reason("Wrong")
        self.assertEqual([self._balance(account) for account in accounts], before)
        self.assertEqual(debt.amount_residual, 100)

    def test_sale_as_an_agent_is_settled_as_it_was_booked_after_the_switch(self):
        self._sold(self.siti, 60)
        self._become_principal()
        self._sold(self.siti, 10)
        self.assertEntry(self._settle(self.siti).move_id, [
            (self.clearing, self.partner, 600), (self.commission, self.partner, -60), (self.cost, self.partner, 90),
            (self.proceeds, self.partner, -630),
        ])
        with self.assertRefused("remains on principal basis"):
            self.company.coop_consignment_basis = 'agent'

    def test_basis_without_sales_may_be_switched_back(self):
        self.company.coop_consignment_basis = 'principal'
        self.company.coop_consignment_basis = 'agent'
        self.assertEqual(self.company.coop_consignment_basis, 'agent')

    # === BEHIND THE SETTLEMENT'S BACK === #

    def test_no_role_undoes_an_entry_behind_the_settlements_back(self):
        self._register_for_vat()
        self._sold(self.siti, 60)
        settlement = self._settle(self.siti)
        moves = settlement.move_id, settlement.set_off_move_id, settlement.commission_move_id
        for user in (self.accountant, self.env.user):
            for move in moves:
                for method in ('button_draft', 'button_cancel', '_reverse_moves'):
                    with self.subTest(user=user.login, move=move.name, method=method), \
                            self.assertRefused("undone only there"):
                        getattr(move.with_user(user), method)()
                with self.assertRefused("what was posted is never deleted"):
                    move.with_user(user).unlink()
                with self.assertRefused("undone only there"):
                    move.with_user(user).write({'state': 'draft'})

    def test_refund_wizard_on_the_bill_is_redirected_to_the_settlement(self):
        self._sold(self.siti, 60)
        settlement = self._settle(self.siti)
        wizard = self.env['account.move.reversal'].with_context(
            active_model='account.move', active_ids=settlement.move_id.ids,
        ).create({'journal_id': settlement.move_id.journal_id.id})
        for method in ('refund_moves', 'modify_moves'):
            with self.assertRefused("undone only there"):
                getattr(wizard, method)()

    # === SET-UP === #

    def test_posting_without_journal_or_account_says_what_to_set_up(self):
        self._sold(self.siti, 60)
        settlement = self._compute(self.siti)
        journal = self.company.coop_settlement_journal_id
        self.company.coop_settlement_journal_id = False
        with self.assertRefused("Set up the cooperative first", RedirectWarning):
            settlement.action_post()
        self.company.coop_settlement_journal_id = journal
        mappings = self.company.coop_account_ids
        for key in ('commission', 'proceeds'):
            mapping = mappings.filtered(lambda mapping, key=key: mapping.key == key)
            account = mapping.account_id
            mapping.account_id = False
            with self.assertRefused("Set up the cooperative first", RedirectWarning):
                settlement.action_post()
            mapping.account_id = account
        settlement.action_post()
        self.assertEqual(settlement.state, 'posted')

    def test_principal_without_an_account_for_cost_says_what_to_set_up(self):
        self._become_principal()
        self._sold(self.siti, 60)
        settlement = self._compute(self.siti)
        self.company.coop_account_ids.filtered(lambda mapping: mapping.key == 'cost_of_goods').account_id = False
        with self.assertRefused("Cost of Members' Goods Sold", RedirectWarning):
            settlement.action_post()

    # === PAYMENT === #

    def _pay(self, settlements):
        action = settlements.action_register_payment()
        wizard = self.env['account.payment.register'].with_context(**action['context']).create({
            'journal_id': self.cash_journal.id,
        })
        return wizard._create_payments()

    def test_several_settlements_of_a_member_are_paid_in_one_payment(self):
        settlements = self.env['coop.settlement']
        for quantity in (10, 20):
            self._sold(self.siti, quantity)
            settlements |= self._settle(self.siti)
        self._sold(self.budi, 40)
        settlements |= self._settle(self.budi)
        payments = self._pay(settlements)
        self.assertEqual(sorted(payments.mapped('amount')), [270, 360])
        self.assertEqual(set(settlements.mapped('payment_state')), {'paid'})
        self.assertEqual(self._balance(self.proceeds), 0)
        self.assertFalse(self.env['coop.settlement'].search(self.env['coop.settlement']._get_to_pay_domain()))
        with self.assertRefused("Nothing is left to be paid"):
            settlements.action_register_payment()

    def test_draft_settlements_are_not_paid(self):
        self._sold(self.siti, 60)
        with self.assertRefused("Nothing is left to be paid"):
            self._compute(self.siti).action_register_payment()

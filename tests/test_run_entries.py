from odoo import Command, fields
from odoo.exceptions import RedirectWarning
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_consignment import ConsignmentCommon


@tagged('post_install', '-at_install')
class TestSettlementEntries(ConsignmentCommon):
    """Every line of every entry of a settlement, on agent and on principal basis."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.siti.partner_id
        cls.advances = cls._account('member_advance')
        cls.cost = cls._account('cost_of_goods')
        cls.vat_out = cls.env['account.account'].create({
            'name': "PPN Keluaran", 'code': '21230099', 'account_type': 'liability_current',
        })
        repartition = [
            Command.create({'repartition_type': 'base'}),
            Command.create({'repartition_type': 'tax', 'account_id': cls.vat_out.id}),
        ]
        cls.vat = cls.env['account.tax'].create({
            'name': "PPN 11%", 'amount': 11, 'type_tax_use': 'sale', 'company_id': cls.company.id,
            'invoice_repartition_line_ids': repartition,
            'refund_repartition_line_ids': [
                Command.create({'repartition_type': 'base'}),
                Command.create({'repartition_type': 'tax', 'account_id': cls.vat_out.id}),
            ],
        })
        cls.revenue = cls.env['account.account'].create({
            'name': "Penjualan", 'code': '41000099', 'account_type': 'income',
        })

    @classmethod
    def _become_principal(cls):
        cls.company.coop_consignment_basis = 'principal'
        cls.rice.property_account_income_id = cls.revenue

    @classmethod
    def _register_for_vat(cls):
        cls.company.coop_vat_status = 'registered'
        cls.company.coop_commission_tax_id = cls.vat

    @classmethod
    def _advance(cls, member, amount, direction='out', date=None):
        advance = cls.env['coop.settlement.advance'].create({
            'membership_id': member.id, 'amount': amount, 'direction': direction, 'journal_id': cls.cash_journal.id,
            'date': date or cls.today,
        })
        advance.action_post()
        return advance

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

    # === COMMISSION WITH TAX === #

    def test_commission_with_vat_is_an_invoice_that_the_settlement_pays(self):
        self._register_for_vat()
        self._sold(self.siti, 60)
        settlement = self._settle(self.siti)
        receivable = self.partner.property_account_receivable_id
        self.assertEntry(settlement.commission_move_id, [  # 11 % of 60 = 6.60, to whole rupiah 7
            (receivable, self.partner, 67), (self.commission, self.partner, -60), (self.vat_out, self.partner, -6.6),
            (self.vat_out, self.partner, -0.4),
        ])
        self.assertEntry(settlement.move_id, [(self.clearing, self.partner, 600), (self.proceeds, self.partner, -600)])
        self.assertEntry(settlement.set_off_move_id, [
            (self.proceeds, self.partner, 67), (receivable, self.partner, -67),
        ])
        self.assertRecordValues(settlement, [{
            'amount_commission': 60, 'amount_tax': 7, 'amount_payable': 533, 'amount_open': 533,
        }])
        self.assertEqual(settlement.commission_move_id.amount_tax, 7)
        self.assertEqual(settlement.commission_move_id.payment_state, 'paid')
        self.assertTrue(settlement.commission_move_id.name)
        self.assertEqual(settlement.commission_move_id.move_type, 'out_invoice')

    def test_commission_with_vat_debts_and_savings_in_one_set_off(self):
        self._register_for_vat()
        self._create_agreement(
            self.siti, commission_rate=10, savings_type_id=self.voluntary.id, savings_rate=10, set_off_rate=100,
            set_off_consent_date='2020-01-01',
        )
        debt = self._owe(self.siti, 1_000)
        self._sold(self.siti, 60)
        settlement = self._settle(self.siti)
        receivable = self.partner.property_account_receivable_id
        self.assertEntry(settlement.move_id, [
            (self.clearing, self.partner, 600), (self.voluntary.account_id, self.partner, -54),
            (self.proceeds, self.partner, -546),
        ])
        self.assertEntry(settlement.set_off_move_id, [  # 546 - 67 = 479 of the debt
            (self.proceeds, self.partner, 546), (receivable, self.partner, -67), (receivable, self.partner, -479),
        ])
        self.assertEqual(debt.amount_residual, 521)
        self.assertEqual(settlement.amount_payable, 0)
        self.assertEqual(settlement.payment_state, 'paid')

    def test_cancelling_credits_the_invoice_of_the_commission(self):
        self._register_for_vat()
        self._sold(self.siti, 60)
        accounts = (self.clearing, self.commission, self.vat_out, self.proceeds, self.receivable)
        before = [self._balance(account) for account in accounts]
        settlement = self._settle(self.siti)
        settlement._cancel_with_reason("Wrong")
        receivable = self.partner.property_account_receivable_id
        self.assertEntry(settlement.commission_reversal_move_id, [
            (receivable, self.partner, -67), (self.commission, self.partner, 60), (self.vat_out, self.partner, 6.6),
            (self.vat_out, self.partner, 0.4),
        ])
        self.assertEqual(settlement.commission_reversal_move_id.move_type, 'out_refund')
        self.assertEqual([self.rupiah.round(self._balance(account)) for account in accounts], before)
        self.assertEqual(settlement.commission_move_id.amount_residual, 0)
        self.assertEqual(self._settle(self.siti).amount_payable, 533)

    def test_tax_on_the_commission_is_whole_rupiah(self):
        self._register_for_vat()
        self._sold(self.siti, 1, price=86_420)
        settlement = self._settle(self.siti)  # 10 % = 8,642; 11 % of it = 950.62; 86,420 - 8,642 - 951
        self.assertRecordValues(settlement, [{'amount_tax': 951, 'amount_payable': 76_827}])
        self.assertEqual(settlement.commission_move_id.amount_total, 9_593)
        self.assertEqual(settlement.commission_move_id.payment_state, 'paid')
        self.company.coop_rounding_unit = 0.01
        self._sold(self.siti, 1, price=86_420)
        self.assertEqual(self._settle(self.siti).amount_tax, 950.62)

    def test_tax_included_in_the_commission_takes_nothing_more(self):
        self._register_for_vat()
        self.vat.price_include_override = 'tax_included'
        self._sold(self.siti, 60)
        settlement = self._settle(self.siti)
        self.assertEntry(settlement.commission_move_id, [  # 60 / 1.11 = 54.05
            (self.partner.property_account_receivable_id, self.partner, 60), (self.commission, self.partner, -54.05),
            (self.vat_out, self.partner, -5.95),
        ])
        self.assertEqual(settlement.amount_payable, 540)

    def test_tax_on_the_commission_needs_vat_registration(self):
        with self.assertRefused("not registered for VAT"):
            self.company.coop_commission_tax_id = self.vat

    def test_commission_invoice_counts_as_no_purchase_of_the_member(self):
        self._register_for_vat()
        self._sold(self.siti, 60)
        self._settle(self.siti)
        bought = self._owe(self.siti, 10)
        purchases = self.env['coop.shu.business'].search([
            ('base', '=', 'purchases'), ('membership_id', '=', self.siti.id),
        ])
        self.assertEqual(purchases.move_id, bought)

    # === ADVANCES === #

    def test_advance_is_paid_and_taken_back_first(self):
        self._create_agreement(
            self.siti, commission_rate=10, savings_type_id=self.voluntary.id, savings_rate=10, set_off_rate=100,
            set_off_consent_date='2020-01-01',
        )
        debt = self._owe(self.siti, 300)
        advance = self._advance(self.siti, 400)
        cash = self.cash_journal.default_account_id
        self.assertEntry(advance.move_id, [(self.advances, self.partner, 400), (cash, self.partner, -400)])
        self._sold(self.siti, 60)
        settlement = self._settle(self.siti)
        self.assertEntry(settlement.move_id, [  # 540 - 400 = 140, of which 54 are saved and 86 set off
            (self.clearing, self.partner, 600), (self.commission, self.partner, -60),
            (self.advances, self.partner, -400), (self.voluntary.account_id, self.partner, -54),
            (self.proceeds, self.partner, -86),
        ])
        self.assertEqual(debt.amount_residual, 214)
        self.assertEqual(settlement.amount_payable, 0)
        self.assertEqual(self._balance(self.advances), 0)

    def test_advance_larger_than_the_sales_is_taken_back_in_parts(self):
        self._advance(self.siti, 700)
        self._sold(self.siti, 60)
        settlement = self._settle(self.siti)
        self.assertRecordValues(settlement, [{'amount_advance': 540, 'amount_payable': 0, 'payment_state': 'paid'}])
        self._sold(self.siti, 60)
        second = self._settle(self.siti)
        self.assertRecordValues(second, [{'amount_advance': 160, 'amount_payable': 380}])
        self._advance(self.siti, 50)
        self._sold(self.siti, 10)
        self.assertRecordValues(self._settle(self.siti), [{'amount_advance': 50, 'amount_payable': 40}])

    def test_cancelled_settlement_leaves_the_advance_open_again(self):
        self._advance(self.siti, 100)
        self._sold(self.siti, 60)
        settlement = self._settle(self.siti)
        settlement._cancel_with_reason("Wrong")
        self.assertEqual(self._balance(self.advances), 100)
        self.assertEqual(self._settle(self.siti).amount_advance, 100)

    def test_advance_that_was_taken_back_is_not_cancelled(self):
        advance = self._advance(self.siti, 100)
        self._sold(self.siti, 60)
        settlement = self._settle(self.siti)
        with self.assertRefused("holds less in advances"):
            advance._cancel_with_reason("Too late")
        settlement._cancel_with_reason("First")
        advance._cancel_with_reason("Now")
        self.assertEqual(self._balance(self.advances), 0)
        self.assertEqual(advance.state, 'cancelled')

    def test_no_more_is_paid_back_than_was_advanced(self):
        self._advance(self.siti, 100)
        with self.assertRefused("holds less in advances"):
            self._advance(self.siti, 101, direction='in')
        back = self._advance(self.siti, 100, direction='in')
        self.assertEntry(back.move_id, [
            (self.cash_journal.default_account_id, self.partner, 100), (self.advances, self.partner, -100),
        ])

    def test_advance_of_a_later_day_waits(self):
        self._sold(self.siti, 60)
        yesterday = fields.Date.subtract(self.today, days=1)
        self._advance(self.siti, 100)
        settlement = self.env['coop.settlement'].new({'membership_id': self.siti.id, 'date': yesterday})
        self.assertEqual(settlement._get_open_advance(), 0)

    def test_posted_advance_is_not_changed_and_its_entry_not_undone(self):
        advance = self._advance(self.siti, 100)
        with self.assertRefused("cancel it and write a new one"):
            advance.amount = 1
        with self.assertRefused("can only be cancelled"):
            advance.unlink()
        with self.assertRefused("undone only there"):
            advance.move_id.button_draft()

    def test_member_with_an_advance_does_not_leave(self):
        self._advance(self.siti, 100)
        leaving = self.env['coop.leaving'].create({'membership_id': self.siti.id, 'reason': 'resigned'})
        with self.assertRefused("still holds advances"):
            leaving.action_approve()

    def test_officer_writes_advances_and_the_accountant_posts_them(self):
        advance = self.env['coop.settlement.advance'].with_user(self.officer).create({
            'membership_id': self.siti.id, 'amount': 100,
        })
        with self.assertRefused("Only this role"):
            advance.action_post()
        advance.with_user(self.accountant).action_post()
        self.assertEqual(advance.state, 'posted')
        with self.assertRefused("Only this role"):
            advance._cancel_with_reason("Try")
        self.assertEqual(advance.with_user(self.supervisor).amount_held, 100)
        with self.assertRefused("not allowed", Exception):
            advance.with_user(self.supervisor).note = "x"
        with self.assertRefused("not allowed", Exception):
            advance.with_user(self.warehouse_user).read(['amount'])

    # === BEHIND THE SETTLEMENT'S BACK === #

    def test_no_role_undoes_an_entry_behind_the_settlements_back(self):
        self._register_for_vat()
        self._sold(self.siti, 60)
        settlement = self._settle(self.siti)
        moves = settlement.move_id, settlement.set_off_move_id, settlement.commission_move_id
        for user in (self.accountant, self.env.user):
            for move in moves:
                for method in ('button_draft', 'button_cancel', '_reverse_moves', 'unlink'):
                    with self.subTest(user=user.login, move=move.name, method=method), \
                            self.assertRefused("undone only there|can't delete a posted journal item"):
                        getattr(move.with_user(user), method)()
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

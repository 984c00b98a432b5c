from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_entries import EntriesCommon


@tagged('post_install', '-at_install')
class TestSettlementCommission(EntriesCommon):
    """The commission of a cooperative that is registered for VAT: an invoice that the settlement pays."""

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

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_consignment import ConsignmentCommon


@tagged('post_install', '-at_install')
class TestConsignmentTerms(ConsignmentCommon):

    def test_percentage_of_everything_in_one_settlement_and_nothing_the_second_time(self):
        # 20 % of 10,000 + 100 + 50 x 10 = 2,120
        self._create_agreement(self.siti, commission_rate=20)
        for quantity, price in ((1, 10_000), (1, 100), (50, 10)):
            self._sold(self.siti, quantity, price)
        settlement = self._settle(self.siti)
        self.assertEqual(settlement.amount_commission, 2_120)
        with self.assertRefused("nothing to settle"):
            self._compute(self.siti)

    def test_tiers_by_slice_and_on_the_whole(self):
        for method, sold, commission in (
            ('slice', 3_800, 1_100), ('whole', 3_800, 1_140), ('slice', 1_000, 260), ('whole', 1_000, 300),
        ):
            with self.subTest(method=method, sold=sold):
                member = self._create_member(f"Member {method} {sold}")
                self._create_tiers(member, method)
                self._sold(member, 10, sold / 10)
                self.assertEqual(self._settle(member).amount_commission, commission)

    def test_tiers_do_not_depend_on_how_the_sales_were_settled(self):
        self._create_tiers(self.siti, 'slice')
        commissions = []
        for sold in (50, 150, 800, 2_800):
            self._sold(self.siti, 10, sold / 10)
            commissions.append(self._settle(self.siti).amount_commission)
        # 5 / 5 + 20 / 20 + 210 / 840, together the 1,100 of 3,800
        self.assertEqual(commissions, [5, 25, 230, 840])

    def test_tiers_begin_anew_with_the_year(self):
        self._create_tiers(self.siti, 'slice')
        self._bring(self.siti, 20)
        order = self._sell(20, 100)
        self._deliver(order)
        self._invoice(order, quantity=10, date='2025-12-30')
        self._invoice(order, quantity=10, date='2026-01-02')
        settlement = self._settle(self.siti)
        # 1,000 in each year: 260 twice, and not the 560 of 2,000 in one
        self.assertRecordValues(settlement.line_ids.sorted('year'), [
            {'year': 2025, 'amount': 1_000, 'commission': 260}, {'year': 2026, 'amount': 1_000, 'commission': 260},
        ])

    def test_terms_of_the_invoice_date_hold_and_a_credit_note_follows_its_invoice(self):
        agreement = self._create_agreement(self.siti, commission_rate=10)
        agreement.term_ids = [Command.create({'date_from': '2026-06-01', 'commission_rate': 20})]
        self._bring(self.siti, 60)
        order = self._sell(60)
        self._deliver(order)
        may = self._invoice(order, quantity=40, date='2026-05-31')
        self._invoice(order, quantity=20, date='2026-06-01')
        self._credit(may, price=1, date='2026-06-15')  # 40 less, of the sales in May
        settlement = self._settle(self.siti)
        # 400 + 200 - 40 = 560: 360 at 10 %, 200 at 20 %
        self.assertEqual(settlement.amount_gross, 560)
        self.assertEqual(settlement.amount_commission, 76)

    def test_fixed_amount_per_unit(self):
        self._create_agreement(self.siti, commission_kind='unit', commission_fee=1.5)
        self._sold(self.siti, 60)
        self.assertEqual(self._settle(self.siti).amount_commission, 90)

    def test_own_terms_come_before_those_for_all(self):
        self._create_agreement(self.siti, commission_rate=5)
        self._sold(self.siti, 60)
        self._sold(self.budi, 60)
        self.assertEqual(self._settle(self.siti).amount_commission, 30)
        self.assertEqual(self._settle(self.budi).amount_commission, 60)

    def test_terms_that_were_settled_with_are_fixed(self):
        term = self.agreement.term_ids
        term.commission_rate = 12
        self._sold(self.siti, 60)
        settlement = self._settle(self.siti)
        with self.assertRefused("they stay as they are"):
            term.commission_rate = 15
        with self.assertRefused("they stay as they are"):
            term.unlink()
        settlement._cancel_with_reason("Wrong rate")
        with self.assertRefused("terms of the invoice date hold"):
            term.commission_rate = 15
        self._correct(term, "15 % was agreed")
        term.commission_rate = 15
        self.assertEqual(self._settle(self.siti).amount_commission, 90)

    def test_correction_is_noted_and_closed_by_the_change(self):
        term = self.agreement.term_ids
        self._sold(self.siti, 60)
        self._correct(term, "15 % was agreed")
        term.write({'commission_rate': 15, 'levy_ids': [Command.create({
            'name': "Village", 'rate': 5, 'account_id': self._account('fund_social').id,
        })]})
        self.assertFalse(term.is_reopened)
        note = self.agreement.message_ids[0].body
        for text in ("Rate (%): 10.00 → 15.00", "Levies: – → Village, 5 %"):
            self.assertIn(text, note)
        with self.assertRefused("terms of the invoice date hold"):
            term.commission_rate = 16

    def test_correction_stays_open_while_nothing_of_invoices_changes(self):
        term = self.agreement.term_ids
        self._sold(self.siti, 60)
        self._correct(term, "15 % was agreed")
        term.return_days = 30
        self.assertTrue(term.is_reopened)
        term.commission_rate = 15
        self.assertFalse(term.is_reopened)

    def test_bands_start_at_zero(self):
        with self.assertRefused("must start at zero", ValidationError):
            self._create_agreement(
                self.siti, commission_kind='tiered', band_ids=[Command.create({'lower': 100, 'rate': 10})],
            )

    def test_manager_writes_terms_and_the_officer_reads_them(self):
        self.agreement.term_ids.with_user(self.manager).commission_rate = 11
        self.assertEqual(self.agreement.term_ids.with_user(self.officer).commission_rate, 11)
        with self.assertRefused("not allowed", Exception):
            self.agreement.term_ids.with_user(self.officer).commission_rate = 12

    def _correct(self, term, reason):
        wizard = self.env[term.action_correct()['res_model']].with_user(self.manager)
        wizard.create({'term_id': term.id, 'reason': reason}).action_confirm()

    def _create_tiers(self, member, method):
        return self._create_agreement(member, commission_kind='tiered', band_method=method, band_ids=[
            Command.create({'lower': lower, 'rate': rate}) for lower, rate in ((0, 10), (100, 20), (300, 30))
        ])

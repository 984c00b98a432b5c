from odoo import Command
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_consignment import ConsignmentCommon


@tagged('post_install', '-at_install')
class TestConsignmentRounding(ConsignmentCommon):
    """The rupiah of the books has sen; what the cooperative computes is whole rupiah."""

    def test_commission_and_deductions_are_whole_rupiah(self):
        social = self._account('fund_social')
        self._create_agreement(
            self.siti, commission_rate=7.5, savings_type_id=self.voluntary.id, savings_rate=3, set_off_rate=33.33,
            set_off_consent_date='2020-01-01', levy_ids=[
                Command.create({'name': "Village", 'rate': 2.55, 'account_id': social.id}),
                Command.create({'name': "Drying", 'kind': 'unit', 'fee': 0.35, 'account_id': social.id}),
            ],
        )
        self._owe(self.siti, 1_000_000)
        self._sold(self.siti, 33, price=7_333)
        # 241,989: 7.5 % = 18,149.175; of 223,840 are 2.55 % = 5,707.92, 33 x 0.35 = 11.55, 3 % = 6,715.20, and no more
        # than 33.33 % = 74,605.87 may be set off
        settlement = self._settle(self.siti)
        siti = self.siti.partner_id
        self.assertEntry(settlement.move_id, [
            (self.clearing, siti, 241_989), (self.commission, siti, -18_149), (social, siti, -5_708),
            (social, siti, -12), (self.voluntary.account_id, siti, -6_715), (self.proceeds, siti, -211_405),
        ])
        self.assertEqual(settlement.amount_set_off, 74_605)
        self.assertEqual(settlement.amount_payable, 136_800)

    def test_what_is_always_paid_out_is_whole_rupiah(self):
        self._create_agreement(
            self.siti, commission_rate=10, take_home_rate=33.33, set_off_rate=66.67, set_off_consent_date='2020-01-01',
        )
        self._owe(self.siti, 1_000_000)
        self._sold(self.siti, 1, price=1_011)
        # 1,011 - 101 (of 101.10) = 910; 33.33 % = 303.303 stay, 66.67 % = 606.697 may be taken
        settlement = self._settle(self.siti)
        self.assertRecordValues(settlement, [{
            'amount_commission': 101, 'amount_set_off': 606, 'amount_payable': 304,
        }])

    def test_every_owner_gets_whole_rupiah_of_a_part_payment(self):
        # 100 each at 10,000: 1,000,000 paid of 3,000,000 are 333,333.33 each, 10 % of that 33,333
        members = self.siti, self.budi, self._create_member("Wati")
        self.agreement.term_ids = [
            Command.create({'date_from': '2021-01-01', 'commission_rate': 10, 'settle_on': 'payment'}),
        ]
        for member in members:
            self._bring(member, 100)
        order = self._sell(300, price=10_000)
        self._deliver(order)
        invoice = self._invoice(order)
        for amount, gross, payable in (
            (1_000_000, 333_333, 300_000),
            (1_000_000, 333_333, 299_999),  # 666,666 so far, 66,667 of it commission
            (1_000_000, 333_334, 300_001),  # 1,000,000 so far, 100,000 of it commission
        ):
            self.env['account.payment.register'].with_context(
                active_model='account.move', active_ids=invoice.ids,
            ).create({'amount': amount}).action_create_payments()
            settlements = [self._settle(member) for member in members]
            self.assertEqual([settlement.amount_gross for settlement in settlements], [gross] * 3)
            self.assertEqual([settlement.amount_payable for settlement in settlements], [payable] * 3)
            with self.assertRefused("nothing to settle"):
                self._compute(self.siti)
        self.assertEqual(self._balance(self.clearing), 0)

    def test_half_a_rupiah_goes_away_from_zero_and_is_taken_once(self):
        taken = []
        for _sale in range(3):
            self._sold(self.siti, 1, price=5)
            taken.append(self._settle(self.siti).amount_commission)
        self.assertEqual(taken, [1, 0, 1])  # 10 % of 5, 10 and 15 so far: 0.5, 1 and 1.5

    def test_goods_sold_in_another_unit_are_settled_with_all_their_decimals(self):
        kilo = self.env.ref('uom.product_uom_kgm')
        sack = self.env['uom.uom'].create({
            'name': "Sack", 'relative_factor': 62.5, 'relative_uom_id': kilo.id,
        })
        paddy = self._create_product("Paddy", coop_consigned=True, uom_id=kilo.id)
        self._bring(self.siti, 60, product=paddy)
        order = self.env['sale.order'].create({'partner_id': self.customer.id, 'order_line': [Command.create({
            'product_id': paddy.id, 'product_uom_qty': 0.83, 'product_uom_id': sack.id, 'price_unit': 62_500,
            'coop_owner_id': self.siti.partner_id.id,
        })]})
        order.action_confirm()
        self._deliver(order)
        self._invoice(order)
        settlement = self._settle(self.siti)
        self.assertEqual(settlement.line_ids.quantity, 51.875)  # 0.83 sacks of 62.5 kg
        self.assertEqual(self._due(self.siti), (0, 0))

    def test_commission_on_what_is_credited_again_comes_back_to_nothing(self):
        invoice = self._sold(self.siti, 1, price=5)
        self._settle(self.siti)
        self._credit(invoice)
        self._sold(self.siti, 1, price=104)
        settlement = self._settle(self.siti)  # 10 % of 104 so far = 10.40, of which 1 was taken
        self.assertRecordValues(settlement, [{'amount_commission': 9, 'amount_payable': 90}])

    def test_sen_of_the_sale_itself_stay_with_the_member(self):
        self._sold(self.siti, 3, price=33.335)
        settlement = self._settle(self.siti)  # 100.01 as posted, 10 % = 10.001
        self.assertRecordValues(settlement, [{
            'amount_gross': 100.01, 'amount_commission': 10, 'amount_payable': 90.01,
        }])

    def test_fixed_amount_per_unit_comes_to_whole_rupiah(self):
        self._create_agreement(self.siti, commission_kind='unit', commission_fee=0.3)
        self._sold(self.siti, 5)
        self.assertEqual(self._settle(self.siti).amount_commission, 2)  # 1.50

    def test_member_gets_whole_rupiah_under_net_prices(self):
        self._create_agreement(self.siti, commission_kind='net', price_ids=[
            Command.create({'product_id': self.rice.id, 'net_price': 10.5}),
        ])
        self._sold(self.siti, 3, price=20)
        settlement = self._settle(self.siti)  # 31.50 for the member
        self.assertRecordValues(settlement, [{'amount_commission': 28, 'amount_payable': 32}])

    def test_tiers_are_rounded_on_all_so_far(self):
        self._create_agreement(self.siti, commission_kind='tiered', band_ids=[
            Command.create({'lower': 0, 'rate': 10}), Command.create({'lower': 100, 'rate': 20}),
        ])
        self._sold(self.siti, 1, price=99)
        self.assertEqual(self._settle(self.siti).amount_commission, 10)  # 9.90
        self._sold(self.siti, 1, price=9)
        self.assertEqual(self._settle(self.siti).amount_commission, 2)  # 10 + 20 % of 8 = 11.60, less 10

    def test_accrual_books_what_the_settlement_will_take(self):
        kept = self.env['account.account'].create({
            'name': "Jasa Timbang", 'code': '43000099', 'account_type': 'income_other',
        })
        self._create_agreement(self.siti, commission_rate=7.5, levy_ids=[
            Command.create({'name': "Weighing", 'kind': 'unit', 'fee': 0.35, 'account_id': kept.id}),
        ])
        self._sold(self.siti, 33, price=7_333)
        accrual = self.env['coop.commission.accrual'].create({'date': self.today})
        accrual.action_compute()
        accrual.action_post()
        self.assertEntry(accrual.move_id, [  # 18,149.175 and 11.55
            (self.clearing, None, 18_161), (self.commission, None, -18_149), (kept, None, -12),
        ])
        settlement = self._settle(self.siti)
        self.assertRecordValues(settlement, [{'amount_commission': 18_149, 'amount_levies': 12}])

    def test_company_may_round_to_more_than_a_rupiah(self):
        self.company.coop_rounding_unit = 100
        self._sold(self.siti, 33, price=7_333)
        settlement = self._settle(self.siti)  # 24,198.90
        self.assertRecordValues(settlement, [{'amount_commission': 24_200, 'amount_payable': 217_789}])

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_consignment import ConsignmentCommon


@tagged('post_install', '-at_install')
class TestTermsDeductions(ConsignmentCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.village = cls.env['account.account'].create({
            'name': "Village fund", 'code': '28150010', 'account_type': 'liability_current',
        })
        cls.service = cls.env['account.account'].create({
            'name': "Drying service", 'code': '43000090', 'account_type': 'income',
        })

    # === LEVIES === #

    def test_levies_are_credited_to_the_accounts_that_the_terms_name(self):
        self._create_agreement(self.siti, commission_rate=10, levy_ids=[
            self._levy("Village", self.village, rate=5), self._levy("Drying", self.service, kind='unit', fee=0.5),
        ])
        self._sold(self.siti, 60)
        settlement = self._settle(self.siti)
        siti = self.siti.partner_id
        self.assertEntry(settlement.move_id, [  # 600 - 60 = 540; 5 % of it = 27; 60 x 0.5 = 30
            (self.clearing, siti, 600), (self.commission, siti, -60), (self.village, siti, -27),
            (self.service, siti, -30), (self.proceeds, siti, -483),
        ])
        self.assertEqual(settlement.amount_payable, 483)

    def test_levies_come_before_savings_and_debts_in_their_order(self):
        self._create_agreement(
            self.siti, commission_rate=10, savings_type_id=self.voluntary.id, savings_rate=50, set_off_rate=100,
            set_off_consent_date='2020-01-01', levy_ids=[
                self._levy("Drying", self.service, kind='unit', fee=8, sequence=2),
                self._levy("Village", self.village, rate=20, sequence=1),
            ],
        )
        self._owe(self.siti, 1_000)
        self._sold(self.siti, 60)
        settlement = self._compute(self.siti)
        # 540: village 108, drying 480 wanted but 432 left, nothing for savings and debts
        self.assertEqual(settlement.deduction_ids.sorted('id').mapped(lambda row: (row.kind, row.amount)), [
            ('levy', 108), ('levy', 432),
        ])
        self.assertEqual(settlement.amount_payable, 0)

    def test_levy_that_found_nothing_is_made_up_for_and_not_taken_twice(self):
        self._create_agreement(self.siti, commission_rate=10, levy_ids=[
            self._levy("Drying", self.service, kind='unit', fee=10),
        ])
        self._sold(self.siti, 60)
        self.assertEqual(self._settle(self.siti).amount_levies, 540)  # of 600
        self._sold(self.siti, 10, price=100)
        self.assertEqual(self._settle(self.siti).amount_levies, 160)  # 100, and the 60 that were missing

    def test_goods_that_came_back_are_not_levied_again(self):
        self._create_agreement(self.siti, commission_rate=10, levy_ids=[self._levy("Village", self.village, rate=10)])
        invoice = self._sold(self.siti, 60)
        self.assertEqual(self._settle(self.siti).amount_levies, 54)
        self._credit(invoice, price=1)  # 60 less, proceeds 54 less: 5.40 were levied too much
        self._sold(self.siti, 60)
        self.assertEqual(self._settle(self.siti).amount_levies, 49)  # 10 % of 1,026 = 102.60, less 54

    def test_levy_on_an_account_of_the_cooperatives_own_machinery_is_refused(self):
        for account, text in (
            (self.clearing, "which serves"), (self.voluntary.account_id, "which serves"),
            (self.receivable, "cannot be booked on"), (self.proceeds, "cannot be booked on"),
        ):
            with self.subTest(account=account.name), self.assertRefused(text, ValidationError):
                self._create_agreement(self.siti, levy_ids=[self._levy("Wrong", account, rate=5)])

    def test_levy_of_nothing_is_refused(self):
        with self.assertRefused("Say how much", ValidationError):
            self._create_agreement(self.siti, levy_ids=[self._levy("Village", self.village)])

    # === LEAST TAKE-HOME === #

    def test_least_take_home_comes_before_debts_and_savings(self):
        for values, withheld, set_off, payable in (
            ({'take_home_rate': 40}, 54, 270, 216),  # 40 % of 540 = 216; 540 - 216 - 54 = 270
            ({'take_home_amount': 500}, 40, 0, 500),
            ({'take_home_rate': 40, 'take_home_amount': 300}, 54, 186, 300),
            ({'take_home_amount': 900}, 0, 0, 540),
        ):
            with self.subTest(**values):
                member = self._create_member(f"Member {values}")
                self._create_agreement(
                    member, commission_rate=10, savings_type_id=self.voluntary.id, savings_rate=10, set_off_rate=60,
                    set_off_consent_date='2020-01-01', **values,
                )
                self._owe(member, 270 if payable == 216 else 1_000)
                self._sold(member, 60)
                settlement = self._settle(member)
                self.assertEqual(
                    (settlement.amount_withheld, settlement.amount_set_off, settlement.amount_payable),
                    (withheld, set_off, payable),
                )
                self.assertEqual(settlement.move_id.amount_residual, payable)

    def test_shares_that_add_up_to_more_than_everything_are_refused(self):
        with self.assertRefused("add up to 110 %", ValidationError):
            self._create_agreement(self.siti, take_home_rate=60, savings_rate=30, savings_type_id=self.voluntary.id,
                                   levy_ids=[self._levy("Village", self.village, rate=20)])
        with self.assertRefused("add up to 120 %", ValidationError):
            self._create_agreement(self.siti, take_home_rate=40, set_off_rate=80)
        with self.assertRefused("rates_are_shares", Exception):
            self._create_agreement(self.siti, commission_rate=101)

    def test_levies_added_later_count_in_the_sum_of_shares(self):
        term = self._create_agreement(self.siti, take_home_rate=90).term_ids
        with self.assertRefused("add up to 110 %", ValidationError):
            term.levy_ids = [self._levy("Village", self.village, rate=20)]

    def test_consent_in_terms_for_all_members_names_the_resolution(self):
        term = self.agreement.term_ids
        for reference in (False, " "):
            with self.subTest(reference=reference), self.assertRefused("No single member's signature", ValidationError):
                term.write({
                    'set_off_rate': 50, 'set_off_consent_date': '2020-01-01', 'set_off_consent_ref': reference,
                })
        term.write({
            'set_off_rate': 50, 'set_off_consent_date': '2020-01-01', 'set_off_consent_ref': "RAT 2020, no. 4",
        })
        self._owe(self.siti, 1_000)
        self._sold(self.siti, 60)
        self.assertEqual(self._settle(self.siti).amount_set_off, 270)  # 600 - 60 commission = 540, half of it
        with self.assertRefused("No single member's signature", ValidationError):
            self.env['coop.consignment.agreement'].create({
                'categ_id': self.env['product.category'].create({'name': "Grain"}).id,
                'term_ids': [Command.create({
                    'date_from': '2020-01-01', 'set_off_rate': 50, 'set_off_consent_date': '2020-01-01',
                })],
            })

    def test_consent_counts_from_the_day_it_was_signed(self):
        term = self._create_agreement(self.siti, commission_rate=10, set_off_rate=100).term_ids
        self._owe(self.siti, 100)
        self._sold(self.siti, 60)
        self.assertEqual(self._compute(self.siti).amount_set_off, 0)
        term.write({'set_off_consent_date': self.today, 'set_off_consent_ref': "Folder 3"})
        self.env['coop.settlement'].search([('membership_id', '=', self.siti.id)]).action_compute()
        self.assertEqual(
            self.env['coop.settlement'].search([('membership_id', '=', self.siti.id)]).amount_set_off, 100,
        )

    def _levy(self, name, account, **values):
        return Command.create({'name': name, 'account_id': account.id, **values})

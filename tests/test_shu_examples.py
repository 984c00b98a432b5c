import random

from odoo import Command
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_shu import ShuCommon
from odoo.addons.producer_cooperative.tools.shu import member_part
from odoo.addons.producer_cooperative.tools.units import to_decimal


@tagged('post_install', '-at_install')
class TestShuExamples(ShuCommon):
    """Published examples, worked out from ledger, register and invoices."""

    def test_nadia_gets_420000_by_capital_and_nothing_by_patronage(self):
        # 40,000,000: capital 15 % = 6,000,000, patronage 25 % = 10,000,000. 6,000,000 × 2,450,000 / 35,000,000.
        self._create_rule(('reserve', 60), ('capital', 15), ('patronage', 25, 'purchases'))
        nadia = self._create_registered("Nadia", '001', 2_450_000)
        others = self._create_registered("Others", '002', 32_550_000)
        self._invoice(others, 20_000_000)
        allocation = self._compute(40_000_000)
        line = self._line(allocation, nadia)
        self.assertEqual(line.amount_total, 420_000)
        self.assertEqual(
            [(part.kind, part.pool_amount, part.numerator, part.denominator, part.amount) for part in line.part_ids],
            [('capital', 6_000_000, 2_450_000, 35_000_000, 420_000), ('patronage', 10_000_000, 0, 20_000_000, 0)],
        )

    def test_melani_gets_1140000(self):
        # capital 56,000,000 × 25 % × 600,000 / 28,000,000 = 300,000;
        # patronage 56,000,000 × 30 % × 8,400,000 / 168,000,000 = 840,000
        self._create_rule(('reserve', 45), ('capital', 25), ('patronage', 30, 'purchases'))
        melani = self._create_registered("Melani", '001', 600_000)
        others = self._create_registered("Others", '002', 27_400_000)
        self._invoice(melani, 8_400_000)
        self._invoice(others, 159_600_000)
        line = self._line(self._compute(56_000_000), melani)
        self.assertEqual((line.capital_amount, line.patronage_amount, line.amount_total), (300_000, 840_000, 1_140_000))

    def _compute_heri(self, **values):
        self._create_rule(
            ('capital', 40), ('patronage', 30, 'purchases'), ('reserve', 20), ('fund', 10, 'social'), **values,
        )
        heri = self._create_registered("Heri", '001', 6_500_000)
        others = self._create_registered("Others", '002', 71_500_000)
        self._invoice(heri, 1_500_000)
        self._invoice(others, 100_500_000)
        allocation = self._compute(90_000_000)
        return allocation, self._line(allocation, heri), self._line(allocation, others)

    def test_heri_gets_397059_where_nothing_may_be_left_over(self):
        # 27,000,000 × 1,500,000 / 102,000,000 = 397,058.82; the others 26,602,941.18
        allocation, heri, others = self._compute_heri()
        self.assertEqual((heri.capital_amount, heri.patronage_amount), (3_000_000, 397_059))
        self.assertEqual(others.patronage_amount, 26_602_941)
        self.assertEqual(self._shares(allocation), [36_000_000, 27_000_000, 18_000_000, 9_000_000])

    def test_heri_gets_397058_where_the_bylaws_round_down_and_the_reserve_gets_the_rest(self):
        allocation, heri, others = self._compute_heri(rounding_method='floor')
        self.assertEqual((heri.capital_amount, heri.patronage_amount), (3_000_000, 397_058))
        self.assertEqual(others.patronage_amount, 26_602_941)
        self.assertEqual(self._shares(allocation), [36_000_000, 26_999_999, 18_000_001, 9_000_000])

    def test_heri_gets_397058_of_what_members_and_others_bought(self):
        # The book divides by the turnover of the whole cooperative. Only Heri is a member: the other 26,602,942 of the
        # pool fall on others and go to the reserve.
        rule = self._create_rule(
            ('capital', 40), ('patronage', 30, 'purchases'), ('reserve', 20), ('fund', 10, 'social'),
            rounding_method='floor',
        )
        rule.share_ids = [Command.update(rule.share_ids[1].id, {'denominator_base': 'cooperative'})]
        heri = self._create_registered("Heri", '001', 6_500_000)
        self._invoice(heri, 1_500_000)
        self._document(self.env['res.partner'].create({'name': "Toko"}), 100_500_000)
        allocation = self._compute(90_000_000)
        part = self._line(allocation, heri).part_ids[1]
        self.assertEqual((part.numerator, part.denominator, part.amount), (1_500_000, 102_000_000, 397_058))
        self.assertEqual(self._shares(allocation), [36_000_000, 397_058, 18_000_000 + 26_602_942, 9_000_000])

    def test_melani_from_her_savings_book_to_the_entry_of_the_meeting(self):
        # savings by vouchers, business by invoices and a credit note, costs by a bill; the numbers are those of the book
        self._create_rule(('reserve', 45), ('capital', 25), ('patronage', 30, 'purchases'))
        melani = self._create_registered("Melani", '001')
        others = self._create_registered("Others", '002')
        self._save(melani, {self.principal: 100_000, self.mandatory: 500_000}, date='2024-01-10')
        self._save(others, {self.principal: 100_000, self.mandatory: 27_300_000}, date='2024-01-10')
        self._invoice(melani, 9_000_000)
        self._invoice(melani, 600_000, 'out_refund')
        self._invoice(others, 159_600_000)
        self._invoice(others, 112_000_000, 'in_invoice')
        allocation = self._post()
        # 168,000,000 − 112,000,000; reserve 25,200,000, capital 14,000,000, patronage 16,800,000
        self.assertEqual(allocation.surplus, 56_000_000)
        line = self._line(allocation, melani)
        self.assertEqual((line.capital_amount, line.patronage_amount), (300_000, 840_000))
        # the others 14,000,000 × 27,400,000 / 28,000,000 + 16,800,000 × 159,600,000 / 168,000,000
        self.assertEntry(allocation.year_end_move_id, [
            (self.unaffected, None, 56_000_000), (self.shu, None, -56_000_000),
        ])
        self.assertEntry(allocation.meeting_move_ids, [
            (self.shu, None, 56_000_000), (self.reserve, None, -25_200_000),
            (self.payable, melani.partner_id, -1_140_000), (self.payable, others.partner_id, -29_660_000),
        ])

    def test_every_part_can_be_worked_out_by_hand(self):
        allocation, *_lines = self._compute_heri()
        for part in allocation.member_line_ids.part_ids:
            exact = member_part(int(part.pool_amount), to_decimal(part.numerator), to_decimal(part.denominator))
            self.assertLess(abs(part.amount - exact), 1)
        self.assertEqual(len(allocation.member_line_ids.part_ids), 4)

    @classmethod
    def _document(cls, partner, amount):
        """Return a posted invoice of a customer who is no member."""
        move = cls.env['account.move'].create({
            'move_type': 'out_invoice', 'partner_id': partner.id, 'invoice_date': '2024-03-15', 'date': '2024-03-15',
            'invoice_line_ids': [Command.create({
                'name': "Goods", 'quantity': 1, 'price_unit': amount, 'account_id': cls.income.id,
                'tax_ids': [Command.clear()],
            })],
        })
        move.action_post()
        return move

    def test_grace_gets_620000(self):
        # 10,000,000 × 3,000,000 / 60,000,000 + 12,000,000 × 1,000,000 / 100,000,000
        self._create_rule(('reserve', 45), ('capital', 25), ('patronage', 30, 'purchases'))
        grace = self._create_registered("Grace", '001', 3_000_000)
        others = self._create_registered("Others", '002', 57_000_000)
        self._invoice(grace, 1_000_000)
        self._invoice(others, 99_000_000)
        line = self._line(self._compute(40_000_000), grace)
        self.assertEqual((line.capital_amount, line.patronage_amount), (500_000, 120_000))

    def test_report_of_smpn_20_adds_up(self):
        # 41,604,100 − 34,506,855 = 7,097,245. Exact shares end in .25 .25 .75 .125 .25 .125 .25; the two rupiah that
        # are left after rounding down go to .75 and to the first .25.
        self._create_rule(
            ('reserve', 25), ('capital', 45), ('fund', 15, 'board'), ('fund', 2.5, 'staff'), ('fund', 5, 'education'),
            ('fund', 2.5, 'social'), ('fund', 5, 'area'),
        )
        self._create_registered("Member", '001', 1_000_000)
        self._book_result(41_604_100)
        self._book_result(-34_506_855)
        allocation = self._compute()
        self.assertEqual(allocation.surplus, 7_097_245)
        self.assertEqual(
            self._shares(allocation), [1_774_312, 3_193_760, 1_064_587, 177_431, 354_862, 177_431, 354_862],
        )
        self.assertEqual(sum(self._shares(allocation)), 7_097_245)

    def test_capital_counts_by_days_held(self):
        # share-days of 456 days: 100 × 456, 200 × 366, 300 × 183, 100 × 122, 500 × 31
        self._create_rule(('capital', 50), ('reserve', 50), capital_base='average')
        for number, (amount, date) in enumerate((
            (100, '2015-01-01'), (200, '2015-04-01'), (300, '2015-10-01'), (100, '2015-12-01'), (500, '2016-03-01'),
        ), start=1):
            self._create_registered(f"M{number}", f'{number:03}', amount, joined=date)
        allocation = self._compute(100_000, period=('2015-01-01', '2016-03-31'))
        self.assertEqual(
            [(line.part_ids.numerator, line.amount_total) for line in allocation.member_line_ids],
            [(45_600, 11_321), (73_200, 18_173), (54_900, 13_629), (12_200, 3_029), (15_500, 3_848)],
        )
        self.assertEqual(allocation.share_ids[0].denominator, 201_400)

    def test_1000_at_5_per_cent_held_the_whole_year_is_50_and_not_49_86(self):
        # 5 % of 1,000 for 366 of 366 days is 50.00, for 184 of 366 days 25.14: pool 75.14
        self._create_rule(('capital', 50), ('reserve', 50), capital_base='average', rounding_unit=0.01)
        self._create_registered("Whole Year", '001', 1_000, joined='2023-12-31')
        self._create_registered("Half Year", '002', 1_000, joined='2024-07-01')
        self.assertEqual(self._parts(self._compute(150.28)), {"Whole Year": 50.00, "Half Year": 25.14})

    def test_capital_held_all_year_counts_for_the_whole_year(self):
        # 5 % of 1,000 is 50.00 and not 49.86: a pool of 5 % of the only member's capital goes to that member whole
        self._create_rule(('capital', 50), ('reserve', 50), capital_base='average')
        self._create_registered("Whole Year", '001', 1_000, joined='2023-07-01')
        self._create_registered("Half Year", '002', 1_000, joined='2024-07-01')
        allocation = self._compute(1_100)
        # 2024 has 366 days, from 1 July on 184: 550 × 366 / 550 and 550 × 184 / 550
        self.assertEqual(self._parts(allocation), {"Whole Year": 366, "Half Year": 184})

    def test_shares_and_parts_of_random_cooperatives_add_up(self):
        generator = random.Random(20)
        members = [self._create_registered(f"M{n}", f'{n}', generator.randint(1, 9_999_999)) for n in range(1, 12)]
        for member in members:
            self._invoice(member, generator.randint(1, 999_999))
        rule = self._create_rule(
            ('reserve', 40), ('capital', 22.5), ('patronage', 30, 'purchases'), ('fund', 7.5, 'social'),
        )
        for method in ('largest', 'floor'):
            for unit in (1, 100):
                for _round in range(3):
                    rule.write({'rounding_method': method, 'rounding_unit': unit})
                    self._book_result(generator.randint(1, 9_999_999) + 0.37)
                    allocation = self._compute()
                    with self.subTest(method=method, unit=unit, surplus=allocation.surplus):
                        total = sum(self._shares(allocation))
                        self.assertEqual(self.rupiah.compare_amounts(total, allocation.surplus), 0)
                        pools = allocation.share_ids.filtered(lambda share: share.kind in ('capital', 'patronage'))
                        self.assertEqual(sum(self._parts(allocation).values()), sum(pools.mapped('amount_booked')))
                        self.assertTrue(all(line.capital_amount % unit == 0 for line in allocation.member_line_ids))
                        if method == 'largest':
                            self.assertEqual(pools.mapped('rounding_amount'), [0, 0])

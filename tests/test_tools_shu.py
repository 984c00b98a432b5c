"""Sharing the yearly surplus."""

from decimal import Decimal
from fractions import Fraction
from math import floor

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.producer_cooperative.tools.apportion import apportion
from odoo.addons.producer_cooperative.tools.errors import InputRefusal, RuleRefusal
from odoo.addons.producer_cooperative.tools.shu import (
    check_shares,
    floor_surplus,
    member_part,
    split_surplus,
)

properties = settings(derandomize=True, max_examples=100, deadline=None, database=None)
pools = st.integers(0, 10**15)


@st.composite
def share_tables(draw):
    """Shares in hundredths of a per cent that add up to 100."""
    cuts = sorted(draw(st.lists(st.integers(0, 10_000), max_size=6)))
    steps = zip([0, *cuts], [*cuts, 10_000], strict=True)
    return {place: Decimal(upper - lower) / 100 for place, (lower, upper) in enumerate(steps)}


@tagged('post_install', '-at_install')
class TestToolsShu(BaseCase):

    # === PUBLISHED EXAMPLES === #

    def test_nadia_of_the_school_book_who_bought_nothing(self):
        capital = member_part(6_000_000, 2_450_000, 35_000_000)
        patronage = member_part(10_000_000, 0, 20_000_000)
        self.assertEqual((capital, patronage), (420_000, 0))

    def test_melani_of_the_school_book(self):
        pools_of_surplus = split_surplus(56_000_000, {'capital': 25, 'patronage': 30, 'other': 45}).parts
        capital = member_part(pools_of_surplus['capital'], 600_000, 28_000_000)
        patronage = member_part(pools_of_surplus['patronage'], 8_400_000, 168_000_000)
        self.assertEqual((capital, patronage), (300_000, 840_000))
        self.assertEqual(capital + patronage, 1_140_000)

    def test_heri_of_the_school_book_which_rounds_down(self):
        parts = split_surplus(90_000_000, {'capital': 40, 'patronage': 30, 'reserve': 20, 'other': 10}).parts
        capital = member_part(parts['capital'], 6_500_000, 78_000_000)
        patronage = member_part(parts['patronage'], 1_500_000, 102_000_000)
        self.assertEqual(capital, 3_000_000)
        # 397,058.82
        self.assertEqual(patronage, Fraction(27_000_000 * 1_500_000, 102_000_000))
        self.assertEqual(round(float(patronage), 2), 397_058.82)
        self.assertEqual(floor(patronage), 397_058)

    def test_grace(self):
        parts = split_surplus(40_000_000, {'capital': 25, 'patronage': 30, 'other': 45}).parts
        capital = member_part(parts['capital'], 3_000_000, 60_000_000)
        patronage = member_part(parts['patronage'], 1_000_000, 100_000_000)
        self.assertEqual((capital, patronage, capital + patronage), (500_000, 120_000, 620_000))

    def test_the_report_that_was_printed_one_rupiah_short_adds_up(self):
        # Koperasi SMPN 20, 2010
        surplus = 41_604_100 - 34_506_855
        self.assertEqual(surplus, 7_097_245)
        shares = dict(enumerate([25, 45, 15, Decimal('2.5'), 5, Decimal('2.5'), 5]))
        printed = [1_774_311, 3_193_760, 1_064_587, 177_431, 354_862, 177_431, 354_862]
        self.assertEqual(sum(printed), surplus - 1)
        parts = list(split_surplus(surplus, shares).parts.values())
        # five parts end in .25 or .125, the third in .75: one unit goes there, the other to the first .25
        self.assertEqual(parts, [1_774_312, *printed[1:]])
        self.assertEqual(sum(parts), surplus)

    # === SHARES === #

    def test_shares_seen_in_practice_are_accepted(self):
        for shares in (
            [40, 40, 5, 5, 5, 5],
            [25, 45, 15, Decimal('2.5'), 5, Decimal('2.5'), 5],
            [5, 50, 20, 10, 5, 3, 2, 5],
        ):
            with self.subTest(shares=shares):
                self.assertIsNone(check_shares(shares))

    def test_shares_of_a_hundred_and_five_are_refused_with_the_difference(self):
        with self.assertRaises(RuleRefusal) as caught:
            check_shares({'reserve': 40, 'members': 40, 'board': 5, 'staff': 5, 'education': 10, 'social': 5})
        self.assertEqual(caught.exception.code, 'shares_sum')
        self.assertEqual(caught.exception.params, {'total': 105, 'difference': 5})

    def test_shares_a_hundredth_short_are_refused(self):
        with self.assertRaises(RuleRefusal) as caught:
            split_surplus(1_000, {'a': Decimal('33.33'), 'b': Decimal('33.33'), 'c': Decimal('33.33')})
        self.assertEqual(caught.exception.params, {'total': Decimal('99.99'), 'difference': Decimal('-0.01')})

    def test_no_shares_are_refused(self):
        with self.assertRaises(RuleRefusal) as caught:
            check_shares([])
        self.assertEqual(caught.exception.params, {'total': 0, 'difference': -100})

    def test_negative_shares_and_floats_are_refused(self):
        for shares, code in (([110, -10], 'negative'), ([99.5, 0.5], 'float_not_exact')):
            with self.subTest(shares=shares), self.assertRaises(InputRefusal) as caught:
                check_shares(shares)
            self.assertEqual(caught.exception.code, code)

    # === LOSS === #

    def test_a_loss_is_said_to_be_a_loss(self):
        split = split_surplus(-2_500_000_000, {'members': 60, 'reserve': 40})
        self.assertTrue(split.is_loss)
        self.assertEqual(split.loss, 2_500_000_000)
        self.assertEqual(split.surplus, -2_500_000_000)
        self.assertEqual(split.parts, {'members': 0, 'reserve': 0})

    def test_a_loss_of_one_rupiah_is_a_loss(self):
        self.assertTrue(split_surplus(-1, {'members': 60, 'reserve': 40}).is_loss)

    def test_a_surplus_of_nothing_is_no_loss(self):
        split = split_surplus(0, {'members': 60, 'reserve': 40})
        self.assertFalse(split.is_loss)
        self.assertEqual(split.parts, {'members': 0, 'reserve': 0})

    def test_a_loss_is_not_shared_out_to_members(self):
        with self.assertRaises(InputRefusal) as caught:
            member_part(-5, 1, 2)
        self.assertEqual(caught.exception.code, 'loss_not_shared')
        self.assertEqual(caught.exception.params, {'loss': 5})

    # === POOLS === #

    def test_rounding_each_member_alone_would_be_off(self):
        alone = [round(member_part(1_000, 1, 7)) for __ in range(7)]
        self.assertEqual(sum(alone), 1_001)  # 142.86 is 143, seven times
        self.assertEqual(sum(apportion(1_000, [1] * 7)), 1_000)

    def test_pools_without_base_are_refused(self):
        with self.assertRaises(InputRefusal) as caught:
            member_part(5, 0, 0)
        self.assertEqual(caught.exception.code, 'zero_total')

    def test_a_part_larger_than_its_base_is_refused(self):
        with self.assertRaises(InputRefusal) as caught:
            member_part(5, 11, 10)
        self.assertEqual(caught.exception.code, 'part_above_base')

    # === PROPERTIES === #

    @properties
    @given(st.integers(-(10**15), 10**15), share_tables())
    def test_surplus_and_loss_always_reconcile(self, surplus, shares):
        split = split_surplus(surplus, shares)
        self.assertEqual(sum(split.parts.values()) - split.loss, surplus)
        self.assertEqual(split.is_loss, surplus < 0)
        self.assertTrue(all(part >= 0 for part in split.parts.values()))

    # === ROUNDING DOWN === #

    @properties
    @given(pools, share_tables())
    def test_rounded_down_less_than_a_unit_per_share_is_left(self, surplus, shares):
        parts = floor_surplus(surplus, shares).parts
        for place, share in shares.items():
            self.assertEqual(parts[place], floor(surplus * Fraction(share) / 100))
        self.assertLess(surplus - sum(parts.values()), len(parts))

    def test_rounded_down_a_loss_is_a_loss(self):
        self.assertEqual(floor_surplus(-7, {'reserve': 100}).loss, 7)

"""Sharing the yearly surplus."""

from decimal import Decimal
from fractions import Fraction
from math import floor

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.producer_cooperative.tools.errors import InputRefusal, RuleRefusal
from odoo.addons.producer_cooperative.tools.shu import (
    check_shares,
    distribute_pool,
    floor_pool,
    floor_surplus,
    member_part,
    number_key,
    split_surplus,
    weigh_by_days,
)

properties = settings(derandomize=True, max_examples=100, deadline=None, database=None)
base_maps = st.dictionaries(st.integers(1, 9_999), st.integers(0, 10**15), min_size=1, max_size=12).filter(
    lambda bases: any(bases.values())
)
pools = st.integers(0, 10**15)


@st.composite
def share_tables(draw):
    """Shares in hundredths of a per cent that add up to 100."""
    cuts = sorted(draw(st.lists(st.integers(0, 10_000), max_size=6)))
    steps = zip([0, *cuts], [*cuts, 10_000], strict=True)
    return {place: Decimal(upper - lower) / 100 for place, (lower, upper) in enumerate(steps)}


@tagged('post_install', '-at_install')
class TestToolsShu(BaseCase):

    # === DAYS OF MEMBERSHIP === #

    def test_a_base_counts_by_days_of_membership(self):
        self.assertEqual(weigh_by_days(1_000_000, 184, 366), 502_732)  # 502,732.24
        self.assertEqual((weigh_by_days(1_000_000, 366, 366), weigh_by_days(1_000_000, 0, 366)), (1_000_000, 0))

    def test_more_days_than_the_period_has_are_refused(self):
        for base, days in ((1, 367), (1, -1), (-1, 1)):
            with self.subTest(base=base, days=days), self.assertRaises(InputRefusal):
                weigh_by_days(base, days, 366)

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
        for compute in (lambda: distribute_pool(-5, [1, 1]), lambda: member_part(-5, 1, 2)):
            with self.assertRaises(InputRefusal) as caught:
                compute()
            self.assertEqual(caught.exception.code, 'loss_not_shared')
            self.assertEqual(caught.exception.params, {'loss': 5})

    # === POOLS === #

    def test_rounding_each_member_alone_would_be_off(self):
        bases = {member: 1 for member in range(1, 8)}
        alone = [round(member_part(1_000, 1, 7)) for __ in bases]
        self.assertEqual(sum(alone), 1_001)  # 142.86 is 143, seven times
        self.assertEqual(sum(distribute_pool(1_000, bases).values()), 1_000)

    def test_the_odd_rupiah_goes_to_the_lower_member_number(self):
        bases = {'Sari': 1, 'Budi': 1}
        self.assertEqual(distribute_pool(101, bases, {'Sari': '0002', 'Budi': '0001'}), {'Sari': 50, 'Budi': 51})
        self.assertEqual(distribute_pool(101, [1, 1], ['0002', '0001']), [50, 51])

    def test_by_the_turnover_of_the_whole_cooperative_a_rest_remains(self):
        # 1,000 by 300 of 1,000 and 200 of 1,000
        self.assertEqual(distribute_pool(1_000, {'A': 300, 'B': 200}, total=1_000), {'A': 300, 'B': 200})

    def test_of_equal_remainders_the_rest_comes_last(self):
        # 1 by 1 : 1 : 1, the third being nobody's
        self.assertEqual(distribute_pool(1, [1, 1], [9, 8], total=3), [0, 1])

    def test_pools_without_base_are_refused(self):
        for compute in (
            lambda: distribute_pool(5, {}),
            lambda: distribute_pool(5, [0]),
            lambda: member_part(5, 0, 0),
        ):
            with self.assertRaises(InputRefusal) as caught:
                compute()
            self.assertEqual(caught.exception.code, 'zero_total')

    def test_a_part_larger_than_its_base_is_refused(self):
        with self.assertRaises(InputRefusal) as caught:
            member_part(5, 11, 10)
        self.assertEqual(caught.exception.code, 'part_above_base')
        with self.assertRaises(InputRefusal) as caught:
            distribute_pool(5, [6, 5], total=10)
        self.assertEqual(caught.exception.code, 'total_too_small')

    # === PROPERTIES === #

    @properties
    @given(st.integers(-(10**15), 10**15), share_tables())
    def test_surplus_and_loss_always_reconcile(self, surplus, shares):
        split = split_surplus(surplus, shares)
        self.assertEqual(sum(split.parts.values()) - split.loss, surplus)
        self.assertEqual(split.is_loss, surplus < 0)
        self.assertTrue(all(part >= 0 for part in split.parts.values()))

    @properties
    @given(pools, base_maps)
    def test_a_pool_is_handed_out_to_the_last_rupiah(self, pool, bases):
        parts = distribute_pool(pool, bases)
        self.assertEqual(sum(parts.values()), pool)
        whole = sum(bases.values())
        for member, base in bases.items():
            self.assertLess(abs(parts[member] - member_part(pool, base, whole)), 1)

    @properties
    @given(pools, base_maps, st.randoms(use_true_random=False))
    def test_the_order_of_the_members_does_not_matter_given_their_numbers(self, pool, bases, random):
        shuffled = list(bases.items())
        random.shuffle(shuffled)
        numbers = {member: member for member in bases}
        self.assertEqual(distribute_pool(pool, dict(shuffled), numbers), distribute_pool(pool, bases, numbers))

    @properties
    @given(pools, base_maps, st.integers(0, 10**15))
    def test_with_a_larger_whole_nobody_gets_more_than_a_unit_beyond_the_exact_part(self, pool, bases, rest):
        whole = sum(bases.values()) + rest
        parts = distribute_pool(pool, bases, total=whole)
        self.assertLessEqual(sum(parts.values()), pool)
        for member, base in bases.items():
            self.assertLess(abs(parts[member] - Fraction(pool * base, whole)), 1)

    # === ROUNDING DOWN === #

    @properties
    @given(pools, share_tables())
    def test_rounded_down_less_than_a_unit_per_share_is_left(self, surplus, shares):
        parts = floor_surplus(surplus, shares).parts
        for place, share in shares.items():
            self.assertEqual(parts[place], floor(surplus * Fraction(share) / 100))
        self.assertLess(surplus - sum(parts.values()), len(parts))

    @properties
    @given(pools, base_maps)
    def test_rounded_down_nobody_gets_more_than_the_exact_part(self, pool, bases):
        parts = floor_pool(pool, bases)
        whole = sum(bases.values())
        for member, base in bases.items():
            self.assertEqual(parts[member], floor(member_part(pool, base, whole)))

    def test_rounded_down_a_loss_is_a_loss(self):
        self.assertEqual(floor_surplus(-7, {'reserve': 100}).loss, 7)
        with self.assertRaises(InputRefusal):
            floor_pool(-7, {1: 1})

    # === MEMBER NUMBERS === #

    def test_member_numbers_are_put_in_order_as_numbers(self):
        self.assertEqual(sorted(['A2', '10', 'A10', '9', '009'], key=number_key), ['009', '9', '10', 'A2', 'A10'])

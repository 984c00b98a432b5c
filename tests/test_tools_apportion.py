"""Sharing an amount so that the parts add up."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.producer_cooperative.tools.apportion import (
    apportion,
    apportion_by_key,
    apportion_capped,
    apportion_floor,
    apportion_with_rest,
    rest_of,
    split_shares,
)
from odoo.addons.producer_cooperative.tools.errors import InputRefusal

properties = settings(derandomize=True, max_examples=100, deadline=None, database=None)
amounts = st.integers(-(10**15), 10**15)
weight_lists = st.lists(st.integers(0, 10**15), min_size=1, max_size=12).filter(any)


@tagged('post_install', '-at_install')
class TestToolsApportion(BaseCase):

    def assertRefused(self, code, function, *args, **kwargs):
        with self.assertRaises(InputRefusal) as caught:
            function(*args, **kwargs)
        self.assertEqual(caught.exception.code, code)
        return caught.exception.params

    # === LARGEST REMAINDER === #

    def test_ten_over_three_adds_up(self):
        # 10.00 in cents
        self.assertEqual(apportion(1_000, [1, 1, 1]), [334, 333, 333])

    def test_a_hundred_over_three_adds_up(self):
        # 100.00 in cents
        self.assertEqual(apportion(10_000, [1, 1, 1]), [3_334, 3_333, 3_333])

    def test_the_odd_cent_of_two_halves_goes_to_the_first(self):
        # 10.01 in cents at 50/50
        self.assertEqual(apportion(1_001, [50, 50]), [501, 500])

    def test_freight_follows_value(self):
        self.assertEqual(apportion(2_100, [12_000, 9_000]), [1_200, 900])
        self.assertEqual(apportion(4_000, [10_000, 30_000]), [1_000, 3_000])

    def test_goods_that_did_not_arrive_make_the_others_dearer(self):
        # 24 ordered at 2.30 = 55.20; 23 arrive and the vendor gives no credit: 2.40 each
        self.assertEqual(apportion(24 * 230, [1] * 23), [240] * 23)

    def test_transport_is_not_rounded_up_for_each(self):
        # 10.00 among six: rounded up for each it would be 6 x 1.67 = 10.02
        parts = apportion(1_000, [1] * 6)
        self.assertEqual(parts, [167, 167, 167, 167, 166, 166])
        self.assertEqual(sum(parts), 1_000)

    def test_the_odd_rupiah_goes_to_the_lower_member_number(self):
        self.assertEqual(apportion(100, [1, 1, 1], ties=['0007', '0003', '0005']), [33, 34, 33])

    def test_the_larger_remainder_comes_before_the_lower_number(self):
        # 10 by 1 : 2 : 4 is 1.43, 2.86, 5.71; the two units left go to .86 and .71
        self.assertEqual(apportion(10, [1, 2, 4], ties=[1, 2, 3]), [1, 3, 6])

    def test_equal_keys_are_decided_by_position(self):
        self.assertEqual(apportion(2, [1, 1, 1], ties=['x', 'x', 'x']), [1, 1, 0])

    def test_a_reversal_mirrors_what_it_reverses(self):
        self.assertEqual(apportion(-1_000, [1, 1, 1]), [-334, -333, -333])

    def test_decimal_and_fraction_weights_are_exact(self):
        # 0.1 : 0.2 as floats would be 0.1 : 0.2000000000000000111
        self.assertEqual(apportion(3, [Decimal('0.1'), Decimal('0.2')]), [1, 2])
        self.assertEqual(apportion(6, [Fraction(1, 3), Fraction(1, 6)]), [4, 2])

    def test_parts_by_key_use_the_ties_of_the_key(self):
        self.assertEqual(
            apportion_by_key(5, {'b': 1, 'a': 1}, ties={'b': 12, 'a': 11}),
            {'b': 2, 'a': 3},
        )

    def test_what_is_nobodys_comes_after_everybody(self):
        # 3 among 1 : 1 and a rest of 2 is 0.75, 0.75, 1.5: the two units left go to the members
        self.assertEqual(apportion_with_rest(3, [1, 1], 2), [1, 1])
        # 1 among 1 : 1 and a rest of 1: all remainders are equal
        self.assertEqual(apportion_with_rest(1, [1, 1], 1, ties=[2, 1]), [0, 1])

    def test_nothing_to_share_by_is_refused(self):
        for weights in ([], [0, 0]):
            with self.subTest(weights=weights):
                self.assertEqual(self.assertRefused('zero_total', apportion, 5, weights), {'amount': 5})

    def test_a_negative_weight_is_refused(self):
        params = self.assertRefused('negative', apportion, 5, [1, -1, 3])
        self.assertEqual(params, {'name': 'weight', 'value': -1})

    def test_floats_are_refused(self):
        self.assertRefused('float_not_exact', apportion, 5, [0.5, 0.5])
        self.assertRefused('not_whole', apportion, 5.0, [1, 1])

    def test_keys_must_be_as_many_as_weights(self):
        params = self.assertRefused('length_mismatch', apportion, 5, [1, 1], ties=[1])
        self.assertEqual(params, {'count': 1, 'expected': 2})

    @properties
    @given(amounts, weight_lists)
    def test_the_parts_add_up_and_are_within_one_unit(self, amount, weights):
        parts = apportion(amount, weights)
        self.assertEqual(sum(parts), amount)
        for part, weight in zip(parts, weights, strict=True):
            self.assertLess(abs(part - Fraction(amount * weight, sum(weights))), 1)
            self.assertGreaterEqual(part * amount, 0)

    @properties
    @given(amounts, weight_lists, st.randoms(use_true_random=False))
    def test_the_order_of_the_members_does_not_matter_given_their_numbers(self, amount, weights, random):
        parts = apportion_by_key(amount, dict(enumerate(weights)), {n: n for n in range(len(weights))})
        members = list(enumerate(weights))
        random.shuffle(members)
        shuffled = apportion_by_key(amount, dict(members), {n: n for n in range(len(weights))})
        self.assertEqual(shuffled, parts)

    @properties
    @given(amounts, weight_lists)
    def test_a_larger_weight_never_gets_less(self, amount, weights):
        ranked = sorted(weights, reverse=True)
        parts = [abs(part) for part in apportion(amount, ranked)]
        self.assertEqual(parts, sorted(parts, reverse=True))

    @properties
    @given(amounts, weight_lists, st.integers(1, 10**6))
    def test_the_unit_of_the_weights_does_not_matter(self, amount, weights, factor):
        scaled = [Fraction(weight, factor) for weight in weights]
        self.assertEqual(apportion(amount, scaled), apportion(amount, weights))

    # === CAPS === #

    def test_a_shortage_is_shared_in_proportion(self):
        self.assertEqual(apportion_capped(50, [30, 20, 10]), [25, 17, 8])

    def test_nobody_gets_more_than_the_cap(self):
        self.assertEqual(apportion_capped(100, [30, 20, 10]), [30, 20, 10])

    def test_what_a_cap_holds_back_is_shared_again_until_stable(self):
        # 60 equally is 15 each; 2 caps at 2, then 58 / 3 = 19.33; 16 caps, then 42 / 2 = 21
        self.assertEqual(apportion_capped(60, [2, 16, 50, 50], weights=[1, 1, 1, 1]), [2, 16, 21, 21])

    def test_without_weight_there_is_no_part(self):
        self.assertEqual(apportion_capped(10, [5, 5], weights=[0, 1]), [0, 5])

    def test_no_caps_give_nothing_instead_of_a_refusal(self):
        self.assertEqual(apportion_capped(5, []), [])
        self.assertEqual(apportion_capped(5, [0, 0]), [0, 0])

    def test_negative_caps_and_amounts_are_refused(self):
        self.assertRefused('negative', apportion_capped, 5, [-1, 6])
        self.assertRefused('negative', apportion_capped, -5, [1, 6])
        self.assertRefused('length_mismatch', apportion_capped, 5, [1, 6], weights=[1])

    @properties
    @given(
        st.integers(0, 10**15),
        st.lists(st.tuples(st.integers(0, 10**14), st.integers(1, 1_000)), max_size=12),
    )
    def test_capped_parts_use_all_there_is_up_to_the_caps(self, amount, pairs):
        caps, weights = [cap for cap, __ in pairs], [weight for __, weight in pairs]
        parts = apportion_capped(amount, caps, weights=weights)
        self.assertEqual(sum(parts), min(amount, sum(caps)))
        self.assertTrue(all(0 <= part <= cap for part, cap in zip(parts, caps, strict=True)))

    @properties
    @given(st.integers(0, 10**6), st.lists(st.integers(0, 10**5), min_size=1, max_size=8))
    def test_capped_at_their_own_weights_is_plain_sharing(self, amount, caps):
        assume(0 < amount <= sum(caps))
        self.assertEqual(apportion_capped(amount, caps), apportion(amount, caps))

    # === ROUNDING DOWN === #

    def test_the_school_book_rounds_down(self):
        # Heri's patronage: 27,000,000 x 1,500,000 / 102,000,000 = 397,058.82
        parts, remainder = apportion_floor(27_000_000, [1_500_000, 100_500_000])
        self.assertEqual(parts[0], 397_058)
        self.assertEqual(remainder, 1)

    def test_the_whole_may_be_more_than_its_known_parts(self):
        self.assertEqual(apportion_floor(100, [1, 1], total=3), ([33, 33], 34))
        self.assertEqual(apportion_floor(-100, [1, 1], total=3), ([-33, -33], -34))

    def test_a_whole_smaller_than_its_parts_is_refused(self):
        params = self.assertRefused('total_too_small', apportion_floor, 100, [2, 2], total=3)
        self.assertEqual(params, {'total': 3, 'parts': 4})
        self.assertEqual(rest_of([2, 2], 5), 1)
        self.assertEqual(rest_of([2, 2], 4), 0)
        self.assertRefused('zero_total', apportion_floor, 100, [])

    @properties
    @given(amounts, weight_lists)
    def test_rounded_down_the_rest_is_less_than_a_unit_each(self, amount, weights):
        parts, remainder = apportion_floor(amount, weights)
        self.assertEqual(sum(parts) + remainder, amount)
        self.assertLess(abs(remainder), len(weights))

    # === BY SUBTRACTION === #

    def test_the_last_part_comes_by_subtraction(self):
        self.assertEqual(split_shares(1_001, [50, 50]), [501, 500])
        self.assertEqual(split_shares(-1_001, [50, 50]), [-501, -500])

    def test_many_small_shares_never_leave_the_last_one_below_zero(self):
        # rounding each of the first five up would leave 3 - 5 = -2
        self.assertEqual(split_shares(3, [1] * 6), [1, 0, 1, 0, 1, 0])

    def test_a_split_inside_a_split_adds_up(self):
        # capital 30 and patronage 70 of the members' 40 per cent of 1,001
        members, reserve = split_shares(1_001, [40, 60])
        capital, patronage = split_shares(members, [30, 70])
        self.assertEqual((members, reserve), (400, 601))  # 400.4
        self.assertEqual((capital, patronage), (120, 280))

    def test_shares_of_nothing_are_refused(self):
        self.assertRefused('zero_total', split_shares, 5, [0])
        self.assertRefused('zero_total', split_shares, 5, [])
        self.assertRefused('negative', split_shares, 5, [1, -1])

    @properties
    @given(amounts, weight_lists, st.integers(1, 11))
    def test_the_first_shares_together_are_what_they_would_be_as_one(self, amount, shares, cut):
        parts = split_shares(amount, shares)
        self.assertEqual(sum(parts), amount)
        self.assertTrue(all(part * amount >= 0 for part in parts))
        two = split_shares(amount, [sum(shares[:cut]), sum(shares[cut:])])
        self.assertEqual(two, [sum(parts[:cut]), sum(parts[cut:])])

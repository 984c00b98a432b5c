"""How many full cases are ordered."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.producer_cooperative.tools.cases import CaseFill, fill_cases
from odoo.addons.producer_cooperative.tools.errors import InputRefusal

properties = settings(derandomize=True, max_examples=100, deadline=None, database=None)
quantities = st.decimals(0, 10**15, places=3)
packs = st.decimals('0.001', 10**6, places=3)


@tagged('post_install', '-at_install')
class TestToolsCases(BaseCase):

    # === FULL CASES === #

    def test_tolerance_completes_a_case_and_opens_none(self):
        # (quantity, tolerance, packs) at four per pack
        cases = [(0, 2, 0), (0, 5, 0), (2, 2, 1), (4, 2, 1), (4, 4, 1), (5, 3, 2), (5, 4, 2)]
        for quantity, tolerance, expected in cases:
            with self.subTest(quantity=quantity, tolerance=tolerance):
                fill = fill_cases(quantity, tolerance, pack=4)
                self.assertEqual((fill.packs, fill.quantity), (expected, expected * 4))

    def test_a_pack_of_one_point_three_is_exact(self):
        self.assertEqual(9.1 // 1.3, 6)  # what a float gives
        self.assertEqual(fill_cases(9.1, 0, pack=1.3).packs, 7)
        self.assertEqual(fill_cases('9.1', 0, pack=Decimal('1.3')).quantity, Decimal('9.1'))

    def test_what_would_complete_the_case_is_said(self):
        # 2 of 4 with a tolerance of 1: one is missing
        self.assertEqual(fill_cases(2, 1, pack=4), CaseFill(0, Decimal(0), Decimal(0), Decimal(1)))
        self.assertEqual(fill_cases(9, pack=4).missing_for_case, 3)
        self.assertEqual(fill_cases(8, 0, pack=4).missing_for_case, 0)

    # === THE VENDOR'S MINIMUM === #

    def test_below_the_minimum_tolerance_may_reach_it(self):
        # 9 asked, 3 more would be taken: the minimum of 3 x 4 is just reached
        self.assertEqual(fill_cases(9, 3, pack=4, minimum_packs=3), CaseFill(3, Decimal(12)))
        self.assertEqual(fill_cases('0.5', 50, pack=4, minimum_packs=3), CaseFill(3, Decimal(12)))

    def test_below_the_minimum_nothing_is_ordered_and_the_gap_is_said(self):
        # 9 + 2 of 12
        self.assertEqual(
            fill_cases(9, 2, pack=4, minimum_packs=3), CaseFill(0, Decimal(0), missing=Decimal(1))
        )

    def test_tolerance_alone_does_not_reach_the_minimum(self):
        self.assertEqual(fill_cases(0, 50, pack=4, minimum_packs=3).packs, 0)

    def test_the_minimum_is_compared_in_the_unit_of_the_need(self):
        # a minimum of 5 packs of 10 kg is 50 kg: 6 kg are not enough though 6 > 5
        fill = fill_cases(6, 0, pack=10, minimum_packs=5)
        self.assertEqual((fill.packs, fill.missing), (0, 44))

    def test_above_the_minimum_it_does_not_matter(self):
        self.assertEqual(fill_cases(13, 0, pack=4, minimum_packs=3).packs, 3)

    def test_a_minimum_of_two_and_a_half_packs_is_three(self):
        self.assertEqual(fill_cases(9, 3, pack=4, minimum_packs=2.5).packs, 3)

    # === GOODS BY WEIGHT === #

    def test_goods_by_weight_are_not_packed(self):
        for pack in (None, 0, 0.0):
            with self.subTest(pack=pack):
                self.assertEqual(fill_cases('12.345', 5, pack), CaseFill(0, Decimal('12.345')))

    def test_goods_by_weight_have_their_minimum_in_their_own_unit(self):
        self.assertEqual(fill_cases(40, 10, None, 50), CaseFill(0, Decimal(50)))
        self.assertEqual(fill_cases(40, 9, None, 50), CaseFill(0, Decimal(0), missing=Decimal(1)))
        self.assertEqual(fill_cases(0, 90, None, 50).quantity, 0)

    # === REFUSALS === #

    def test_negative_numbers_are_refused(self):
        for arguments in ((-1, 0, 4, 0), (1, -1, 4, 0), (1, 0, -4, 0), (1, 0, 4, -1)):
            with self.subTest(arguments=arguments), self.assertRaises(InputRefusal) as caught:
                fill_cases(*arguments)
            self.assertEqual(caught.exception.code, 'negative')

    def test_a_text_that_is_no_number_is_refused(self):
        with self.assertRaises(InputRefusal) as caught:
            fill_cases('a few', 0, 4)
        self.assertEqual(caught.exception.code, 'not_a_number')

    # === PROPERTIES === #

    @properties
    @given(quantities, quantities, packs, st.integers(0, 1_000))
    def test_an_order_is_full_cases_within_what_is_wished_and_not_below_the_minimum(
        self, quantity, tolerance, pack, minimum
    ):
        fill = fill_cases(quantity, tolerance, pack, minimum)
        self.assertEqual(fill.quantity, fill.packs * pack)
        self.assertLessEqual(fill.quantity, quantity + tolerance)
        self.assertTrue(fill.packs == 0 or fill.packs >= minimum)
        self.assertTrue(quantity or not fill.packs)

    @properties
    @given(quantities, quantities, packs)
    def test_without_minimum_less_than_a_case_is_left_out(self, quantity, tolerance, pack):
        self.assertGreater(fill_cases(quantity, tolerance, pack).quantity, quantity - pack)

    @properties
    @given(st.integers(1, 10**4), quantities, st.integers(1, 100), st.integers(0, 100), st.integers(0, 50))
    def test_more_tolerance_never_orders_less(self, quantity, tolerance, pack, minimum, more):
        before = fill_cases(quantity, tolerance, pack, minimum).packs
        self.assertGreaterEqual(fill_cases(quantity, tolerance + more, pack, minimum).packs, before)

    @properties
    @given(st.integers(1, 500), st.integers(0, 50), st.integers(1, 30), st.integers(0, 20))
    def test_what_is_missing_is_just_enough(self, quantity, tolerance, pack, minimum):
        fill = fill_cases(quantity, tolerance, pack, minimum)
        gap = fill.missing or fill.missing_for_case
        if not gap:
            return self.assertGreaterEqual(fill.quantity, quantity)
        after = fill_cases(quantity + gap, tolerance, pack, minimum)
        return self.assertGreaterEqual(after.packs, max(fill.packs + 1, minimum))

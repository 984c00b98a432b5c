"""Price steps and the advice to order more."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.producer_cooperative.tools.errors import InputRefusal, RuleRefusal
from odoo.addons.producer_cooperative.tools.price_steps import (
    Offer,
    PriceStep,
    next_step,
    offer_at,
    offers_for,
    price_at,
)

properties = settings(derandomize=True, max_examples=100, deadline=None, database=None)
step_lists = st.lists(
    st.builds(PriceStep, st.integers(1, 10**6), st.decimals(0, 10**9, places=2)), max_size=6
).map(lambda steps: [PriceStep(1, 10**9), *steps])


def advise(steps, need, pack=None):
    """Return the offer for what is needed, and the cheapest of all; of equal totals the smaller quantity."""
    offers = offers_for(steps, need, pack)
    return offers[0], min(offers, key=lambda offer: (offer.total, offer.quantity))


@tagged('post_install', '-at_install')
class TestToolsPriceSteps(BaseCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.steps = [PriceStep(1, 100), PriceStep(50, 90), PriceStep(100, 80)]

    # === PRICES === #

    def test_a_step_holds_for_the_whole_quantity(self):
        for quantity, price in ((1, 100), (49, 100), (50, 90), (99, 90), (100, 80), (5_000, 80)):
            with self.subTest(quantity=quantity):
                self.assertEqual(price_at(self.steps, quantity), price)
        self.assertEqual(offer_at(self.steps, 95).total, 8_550)

    def test_the_cheapest_of_the_reached_steps_holds(self):
        steps = [PriceStep(1, 100), PriceStep(50, 120)]
        self.assertEqual(price_at(steps, 60), 100)

    def test_the_next_step_is_the_next_that_is_cheaper(self):
        self.assertEqual(next_step(self.steps, 88), PriceStep(100, 80))
        self.assertEqual(next_step(self.steps, 49), PriceStep(50, 90))
        self.assertIsNone(next_step(self.steps, 100))
        steps = [PriceStep(1, 100), PriceStep(50, 120), PriceStep(90, 95)]
        self.assertEqual(next_step(steps, 10), PriceStep(90, 95))

    def test_a_step_that_is_not_cheaper_is_no_next_step(self):
        self.assertIsNone(next_step([PriceStep(1, 100), PriceStep(50, 100)], 10))
        # at 50 the price is 90 already
        self.assertIsNone(next_step([PriceStep(1, 100), PriceStep(50, 90), PriceStep(60, 95)], 50))

    def test_below_the_first_step_the_next_one_is_the_first(self):
        self.assertEqual(next_step([PriceStep(10, 5), PriceStep(20, 4)], 3), PriceStep(10, 5))

    # === ADVICE === #

    def test_ninety_five_is_advised_to_be_a_hundred(self):
        need, best = advise(self.steps, 95)
        self.assertEqual(need, Offer(Decimal(95), Decimal(90), Decimal(8_550)))
        self.assertEqual(best, Offer(Decimal(100), Decimal(80), Decimal(8_000)))

    def test_eighty_eight_is_left_alone(self):
        # 88 x 90 = 7,920, less than 100 x 80
        need, best = advise(self.steps, 88)
        self.assertEqual((best, best.quantity), (need, 88))

    def test_eighty_nine_is_advised(self):
        # 89 x 90 = 8,010, more than 100 x 80
        need, best = advise(self.steps, 89)
        self.assertEqual((best.quantity, need.total - best.total), (100, 10))

    def test_equal_totals_take_the_smaller_quantity(self):
        # 80 x 100 = 100 x 80
        _need, best = advise([PriceStep(1, 100), PriceStep(100, 80)], 80)
        self.assertEqual(best.quantity, 80)

    def test_a_far_step_may_beat_the_next_one(self):
        # 40 x 10 = 400; 50 x 9 = 450; 100 x 3 = 300
        _need, best = advise([PriceStep(1, 10), PriceStep(50, 9), PriceStep(100, 3)], 40)
        self.assertEqual(best.quantity, 100)

    def test_candidates_are_rounded_up_to_packs(self):
        # need 89 in packs of 12 is 96 for 8,640; the step of 100 is 108 for 8,640: equal, so 96
        need, best = advise(self.steps, 89, pack=12)
        self.assertEqual((need.quantity, best.quantity), (96, 96))
        # need 97 is 108 and reaches the step by its packs alone
        need, _best = advise(self.steps, 97, pack=12)
        self.assertEqual((need.quantity, need.price), (108, 80))

    def test_packs_of_one_point_three_are_exact(self):
        self.assertEqual(offers_for(self.steps, 9.1, pack=1.3)[0].quantity, Decimal('9.1'))

    def test_goods_that_are_not_packed_are_not_rounded_up(self):
        self.assertEqual(offers_for(self.steps, '9.5')[0].quantity, Decimal('9.5'))

    def test_no_need_costs_nothing(self):
        self.assertEqual([offer.total for offer in offers_for(self.steps, 0)], [0])

    # === REFUSALS === #

    def test_no_price_is_refused(self):
        with self.assertRaises(RuleRefusal) as caught:
            price_at([], 5)
        self.assertEqual(caught.exception.code, 'no_price_steps')

    def test_a_need_below_the_first_step_is_refused_with_the_minimum(self):
        with self.assertRaises(InputRefusal) as caught:
            offers_for([PriceStep(20, 4), PriceStep(10, 5)], 3)
        self.assertEqual(caught.exception.code, 'below_first_step')
        self.assertEqual(caught.exception.params, {'quantity': 3, 'minimum': 10})

    def test_negative_numbers_are_refused(self):
        with self.assertRaises(RuleRefusal) as caught:
            PriceStep(1, -5)
        self.assertEqual(caught.exception.params['name'], 'price')
        for arguments in ((-1, None), (1, -2)):
            with self.subTest(arguments=arguments), self.assertRaises(InputRefusal) as caught:
                offers_for(self.steps, *arguments)
            self.assertEqual(caught.exception.code, 'negative')

    # === PROPERTIES === #

    @properties
    @given(step_lists, st.integers(1, 10**6), st.sampled_from([None, 1, 12, '1.3', 1_000]))
    def test_the_advice_covers_the_need_and_never_costs_more(self, steps, need, pack):
        asked, best = advise(steps, need, pack)
        self.assertGreaterEqual(asked.quantity, need)
        self.assertGreaterEqual(best.quantity, asked.quantity)
        self.assertLessEqual(best.total, asked.total)
        self.assertEqual(best.total < asked.total, best.quantity > asked.quantity)

    @properties
    @given(step_lists, st.integers(1, 10**6), st.randoms(use_true_random=False))
    def test_the_order_of_the_steps_does_not_matter(self, steps, need, random):
        shuffled = list(steps)
        random.shuffle(shuffled)
        self.assertEqual(offers_for(shuffled, need), offers_for(steps, need))
        self.assertEqual(next_step(shuffled, need), next_step(steps, need))

    @properties
    @given(step_lists, st.integers(1, 10**6), st.integers(0, 10**6))
    def test_more_never_costs_more_per_unit(self, steps, quantity, more):
        self.assertLessEqual(price_at(steps, quantity + more), price_at(steps, quantity))

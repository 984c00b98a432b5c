"""Whom to order from."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.producer_cooperative.tools.price_steps import PriceStep
from odoo.addons.producer_cooperative.tools.vendor_choice import (
    Bid,
    PriceList,
    choose,
    fill_from,
    least_offer,
    offers_from,
)

properties = settings(derandomize=True, max_examples=100, deadline=None, database=None)
STEPS = (PriceStep(1, 100), PriceStep(50, 90), PriceStep(100, 80))


def quantities(price_list, asked, tolerance=0):
    return [int(offer.quantity) for offer in offers_from(price_list, asked, tolerance)]


@tagged('post_install', '-at_install')
class TestToolsVendorChoice(BaseCase):

    def test_higher_steps_are_offered_where_they_cost_less(self):
        for asked, expected in ((49, [49, 50]), (88, [88]), (89, [89, 100]), (95, [95, 100]), (100, [100])):
            with self.subTest(asked=asked):
                self.assertEqual(quantities(PriceList('A', STEPS), asked), expected)

    def test_a_step_within_the_tolerance_is_offered_beside_one_beyond_it(self):
        steps = (PriceStep(1, 100), PriceStep(10, 80), PriceStep(12, 60))
        # 9 cost 900, 10 cost 800 and are covered by the tolerance of 1, 12 cost 720
        self.assertEqual(quantities(PriceList('A', steps), 9, 1), [9, 10, 12])

    def test_steps_are_rounded_up_to_packs(self):
        self.assertEqual(quantities(PriceList('A', STEPS, Decimal(8)), 96), [96, 104])

    def test_the_first_step_is_the_least_that_is_sold(self):
        price_list = PriceList('A', (PriceStep(20, 10),))
        self.assertEqual(quantities(price_list, 15, 5), [20])
        self.assertEqual((quantities(price_list, 15, 4), fill_from(price_list, 15, 4).missing), ([], 1))
        self.assertEqual(quantities(price_list, 0, 30), [], "tolerance alone orders nothing")

    def test_the_minimum_is_filled_in_full_packs(self):
        price_list = PriceList('A', (PriceStep(1, 10),), Decimal(8), Decimal(20))
        self.assertEqual(quantities(price_list, 17, 7), [24])
        self.assertEqual((quantities(price_list, 17, 6), fill_from(price_list, 17, 6).missing), ([], 1))

    def test_the_least_that_is_sold_is_offered_to_who_asks_for_less(self):
        self.assertEqual(least_offer(PriceList('A', (PriceStep(20, 10),)), 15).total, 200)
        self.assertEqual(least_offer(PriceList('A', (PriceStep(1, 10),), Decimal(4)), 2).quantity, 4)
        self.assertEqual(least_offer(PriceList('A', (PriceStep(1, 10),), minimum=Decimal(7)), 2).quantity, 7)
        self.assertIsNone(least_offer(PriceList('A', (PriceStep(20, 10),)), 0))

    def test_who_serves_more_goes_before_who_is_cheaper(self):
        cheap = Bid('cheap', Decimal(50), Decimal(400), Decimal(95))
        full = Bid('full', Decimal(95), Decimal(950), Decimal(95))
        self.assertEqual(choose([cheap, full]).best, full)
        self.assertEqual((cheap.unserved, full.unserved), (45, 0))

    def test_the_lowest_total_wins_then_the_smaller_quantity_then_the_first(self):
        asked = Decimal(90)
        first, second, more = (Bid(key, Decimal(quantity), Decimal(900), asked, Decimal(5))
                               for key, quantity in (('first', 90), ('second', 90), ('more', 95)))
        self.assertEqual(choose([more, first, second]).best, first)

    def test_what_nobody_takes_is_only_advised(self):
        need = Bid('A', Decimal(95), Decimal(8550), Decimal(95))
        stock = Bid('B', Decimal(100), Decimal(8000), Decimal(95))
        choice = choose([stock, need])
        self.assertEqual((choice.best, choice.advised, stock.excess), (need, stock, 5))
        self.assertIsNone(choose([need]).advised)
        self.assertEqual((choose([stock]).best, choose([stock]).advised), (None, None))
        self.assertIsNone(choose([]).best)

    @properties
    @given(
        st.lists(st.tuples(st.integers(1, 120), st.integers(1, 300)), min_size=1, max_size=4),
        st.integers(0, 200), st.integers(0, 60), st.integers(0, 30),
    )
    def test_offers_cover_the_need_in_full_packs_at_a_price_of_the_list(self, steps, asked, tolerance, pack):
        price_list = PriceList('A', tuple(PriceStep(*step) for step in steps), Decimal(pack))
        fill, offers = fill_from(price_list, asked, tolerance), offers_from(price_list, asked, tolerance)
        self.assertEqual(bool(offers), bool(fill.quantity))
        for offer in offers:
            self.assertGreaterEqual(offer.quantity, fill.quantity)
            self.assertEqual(offer.total, offer.price * offer.quantity)
            self.assertLessEqual(offer.total, offers[0].total)
            self.assertEqual(offer.quantity % pack if pack else 0, 0)
            self.assertEqual(offer.price, min(price for minimum, price in steps if minimum <= offer.quantity))

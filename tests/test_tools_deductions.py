"""What is kept back from a member's proceeds, and which net price holds."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.producer_cooperative.tools.deductions import (
    Wanted,
    net_price_commission,
    share_of,
    shares_of,
    split_proceeds,
)
from odoo.addons.producer_cooperative.tools.errors import InputRefusal
from odoo.addons.producer_cooperative.tools.net_prices import Movement, prices_of

properties = settings(derandomize=True, max_examples=200, deadline=None, database=None)
amounts = st.integers(0, 10**12)
wishes = st.lists(st.builds(Wanted, st.sampled_from('abc'), st.integers(-10**6, 10**12)), max_size=4)


@tagged('post_install', '-at_install')
class TestToolsDeductions(BaseCase):

    # === THE SPLIT === #

    def test_levies_come_first_then_savings_then_debts(self):
        split = split_proceeds(540, [Wanted('village', 108), Wanted('drying', 480)], [Wanted('saving', 270)], 540)
        self.assertEqual([row.amount for row in split.levies], [108, 432])
        self.assertEqual((split.savings[0].amount, split.set_off, split.payable), (0, 0, 0))

    def test_what_is_always_paid_out_limits_savings_and_debts_and_not_levies(self):
        split = split_proceeds(540, [Wanted('village', 400)], [Wanted('saving', 270)], 540, least=200)
        self.assertEqual((split.levies[0].amount, split.savings[0].amount, split.set_off), (400, 0, 0))
        self.assertEqual(split.payable, 140)

    def test_nothing_is_kept_back_of_negative_proceeds(self):
        split = split_proceeds(-54, [Wanted('village', 5)], [Wanted('saving', 5)], 5)
        self.assertEqual((split.levies[0].amount, split.savings[0].amount, split.set_off), (0, 0, 0))
        self.assertEqual(split.payable, -54)

    def test_negative_limits_are_refused(self):
        for values in ({'set_off': -1}, {'least': -1}):
            with self.subTest(**values), self.assertRaises(InputRefusal):
                split_proceeds(100, **values)

    @properties
    @given(st.integers(-10**12, 10**12), wishes, wishes, amounts, amounts)
    def test_the_parts_add_up_and_never_exceed_the_proceeds(self, proceeds, levies, savings, set_off, least):
        split = split_proceeds(proceeds, levies, savings, set_off, least)
        kept = [row.amount for row in (*split.levies, *split.savings)] + [split.set_off]
        self.assertEqual(sum(kept) + split.payable, proceeds)
        self.assertGreaterEqual(min(kept), 0)
        self.assertLessEqual(sum(kept), max(proceeds, 0))
        self.assertLessEqual(split.set_off, set_off)
        levied = sum(row.amount for row in split.levies)
        if sum(kept) > levied:
            self.assertGreaterEqual(split.payable, least)

    @properties
    @given(amounts, wishes, amounts, amounts, amounts)
    def test_consenting_to_more_never_raises_what_is_paid_out(self, proceeds, savings, set_off, more, least):
        before = split_proceeds(proceeds, (), savings, set_off, least)
        after = split_proceeds(proceeds, (), savings, set_off + more, least)
        self.assertLessEqual(after.payable, before.payable)

    # === SHARES AND NET PRICES === #

    def test_shares_are_rounded_once(self):
        self.assertEqual(share_of(1_001, 50), 501)
        self.assertEqual(shares_of([(1, 50), (1, 50)]), Fraction(1))

    @properties
    @given(amounts, amounts)
    def test_commission_on_a_net_price_is_never_negative_unless_guaranteed(self, amount, net):
        self.assertGreaterEqual(net_price_commission(amount, net), 0)
        self.assertEqual(net_price_commission(amount, net, True), amount - net)

    def test_goods_of_a_lot_have_the_price_of_the_lot(self):
        moved = [Movement('a', 1, 5, 'A'), Movement('b', 1, 9, 'B'), Movement('out', -1, lot='B')]
        self.assertEqual(prices_of(moved), {'out': [(1, 9)]})

    def test_what_a_customer_returned_goes_out_again_at_the_price_it_had(self):
        moved = [
            Movement('a', 10, 5), Movement('b', 10, 6), Movement('out', -12, sale=1), Movement('back', 2, sale=1),
            Movement('again', -3, sale=2),
        ]
        self.assertEqual(prices_of(moved), {'out': [(10, 5), (2, 6)], 'again': [(2, 6), (1, 6)]})

    def test_what_was_not_there_has_no_price(self):
        self.assertEqual(prices_of([Movement('out', -3)]), {'out': [(3, 0)]})

    @properties
    @given(st.lists(st.tuples(st.integers(1, 50), st.integers(1, 9)), min_size=1, max_size=6), st.data())
    def test_prices_cover_what_went_out(self, brought, data):
        total = sum(quantity for quantity, _price in brought)
        sold = data.draw(st.lists(st.integers(1, total), max_size=4))
        moved = [Movement(('in', place), quantity, price) for place, (quantity, price) in enumerate(brought)]
        moved += [Movement(place, -quantity) for place, quantity in enumerate(sold)]
        prices = prices_of(moved)
        self.assertEqual([sum(part for part, _price in prices[place]) for place in range(len(sold))], sold)
        priced = sum(part for pieces in prices.values() for part, price in pieces if price)
        self.assertEqual(priced, min(total, sum(sold)))

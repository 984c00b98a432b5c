"""What is set off, and what goes over the till."""

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.producer_cooperative.tools.counter import settle_at_till
from odoo.addons.producer_cooperative.tools.errors import InputRefusal

AMOUNTS = st.lists(st.integers(0, 10_000_000), max_size=8)
FIXED = st.integers(0, 1_000_000)
UNITS = st.sampled_from((1, 100, 500, 10_000))


@tagged('post_install', '-at_install')
class TestToolsCounter(BaseCase):

    def test_wrong_input_is_refused(self):
        for arguments, code in (
            (([-1], []), 'negative'), (([], [1.5]), 'not_whole'), (([], [], 0, 0, 0), 'not_positive'),
        ):
            with self.assertRaises(InputRefusal) as refused:
                settle_at_till(*arguments)
            self.assertEqual(refused.exception.code, code)

    @settings(max_examples=200, deadline=None)
    @given(AMOUNTS, AMOUNTS, FIXED, FIXED, UNITS, st.booleans())
    def test_every_sum_can_be_handed_over_or_is_said_to_be_odd(self, debts, claims, fixed_in, fixed_out, unit, set_off):
        till = settle_at_till(debts, claims, fixed_in, fixed_out, unit, set_off)
        self.assertEqual((fixed_in + sum(till.debts_cash) - till.odd_in) % unit, 0)
        self.assertEqual((fixed_out + sum(till.claims_cash) - till.odd_out) % unit, 0)
        for amounts, off, cash in (
            (debts, till.debts_set_off, till.debts_cash), (claims, till.claims_set_off, till.claims_cash),
        ):
            carried = [amount - one - two for amount, one, two in zip(amounts, off, cash, strict=True)]
            self.assertTrue(all(left >= 0 for left in carried))
            self.assertLess(sum(carried), unit)

    @settings(max_examples=200, deadline=None)
    @given(AMOUNTS, AMOUNTS, UNITS)
    def test_both_sides_of_a_set_off_are_equal_and_as_large_as_can_be(self, debts, claims, unit):
        till = settle_at_till(debts, claims, unit=unit, set_off=True)
        self.assertEqual(sum(till.debts_set_off), sum(till.claims_set_off))
        self.assertEqual(sum(till.debts_set_off), min(sum(debts), sum(claims)))
        without = settle_at_till(debts, claims, unit=unit)
        self.assertFalse(any(without.debts_set_off) or any(without.claims_set_off))

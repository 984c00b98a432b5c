"""Reading stored values and rounding to units."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.producer_cooperative.tools.errors import InputRefusal
from odoo.addons.producer_cooperative.tools.units import (
    exact,
    floor_to,
    from_units,
    require_not_negative,
    require_whole,
    round_half_up,
    to_decimal,
    to_units,
)

CENT = Decimal('0.01')
properties = settings(derandomize=True, max_examples=100, deadline=None, database=None)


@tagged('post_install', '-at_install')
class TestToolsUnits(BaseCase):

    # === READING === #

    def test_a_float_is_read_as_it_prints(self):
        # in binary 2.675 is 2.67499999999999982236431605997495353221893310546875
        self.assertEqual(to_units(2.675, CENT), 268)
        self.assertEqual(to_units(1.005, CENT), 101)
        self.assertEqual(to_decimal(9.1), Decimal('9.1'))

    def test_integers_texts_and_decimals_are_read_alike(self):
        for value in (12, '12', '12.00', Decimal(12), 12.0):
            with self.subTest(value=value):
                self.assertEqual(to_units(value, CENT), 1_200)

    def test_what_is_not_a_number_is_refused(self):
        for value in ('ten', '', None, float('nan'), float('inf'), Decimal('NaN'), [1]):
            with self.subTest(value=value), self.assertRaises(InputRefusal) as caught:
                to_units(value, 1)
            self.assertEqual(caught.exception.code, 'not_a_number')

    def test_exact_numbers_refuse_floats(self):
        with self.assertRaises(InputRefusal) as caught:
            exact(0.5)
        self.assertEqual(caught.exception.code, 'float_not_exact')
        self.assertEqual(caught.exception.params, {'value': 0.5})
        self.assertEqual(exact(Decimal('0.5')), Fraction(1, 2))

    def test_whole_numbers_refuse_decimals(self):
        with self.assertRaises(InputRefusal) as caught:
            require_whole(Decimal('1.5'))
        self.assertEqual(caught.exception.code, 'not_whole')

    def test_a_negative_value_is_refused_by_name(self):
        with self.assertRaises(InputRefusal) as caught:
            require_not_negative('weight', -1)
        self.assertEqual(caught.exception.params, {'name': 'weight', 'value': -1})
        self.assertEqual(require_not_negative('weight', 0), 0)

    # === ROUNDING === #

    def test_a_half_is_rounded_away_from_zero(self):
        cases = [('0.5', 1), ('1.5', 2), ('2.5', 3), ('-0.5', -1), ('-2.5', -3), ('0.49', 0)]
        for value, expected in cases:
            with self.subTest(value=value):
                self.assertEqual(round_half_up(Decimal(value)), expected)

    def test_the_unit_may_be_a_hundred_rupiah(self):
        self.assertEqual(to_units(397_050, 100), 3_971)  # 3,970.5 units
        self.assertEqual(from_units(3_971, 100), 397_100)

    def test_a_unit_keeps_its_decimals(self):
        self.assertEqual(str(from_units(1_000, CENT)), '10.00')
        self.assertEqual(str(from_units(-5, CENT)), '-0.05')
        self.assertEqual(str(from_units(0, CENT)), '0.00')

    def test_cash_is_paid_down_to_the_coin(self):
        self.assertEqual(floor_to(1_140_499, 500), 1_140_000)
        self.assertEqual(floor_to(1_140_500, 500), 1_140_500)

    def test_what_is_left_after_rounding_down_is_never_negative(self):
        # -250 down to a multiple of 100 is -300, which leaves 50
        self.assertEqual(floor_to(-250, 100), -300)

    def test_a_unit_of_nothing_is_refused(self):
        for convert in (to_units, from_units, floor_to):
            for unit in (0, -1):
                with self.subTest(convert=convert, unit=unit), self.assertRaises(InputRefusal) as caught:
                    convert(10, unit)
                self.assertEqual(caught.exception.code, 'not_positive')

    # === PROPERTIES === #

    @properties
    @given(st.integers(-(10**40), 10**40), st.sampled_from(['0.01', '1', '100', '0.000001', '1E+3']))
    def test_there_and_back_loses_nothing(self, count, unit):
        self.assertEqual(to_units(from_units(count, unit), unit), count)

    @properties
    @given(st.decimals(-(10**15), 10**15, places=4), st.sampled_from(['0.01', '1', '100']))
    def test_rounding_is_off_by_half_a_unit_at_most_and_the_same_for_both_signs(self, value, unit):
        count = to_units(value, unit)
        self.assertLessEqual(abs(from_units(count, unit) - value), Decimal(unit) / 2)
        self.assertEqual(to_units(-value, unit), -count)

    @properties
    @given(st.decimals(-(10**15), 10**15, places=4), st.sampled_from(['0.01', '1', '500']))
    def test_rounding_down_leaves_less_than_a_step(self, value, step):
        rest = value - floor_to(value, step)
        self.assertGreaterEqual(rest, 0)
        self.assertLess(rest, Decimal(step))

    @properties
    @given(st.floats(-1e25, 1e25) | st.integers(-(10**25), 10**25).map(float), st.sampled_from(['0.01', '1', '500']))
    def test_a_float_counts_as_what_it_prints(self, value, unit):
        self.assertEqual(to_units(value, unit), to_units(repr(value), unit))

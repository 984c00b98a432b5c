"""Commission by bands on the cumulative base."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.producer_cooperative.tools.commission import (
    Band,
    check_bands,
    commission_on,
)
from odoo.addons.producer_cooperative.tools.errors import InputRefusal, RuleRefusal

properties = settings(derandomize=True, max_examples=100, deadline=None, database=None)
rates = st.decimals(0, 100, places=2)


@st.composite
def band_tables(draw):
    """Bands without gaps from zero on, the last one open."""
    limits = sorted(draw(st.sets(st.integers(1, 10**12), max_size=5)))
    return [
        Band(lower, upper, draw(rates))
        for lower, upper in zip([0, *limits], [*limits, None], strict=True)
    ]


@tagged('post_install', '-at_install')
class TestToolsCommission(BaseCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bands = [Band(0, 100, 10), Band(100, 300, 20), Band(300, 6_000, 30)]

    # === COMMISSION === #

    def test_each_slice_bears_its_own_rate(self):
        # 100 x 10 % + 200 x 20 % + 3,500 x 30 % = 10 + 40 + 1,050
        self.assertEqual(commission_on(self.bands, 3_800), 1_100)
        # 10 + 40 + 700 x 30 % = 260
        self.assertEqual(commission_on(self.bands, 1_000), 260)

    def test_on_the_whole_the_rate_reached_holds_for_all(self):
        self.assertEqual(commission_on(self.bands, 3_800, whole=True), 1_140)
        self.assertEqual(commission_on(self.bands, 1_000, whole=True), 300)

    def test_a_full_band_bears_its_rate_on_its_width_and_not_on_its_upper_bound(self):
        # up to 300: 10 + 200 x 20 % = 50; by the upper bound it would be 10 + 60
        self.assertEqual(commission_on(self.bands, 300), 50)

    def test_a_bound_belongs_to_the_band_that_begins_there(self):
        self.assertEqual(commission_on(self.bands, 99, whole=True), 10)  # 9.9
        self.assertEqual(commission_on(self.bands, 100, whole=True), 20)

    def test_the_very_end_of_the_last_band_belongs_to_it(self):
        # 10 + 40 + 5,700 x 30 %
        self.assertEqual(commission_on(self.bands, 6_000), 1_760)
        self.assertEqual(commission_on(self.bands, 6_000, whole=True), 1_800)

    def test_one_settlement_over_several_sales(self):
        # 20 % of 10,000 + 100 + 50 x 10 = 10,600
        self.assertEqual(commission_on([Band(0, None, 20)], 10_000 + 100 + 50 * 10), 2_120)

    def test_tiers_do_not_begin_anew_with_each_invoice(self):
        # five invoices of 200: 10 + 20 = 30 each alone, 150 in all; on the cumulative 1,000 it is 260
        taken = 0
        for cumulative in range(200, 1_001, 200):
            taken += commission_on(self.bands, cumulative) - taken
        self.assertEqual(taken, 260)

    def test_refunds_give_the_commission_back(self):
        self.assertEqual(commission_on(self.bands, 0), 0)
        self.assertEqual(commission_on(self.bands, -200), -30)

    def test_a_rate_may_have_decimals(self):
        # 2.5 % of 1,020 = 25.5
        self.assertEqual(commission_on([Band(0, None, Decimal('2.5'))], 1_020), 26)
        # 1 % of 149 = 1.49
        self.assertEqual(commission_on([Band(0, None, 1)], 149), 1)

    # === REFUSALS === #

    def test_bands_that_do_not_cover_all_exactly_once_are_refused(self):
        cases = {
            'no_bands': [],
            'bands_not_from_zero': [Band(1, None, 10)],
            'band_empty': [Band(0, 0, 10)],
            'bands_gap': [Band(0, 100, 10), Band(101, None, 20)],
            'bands_overlap': [Band(0, 100, 10), Band(99, None, 20)],
            'bands_out_of_order': [Band(0, 100, 10), Band(100, 300, 20), Band(50, None, 30)],
            'band_after_open_end': [Band(0, None, 10), Band(100, None, 20)],
            'band_rate': [Band(0, None, 101)],
        }
        for code, bands in cases.items():
            with self.subTest(code=code), self.assertRaises(RuleRefusal) as caught:
                check_bands(bands)
            self.assertEqual(caught.exception.code, code)

    def test_two_bands_from_the_same_bound_are_refused(self):
        with self.assertRaises(RuleRefusal) as caught:
            check_bands([Band(0, 100, 10), Band(0, None, 20)])
        self.assertEqual(caught.exception.code, 'bands_out_of_order')

    def test_a_gap_is_named_by_its_ends(self):
        with self.assertRaises(RuleRefusal) as caught:
            commission_on([Band(0, 100, 10), Band(150, None, 20)], 120)
        self.assertEqual(caught.exception.params, {'previous': 100, 'lower': 150})

    def test_a_base_beyond_the_last_band_is_refused_and_not_free(self):
        for whole in (False, True):
            with self.subTest(whole=whole), self.assertRaises(InputRefusal) as caught:
                commission_on(self.bands, 6_001, whole)
            self.assertEqual(caught.exception.code, 'above_last_band')
            self.assertEqual(caught.exception.params, {'base': 6_001, 'upper': 6_000})

    def test_floats_are_refused(self):
        with self.assertRaises(InputRefusal) as caught:
            commission_on([Band(0, None, 2.5)], 100)
        self.assertEqual(caught.exception.code, 'float_not_exact')
        with self.assertRaises(InputRefusal) as caught:
            commission_on(self.bands, 100.0)
        self.assertEqual(caught.exception.code, 'not_whole')

    # === PROPERTIES === #

    @properties
    @given(band_tables(), st.integers(0, 10**15), st.integers(0, 10**15))
    def test_more_sales_never_bear_less_commission_by_bands(self, bands, base, more):
        commission = commission_on(bands, base)
        self.assertTrue(0 <= commission <= base)
        self.assertGreaterEqual(commission_on(bands, base + more), commission)

    @properties
    @given(band_tables(), st.lists(st.integers(-(10**13), 10**13), max_size=8), st.booleans())
    def test_how_sales_are_cut_into_settlements_does_not_matter(self, bands, sales, whole):
        base = taken = 0
        for sale in sales:
            base += sale
            taken += commission_on(bands, base, whole) - taken
        self.assertEqual(taken, commission_on(bands, sum(sales), whole))

    @properties
    @given(rates, st.integers(0, 10**15), st.sets(st.integers(1, 10**12), max_size=5))
    def test_bands_of_one_rate_are_a_flat_rate(self, rate, base, limits):
        limits = sorted(limits)
        bands = [Band(*pair, rate) for pair in zip([0, *limits], [*limits, None], strict=True)]
        flat = commission_on([Band(0, None, rate)], base)
        self.assertEqual(commission_on(bands, base), flat)
        self.assertEqual(commission_on(bands, base, whole=True), flat)

"""Mandatory savings that were due and not paid."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.producer_cooperative.tools.arrears import arrears, required_until
from odoo.addons.producer_cooperative.tools.errors import InputRefusal, RuleRefusal

properties = settings(derandomize=True, max_examples=100, deadline=None, database=None)
days = st.dates(date(2015, 1, 1), date(2030, 12, 31))
rate_lists = st.dictionaries(days, st.integers(0, 10**9), max_size=5).map(lambda rates: list(rates.items()))


def required_month_by_month(rates, joined, until):
    """The rule spelt out: every month at the rate of its first day of membership."""
    total, day = 0, joined
    while (day.year, day.month) <= (until.year, until.month) and until >= joined:
        in_force = [rate for rate in sorted(rates) if rate[0] <= day]
        total += in_force[-1][1] if in_force else 0
        day = (day.replace(day=1) + timedelta(31)).replace(day=1)
    return total


@tagged('post_install', '-at_install')
class TestToolsArrears(BaseCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rates = [(date(2023, 1, 1), 10_000), (date(2024, 1, 1), 15_000)]

    def test_each_month_is_due_at_the_rate_of_its_time(self):
        # November, December at 10,000; January, February at 15,000
        self.assertEqual(required_until(self.rates, date(2023, 11, 20), date(2024, 2, 1)), 50_000)

    def test_the_month_of_joining_and_the_current_month_are_due(self):
        self.assertEqual(required_until(self.rates, date(2023, 5, 31), date(2023, 5, 31)), 10_000)
        self.assertEqual(required_until(self.rates, date(2023, 5, 31), date(2023, 6, 1)), 20_000)

    def test_a_rate_that_begins_within_a_month_holds_from_the_next(self):
        rates = [(date(2023, 1, 1), 10_000), (date(2023, 3, 15), 20_000)]
        # January to March at 10,000, April at 20,000
        self.assertEqual(required_until(rates, date(2023, 1, 10), date(2023, 4, 30)), 50_000)

    def test_who_joins_after_a_change_within_the_month_pays_the_new_rate(self):
        rates = [(date(2023, 1, 1), 10_000), (date(2023, 3, 15), 20_000)]
        self.assertEqual(required_until(rates, date(2023, 3, 14), date(2023, 3, 31)), 10_000)
        self.assertEqual(required_until(rates, date(2023, 3, 15), date(2023, 3, 31)), 20_000)

    def test_nothing_is_due_before_the_first_rate(self):
        # member since 2020, the first rate is of 2023
        self.assertEqual(required_until(self.rates, date(2020, 6, 1), date(2022, 12, 31)), 0)
        self.assertEqual(required_until(self.rates, date(2020, 6, 1), date(2023, 2, 1)), 20_000)
        self.assertEqual(required_until([], date(2020, 6, 1), date(2023, 2, 1)), 0)

    def test_nothing_is_due_before_joining(self):
        self.assertEqual(required_until(self.rates, date(2023, 5, 1), date(2023, 4, 30)), 0)

    def test_a_rate_of_nothing_ends_the_duty(self):
        rates = [*self.rates, (date(2024, 3, 1), 0)]
        self.assertEqual(required_until(rates, date(2024, 1, 1), date(2030, 1, 1)), 30_000)

    def test_arrears_are_what_was_due_less_what_was_paid(self):
        self.assertEqual(arrears(self.rates, date(2023, 11, 20), date(2024, 2, 1), 35_000), 15_000)

    def test_who_paid_ahead_has_negative_arrears(self):
        self.assertEqual(arrears(self.rates, date(2023, 11, 20), date(2023, 12, 31), 35_000), -15_000)

    def test_two_rates_of_one_day_are_refused(self):
        with self.assertRaises(RuleRefusal) as caught:
            required_until([*self.rates, (date(2024, 1, 1), 1)], date(2023, 1, 1), date(2024, 1, 1))
        self.assertEqual(caught.exception.code, 'duplicate_rate')
        self.assertEqual(caught.exception.params, {'start': date(2024, 1, 1)})

    def test_negative_and_broken_amounts_are_refused(self):
        for amount, code in ((-1, 'negative'), (10.5, 'not_whole')):
            with self.subTest(amount=amount), self.assertRaises(InputRefusal) as caught:
                required_until([(date(2023, 1, 1), amount)], date(2023, 1, 1), date(2023, 1, 1))
            self.assertEqual(caught.exception.code, code)
        with self.assertRaises(InputRefusal) as caught:
            arrears(self.rates, date(2023, 1, 1), date(2023, 1, 1), 5.5)
        self.assertEqual(caught.exception.code, 'not_whole')

    @properties
    @given(rate_lists, days, days)
    def test_the_sum_is_that_of_the_months(self, rates, joined, until):
        self.assertEqual(required_until(rates, joined, until), required_month_by_month(rates, joined, until))

    @properties
    @given(rate_lists, days, days, st.integers(0, 400))
    def test_what_is_due_never_shrinks_with_time(self, rates, joined, until, later):
        before = required_until(rates, joined, until)
        self.assertGreaterEqual(required_until(rates, joined, until + timedelta(later)), before)

    @properties
    @given(rate_lists, days, days, st.randoms(use_true_random=False))
    def test_the_order_of_the_rates_does_not_matter(self, rates, joined, until, random):
        shuffled = list(rates)
        random.shuffle(shuffled)
        self.assertEqual(required_until(shuffled, joined, until), required_until(rates, joined, until))

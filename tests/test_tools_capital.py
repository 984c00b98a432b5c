"""Capital over time."""

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.producer_cooperative.tools.apportion import apportion
from odoo.addons.producer_cooperative.tools.capital import Movement, daily_average, share_days
from odoo.addons.producer_cooperative.tools.errors import InputRefusal

properties = settings(derandomize=True, max_examples=100, deadline=None, database=None)
days = st.dates(date(2010, 1, 1), date(2030, 12, 31))
movement_lists = st.lists(st.builds(Movement, days, st.integers(-(10**15), 10**15)), max_size=8)


@tagged('post_install', '-at_install')
class TestToolsCapital(BaseCase):

    def test_capital_of_a_whole_year_bears_a_whole_years_interest(self):
        for year in (2023, 2024):  # 365 and 366 days
            with self.subTest(year=year):
                start, end = date(year, 1, 1), date(year + 1, 1, 1)
                average = daily_average([Movement(start, 1_000)], start, end)
                # 50.00; a closed interval would lose a day: 1,000 x 5 % x 364 / 365 = 49.86
                self.assertEqual(average * 5 / 100, 50)

    def test_five_holders_share_by_share_days(self):
        held = [
            (100, date(2015, 1, 1)),
            (200, date(2015, 4, 1)),
            (300, date(2015, 10, 1)),
            (100, date(2015, 12, 1)),
            (500, date(2016, 3, 1)),
        ]
        period = date(2015, 1, 1), date(2016, 4, 1)
        weights = [share_days([Movement(since, shares)], *period) for shares, since in held]
        self.assertEqual(weights, [45_600, 73_200, 54_900, 12_200, 15_500])
        self.assertEqual(apportion(50_000, weights), [11_321, 18_173, 13_629, 3_029, 3_848])

    def test_what_was_held_before_counts_from_the_first_day(self):
        early = [Movement(date(2001, 5, 5), 700), Movement(date(2009, 1, 1), 300)]
        self.assertEqual(share_days(early, date(2023, 1, 1), date(2023, 1, 11)), 10_000)

    def test_a_movement_on_the_last_day_counts_one_day(self):
        self.assertEqual(share_days([Movement(date(2023, 12, 31), 7)], date(2023, 1, 1), date(2024, 1, 1)), 7)

    def test_a_movement_after_the_period_does_not_count(self):
        self.assertEqual(share_days([Movement(date(2024, 1, 1), 7)], date(2023, 1, 1), date(2024, 1, 1)), 0)

    def test_a_withdrawal_counts_from_its_day(self):
        # 1,000 for 10 days, 400 for the 10 that follow
        movements = [Movement(date(2023, 1, 1), 1_000), Movement(date(2023, 1, 11), -600)]
        self.assertEqual(daily_average(movements, date(2023, 1, 1), date(2023, 1, 21)), 700)

    def test_the_average_is_not_rounded(self):
        movements = [Movement(date(2023, 1, 3), 1)]
        self.assertEqual(daily_average(movements, date(2023, 1, 1), date(2023, 1, 4)), Fraction(1, 3))

    def test_a_period_without_days_is_refused(self):
        for end in (date(2023, 1, 1), date(2022, 12, 31)):
            for compute in (share_days, daily_average):
                with self.subTest(end=end, compute=compute), self.assertRaises(InputRefusal) as caught:
                    compute([], date(2023, 1, 1), end)
                self.assertEqual(caught.exception.code, 'empty_period')

    def test_a_float_amount_is_refused(self):
        with self.assertRaises(InputRefusal) as caught:
            Movement(date(2023, 1, 1), 10.5)
        self.assertEqual(caught.exception.code, 'not_whole')

    @properties
    @given(movement_lists, days, st.integers(1, 800), st.integers(1, 800))
    def test_adjacent_periods_add_up(self, movements, start, first, second):
        middle = start + timedelta(first)
        end = middle + timedelta(second)
        self.assertEqual(
            share_days(movements, start, middle) + share_days(movements, middle, end),
            share_days(movements, start, end),
        )

    @properties
    @given(movement_lists, days, st.integers(1, 60))
    def test_share_days_are_the_sum_of_the_daily_balances(self, movements, start, length):
        dates = [start + timedelta(n) for n in range(length)]
        balances = [sum(m.amount for m in movements if m.date <= day) for day in dates]
        self.assertEqual(share_days(movements, start, start + timedelta(length)), sum(balances))

    @properties
    @given(movement_lists, days, st.randoms(use_true_random=False))
    def test_the_order_of_the_movements_does_not_matter(self, movements, start, random):
        shuffled = list(movements)
        random.shuffle(shuffled)
        end = start + timedelta(365)
        self.assertEqual(daily_average(shuffled, start, end), daily_average(movements, start, end))

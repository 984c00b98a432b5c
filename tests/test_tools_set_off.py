"""Setting off what is owed against debts, the oldest first."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.producer_cooperative.tools.errors import InputRefusal
from odoo.addons.producer_cooperative.tools.set_off import set_off_oldest

DEBTS = st.lists(st.integers(0, 10_000_000), max_size=12)


@tagged('post_install', '-at_install')
class TestToolsSetOff(BaseCase):

    def test_oldest_debt_is_paid_first_and_the_last_one_in_part(self):
        self.assertEqual(set_off_oldest([60_000, 10_000, 50_000], 100_000), [60_000, 10_000, 30_000])

    def test_no_more_is_set_off_than_is_owed(self):
        self.assertEqual(set_off_oldest([60_000], 100_000), [60_000])
        self.assertEqual(set_off_oldest([], 100_000), [])

    def test_negative_amounts_are_refused(self):
        for debts, limit in (([-1], 100), ([1], -100)):
            with self.assertRaises(InputRefusal) as refused:
                set_off_oldest(debts, limit)
            self.assertEqual(refused.exception.code, 'negative')

    @settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(DEBTS, st.integers(0, 50_000_000))
    def test_sum_is_the_lesser_of_limit_and_debts(self, debts, limit):
        self.assertEqual(sum(set_off_oldest(debts, limit)), min(limit, sum(debts)))

    @settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(DEBTS, st.integers(0, 50_000_000))
    def test_no_debt_is_touched_before_the_older_ones_are_paid(self, debts, limit):
        parts = set_off_oldest(debts, limit)
        for place, part in enumerate(parts):
            self.assertTrue(0 <= part <= debts[place])
            if part:
                self.assertEqual(parts[:place], debts[:place])

"""Which lot each member gets."""

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.producer_cooperative.tools.errors import InputRefusal
from odoo.addons.producer_cooperative.tools.lots import share_lots

properties = settings(derandomize=True, max_examples=100, deadline=None, database=None)
counts = st.lists(st.integers(0, 500), max_size=8)


@tagged('post_install', '-at_install')
class TestToolsLots(BaseCase):

    def test_the_oldest_lot_is_given_first(self):
        shared = share_lots({'A': 30, 'B': 20}, {'old': 35, 'new': 40})
        self.assertEqual(shared, {('A', 'old'): 30, ('B', 'old'): 5, ('B', 'new'): 15})

    def test_the_last_lack_what_is_not_there(self):
        self.assertEqual(share_lots({'A': 3, 'B': 3}, {'L': 4}), {('A', 'L'): 3, ('B', 'L'): 1})

    def test_nothing_is_shared_of_nothing(self):
        self.assertEqual(share_lots({'A': 0}, {'L': 4}), {})
        self.assertEqual(share_lots({'A': 2}, {}), {})

    def test_what_is_no_count_is_refused(self):
        for parts, lots in (({'A': -1}, {'L': 1}), ({'A': 1}, {'L': 1.5})):
            with self.assertRaises(InputRefusal):
                share_lots(parts, lots)

    @properties
    @given(counts, counts)
    def test_all_that_is_there_is_given_as_far_as_it_is_wanted(self, parts, lots):
        shared = share_lots(dict(enumerate(parts)), dict(enumerate(lots)))
        self.assertEqual(sum(shared.values()), min(sum(parts), sum(lots)))
        for member, part in enumerate(parts):
            self.assertLessEqual(sum(count for (who, __), count in shared.items() if who == member), part)
        for lot, held in enumerate(lots):
            self.assertLessEqual(sum(count for (__, which), count in shared.items() if which == lot), held)
        self.assertTrue(all(shared.values()))

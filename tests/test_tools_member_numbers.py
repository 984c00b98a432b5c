"""Member numbers as people type them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.producer_cooperative.tools.errors import InputRefusal
from odoo.addons.producer_cooperative.tools.member_numbers import LONGEST_RANGE, significant, split_numbers

properties = settings(derandomize=True, max_examples=100, deadline=None, database=None)


@tagged('post_install', '-at_install')
class TestToolsMemberNumbers(BaseCase):

    def test_blanks_commas_and_semicolons_part_numbers(self):
        self.assertEqual(split_numbers(" 12, 15-18 20;K-007\n"), ['12', '15', '16', '17', '18', '20', 'K-007'])

    def test_nothing_typed_is_no_number(self):
        self.assertEqual(split_numbers("  , "), [])

    def test_range_that_is_too_long_or_backwards_is_refused(self):
        for text in ('1-1001', '20-15'):
            with self.assertRaises(InputRefusal) as refused:
                split_numbers(text)
            self.assertEqual(refused.exception.params, {'range': text})
        self.assertEqual(len(split_numbers('1-1000')), LONGEST_RANGE)

    @properties
    @given(st.lists(st.integers(1, 999), max_size=20))
    def test_every_number_comes_once_in_the_order_typed(self, numbers):
        self.assertEqual(split_numbers(" ".join(map(str, numbers))), list(dict.fromkeys(map(str, numbers))))

    @properties
    @given(st.integers(1, 10**6), st.integers(0, 5), st.sampled_from(['', 'M', 'K-', 'A/']))
    def test_zeros_and_letters_before_a_number_do_not_count(self, number, zeros, prefix):
        self.assertEqual(significant(f"{prefix}{'0' * zeros}{number}"), str(number))

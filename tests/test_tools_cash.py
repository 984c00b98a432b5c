"""Cash in whole units, and the notes and coins that it takes."""

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.producer_cooperative.tools.cash import RUPIAH, add_notes, count_notes, pay_down
from odoo.addons.producer_cooperative.tools.errors import InputRefusal
from odoo.addons.producer_cooperative.tools.transfer_file import FORMULA_STARTS, neutralise

AMOUNTS = st.integers(min_value=0, max_value=10**9)


@tagged('post_install', '-at_install')
class TestToolsCash(BaseCase):

    @settings(max_examples=200, deadline=None)
    @given(st.lists(AMOUNTS, max_size=8), st.integers(min_value=1, max_value=5_000))
    def test_the_most_that_whole_units_allow_is_paid_oldest_first(self, owed, unit):
        paid = pay_down(owed, unit)
        self.assertTrue(all(0 <= part <= whole for part, whole in zip(paid, owed, strict=True)))
        self.assertEqual(sum(paid) % unit, 0)
        self.assertLess(sum(owed) - sum(paid), unit)
        short = [part < whole for part, whole in zip(paid, owed, strict=True)]
        first = short.index(True) if True in short else len(owed)
        self.assertFalse(any(paid[first + 1:]), "a later debt is paid only when all before it are")

    @settings(max_examples=200, deadline=None)
    @given(AMOUNTS)
    def test_notes_are_worth_the_amount_and_as_few_as_can_be(self, amount):
        counts, left = count_notes(amount)
        self.assertEqual(sum(note * number for note, number in counts.items()) + left, amount)
        self.assertLess(left, RUPIAH[-1])
        for bigger, note in zip(RUPIAH, RUPIAH[1:], strict=False):
            self.assertLess(sum(n * counts.get(n, 0) for n in RUPIAH if n <= note), bigger)
        self.assertEqual(list(counts), sorted(counts, reverse=True))

    @settings(max_examples=50, deadline=None)
    @given(st.lists(AMOUNTS, max_size=8))
    def test_all_envelopes_take_the_notes_of_each(self, amounts):
        envelopes = [count_notes(amount)[0] for amount in amounts]
        total = add_notes(envelopes)
        for note in RUPIAH:
            self.assertEqual(total.get(note, 0), sum(counts.get(note, 0) for counts in envelopes))

    def test_amounts_that_cannot_be_are_refused(self):
        for call in (
            lambda: pay_down([-1], 100), lambda: pay_down([1.5], 100), lambda: pay_down([1], 0),
            lambda: count_notes(-1), lambda: count_notes(0.5),
        ):
            with self.assertRaises(InputRefusal):
                call()

    @settings(max_examples=200, deadline=None)
    @given(st.text())
    def test_no_cell_starts_a_formula(self, text):
        cell = neutralise(text)
        self.assertFalse(cell.startswith(FORMULA_STARTS))
        self.assertNotIn('\n', cell)

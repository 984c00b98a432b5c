"""Who gets what of the goods that came."""

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.producer_cooperative.tools.allocation import (
    Allocation,
    RequestRow,
    Wish,
    allocate_equal,
    allocate_in_order,
    allocate_proportional,
    append_change,
    wishes_of,
)
from odoo.addons.producer_cooperative.tools.cases import fill_cases
from odoo.addons.producer_cooperative.tools.errors import InputRefusal

properties = settings(derandomize=True, max_examples=100, deadline=None, database=None)
counts = st.integers(0, 10**15)
members = st.sampled_from('ABCDE')
wish_maps = st.dictionaries(st.integers(1, 99), st.builds(Wish, counts, counts), max_size=8)
changes = st.lists(st.tuples(members, st.integers(0, 9), st.integers(0, 9)), max_size=12)


def rows_after(asked):
    """The rows after changes (member, quantity, tolerance), stored one after the other."""
    rows = []
    for moment, (member, quantity, tolerance) in enumerate(asked):
        rows = append_change(rows, member, moment, quantity, tolerance)
    return rows


@tagged('post_install', '-at_install')
class TestToolsAllocation(BaseCase):

    # === DATED ROWS === #

    def test_a_raise_waits_at_the_end_of_the_queue(self):
        # pack 5: A 2(3) at 17, B 2(0) at 18, A raises to 4(1) at 19: one case, A 3 and B 2
        rows = append_change([], 'A', 17, 2, 3)
        rows = append_change(rows, 'B', 18, 2, 0)
        rows = append_change(rows, 'A', 19, 4, 1)
        wishes = wishes_of(rows).values()
        fill = fill_cases(sum(w.quantity for w in wishes), sum(w.tolerance for w in wishes), pack=5)
        self.assertEqual(fill.packs, 1)
        self.assertEqual(allocate_in_order(rows, 5), Allocation({'A': 3, 'B': 2}, 0))

    def test_lowering_takes_from_the_newest_rows(self):
        rows = append_change([], 'A', 17, 2, 2)
        rows = append_change(rows, 'A', 18, 4, 2)
        rows = append_change(rows, 'A', 19, 2, 1)
        self.assertEqual(rows, [RequestRow('A', 17, 2, 1)])

    def test_quantity_and_tolerance_change_separately(self):
        rows = append_change([RequestRow('A', 17, 2, 3, id=1)], 'A', 19, 4, 1)
        self.assertEqual(rows, [RequestRow('A', 17, 2, 1, id=1), RequestRow('A', 19, 2, 0)])

    def test_a_withdrawn_request_leaves_no_rows(self):
        rows = append_change([RequestRow('A', 17, 2, 3), RequestRow('B', 18, 1)], 'A', 19, 0, 0)
        self.assertEqual(rows, [RequestRow('B', 18, 1)])

    def test_the_same_wish_again_changes_nothing(self):
        rows = [RequestRow('A', 17, 2, 3, id=1)]
        self.assertEqual(append_change(rows, 'A', 19, 2, 3), rows)

    def test_a_stored_row_comes_before_a_new_one_of_the_same_moment(self):
        rows = [RequestRow('B', 17, 5), RequestRow('A', 17, 5, id=9)]
        self.assertEqual(allocate_in_order(rows, 5).parts, {'A': 5, 'B': 0})

    def test_of_the_same_moment_the_lower_id_is_served_first(self):
        rows = [RequestRow('B', 17, 5, id=2), RequestRow('A', 17, 5, id=1)]
        self.assertEqual(allocate_in_order(rows, 5).parts, {'A': 5, 'B': 0})

    # === BY ORDER OF REQUEST === #

    def test_quantities_are_served_before_tolerances(self):
        # wishes 3(2), 1(3), 1(0)
        rows = [RequestRow('A', 1, 3, 2), RequestRow('B', 2, 1, 3), RequestRow('C', 3, 1, 0)]
        cases = {6: [4, 1, 1], 4: [3, 1, 0], 1: [1, 0, 0], 0: [0, 0, 0]}
        for received, expected in cases.items():
            with self.subTest(received=received):
                allocation = allocate_in_order(rows, received)
                self.assertEqual(list(allocation.parts.values()), expected)
                self.assertEqual(allocation.left_over, 0)

    def test_what_nobody_wished_for_is_left_over(self):
        # at most 5, 4 and 1 are wished for
        rows = [RequestRow('A', 1, 3, 2), RequestRow('B', 2, 1, 3), RequestRow('C', 3, 1, 0)]
        self.assertEqual(allocate_in_order(rows, 13), Allocation({'A': 5, 'B': 4, 'C': 1}, 3))

    # === PROPORTIONAL AND EQUAL === #

    def test_a_shortage_in_proportion(self):
        wishes = {'A': Wish(30), 'B': Wish(20), 'C': Wish(10)}
        self.assertEqual(allocate_proportional(wishes, 50).parts, {'A': 25, 'B': 17, 'C': 8})

    def test_a_shortage_equally_with_a_cap(self):
        # 50 / 3 = 16.67, C stops at 10, the others get 20 each
        wishes = {'A': Wish(30), 'B': Wish(20), 'C': Wish(10)}
        self.assertEqual(allocate_equal(wishes, 50).parts, {'A': 20, 'B': 20, 'C': 10})

    def test_extras_go_in_proportion_to_tolerance(self):
        # quantities take 6; the 3 beyond by tolerance 4 : 2 are 2 and 1
        wishes = {'A': Wish(1, 4), 'B': Wish(2, 2), 'C': Wish(3, 0)}
        for allocate in (allocate_proportional, allocate_equal):
            with self.subTest(rule=allocate.__name__):
                self.assertEqual(allocate(wishes, 9), Allocation({'A': 3, 'B': 3, 'C': 3}, 0))

    def test_without_tolerance_nobody_takes_more(self):
        self.assertEqual(append_change([], 'A', 17, 2), [RequestRow('A', 17, 2, 0)])
        self.assertEqual(allocate_proportional({'A': Wish(3)}, 5), Allocation({'A': 3}, 2))

    def test_beyond_all_wishes_goods_are_left_over(self):
        wishes = {'A': Wish(1, 4), 'B': Wish(2, 2)}
        for allocate in (allocate_proportional, allocate_equal):
            with self.subTest(rule=allocate.__name__):
                self.assertEqual(allocate(wishes, 20), Allocation({'A': 5, 'B': 4}, 11))

    def test_the_odd_unit_goes_to_the_lower_member_number(self):
        wishes = {'late': Wish(5), 'early': Wish(5)}
        numbers = {'late': '0900', 'early': '0007'}
        for allocate in (allocate_proportional, allocate_equal):
            with self.subTest(rule=allocate.__name__):
                self.assertEqual(allocate(wishes, 5, numbers).parts, {'late': 2, 'early': 3})

    def test_a_round_without_wishes_leaves_all_over(self):
        self.assertEqual(allocate_proportional({}, 5), Allocation({}, 5))
        self.assertEqual(allocate_equal({}, 5), Allocation({}, 5))
        self.assertEqual(allocate_in_order([], 5), Allocation({}, 5))

    # === REFUSALS === #

    def test_negative_and_broken_quantities_are_refused(self):
        for make in (Wish, lambda *counts: RequestRow('A', 1, *counts)):
            for arguments, code in (((-1, 0), 'negative'), ((0, -1), 'negative'), ((1.5, 0), 'not_whole')):
                with self.subTest(arguments=arguments), self.assertRaises(InputRefusal) as caught:
                    make(*arguments)
                self.assertEqual(caught.exception.code, code)

    def test_a_negative_receipt_is_refused(self):
        for allocate, wishes in ((allocate_in_order, []), (allocate_proportional, {}), (allocate_equal, {})):
            with self.subTest(rule=allocate.__name__), self.assertRaises(InputRefusal) as caught:
                allocate(wishes, -1)
            self.assertEqual(caught.exception.code, 'negative')

    # === PROPERTIES === #

    def assertFair(self, allocation, wishes, received):
        """Sum exact, nobody above the wish, quantities before tolerances, nothing kept from anybody."""
        self.assertEqual(sum(allocation.parts.values()) + allocation.left_over, received)
        self.assertEqual(set(allocation.parts), set(wishes))
        shortfall = 0
        for member, wish in wishes.items():
            self.assertGreaterEqual(allocation.parts[member], 0)
            self.assertLessEqual(allocation.parts[member], wish.quantity + wish.tolerance)
            shortfall += max(wish.quantity - allocation.parts[member], 0)
        wanted = sum(wish.quantity for wish in wishes.values())
        self.assertEqual(shortfall, max(wanted - received, 0))
        most = sum(wish.quantity + wish.tolerance for wish in wishes.values())
        self.assertEqual(allocation.left_over, max(received - most, 0))

    @properties
    @given(wish_maps, counts)
    def test_sharing_gives_out_all_and_nobody_more_than_wished(self, wishes, received):
        self.assertFair(allocate_proportional(wishes, received), wishes, received)
        self.assertFair(allocate_equal(wishes, received), wishes, received)

    @properties
    @given(changes, st.integers(0, 100))
    def test_serving_by_order_gives_out_all_and_nobody_more_than_wished(self, asked, received):
        rows = rows_after(asked)
        self.assertFair(allocate_in_order(rows, received), wishes_of(rows), received)

    @properties
    @given(wish_maps, counts, st.randoms(use_true_random=False))
    def test_the_order_of_the_members_does_not_matter_given_their_numbers(self, wishes, received, random):
        shuffled = list(wishes.items())
        random.shuffle(shuffled)
        numbers = {member: member for member in wishes}
        for allocate in (allocate_proportional, allocate_equal):
            self.assertEqual(
                allocate(dict(shuffled), received, numbers), allocate(wishes, received, numbers)
            )

    @properties
    @given(changes, st.integers(0, 100), st.randoms(use_true_random=False))
    def test_the_order_of_the_rows_does_not_matter_given_their_moments(self, asked, received, random):
        rows = rows_after(asked)
        shuffled = list(rows)
        random.shuffle(shuffled)
        self.assertEqual(allocate_in_order(shuffled, received), allocate_in_order(rows, received))

    @properties
    @given(changes)
    def test_the_rows_always_add_up_to_the_last_wish(self, asked):
        last = {member: Wish(quantity, tolerance) for member, quantity, tolerance in asked}
        wished = {member: wish for member, wish in last.items() if wish != Wish(0)}
        self.assertEqual(wishes_of(rows_after(asked)), wished)

    @properties
    @given(changes, st.integers(0, 9), st.integers(0, 40))
    def test_a_raise_never_costs_another_member_promised_goods(self, asked, more, received):
        rows = rows_after(asked)
        before = allocate_in_order(rows, received).parts
        wish = wishes_of(rows).get('A', Wish(0))
        raised = append_change(rows, 'A', 99, wish.quantity + more, wish.tolerance)
        after = allocate_in_order(raised, received).parts
        for member, quantity in wishes_of(rows).items():
            if member != 'A':
                self.assertGreaterEqual(after[member], min(before[member], quantity.quantity))

    @properties
    @given(changes, st.integers(0, 100))
    def test_one_unit_more_takes_nothing_from_anybody(self, asked, received):
        rows = rows_after(asked)
        before, after = (allocate_in_order(rows, count).parts for count in (received, received + 1))
        self.assertTrue(all(after[member] >= before[member] for member in before))

    @properties
    @given(wish_maps, counts)
    def test_asking_for_more_never_brings_less(self, wishes, received):
        for allocate in (allocate_proportional, allocate_equal):
            ranked = sorted(wishes.items(), key=lambda item: -item[1].quantity)
            firm = {member: Wish(wish.quantity) for member, wish in ranked}
            parts = list(allocate(firm, received).parts.values())
            self.assertEqual(parts, sorted(parts, reverse=True))

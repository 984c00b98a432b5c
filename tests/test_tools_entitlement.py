"""What each owner of consigned goods has earned, and what is still due."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.producer_cooperative.tools.apportion import split_shares
from odoo.addons.producer_cooperative.tools.entitlement import (
    Delivered,
    Document,
    Entitlement,
    due,
    earned_by_document,
    net_deliveries,
)
from odoo.addons.producer_cooperative.tools.errors import InputRefusal

properties = settings(derandomize=True, max_examples=100, deadline=None, database=None)
owners = st.sampled_from('ABCD')
goods = st.lists(st.builds(Delivered, owners, st.integers(1, 10**12), st.none()), min_size=1, max_size=8)
tagged_goods = st.lists(st.builds(Delivered, owners, st.integers(0, 10**12), st.integers(0, 2)), min_size=1, max_size=8)
documents = st.lists(
    st.builds(
        Document, st.just('May'), st.integers(-(10**12), 10**12), st.integers(-(10**14), 10**14),
        st.fractions(0, 1, max_denominator=7),
    ), max_size=5,
)


def invoiced(quantity, amount, credited=0):
    """Return an invoice and a credit note that together come to the amount."""
    return [Document('May', quantity, amount), Document('May', -credited, 0)]


def entitlements(deliveries, documents, ties=None, as_paid=False):
    """Return what each owner has earned by all documents together."""
    earned = earned_by_document(deliveries, documents, ties, as_paid)
    return {owner: part for (owner, _tag), part in earned.get('May', {}).items()}


def covered(deliveries, quantity):
    return {owner: part.quantity for owner, part in entitlements(deliveries, invoiced(quantity, 0)).items()}


def delivered_in_all(deliveries):
    return sum(row.quantity for row in deliveries)


@tagged('post_install', '-at_install')
class TestToolsEntitlement(BaseCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.of_a = Delivered('A', 60)
        cls.of_b = Delivered('B', 40)

    # === DELIVERED, INVOICED, SETTLED === #

    def test_what_is_invoiced_is_earned(self):
        self.assertEqual(entitlements([self.of_a], invoiced(60, 600)), {'A': Entitlement(60, 600)})

    def test_a_later_delivery_of_another_owner_moves_nothing(self):
        # averaging over both would make it A -240 and B +240
        earned = entitlements([self.of_a, self.of_b], invoiced(60, 600))
        self.assertEqual(due(earned['A'], Entitlement(60, 600)), Entitlement(0, 0))
        self.assertEqual(due(earned['B']), Entitlement(0, 0))

    def test_the_next_invoice_is_the_other_owners(self):
        earned = entitlements([self.of_a, self.of_b], invoiced(100, 1_000))
        self.assertEqual(due(earned['A'], Entitlement(60, 600)), Entitlement(0, 0))
        self.assertEqual(due(earned['B']), Entitlement(40, 400))

    def test_second_settlement_of_the_same_documents_is_empty(self):
        deliveries = [self.of_a, self.of_b]
        settled = entitlements(deliveries, invoiced(80, 801))
        again = entitlements(deliveries, invoiced(80, 801))
        self.assertEqual([due(again[owner], settled[owner]) for owner in 'AB'], [Entitlement()] * 2)

    def test_owners_add_up_to_the_line(self):
        # 1,000 over three equal owners is 333.33 each
        deliveries = [Delivered('B', 1), Delivered('A', 1), Delivered('C', 1)]
        earned = entitlements(deliveries, invoiced(3, 1_000), ties={'A': 1, 'B': 2, 'C': 3})
        self.assertEqual({owner: part.amount for owner, part in earned.items()}, {'A': 334, 'B': 333, 'C': 333})

    def test_quantities_may_be_decimals(self):
        deliveries = [Delivered('A', Decimal('2.5')), Delivered('B', Decimal('7.5'))]
        earned = entitlements(deliveries, invoiced(Decimal('5.0'), 50_000))
        self.assertEqual(earned['A'], Entitlement(Decimal('2.5'), 25_000))
        self.assertEqual(earned['B'], Entitlement(Decimal('2.5'), 25_000))

    # === CREDIT NOTES AND RETURNS === #

    def test_a_lower_price_lowers_the_amount_and_not_the_quantity(self):
        # 60 at 10, a credit note of 60 x 1, nothing came back
        earned = entitlements([self.of_a], invoiced(60, 540, credited=60))
        self.assertEqual(earned, {'A': Entitlement(60, 540)})

    def test_after_a_lower_price_the_next_invoice_still_covers_the_next_goods(self):
        # 600 - 60 + 400 over 100: the line has one price for all its goods
        earned = entitlements([self.of_a, self.of_b], invoiced(100, 940, credited=60))
        self.assertEqual(earned['A'], Entitlement(60, 564))
        self.assertEqual(earned['B'], Entitlement(40, 376))

    def test_goods_that_came_back_lower_both(self):
        deliveries = [self.of_a, Delivered('A', -10)]
        self.assertEqual(
            entitlements(deliveries, invoiced(60, 500, credited=10)), {'A': Entitlement(50, 500)}
        )

    def test_goods_come_back_to_the_owner_they_came_from(self):
        deliveries = [self.of_a, self.of_b, Delivered('B', -10)]
        earned = entitlements(deliveries, invoiced(100, 900, credited=10))
        self.assertEqual(earned, {'A': Entitlement(60, 600), 'B': Entitlement(30, 300)})

    def test_goods_that_came_back_do_not_pass_their_invoice_on_to_the_next_owner(self):
        # 60 of 100 invoiced; 10 of A's came back and are credited: B's 40 wait as before
        deliveries = [self.of_a, self.of_b, Delivered('A', -10)]
        earned = entitlements(deliveries, invoiced(60, 500, credited=10))
        self.assertEqual(earned, {'A': Entitlement(50, 500), 'B': Entitlement(0, 0)})

    def test_a_credit_note_beyond_the_return_only_lowers_the_amount(self):
        # 10 came back and 60 are credited: 100 for the goods, 50 x 1 for the price
        deliveries = [self.of_a, Delivered('A', -10)]
        earned = entitlements(deliveries, invoiced(60, 450, credited=60))
        self.assertEqual(earned, {'A': Entitlement(50, 450)})

    def test_a_return_that_is_not_credited_yet_keeps_its_part_of_the_amount_back(self):
        # the owner has the 10 again; their 100 belong to the credit note to come
        deliveries = [self.of_a, Delivered('A', -10)]
        self.assertEqual(entitlements(deliveries, invoiced(60, 600)), {'A': Entitlement(50, 500)})

    def test_an_exchange_moves_the_money_with_the_goods(self):
        # 10 of A's came back and 10 of B's went instead, the invoice stands
        deliveries = [self.of_a, Delivered('A', -10), Delivered('B', 10)]
        earned = entitlements(deliveries, invoiced(60, 600))
        self.assertEqual(earned, {'A': Entitlement(50, 500), 'B': Entitlement(10, 100)})

    def test_an_invoice_reversed_and_written_anew_keeps_the_quantity(self):
        # 60 at 10, credited as a whole, then 60 at 9
        self.assertEqual(
            entitlements([self.of_a], invoiced(120, 540, credited=60)), {'A': Entitlement(60, 540)}
        )

    def test_a_refund_is_subtracted_once(self):
        # 80 % share: 1,000 good; 100 sold, then refunded with its goods
        good = entitlements([Delivered('A', 100)], invoiced(100, 1_000))['A']
        refunded = entitlements(
            [Delivered('A', 10), Delivered('A', -10)], invoiced(10, 0, credited=10)
        )['A']
        shares = [split_shares(line.amount, [80, 20])[0] for line in (good, refunded)]
        self.assertEqual(shares, [800, 0])
        owed = [due(Entitlement(0, share)).amount for share in shares]
        self.assertEqual(sum(owed), 800)
        paid_before = [due(Entitlement(0, shares[0])), due(Entitlement(0, shares[1]), Entitlement(10, 80))]
        # 640 would subtract the refund twice
        self.assertEqual(sum(part.amount for part in paid_before), 720)

    def test_a_negative_difference_is_carried_forward(self):
        earned = entitlements([self.of_a], invoiced(60, 540, credited=60))['A']
        self.assertEqual(due(earned, Entitlement(60, 600)), Entitlement(0, -60))

    # === COVER === #

    def test_an_owner_who_delivers_twice_is_covered_twice(self):
        deliveries = [Delivered('A', 10), Delivered('B', 10), Delivered('A', 10)]
        self.assertEqual(covered(deliveries, 25), {'A': 15, 'B': 10})

    def test_a_return_is_taken_from_the_newest_goods_of_its_owner(self):
        deliveries = [Delivered('A', 10), Delivered('B', 10), Delivered('A', 10), Delivered('A', -15)]
        self.assertEqual(net_deliveries(deliveries), [Delivered('A', 5), Delivered('B', 10)])

    def test_rows_of_nothing_are_dropped(self):
        self.assertEqual(net_deliveries([Delivered('A', 0), self.of_b]), [self.of_b])

    def test_goods_delivered_again_queue_at_the_end(self):
        deliveries = [Delivered('A', 10), Delivered('B', 10), Delivered('A', -10), Delivered('A', 10)]
        self.assertEqual(covered(deliveries, 10), {'A': 0, 'B': 10})

    def test_what_is_invoiced_ahead_waits_for_its_goods(self):
        self.assertEqual(covered([self.of_a], 100), {'A': 60})
        self.assertEqual(entitlements([self.of_a], invoiced(100, 1_000)), {'A': Entitlement(60, 600)})

    def test_nothing_covered_is_nothing_earned(self):
        self.assertEqual(entitlements([self.of_a], invoiced(0, 0)), {'A': Entitlement(0, 0)})
        self.assertEqual(entitlements([], invoiced(5, 50)), {})
        # all came back and the customer keeps paying a fee: no goods of anybody earned it
        deliveries = [self.of_a, Delivered('A', -60)]
        self.assertEqual(entitlements(deliveries, invoiced(60, 50, credited=60))['A'].amount, 0)

    # === SETTLED ON PAYMENT === #

    def test_half_paid_is_half_earned(self):
        earned = entitlements([self.of_a], [Document('May', 60, 600, Fraction(1, 2))], as_paid=True)
        self.assertEqual(earned, {'A': Entitlement(60, 300)})

    def test_nothing_paid_is_nothing_earned_yet(self):
        earned = entitlements([self.of_a], [Document('May', 60, 600, 0)], as_paid=True)
        self.assertEqual(earned, {'A': Entitlement(60, 0)})

    def test_several_invoices_each_count_as_far_as_paid(self):
        # 600 / 2 + 400 - 60 / 3
        documents = [
            Document('May', 60, 600, Fraction(1, 2)), Document('May', 40, 400, 1),
            Document('May', 0, -60, Fraction(1, 3)),
        ]
        earned = entitlements([self.of_a, self.of_b], documents, as_paid=True)
        self.assertEqual(sum(part.amount for part in earned.values()), 680)

    def test_part_payments_come_in_whole_steps_and_the_rest_with_the_last(self):
        deliveries = [Delivered(owner, 1) for owner in 'ABC']
        for paid, parts in (
            (Fraction(1, 3), [33_300] * 3),  # 100,000 in sen: 333.33 each
            (Fraction(2, 3), [66_600] * 3),
            (1, [100_000] * 3),
        ):
            earned = earned_by_document(
                deliveries, [Document('May', 3, 300_000, paid)], as_paid=True, step=100,
            )
            self.assertEqual([part.amount for part in earned['May'].values()], parts)

    def test_sen_of_a_sale_that_is_paid_stay_when_the_next_is_not(self):
        documents = [Document('May', 1, 10_001), Document('June', 1, 10_001, Fraction(1, 2))]
        earned = earned_by_document([Delivered('A', 2)], documents, as_paid=True, step=100)
        self.assertEqual((earned['May']['A', None].amount, earned['June']['A', None].amount), (10_001, 5_000))

    # === REFUSALS === #

    def test_more_back_than_delivered_is_refused_with_the_owner(self):
        with self.assertRaises(InputRefusal) as caught:
            covered([self.of_a, self.of_b, Delivered('B', -50)], 60)
        self.assertEqual(caught.exception.code, 'returned_more_than_delivered')
        self.assertEqual(caught.exception.params, {'owner': 'B', 'missing': 10})

    def test_a_return_before_any_delivery_is_refused(self):
        with self.assertRaises(InputRefusal) as caught:
            net_deliveries([Delivered('A', -10), Delivered('A', 10)])
        self.assertEqual(caught.exception.code, 'returned_more_than_delivered')

    def test_figures_that_cannot_be_are_refused(self):
        cases = [
            ('float_not_exact', {'quantity': 1.5, 'amount': 0}),
            ('not_whole', {'quantity': 1, 'amount': 10.5}),
            ('paid_share', {'quantity': 1, 'amount': 10, 'paid': Fraction(3, 2)}),
        ]
        for code, values in cases:
            with self.subTest(values=values), self.assertRaises(InputRefusal) as caught:
                Document('May', **values)
            self.assertEqual(caught.exception.code, code)
        with self.assertRaises(InputRefusal) as caught:
            Delivered('A', 0.1)
        self.assertEqual(caught.exception.code, 'float_not_exact')

    # === PROPERTIES === #

    @properties
    @given(goods, st.integers(0, 10**13), st.integers(-(10**15), 10**15))
    def test_the_owners_never_get_more_than_the_line(self, deliveries, quantity, amount):
        earned = entitlements(deliveries, invoiced(quantity, amount))
        delivered = delivered_in_all(deliveries)
        self.assertEqual(sum(part.quantity for part in earned.values()), min(quantity, delivered))
        total = sum(part.amount for part in earned.values())
        if 0 < quantity <= delivered:
            self.assertEqual(total, amount)
        else:
            self.assertLessEqual(abs(total), abs(amount))

    @properties
    @given(goods, st.integers(1, 10**13), st.integers(0, 10**13))
    def test_invoicing_more_never_covers_less(self, deliveries, quantity, more):
        before, after = covered(deliveries, quantity), covered(deliveries, quantity + more)
        self.assertTrue(all(after[owner] >= before[owner] for owner in before))

    @properties
    @given(goods, st.data())
    def test_a_later_delivery_never_takes_away(self, deliveries, data):
        quantity = data.draw(st.integers(1, delivered_in_all(deliveries)))
        later = data.draw(st.builds(Delivered, owners, st.integers(1, 10**12), st.none()))
        before = entitlements(deliveries, invoiced(quantity, 10**15))
        after = entitlements([*deliveries, later], invoiced(quantity, 10**15))
        self.assertEqual({owner: after[owner] for owner in before}, before)

    @properties
    @given(goods, st.data())
    def test_a_price_correction_never_moves_a_quantity(self, deliveries, data):
        quantity = data.draw(st.integers(1, delivered_in_all(deliveries)))
        credited = data.draw(st.integers(0, 10**13))
        before = entitlements(deliveries, invoiced(quantity, 1_000))
        after = entitlements(deliveries, invoiced(quantity, 900, credited))
        for owner, part in before.items():
            self.assertEqual(after[owner].quantity, part.quantity)
        self.assertEqual(sum(part.amount for part in after.values()), 900)

    @properties
    @given(goods, st.data())
    def test_goods_that_came_back_and_were_credited_leave_no_trace(self, deliveries, data):
        # the last owner's last goods, invoiced at 7 each, come back as a whole
        last = deliveries[-1]
        delivered = delivered_in_all(deliveries)
        kept = delivered - last.quantity
        after = entitlements(
            [*deliveries, Delivered(last.owner, -last.quantity)],
            invoiced(delivered, 7 * kept, credited=last.quantity),
        )
        before = entitlements(deliveries[:-1], invoiced(kept, 7 * kept))
        self.assertEqual({owner: after[owner] for owner in before}, before)
        self.assertEqual(sum(part.amount for part in after.values()), 7 * kept)

    @properties
    @given(goods, st.lists(st.tuples(st.integers(0, 10**12), st.integers(0, 10**14)), max_size=6))
    def test_how_often_is_settled_does_not_matter(self, deliveries, invoices):
        quantity = amount = 0
        settled = {row.owner: Entitlement() for row in deliveries}
        for more, worth in invoices:
            quantity, amount = quantity + more, amount + worth
            for owner, part in entitlements(deliveries, invoiced(quantity, amount)).items():
                now = due(part, settled[owner])
                settled[owner] = Entitlement(
                    settled[owner].quantity + now.quantity, settled[owner].amount + now.amount
                )
        self.assertEqual(settled, entitlements(deliveries, invoiced(quantity, amount)))

    @properties
    @given(tagged_goods, documents, st.booleans(), st.data())
    def test_documents_of_one_key_bring_what_they_bring_one_by_one(self, deliveries, of_may, as_paid, data):
        back = data.draw(st.sampled_from(deliveries))
        deliveries = [*deliveries, Delivered(back.owner, -data.draw(st.integers(0, back.quantity)))]
        ties = dict(zip('ABCD', data.draw(st.permutations(range(4))), strict=True))
        together = earned_by_document(deliveries, of_may, ties, as_paid)
        apart = earned_by_document(deliveries, [
            Document(place, document.quantity, document.amount, document.paid)
            for place, document in enumerate(of_may)
        ], ties, as_paid)
        added = {}
        for parts in apart.values():
            for name, part in parts.items():
                so_far = added.get(name, Entitlement())
                added[name] = Entitlement(so_far.quantity + part.quantity, so_far.amount + part.amount)
        self.assertEqual(together.get('May', {}), added)
        self.assertEqual(list(together.get('May', {})), list(added))

    @properties
    @given(tagged_goods, documents, st.booleans())
    def test_whole_numbers_bring_what_fractions_bring(self, deliveries, of_may, as_paid):
        as_fractions = [Delivered(row.owner, Fraction(row.quantity), row.tag) for row in deliveries]
        self.assertEqual(
            earned_by_document(deliveries, of_may, as_paid=as_paid),
            earned_by_document(as_fractions, of_may, as_paid=as_paid),
        )

"""What each owner of consigned goods has earned on a sale line, and what is still due.

One rule for partial deliveries, partial invoices, returns, price corrections and repeated runs: the
entitlement *to date* is computed afresh from all that was posted, and what was settled before is
subtracted. Running it twice yields nothing; a negative difference is carried forward.

Goods of several owners may fill one line. They are covered by what was invoiced first in, first
out.

Quantities are whole numbers, decimals or fractions in the unit of the product (one kind per line,
no floats); amounts are whole numbers of the rounding unit in company currency.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from .apportion import apportion_with_rest
from .errors import InputRefusal
from .units import Exact, exact, require_whole, round_half_up


class _Delivered(NamedTuple):
    owner: Hashable
    quantity: Exact
    tag: Hashable = None


class Delivered(_Delivered):
    """Goods of one owner that went to the customer; a negative quantity came back to that owner.

    Whole numbers need no check: ``_make`` takes them as they are.

    :param tag: what goods of the owner are told apart by, e.g. the net price that was agreed for them
    :raises InputRefusal: `float_not_exact`, `not_a_number`
    """

    __slots__ = ()

    def __new__(cls, owner: Hashable, quantity: Exact, tag: Hashable = None) -> Delivered:
        if type(quantity) is not int:
            exact(quantity)
        return super().__new__(cls, owner, quantity, tag)

    def __repr__(self) -> str:
        return f'Delivered(owner={self.owner!r}, quantity={self.quantity!r})'


class _Document(NamedTuple):
    key: Hashable
    quantity: Exact
    amount: int
    paid: Exact = 1


class Document(_Document):
    """One posted invoice or credit note of a sale line.

    Whole numbers of something that was paid in full need no check: ``_make`` takes them as they are.

    :param key: what the earnings are to be told apart by, e.g. the terms in force on its date
    :param quantity: in the unit of the product; negative on a credit note
    :param amount: net untaxed amount in whole rounding units; negative on a credit note
    :param paid: how much of the amount was paid, from 0 to 1
    :raises InputRefusal: `float_not_exact`, `not_whole`, `paid_share`
    """

    __slots__ = ()

    def __new__(cls, key: Hashable, quantity: Exact, amount: int, paid: Exact = 1) -> Document:
        if type(quantity) is not int:
            exact(quantity)
        require_whole(amount)
        if paid != 1 and not 0 <= exact(paid) <= 1:
            raise InputRefusal('paid_share', share=paid)
        return super().__new__(cls, key, quantity, amount, paid)


class Entitlement(NamedTuple):
    """A quantity in the unit of the product, and the amount for it in whole rounding units."""

    quantity: Exact = 0
    amount: int = 0


NOTHING = Entitlement()


def net_deliveries(deliveries: Iterable[Delivered]) -> list[Delivered]:
    """Subtract what came back from the owner it came from, from that owner's newest goods first.

    The oldest goods are the ones that an invoice covered first; so a return disturbs as little as
    possible of what was settled before, and a later delivery never takes away from an earlier one.

    :param deliveries: in order of the moment they were done
    :raises InputRefusal: `returned_more_than_delivered`

    >>> net_deliveries([Delivered('A', 60), Delivered('B', 40), Delivered('A', -10)])
    [Delivered(owner='A', quantity=50), Delivered(owner='B', quantity=40)]
    """
    rows: list[Delivered] = []
    for row in deliveries:
        if row.quantity < 0:
            rows = _take_back(rows, row.owner, -row.quantity)
        elif row.quantity > 0:
            rows.append(row)
    return rows


def earned_by_document(
    deliveries: Sequence[Delivered],
    documents: Iterable[Document],
    ties: Mapping[Hashable, Any] | None = None,
    as_paid: bool = False,
    step: int = 1,
) -> dict[Hashable, dict[tuple[Hashable, Hashable], Entitlement]]:
    """Tell which documents an owner's earnings come from: each brings what it adds to the entitlement so far.

    The quantity invoiced covers the net deliveries, first in, first out; a credit note lowers it
    only as far as goods came back. The net amount is shared over what is covered, by largest
    remainder. What was invoiced ahead of delivery (or came back and was not credited yet) keeps its
    share of the amount until goods or a credit note follow; apart from that the owners' amounts add
    up to the line. Nothing covered means nothing earned. An owner's goods are told apart by their
    tags.

    :param deliveries: in order of the moment they were done, returns as negative rows
    :param documents: in the order in which they were posted; an invoice that a credit note cancels
        as a whole, to be written anew, is left out with it
    :param ties: the sortable key of each owner, e.g. the member number; of equal remainders the
        lower key gets the unit (default: the order of first delivery)
    :param as_paid: count of each document what was paid of it. Together never more counts than the
        documents come to: a credit note that nobody was paid back lowers what was paid of the
        invoice.
    :param step: how many rounding units an owner's part of what was only paid in part is a multiple
        of; what is left over comes with the rest
    :return: per key of a document, per owner and tag; the quantity is what is covered, whether it
        was paid or not
    :raises InputRefusal: `returned_more_than_delivered`

    >>> goods = [Delivered('A', 60), Delivered('B', 40)]
    >>> earned = earned_by_document(goods, [Document('May', 80, 800), Document('June', 20, 200)])
    >>> earned['May']['B', None].amount, earned['June']['B', None].amount
    (200, 200)
    >>> from fractions import Fraction
    >>> goods = [Delivered('A', 60, 5), Delivered('A', 40, 6)]
    >>> earned = earned_by_document(goods, [Document('May', 80, 800, Fraction(1, 2))], as_paid=True)
    >>> earned['May']['A', 5], earned['May']['A', 6]
    (Entitlement(quantity=60, amount=300), Entitlement(quantity=20, amount=100))
    >>> goods = [Delivered('A', 1), Delivered('B', 2)]
    >>> earned = earned_by_document(goods, [Document('May', 3, 90_000, Fraction(1, 9))], as_paid=True, step=100)
    >>> earned['May']['A', None].amount, earned['May']['B', None].amount  # 3,333 and 6,667
    (3300, 6600)
    """
    documents = list(documents)
    rows = deliveries if _are_whole(deliveries, documents) else [
        Delivered(row.owner, exact(row.quantity), row.tag) for row in deliveries
    ]
    returned = -sum([quantity for _owner, quantity, _tag in rows if quantity < 0])
    pieces = [
        ((owner, tag), quantity) for owner, quantity, tag in (net_deliveries(rows) if returned else rows) if quantity
    ]
    names = dict.fromkeys([(owner, tag) for owner, quantity, tag in rows if quantity > 0], 0)
    keys = None if ties is None else [(ties[name[0]], place) for place, name in enumerate(names)]
    earned: dict[Hashable, dict[tuple[Hashable, Hashable], Entitlement]] = {}
    before: dict[tuple[Hashable, Hashable], Entitlement] = {}
    for key, invoiced, credited, amount, is_part in _running(documents, as_paid):
        covered = names.copy()
        left = max(invoiced - min(credited, returned), 0)
        for name, quantity in pieces:
            taken = min(quantity, left)
            covered[name] += taken
            left -= taken
        amounts = _share_amount(list(covered.values()), invoiced - credited, amount, keys)
        if is_part:
            amounts = [
                before.get(name, NOTHING).amount + (part - before.get(name, NOTHING).amount) // step * step
                for name, part in zip(covered, amounts, strict=True)
            ]
        now = dict(zip(covered, map(Entitlement, covered.values(), amounts), strict=True))
        added = {name: due(now[name], part) for name, part in before.items()} if before else now
        so_far = earned.get(key)
        earned[key] = {name: _add(so_far[name], part) for name, part in added.items()} if so_far else added
        before = now
    return earned


def _are_whole(deliveries: Iterable[Delivered], documents: Iterable[Document]) -> bool:
    return all([isinstance(row.quantity, int) for row in deliveries]) and all([
        isinstance(document.quantity, int) for document in documents
    ])


def _running(
    documents: Sequence[Document], as_paid: bool
) -> Iterable[tuple[Hashable, Exact, Exact, int, bool]]:
    """Add the documents up one by one: the quantities invoiced and credited, the amount that counts, and if in part.

    What one key brings is told at once, however many documents it has, where all of them count.
    """
    quantity: Exact = 0
    credited: Exact = 0
    amount: int = 0
    paid: Exact = 0
    one_key = not as_paid and (
        len(documents) == 1 or all([document.key == documents[0].key for document in documents])
    )
    for place, document in enumerate(documents, start=1):
        size = document.quantity if isinstance(document.quantity, int) else exact(document.quantity)
        if size > 0:
            quantity += size
        else:
            credited -= size
        amount += document.amount
        if as_paid:
            paid += document.amount * exact(document.paid)
        if not one_key or place == len(documents):
            counted = min(round_half_up(paid), amount) if as_paid else amount
            yield document.key, quantity, credited, counted, counted != amount


def due(entitlement: Entitlement, settled: Entitlement | None = None) -> Entitlement:
    """Subtract what was settled before, in quantity and in money.

    :param settled: the sum of all earlier settlements of the same line and owner
    :return: what is due now; negative parts are to be carried forward, not paid back

    >>> due(Entitlement(60, 600), Entitlement(60, 600))
    Entitlement(quantity=0, amount=0)
    >>> due(Entitlement(60, 540), Entitlement(60, 600)).amount
    -60
    """
    before = settled or NOTHING
    return Entitlement(entitlement.quantity - before.quantity, entitlement.amount - before.amount)


def _add(so_far: Entitlement, added: Entitlement) -> Entitlement:
    return Entitlement(so_far.quantity + added.quantity, so_far.amount + added.amount)


def _share_amount(
    covered: Sequence[Exact], quantity: Exact, amount: int, ties: Sequence[Any] | None
) -> Sequence[int]:
    """Share the amount over what is covered; what else was invoiced, less credit notes, keeps its share of it."""
    goods = sum(covered)
    if not goods:
        return [0] * len(covered)
    waiting = max(quantity - goods, 0)
    if not waiting and goods in covered:
        return [amount if part else 0 for part in covered]
    return apportion_with_rest(amount, covered, waiting, ties)


def _take_back(rows: list[Delivered], owner: Hashable, quantity: Exact) -> list[Delivered]:
    """Take a returned quantity out of an owner's rows, the newest first."""
    kept: list[Delivered] = []
    left = quantity
    for row in reversed(rows):
        taken = min(row.quantity, left) if row.owner == owner else 0
        left -= taken
        if row.quantity > taken:
            kept.append(Delivered(row.owner, row.quantity - taken, row.tag))
    if left:
        raise InputRefusal('returned_more_than_delivered', owner=owner, missing=left)
    return kept[::-1]

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
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from .apportion import apportion_with_rest
from .errors import InputRefusal
from .units import Exact, exact, require_not_negative, require_whole, round_half_up


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


@dataclass(frozen=True)
class Invoiced:
    """What was posted for one sale line, up to now.

    An invoice that a credit note cancels as a whole, to be written anew, belongs in neither
    quantity.

    :param quantity: sum over the invoices, before any credit note
    :param amount: net untaxed amount, credit notes subtracted, in whole rounding units
    :param credited: sum of the quantities on credit notes, whether goods came back or only the
        price changed
    :param returned: what came back; none to take it from the negative rows of the deliveries
    :param paid: how much of the amount counts, from 0 to 1: all of it, or what was paid where terms
        settle on payment
    :raises InputRefusal: `negative`, `float_not_exact`, `not_whole`, `paid_share`
    """

    quantity: Exact
    amount: int
    credited: Exact = 0
    returned: Exact | None = None
    paid: Exact = 1

    def __post_init__(self) -> None:
        for value in (self.quantity, self.credited, self.returned or 0):
            require_not_negative('quantity', value)
        require_whole(self.amount)
        if self.paid != 1 and not 0 <= exact(self.paid) <= 1:
            raise InputRefusal('paid_share', share=self.paid)


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


def cover(deliveries: Iterable[Delivered], quantity_invoiced: Exact) -> dict[Hashable, Exact]:
    """Let a quantity cover the net deliveries, first in, first out.

    :param deliveries: in order of the moment they were done, returns as negative rows
    :param quantity_invoiced: in the unit of the product; what is more than was delivered covers
        nothing yet
    :return: what is covered of each owner's goods, also of those with nothing
    :raises InputRefusal: `returned_more_than_delivered`, `negative`, `float_not_exact`

    >>> cover([Delivered('A', 60), Delivered('B', 40)], 60)
    {'A': 60, 'B': 0}
    """
    rows = list(deliveries)
    covered: dict[Hashable, Exact] = dict.fromkeys((row.owner for row in rows), 0)
    left = require_not_negative('quantity', quantity_invoiced)
    for row in net_deliveries(rows):
        taken = min(row.quantity, left)
        covered[row.owner] += taken
        left -= taken
    return covered


def covering_quantity(deliveries: Iterable[Delivered], invoiced: Invoiced) -> Exact:
    """Say how much the documents cover: a credit note lowers it only as far as goods came back.

    :return: in the unit of the product, never negative

    >>> covering_quantity([Delivered('A', 60)], Invoiced(60, 540, credited=60))
    60
    >>> covering_quantity([Delivered('A', 60), Delivered('A', -10)], Invoiced(60, 500, credited=10))
    50
    """
    returned = invoiced.returned
    if returned is None:
        returned = -sum(min(row.quantity, 0) for row in deliveries)
    return max(invoiced.quantity - min(invoiced.credited, returned), 0)


def entitlements(
    deliveries: Sequence[Delivered], invoiced: Invoiced, ties: Mapping[Hashable, Any] | None = None
) -> dict[Hashable, Entitlement]:
    """Compute what each owner has earned on a sale line up to now.

    The net amount is shared over what is covered, by largest remainder. What was invoiced ahead of
    delivery (or came back and was not credited yet) keeps its share of the amount until goods or a
    credit note follow; apart from that the owners' amounts add up to the line. Nothing covered
    means nothing earned.

    :param deliveries: in order of the moment they were done, returns as negative rows
    :param ties: the sortable key of each owner, e.g. the member number; of equal remainders the
        lower key gets the unit (default: the order of first delivery)
    :return: per owner of a delivery; the quantity is what is covered, whether it was paid or not
    :raises InputRefusal: `returned_more_than_delivered`

    >>> goods = [Delivered('A', 60), Delivered('B', 40)]
    >>> entitlements(goods, Invoiced(60, 600))['A'], entitlements(goods, Invoiced(100, 1_000))['B']
    (Entitlement(quantity=60, amount=600), Entitlement(quantity=40, amount=400))
    >>> entitlements([Delivered('A', 60)], Invoiced(60, 540, credited=60))
    {'A': Entitlement(quantity=60, amount=540)}
    """
    covered = cover(deliveries, covering_quantity(deliveries, invoiced))
    amount = invoiced.amount if invoiced.paid == 1 else round_half_up(invoiced.amount * exact(invoiced.paid))
    keys = None if ties is None else [ties[owner] for owner in covered]
    parts = _share_amount(list(covered.values()), invoiced.quantity - invoiced.credited, amount, keys)
    return {owner: Entitlement(covered[owner], part) for owner, part in zip(covered, parts, strict=True)}


def earned_by_document(
    deliveries: Sequence[Delivered],
    documents: Iterable[Document],
    ties: Mapping[Hashable, Any] | None = None,
    as_paid: bool = False,
) -> dict[Hashable, dict[tuple[Hashable, Hashable], Entitlement]]:
    """Tell which documents an owner's earnings come from: each brings what it adds to the entitlement so far.

    The parts of an owner add up to what :func:`entitlements` says of all documents together. An
    owner's goods are told apart by their tags.

    :param deliveries: as for :func:`entitlements`
    :param documents: in the order in which they were posted
    :param as_paid: count of each document what was paid of it. Together never more counts than the
        documents come to: a credit note that nobody was paid back lowers what was paid of the
        invoice.
    :return: per key of a document, per owner and tag; the quantity is what is covered, whether it
        was paid or not
    :raises InputRefusal: `returned_more_than_delivered`

    >>> goods = [Delivered('A', 60), Delivered('B', 40)]
    >>> earned = earned_by_document(goods, [Document('May', 80, 800), Document('June', 20, 200)])
    >>> earned['May']['B', None].amount, earned['June']['B', None].amount
    (200, 200)
    >>> goods = [Delivered('A', 60, 5), Delivered('A', 40, 6)]
    >>> earned = earned_by_document(goods, [Document('May', 80, 800, Fraction(1, 2))], as_paid=True)
    >>> earned['May']['A', 5], earned['May']['A', 6]
    (Entitlement(quantity=60, amount=300), Entitlement(quantity=20, amount=100))
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
    for key, invoiced, credited, amount in _running(documents, as_paid):
        covered = names.copy()
        left = max(invoiced - min(credited, returned), 0)
        for name, quantity in pieces:
            taken = min(quantity, left)
            covered[name] += taken
            left -= taken
        amounts = _share_amount(list(covered.values()), invoiced - credited, amount, keys)
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
) -> Iterable[tuple[Hashable, Exact, Exact, int]]:
    """Add the documents up one by one: the quantities invoiced and credited, and the amount that counts.

    What one key brings is told at once, however many documents it has.
    """
    quantity: Exact = 0
    credited: Exact = 0
    amount: int = 0
    paid: Exact = 0
    one_key = len(documents) == 1 or all([document.key == documents[0].key for document in documents])
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
            yield document.key, quantity, credited, min(round_half_up(paid), amount) if as_paid else amount


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


def paid_share(total: Exact, residual: Exact) -> Fraction:
    """Say which part of an invoice has been paid: (total - residual) / total.

    An invoice over nothing is paid. What the buyer withheld as tax counts as paid once it is reconciled.

    :param total: the invoice's total with taxes, in any unit
    :param residual: what is open of it, in the same unit and with the same sign
    :raises InputRefusal: `paid_share` when more is open than the total, or less than nothing

    >>> paid_share(1_000, 250)
    Fraction(3, 4)
    """
    if not total:
        return Fraction(1)
    share = 1 - exact(residual) / exact(total)
    if not 0 <= share <= 1:
        raise InputRefusal('paid_share', share=share)
    return share


def paid_amount(documents: Iterable[tuple[int, Exact]]) -> int:
    """Add up what counts of several documents of one line, by their paid shares; round once.

    :param documents: per document the net untaxed amount (a credit note's is negative) and its paid
        share
    :return: in whole rounding units, a half away from zero; an amount for :class:`Invoiced` with
        all of it paid

    >>> paid_amount([(600, Fraction(1, 2)), (400, Fraction(1))])
    700
    """
    counted = (require_whole(amount) * exact(share) for amount, share in documents)
    return round_half_up(sum(counted, Fraction(0)))


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

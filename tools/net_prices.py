"""Which net price holds for goods that went out, when a member brought some at one price and some at another.

Goods of a lot have the price that was agreed for the lot; other goods of a member go out in the
order in which they came in. What a customer returned goes out again first, at the price it had.

Quantities are exact numbers in the unit of the product.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from .units import Exact


@dataclass(frozen=True)
class Movement:
    """Goods of one member and product that came in or went out.

    :param key: what the movement is found again by
    :param quantity: positive for what came in, negative for what went out
    :param price: the net price agreed when they came in; none or 0 where there is none
    :param lot: the lot or serial number, if there is one
    :param sale: what they were sold on; tells a customer's return which goods came back
    """

    key: Hashable
    quantity: Exact
    price: Exact = 0
    lot: Hashable = None
    sale: Hashable = None


def prices_of(movements: Iterable[Movement]) -> dict[Hashable, list[tuple[Exact, Exact]]]:
    """Say at which net price the goods of each movement out were taken.

    :param movements: in order of the moment they were done
    :return: per key, ``[(quantity, price)]`` with positive quantities; what was not there before
        has no price

    >>> moved = [Movement('in', 60, 5), Movement('more', 40, 6), Movement('out', -80)]
    >>> prices_of(moved)
    {'out': [(60, 5), (20, 6)]}
    """
    stock: list[list] = []
    sold: dict[Hashable, list[list]] = {}
    result = {}
    for movement in movements:
        if movement.quantity < 0:
            taken = _take(stock, -movement.quantity, movement.lot)
            result[movement.key] = [(quantity, price) for quantity, price, _lot in taken]
            if movement.sale is not None:
                sold.setdefault(movement.sale, []).extend(taken)
        elif movement.sale is not None and sold.get(movement.sale):
            back = _take_last(sold[movement.sale], movement.quantity)
            stock[:0] = back
        else:
            stock.append([movement.quantity, movement.price, movement.lot])
    return result


def _take(stock: list[list], quantity: Exact, lot: Hashable) -> list[list]:
    """Take goods of a lot, or the oldest ones, out of the stock."""
    taken = []
    for row in stock:
        if lot is not None and row[2] != lot:
            continue
        part = min(row[0], quantity)
        if part:
            taken.append([part, row[1], row[2]])
            row[0] -= part
            quantity -= part
        if not quantity:
            break
    stock[:] = [row for row in stock if row[0]]
    if quantity:
        taken.append([quantity, 0, lot])
    return taken


def _take_last(rows: list[list], quantity: Exact) -> list[list]:
    """Take back what went out last."""
    back = []
    while quantity and rows:
        part = min(rows[-1][0], quantity)
        back.insert(0, [part, rows[-1][1], rows[-1][2]])
        rows[-1][0] -= part
        quantity -= part
        if not rows[-1][0]:
            rows.pop()
    return back

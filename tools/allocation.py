"""Who gets what of the goods that came.

Three rules, one promise: quantities are served before tolerances, nobody gets more than quantity
and tolerance, and what was handed out plus what is left over is what came. Serving by dated
requests is foodsoft's way (the group-buying program), the two others share by largest remainder.

All quantities are whole numbers of the smallest unit that is handed out.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .apportion import apportion_capped
from .units import require_not_negative, require_whole


@dataclass(frozen=True)
class Wish:
    """What a member asks for, and how much more the member would take.

    :raises InputRefusal: `negative`, `not_whole`
    """

    quantity: int
    tolerance: int = 0

    def __post_init__(self) -> None:
        _check_counts(self.quantity, self.tolerance)


@dataclass(frozen=True)
class RequestRow:
    """One dated row of a member's request: what was added at that moment and has not been taken back since.

    :param at: when it was asked for; anything that sorts
    :param id: decides between rows of the same moment; rows that are not stored yet have none and
        come last
    :raises InputRefusal: `negative`, `not_whole`
    """

    member: Hashable
    at: Any
    quantity: int
    tolerance: int = 0
    id: int | None = None

    def __post_init__(self) -> None:
        _check_counts(self.quantity, self.tolerance)


@dataclass(frozen=True)
class Allocation:
    """What each member gets, and what nobody wished for."""

    parts: dict[Hashable, int]
    left_over: int


def append_change(
    rows: Iterable[RequestRow], member: Hashable, at: Any, quantity: int, tolerance: int = 0
) -> list[RequestRow]:
    """Change a member's request without losing or jumping the queue.

    An increase is appended as a row of its own, at its own moment. A decrease is taken from the
    member's newest rows, quantity and tolerance separately. Rows that become empty are dropped;
    rows of others are left as they are.

    :param rows: the rows so far, of this member or of all
    :param quantity: what the member now asks for in all
    :param tolerance: what the member would now take on top
    :return: the rows afterwards; an appended row comes last and has no id yet
    :raises InputRefusal: `negative`, `not_whole`

    >>> rows = append_change([], 'A', 17, 2, 2)
    >>> rows = append_change(rows, 'A', 18, 4, 2)
    >>> [(row.at, row.quantity, row.tolerance) for row in rows]
    [(17, 2, 2), (18, 2, 0)]
    >>> rows = append_change(rows, 'A', 19, 2, 1)
    >>> [(row.at, row.quantity, row.tolerance) for row in rows]
    [(17, 2, 1)]
    """
    kept = list(rows)
    wish, before = Wish(quantity, tolerance), wishes_of(kept).get(member, Wish(0))
    kept = _take_back(kept, member, 'quantity', before.quantity - wish.quantity)
    kept = _take_back(kept, member, 'tolerance', before.tolerance - wish.tolerance)
    increase = RequestRow(
        member, at, max(wish.quantity - before.quantity, 0), max(wish.tolerance - before.tolerance, 0)
    )
    return [row for row in (*kept, increase) if row.quantity or row.tolerance]


def wishes_of(rows: Iterable[RequestRow]) -> dict[Hashable, Wish]:
    """Add up the rows of each member.

    >>> wishes_of([RequestRow('A', 17, 2, 1), RequestRow('B', 18, 2), RequestRow('A', 19, 2)])
    {'A': Wish(quantity=4, tolerance=1), 'B': Wish(quantity=2, tolerance=0)}
    """
    wishes: dict[Hashable, Wish] = {}
    for row in rows:
        before = wishes.get(row.member, Wish(0))
        wishes[row.member] = Wish(before.quantity + row.quantity, before.tolerance + row.tolerance)
    return wishes


def allocate_in_order(rows: Iterable[RequestRow], received: int) -> Allocation:
    """Serve the rows by moment and id: all quantities first while stock lasts, then the tolerances.

    :raises InputRefusal: `negative`, `not_whole`

    >>> rows = [RequestRow('A', 17, 2, 1), RequestRow('B', 18, 2), RequestRow('A', 19, 2)]
    >>> allocate_in_order(rows, 5).parts
    {'A': 3, 'B': 2}
    """
    _check_counts(received)
    queue = sorted(rows, key=_place_in_queue)
    parts = dict.fromkeys((row.member for row in queue), 0)
    claims = [*((row.member, row.quantity) for row in queue), *((row.member, row.tolerance) for row in queue)]
    left = received
    for member, claim in claims:
        given = min(claim, left)
        parts[member] += given
        left -= given
    return Allocation(parts, left)


def allocate_proportional(
    wishes: Mapping[Hashable, Wish], received: int, ties: Mapping[Hashable, Any] | None = None
) -> Allocation:
    """Share in proportion to the quantities, then what is beyond them in proportion to the tolerances.

    :param ties: the sortable key of each member, e.g. the member number; of equal remainders the
        lower key gets the unit (default: the position in the mapping)
    :raises InputRefusal: `negative`, `not_whole`

    >>> allocate_proportional({'A': Wish(30), 'B': Wish(20), 'C': Wish(10)}, 50)
    Allocation(parts={'A': 25, 'B': 17, 'C': 8}, left_over=0)
    """
    return _share(wishes, received, [wish.quantity for wish in wishes.values()], ties)


def allocate_equal(
    wishes: Mapping[Hashable, Wish], received: int, ties: Mapping[Hashable, Any] | None = None
) -> Allocation:
    """Give everybody the same, nobody more than asked for; the rest in proportion to tolerances.

    :param ties: as for :func:`allocate_proportional`
    :raises InputRefusal: `negative`, `not_whole`

    >>> allocate_equal({'A': Wish(30), 'B': Wish(20), 'C': Wish(10)}, 50)
    Allocation(parts={'A': 20, 'B': 20, 'C': 10}, left_over=0)
    """
    return _share(wishes, received, [1] * len(wishes), ties)


def _share(
    wishes: Mapping[Hashable, Wish], received: int, weights: Sequence[int], ties: Mapping[Hashable, Any] | None
) -> Allocation:
    keys = None if ties is None else [ties[member] for member in wishes]
    firm = apportion_capped(received, [wish.quantity for wish in wishes.values()], keys, weights)
    surplus = received - sum(firm)
    extra = apportion_capped(surplus, [wish.tolerance for wish in wishes.values()], keys)
    parts = [sum(pair) for pair in zip(firm, extra, strict=True)]
    return Allocation(dict(zip(wishes, parts, strict=True)), received - sum(parts))


def _take_back(rows: list[RequestRow], member: Hashable, field: str, excess: int) -> list[RequestRow]:
    """Lower one number of a member's rows, the newest rows first."""
    changed = list(rows)
    own = [index for index, row in enumerate(rows) if row.member == member]
    for index in sorted(own, key=lambda index: _place_in_queue(rows[index]), reverse=True):
        taken = min(max(excess, 0), getattr(rows[index], field))
        changed[index] = replace(rows[index], **{field: getattr(rows[index], field) - taken})
        excess -= taken
    return changed


def _place_in_queue(row: RequestRow) -> tuple[Any, bool, int]:
    return row.at, row.id is None, row.id or 0


def _check_counts(*counts: int) -> None:
    for count in counts:
        require_not_negative('quantity', require_whole(count))

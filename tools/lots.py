"""Which lot each member gets: first in, first out.

Quantities are whole numbers of the smallest unit that is counted.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

from .units import require_not_negative, require_whole

Member = TypeVar('Member', bound=Hashable)
Lot = TypeVar('Lot', bound=Hashable)


def share_lots(parts: Mapping[Member, int], lots: Mapping[Lot, int]) -> dict[tuple[Member, Lot], int]:
    """Serve the members in their order from the lots in theirs; what is left stays in the last lots.

    Where the lots hold less than the parts, the last members lack it.

    :param parts: what each member gets, in the order in which they are served
    :param lots: what each lot holds, the oldest first
    :return: what each gets of each lot, without zeros
    :raises InputRefusal: `negative`, `not_whole`

    >>> share_lots({'A': 30, 'B': 20, 'C': 10}, {'L1': 35, 'L2': 30})
    {('A', 'L1'): 30, ('B', 'L1'): 5, ('B', 'L2'): 15, ('C', 'L2'): 10}
    """
    for quantity in (*parts.values(), *lots.values()):
        require_not_negative('quantity', require_whole(quantity))
    left = dict(lots)
    shared: dict[tuple[Member, Lot], int] = {}
    for member, part in parts.items():
        wanted = part
        for lot, held in left.items():
            taken = min(wanted, held)
            if taken:
                shared[member, lot] = taken
                left[lot] -= taken
                wanted -= taken
    return shared

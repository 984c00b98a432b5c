"""What the goods of a pooled purchase are charged at, and how the charge is shared.

Everybody pays the same price per unit, rounded down to the rounding unit. What the members are
charged together is the cost of what they get and the margin on it, rounded once. The little that
rounding down leaves is shared by largest remainder, so that the parts add up to the charge.

Amounts are counted in the rounding unit, quantities in the unit of the product.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from .apportion import apportion_by_key, rest_of, split_shares
from .errors import InputRefusal
from .units import Exact, exact, require_not_negative, round_half_up

Key = TypeVar('Key', bound=Hashable)


@dataclass(frozen=True)
class PooledPrice:
    """The price of one product for everybody, and what is charged for all that is handed out.

    :param price: per unit, in whole rounding units
    :param cost: of what is handed out, in whole rounding units
    :param margin: on it, in whole rounding units
    """

    price: int
    cost: int
    margin: int

    @property
    def charge(self) -> int:
        """What the members are charged together."""
        return self.cost + self.margin


def price_pooled(cost: Exact, received: Exact, given: Exact, margin_percent: Exact = 0) -> PooledPrice:
    """Price what is handed out of the goods that came.

    :param cost: of everything that came, in rounding units, not necessarily whole
    :param received: what came
    :param given: what is handed out of it
    :param margin_percent: on the cost, e.g. ``Decimal('2.5')``
    :raises InputRefusal: `not_positive` when nothing came, `total_too_small` when more is handed
        out than came, `negative`, `float_not_exact`

    >>> price_pooled(5520, 23, 23)  # 24 ordered and billed at 2.30, 23 came; in cents
    PooledPrice(price=240, cost=5520, margin=0)
    >>> price_pooled(100_000, 30, 29, margin_percent=2)
    PooledPrice(price=3400, cost=96667, margin=1933)
    """
    for name, value in (('cost', cost), ('received', received), ('given', given), ('margin', margin_percent)):
        require_not_negative(name, value)
    if not exact(received):
        raise InputRefusal('not_positive', name='received', value=received)
    if exact(given) > exact(received):
        raise InputRefusal('total_too_small', total=received, parts=given)
    unit_cost = exact(cost) / exact(received)
    unit_price = unit_cost * (1 + exact(margin_percent) / 100)
    cost_given = round_half_up(unit_cost * exact(given))
    return PooledPrice(unit_price.__floor__(), cost_given, round_half_up(unit_price * exact(given)) - cost_given)


def cost_of(cost: Exact, received: Exact, given: Exact) -> int:
    """Say what a part of the goods cost, rounded once; what is given and taken back again costs nothing.

    :param cost: of everything that came, in rounding units, not necessarily whole
    :param received: what came
    :param given: the part
    :raises InputRefusal: `not_positive` when nothing came, `negative`, `float_not_exact`

    >>> cost_of(1_001, 7, 6), cost_of(1_001, 7, 7), cost_of(100, 3, 1)
    (858, 1001, 33)
    """
    for name, value in (('cost', cost), ('received', received), ('given', given)):
        require_not_negative(name, value)
    if not exact(received):
        raise InputRefusal('not_positive', name='received', value=received)
    return round_half_up(exact(cost) * exact(given) / exact(received))


def part_of(amount: int, taken: Exact, whole: Exact) -> int:
    """Say which part of an amount goes with a part of the goods; with all of them goes all of it.

    :param amount: in whole rounding units
    :param taken: the part of the goods
    :param whole: the goods that the amount belongs to
    :raises InputRefusal: `total_too_small` when more is taken than there is, `zero_total`, `negative`

    >>> part_of(57, 4, 4), part_of(57, 1, 4), part_of(-57, 1, 4)
    (57, 14, -14)
    """
    return split_shares(amount, [taken, rest_of([taken], whole)])[0]


def share_charge(
    pooled: PooledPrice, quantities: Mapping[Key, Exact], ties: Mapping[Key, Any] | None = None
) -> dict[Key, int]:
    """Share the charge for one product by quantity; the parts add up to it.

    :param quantities: what each gets
    :param ties: as for :func:`.apportion.apportion_by_key`
    :raises InputRefusal: `zero_total` when nobody gets anything

    >>> share_charge(PooledPrice(price=3333, cost=100_000, margin=0), {'A': 10, 'B': 20})
    {'A': 33333, 'B': 66667}
    """
    return apportion_by_key(pooled.charge, quantities, ties)

"""What is kept back from a member's proceeds, and what is paid out.

In this order, each only as far as something is left: levies, savings withheld, debts set off. What
is always paid out comes before savings and debts, not before levies, which are owed to others.

Amounts are whole numbers of the rounding unit.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from .units import Exact, exact, require_not_negative, require_whole, round_half_up


@dataclass(frozen=True)
class Wanted:
    """Something that is to be kept back.

    :param key: what it is for, e.g. a levy or a kind of savings
    :param amount: in whole rounding units; nothing is kept back of a negative one
    :raises InputRefusal: `not_whole`
    """

    key: Hashable
    amount: int

    def __post_init__(self) -> None:
        require_whole(self.amount)


@dataclass(frozen=True)
class Split:
    """How proceeds are split.

    :param levies: kept back for each levy, as far as there was something left
    :param savings: kept back for each kind of savings
    :param set_off: taken for debts
    :param payable: what is paid out; negative where the proceeds were
    """

    levies: tuple[Wanted, ...]
    savings: tuple[Wanted, ...]
    set_off: int
    payable: int


def split_proceeds(
    proceeds: int,
    levies: Sequence[Wanted] = (),
    savings: Sequence[Wanted] = (),
    set_off: int = 0,
    least: int = 0,
) -> Split:
    """Split a member's proceeds; the parts add up to them, and none is negative but the proceeds themselves.

    :param proceeds: sales less commission, in whole rounding units
    :param levies: in the order in which they are deducted
    :param savings: in the order in which they are withheld
    :param set_off: the most that may be taken for debts: what is owed, or the share consented to
    :param least: what is always paid out, unless there is less after the levies
    :raises InputRefusal: `not_whole`, `negative` for what is set off and what is paid out at least

    >>> split = split_proceeds(540, [Wanted('village', 20)], [Wanted('voluntary', 100)], set_off=400, least=200)
    >>> split.levies[0].amount, split.savings[0].amount, split.set_off, split.payable
    (20, 100, 220, 200)
    """
    left = max(require_whole(proceeds), 0)
    require_not_negative('set_off', require_whole(set_off))
    require_not_negative('least', require_whole(least))
    levied = _take(levies, left)
    left -= _sum(levied)
    free = max(left - least, 0)
    saved = _take(savings, free)
    taken = min(set_off, free - _sum(saved))
    return Split(levied, saved, taken, proceeds - _sum(levied) - _sum(saved) - taken)


def share_of(base: int, rate: Exact, step: int = 1) -> int:
    """Compute a percentage of an amount, rounded once, a half away from zero.

    :param base: in whole rounding units
    :param rate: per cent
    :param step: how many rounding units the part is a multiple of
    :raises InputRefusal: `float_not_exact`, `not_whole`

    >>> share_of(540, 5), share_of(1_001, Fraction(5, 2))
    (27, 25)
    """
    return round_half_up(require_whole(base) * exact(rate) / 100, step)


def shares_of(parts: Iterable[tuple[int, Exact]]) -> Fraction:
    """Add up percentages of several amounts, not rounded.

    :param parts: amounts in whole rounding units, with the per cent of each

    >>> shares_of([(540, 50), (100, 25)])
    Fraction(295, 1)
    """
    return sum((require_whole(base) * exact(rate) / 100 for base, rate in parts), Fraction(0))


def net_price_commission(amount: int, net: int, is_guaranteed: bool = False) -> int:
    """Compute what the cooperative keeps of goods with a net price: the rest of what they were sold for.

    :param amount: what they were sold for, in whole rounding units
    :param net: net price x quantity
    :param is_guaranteed: the member gets the net price whatever the sale brought; the cooperative
        then bears a loss
    :return: in whole rounding units; negative only where the price is guaranteed

    >>> net_price_commission(600, 480), net_price_commission(400, 480), net_price_commission(400, 480, True)
    (120, 0, -80)
    """
    rest = require_whole(amount) - require_whole(net)
    return rest if is_guaranteed else max(rest, 0)


def _take(wanted: Iterable[Wanted], left: int) -> tuple[Wanted, ...]:
    taken = []
    for item in wanted:
        amount = min(max(item.amount, 0), left)
        left -= amount
        taken.append(Wanted(item.key, amount))
    return tuple(taken)


def _sum(items: Iterable[Wanted]) -> int:
    return sum(item.amount for item in items)

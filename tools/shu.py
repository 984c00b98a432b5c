"""SHU (Sisa Hasil Usaha): sharing the yearly surplus of a cooperative.

The surplus goes by the shares that the bylaws set (UU 25/1992 art. 45: to the reserve, to members
in proportion to their business with the cooperative, and to other needs). The members' pools go by
capital and by patronage. A loss is a loss: it is reported as one and never becomes "no surplus".

Amounts are whole numbers of the rounding unit.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar, overload

from .apportion import apportion, apportion_by_key, apportion_floor, apportion_with_rest, rest_of
from .errors import InputRefusal, RuleRefusal
from .units import Exact, exact, require_not_negative, require_whole, round_ratio

HUNDRED = 100
Key = TypeVar('Key', bound=Hashable)


@dataclass(frozen=True)
class SurplusSplit:
    """A surplus by its shares, or a loss.

    :param surplus: as the ledger shows it, negative for a loss
    :param parts: what each share gets; all zero in a loss
    :param loss: what remains to be covered, zero in a surplus; `sum(parts) - loss` is always the
        surplus
    """

    surplus: int
    parts: dict[Any, int]
    loss: int = 0

    @property
    def is_loss(self) -> bool:
        """Tell whether there is a loss to be covered instead of a surplus to be shared."""
        return self.loss > 0


def check_shares(shares: Mapping[Any, Exact] | Iterable[Exact]) -> None:
    """Refuse shares that do not add up to 100 per cent exactly.

    A widely copied list of bylaw shares adds up to 105.

    :param shares: per cent, as whole numbers or decimals
    :raises RuleRefusal: `shares_sum` with `total` and `difference` (total less 100)
    :raises InputRefusal: `negative`, `float_not_exact`, `not_a_number`

    >>> check_shares([25, 45, 15, Decimal('2.5'), 5, Decimal('2.5'), 5])
    >>> check_shares({'reserve': 40, 'members': 40, 'board': 25})
    Traceback (most recent call last):
        ...
    odoo.addons.producer_cooperative.tools.errors.RuleRefusal: The shares add up to 105 and not to 100 (difference 5).
    """
    values = list(shares.values() if isinstance(shares, Mapping) else shares)
    total = sum(exact(require_not_negative('share', value)) for value in values)
    if total != HUNDRED:
        total = Decimal(total.numerator) / total.denominator
        raise RuleRefusal('shares_sum', total=total, difference=total - HUNDRED)


def split_surplus(
    surplus: int, shares: Mapping[Key, Exact], ties: Mapping[Key, Any] | None = None
) -> SurplusSplit:
    """Split a surplus by the shares of the bylaws, by largest remainder; say a loss as a loss.

    :param surplus: in whole rounding units, negative for a loss
    :param shares: per cent, 100 in all
    :param ties: the sortable key of each share for equal remainders (default: the position)
    :raises RuleRefusal: `shares_sum`
    :raises InputRefusal: `negative`, `not_whole`, `float_not_exact`

    >>> split_surplus(90_000_000, {'capital': 40, 'patronage': 30, 'other': 30}).parts
    {'capital': 36000000, 'patronage': 27000000, 'other': 27000000}
    >>> split_surplus(-2_500, {'members': 60, 'reserve': 40})
    SurplusSplit(surplus=-2500, parts={'members': 0, 'reserve': 0}, loss=2500)
    """
    check_shares(shares)
    if require_whole(surplus) < 0:
        return SurplusSplit(surplus, dict.fromkeys(shares, 0), -surplus)
    return SurplusSplit(surplus, apportion_by_key(surplus, shares, ties))


def member_part(pool: int, own: Exact, base: Exact) -> Fraction:
    """Compute one member's exact part of a pool: pool x own / base, not rounded.

    This is what a member can recompute by hand; what is booked comes from :func:`distribute_pool`,
    which rounds all members' parts together.

    :param pool: in whole rounding units
    :param own: the member's capital or patronage
    :param base: that of all who share the pool, in the same unit
    :raises InputRefusal: `loss_not_shared` for a negative pool, `negative`, `zero_total`,
        `part_above_base`

    >>> member_part(6_000_000, 2_450_000, 35_000_000)
    Fraction(420000, 1)
    """
    _check_pool(pool)
    part, total = (exact(require_not_negative('base', value)) for value in (own, base))
    if not total:
        raise InputRefusal('zero_total', amount=pool)
    if part > total:
        raise InputRefusal('part_above_base', own=own, base=base)
    return pool * part / total


@overload
def distribute_pool(
    pool: int, bases: Mapping[Key, Exact], ties: Mapping[Key, Any] | None = None, total: Exact | None = None
) -> dict[Key, int]: ...


@overload
def distribute_pool(
    pool: int, bases: Sequence[Exact], ties: Sequence[Any] | None = None, total: Exact | None = None
) -> list[int]: ...


def distribute_pool(pool, bases, ties=None, total=None):
    """Distribute a pool to members in proportion to their bases, by largest remainder.

    :param pool: in whole rounding units
    :param bases: capital or patronage by member, or in a row
    :param ties: the member numbers, in the same form as the bases; of equal remainders the lower
        number gets the unit (default: the position)
    :param total: the whole that the bases are parts of, where the bylaws divide by the turnover of
        the whole cooperative; what falls on the rest is not handed out (default: the sum of the
        bases)
    :return: the parts, in the same form as the bases; without a total they add up to the pool
    :raises InputRefusal: `loss_not_shared` for a negative pool, `zero_total`, `total_too_small`,
        `negative`, `not_whole`, `float_not_exact`

    >>> distribute_pool(50_000, [45_600, 73_200, 54_900, 12_200, 15_500])
    [11321, 18173, 13629, 3029, 3848]
    >>> distribute_pool(27_000_000, {'Heri': 1_500_000}, total=102_000_000)
    {'Heri': 397059}
    """
    _check_pool(pool)
    if isinstance(bases, Mapping):
        keys = None if ties is None else [ties[member] for member in bases]
        parts = distribute_pool(pool, list(bases.values()), keys, total)
        return dict(zip(bases, parts, strict=True))
    return apportion_with_rest(pool, list(bases), rest_of(bases, total), ties)


def weigh_by_days(base: int, days: int, period: int) -> int:
    """Count a base by the days that it was held, to the nearest unit, a half up.

    For bylaws that give those who joined or left in the period a part by days of membership.

    :param base: in the smallest unit of the currency
    :param days: days of membership in the period
    :param period: days of the period
    :raises InputRefusal: `negative`, `not_whole`, `part_above_base`

    >>> weigh_by_days(1_000_000, 184, 366)
    502732
    """
    require_not_negative('base', require_whole(base))
    require_not_negative('days', require_whole(days))
    if days > period:
        raise InputRefusal('part_above_base', own=days, base=period)
    return round_ratio(base * days, period)


def number_key(number: str) -> tuple:
    """Give the key by which member numbers are put in order: digits count as numbers, whatever their width.

    >>> sorted(['10', '9', 'A-2', '0009', 'A-10'], key=number_key)
    ['0009', '9', '10', 'A-2', 'A-10']
    """
    parts = re.split(r'(\d+)', number)
    return tuple((not part.isdecimal(), int(part) if part.isdecimal() else part) for part in parts if part), number


def floor_surplus(surplus: int, shares: Mapping[Key, Exact]) -> SurplusSplit:
    """Split a surplus by the shares of the bylaws, each rounded down; what is left over stands in no part.

    For bylaws that give every odd unit to the reserve: `surplus - sum(parts)` is what it gets.

    :param surplus: in whole rounding units, negative for a loss
    :param shares: per cent, 100 in all
    :raises RuleRefusal: `shares_sum`
    :raises InputRefusal: `negative`, `not_whole`, `float_not_exact`

    >>> floor_surplus(1_001, {'reserve': 50, 'members': 50}).parts
    {'reserve': 500, 'members': 500}
    """
    check_shares(shares)
    if require_whole(surplus) < 0:
        return SurplusSplit(surplus, dict.fromkeys(shares, 0), -surplus)
    parts, __ = apportion_floor(surplus, list(shares.values()))
    return SurplusSplit(surplus, dict(zip(shares, parts, strict=True)))


def floor_pool(pool: int, bases: Mapping[Key, Exact]) -> dict[Key, int]:
    """Distribute a pool to members in proportion to their bases, each part rounded down.

    :param pool: in whole rounding units
    :param bases: capital or patronage by member
    :return: the parts; `pool - sum(parts)` is left over, less than one unit per member
    :raises InputRefusal: as for :func:`distribute_pool`

    >>> floor_pool(27_000_000, {'Heri': 1_500_000, 'others': 100_500_000})
    {'Heri': 397058, 'others': 26602941}
    """
    _check_pool(pool)
    parts, __ = apportion_floor(pool, list(bases.values()))
    return dict(zip(bases, parts, strict=True))


def split_fund(amount: int, shares: Sequence[Exact]) -> list[int]:
    """Split a fund's share among persons by largest remainder; of equal remainders the first named gets the unit.

    :param amount: in whole rounding units, not negative
    :param shares: per cent, 100 in all
    :return: the parts in the order of the shares; their sum is the amount
    :raises RuleRefusal: `shares_sum`
    :raises InputRefusal: `negative`, `not_whole`, `loss_not_shared`

    >>> split_fund(1_001, [40, 35, 25])
    [401, 350, 250]
    """
    _check_pool(amount)
    check_shares(shares)
    return apportion(amount, list(shares))


def _check_pool(pool: int) -> None:
    if require_whole(pool) < 0:
        raise InputRefusal('loss_not_shared', loss=-pool)

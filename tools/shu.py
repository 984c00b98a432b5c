"""SHU (Sisa Hasil Usaha): sharing the yearly surplus of a cooperative.

The surplus goes by the shares that the bylaws set (UU 25/1992 art. 45: to the reserve, to members
in proportion to their business with the cooperative, and to other needs). The members' pools go by
capital and by patronage. A loss is a loss: it is reported as one and never becomes "no surplus".

Amounts are whole numbers of the rounding unit.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

from .apportion import apportion, apportion_by_key, apportion_floor
from .errors import InputRefusal, RuleRefusal
from .units import Exact, exact, require_not_negative, require_whole

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

    This is what a member can recompute by hand; for what is booked, all members' parts are rounded
    together.

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

"""Sharing an amount so that the parts add up to it, to the last unit.

The method is that of the largest remainder (Hare-Niemeyer): everybody gets the whole units of the
exact part, and the units that are left go one each to the largest remainders. Equal remainders are
decided by a key that the caller names, the lower one first: the member number, never the order in
which a database happened to answer.

Amounts are whole numbers of the rounding unit. Weights may be whole numbers, decimals or fractions,
never floats.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from itertools import accumulate, pairwise
from math import lcm
from typing import Any, TypeVar

from .errors import InputRefusal
from .units import Exact, exact, require_not_negative, require_whole, round_half_up

Key = TypeVar('Key', bound=Hashable)


def apportion(amount: int, weights: Sequence[Exact], ties: Sequence[Any] | None = None) -> list[int]:
    """Share an amount in proportion to weights, by largest remainder.

    Each part is the exact one rounded down or up. A negative amount is shared by magnitude, so that
    a reversal mirrors what it reverses. A weight of zero gets nothing.

    :param amount: in whole rounding units
    :param weights: one per part, none negative
    :param ties: one sortable key per part; of equal remainders the lower key gets the unit
        (default: the position)
    :return: the parts, in the order of the weights; their sum is the amount
    :raises InputRefusal: `zero_total` when there is nothing to share by, `negative` for a weight,
        `not_whole`, `float_not_exact`, `length_mismatch`

    >>> apportion(10_000, [1, 1, 1])  # 100.00 in cents
    [3334, 3333, 3333]
    >>> apportion(2_100, [12_000, 9_000])
    [1200, 900]
    >>> apportion(1_000, [1, 1, 1], ties=['A-3', 'A-2', 'A-1'])
    [333, 333, 334]
    """
    counts = _as_whole_numbers(weights)
    total = sum(counts)
    if not total:
        raise InputRefusal('zero_total', amount=amount)
    if ties is not None:
        _check_length(ties, len(counts))
    magnitude = abs(require_whole(amount))
    parts = [magnitude * count // total for count in counts]
    left = magnitude - sum(parts)
    if left:
        remainders = [magnitude * count - part * total for part, count in zip(parts, counts, strict=True)]
        ranks = _ranks(ties, len(counts))
        first_served = sorted(range(len(counts)), key=lambda index: (-remainders[index], ranks[index]))
        for index in first_served[:left]:
            parts[index] += 1
    return _signed(amount, parts)


def apportion_by_key(
    amount: int, weights: Mapping[Key, Exact], ties: Mapping[Key, Any] | None = None
) -> dict[Key, int]:
    """Share an amount as :func:`apportion` does, among the keys of a mapping.

    :param ties: the sortable key of each, e.g. its member number (default: the position in the
        mapping)

    >>> apportion_by_key(4_000, {'rice': 10_000, 'corn': 30_000})
    {'rice': 1000, 'corn': 3000}
    """
    keys = None if ties is None else [ties[key] for key in weights]
    return dict(zip(weights, apportion(amount, list(weights.values()), keys), strict=True))


def apportion_with_rest(
    amount: int, weights: Sequence[Exact], rest: Exact, ties: Sequence[Any] | None = None
) -> list[int]:
    """Share an amount as :func:`apportion` does where a part of it is nobody's.

    :param rest: the weight of what is nobody's; of equal remainders it comes after everybody
    :return: the parts without that of the rest; with a rest of zero they add up to the amount
    :raises InputRefusal: as for :func:`apportion`

    >>> apportion_with_rest(1_000, [60], 40)
    [600]
    """
    if not rest and type(rest) is int:
        return apportion(amount, weights, ties)
    ranks = _ranks(ties, len(weights))
    return apportion(amount, [*weights, rest], [*ranks, len(ranks)])[:-1]


def apportion_capped(
    amount: int,
    caps: Sequence[int],
    ties: Sequence[Any] | None = None,
    weights: Sequence[Exact] | None = None,
) -> list[int]:
    """Share an amount in proportion, nobody above a cap; what a cap holds back is shared again until stable.

    :param amount: in whole units, not negative
    :param caps: the most that each may get, in whole units
    :param ties: as for :func:`apportion`
    :param weights: what to share by (default: the caps themselves)
    :return: the parts; their sum is the amount, or less when all caps with a weight are reached
    :raises InputRefusal: `negative`, `not_whole`, `float_not_exact`, `length_mismatch`

    >>> apportion_capped(50, [30, 20, 10])
    [25, 17, 8]
    >>> apportion_capped(50, [30, 20, 10], weights=[1, 1, 1])
    [20, 20, 10]
    """
    for value in (amount, *caps):
        require_not_negative('amount', require_whole(value))
    counts = _as_whole_numbers(caps if weights is None else weights)
    _check_length(counts, len(caps))
    ranks = _ranks(ties, len(caps))
    parts, left = _fill_to_caps(amount, caps, counts)
    open_ends = [index for index, count in enumerate(counts) if count and parts[index] < caps[index]]
    if not open_ends:
        return parts
    shared = apportion(left, [counts[index] for index in open_ends], [ranks[index] for index in open_ends])
    for index, part in zip(open_ends, shared, strict=True):
        parts[index] = part
    return parts


def apportion_floor(
    amount: int, weights: Sequence[Exact], total: Exact | None = None
) -> tuple[list[int], int]:
    """Round every part down and hand back what is left.

    So do the school books on cooperatives, and bylaws that give the odd rupiah to the reserve.

    :param total: the whole that the weights are parts of, when it is more than their sum (default:
        their sum)
    :return: the parts and the remainder; together they are the amount
    :raises InputRefusal: as for :func:`apportion`; `total_too_small`

    >>> apportion_floor(27_000_000, [1_500_000], total=102_000_000)
    ([397058], 26602942)
    """
    counts = _as_whole_numbers([*weights, rest_of(weights, total)])
    whole = sum(counts)
    if not whole:
        raise InputRefusal('zero_total', amount=amount)
    parts = _signed(amount, [abs(require_whole(amount)) * count // whole for count in counts[:-1]])
    return parts, amount - sum(parts)


def split_shares(amount: int, shares: Sequence[Exact]) -> list[int]:
    """Split an amount in two or more parts of which the last one comes by subtraction.

    Every part ends where the sum of the shares so far, rounded half away from zero, ends. So the
    first n parts together are what they would be if they were split off as one, and a second split
    inside them adds up as well; no part ever gets the wrong sign.

    :param amount: in whole rounding units; a negative one is split by magnitude
    :param shares: in any unit, e.g. per cent; what counts is their proportion
    :raises InputRefusal: `zero_total`, `negative`, `not_whole`, `float_not_exact`

    >>> split_shares(1_001, [50, 50])  # 10.01 in cents
    [501, 500]
    """
    counts = _as_whole_numbers(shares)
    total = sum(counts)
    if not total:
        raise InputRefusal('zero_total', amount=amount)
    shares_so_far = accumulate(counts, initial=0)
    ends = [round_half_up(Fraction(require_whole(amount) * share, total)) for share in shares_so_far]
    return [after - before for before, after in pairwise(ends)]


def rest_of(weights: Sequence[Exact], total: Exact | None) -> Exact:
    """Say how much of a whole is outside the weights that are known.

    :param total: the whole, or nothing when the weights are all of it
    :raises InputRefusal: `total_too_small`

    >>> rest_of([8_400_000], 168_000_000)
    Fraction(159600000, 1)
    """
    if total is None:
        return 0
    parts = sum(map(exact, weights))
    if exact(total) < parts:
        raise InputRefusal('total_too_small', total=total, parts=parts)
    return exact(total) - parts


def _as_whole_numbers(weights: Sequence[Exact]) -> list[int]:
    """Scale weights to whole numbers of the same proportion."""
    if all([type(weight) is int for weight in weights]):
        for weight in weights:
            if weight < 0:
                require_not_negative('weight', weight)
        return list(weights)
    fractions = [exact(require_not_negative('weight', weight)) for weight in weights]
    common = lcm(*(fraction.denominator for fraction in fractions))
    return [fraction.numerator * (common // fraction.denominator) for fraction in fractions]


def _fill_to_caps(amount: int, caps: Sequence[int], counts: Sequence[int]) -> tuple[list[int], int]:
    """Give the cap to whoever's part reaches it, until nobody's does; say what is left."""
    parts = [0] * len(caps)
    takers = {index for index, count in enumerate(counts) if count and caps[index]}
    left = min(amount, sum(caps[index] for index in takers))
    while takers:
        total = sum(counts[index] for index in takers)
        full = {index for index in takers if left * counts[index] >= caps[index] * total}
        if not full:
            break
        for index in full:
            parts[index] = caps[index]
        left -= sum(caps[index] for index in full)
        takers -= full
    return parts, left


def _ranks(ties: Sequence[Any] | None, count: int) -> list[int]:
    """Turn tie keys into places, equal keys by position."""
    if ties is None:
        return list(range(count))
    _check_length(ties, count)
    ranks = [0] * count
    for rank, index in enumerate(sorted(range(count), key=lambda index: ties[index])):
        ranks[index] = rank
    return ranks


def _check_length(values: Sequence[Any], expected: int) -> None:
    if len(values) != expected:
        raise InputRefusal('length_mismatch', count=len(values), expected=expected)


def _signed(amount: int, parts: list[int]) -> list[int]:
    return [-part for part in parts] if amount < 0 else parts

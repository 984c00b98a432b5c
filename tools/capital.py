"""Capital over time: how much was held for how many days.

Periods are half-open, [start, end): a year from 1 January ends on the next 1 January, and capital
held all year counts for every one of its days. A movement counts from its own day on; what was held
before the period counts from its first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from .errors import InputRefusal
from .units import require_whole


@dataclass(frozen=True)
class Movement:
    """Capital paid in (or, negative, paid out) on a day.

    :param date: the day from which on it counts
    :param amount: in whole rounding units, or a number of shares
    :raises InputRefusal: `not_whole`
    """

    date: date
    amount: int

    def __post_init__(self) -> None:
        require_whole(self.amount)


def share_days(movements: Iterable[Movement], start: date, end: date) -> int:
    """Add up balance times days over a period; the order of the movements does not matter.

    :param start: first day of the period
    :param end: the day after its last day
    :return: in units (or shares) times days
    :raises InputRefusal: `empty_period`

    >>> share_days([Movement(date(2015, 1, 1), 100)], date(2015, 1, 1), date(2016, 4, 1))
    45600
    """
    _days_of(start, end)
    return sum(
        movement.amount * (end - max(movement.date, start)).days
        for movement in movements
        if movement.date < end
    )


def daily_average(movements: Iterable[Movement], start: date, end: date) -> Fraction:
    """Give the average balance of a period, day by day, not rounded.

    :param start: first day of the period
    :param end: the day after its last day
    :raises InputRefusal: `empty_period`

    >>> daily_average([Movement(date(2022, 7, 1), 1_000)], date(2023, 1, 1), date(2024, 1, 1)) * 5 / 100
    Fraction(50, 1)
    """
    return Fraction(share_days(movements, start, end), _days_of(start, end))


def _days_of(start: date, end: date) -> int:
    if end <= start:
        raise InputRefusal('empty_period', start=start, end=end)
    return (end - start).days

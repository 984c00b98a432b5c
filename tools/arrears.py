"""Mandatory savings (simpanan wajib) that were due and not paid.

The members' meeting sets the amount and changes it; so rates are dated. A month's amount is due on
its first day at the rate of that day, for the month of joining on the day of joining. A rate that
begins later in a month holds from the next.

Amounts are whole numbers of the rounding unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import TypeAlias

from .errors import RuleRefusal
from .units import require_not_negative, require_whole

#: The day from which on an amount per month holds, and the amount.
Rate: TypeAlias = tuple[date, int]


def required_until(rates: Sequence[Rate], joined: date, until: date) -> int:
    """Add up what a member had to pay from joining up to and including a day.

    :param rates: dated amounts per month, in any order; before the first one nothing is due
    :param joined: the day of joining; its month counts
    :param until: the last day that counts, e.g. today or the day of leaving; its month counts
    :raises RuleRefusal: `duplicate_rate` when two rates begin on one day
    :raises InputRefusal: `negative`, `not_whole` for an amount

    >>> rates = [(date(2023, 1, 1), 10_000), (date(2024, 1, 1), 15_000)]
    >>> required_until(rates, date(2023, 11, 20), date(2024, 2, 1))  # 2 x 10,000 + 2 x 15,000
    50000
    """
    if until < joined:
        return 0
    dated = _check_rates(rates)
    after_last = _month(until) + 1
    starts = [_first_month(start, joined) for start, __ in dated]
    ends = [*starts[1:], after_last][:len(starts)]
    return sum(
        amount * max(min(end, after_last) - start, 0)
        for (__, amount), start, end in zip(dated, starts, ends, strict=True)
    )


def arrears(rates: Sequence[Rate], joined: date, until: date, paid: int) -> int:
    """Subtract what was paid from what was due.

    :param paid: the member's mandatory savings so far, withdrawals subtracted
    :return: in whole rounding units; negative when the member has paid ahead
    :raises RuleRefusal, InputRefusal: as :func:`required_until`

    >>> arrears([(date(2023, 1, 1), 10_000)], date(2023, 11, 20), date(2024, 2, 1), 25_000)
    15000
    """
    return required_until(rates, joined, until) - require_whole(paid)


def unpaid_months(rates: Sequence[Rate], joined: date, until: date, paid: int) -> list[tuple[date, int]]:
    """Say for which months the arrears are: what was paid covers the oldest month first.

    :param paid: as in :func:`arrears`; less than nothing (an overdrawn account) is owed with the first month
    :return: the first day of each month that is not fully paid, and what is still owed for it; the amounts add up to
        the arrears
    :raises RuleRefusal, InputRefusal: as :func:`required_until`

    >>> rates = [(date(2023, 1, 1), 10_000), (date(2024, 1, 1), 15_000)]
    >>> unpaid_months(rates, date(2023, 11, 20), date(2024, 2, 1), 15_000)
    [(datetime.date(2023, 12, 1), 5000), (datetime.date(2024, 1, 1), 15000), (datetime.date(2024, 2, 1), 15000)]
    """
    left = require_whole(paid)
    months = []
    for number in range(_month(joined), _month(until) + 1 if until >= joined else 0):
        first = date((number - 1) // 12, (number - 1) % 12 + 1, 1)
        due = required_until(rates, joined, max(first, joined)) - required_until(
            rates, joined, first - timedelta(days=1),
        )
        if due > left:
            months.append((first, due - left))
        left = max(left - due, 0)
    return months


def _check_rates(rates: Sequence[Rate]) -> list[Rate]:
    dated = sorted(rates)
    for __, amount in dated:
        require_not_negative('rate', require_whole(amount))
    for (start, __), (following, __) in pairwise(dated):
        if start == following:
            raise RuleRefusal('duplicate_rate', start=start)
    return dated


def _first_month(start: date, joined: date) -> int:
    """Number the first month of membership for which a rate that begins on a day is in force."""
    if start <= joined:
        return _month(joined)
    return _month(start) + (start.day > 1)


def _month(day: date) -> int:
    return day.year * 12 + day.month

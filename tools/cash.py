"""Cash in envelopes: what can be handed over in whole units, and which notes and coins it takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from .errors import InputRefusal
from .units import require_not_negative, require_whole

#: Rupiah notes and coins in use, the biggest first.
RUPIAH = (100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100)


def pay_down(owed: Sequence[int], unit: int) -> list[int]:
    """Share what can be paid in whole units over debts to one person, the first debt first.

    The sum is the highest multiple of the unit that is not above what is owed; the rest stays owed.

    :param owed: what is owed on each debt, the oldest first, in units of account
    :param unit: the smallest amount that is handed over, in the same units
    :raises InputRefusal: `not_whole`, `negative`; `not_positive` for the unit

    >>> pay_down([1_050, 2_070], 100)
    [1050, 2050]
    >>> pay_down([90], 100)
    [0]
    """
    if require_whole(unit) <= 0:
        raise InputRefusal('not_positive', name='unit', value=unit)
    for amount in owed:
        require_not_negative('owed', require_whole(amount))
    left = sum(owed) // unit * unit
    paid = []
    for amount in owed:
        paid.append(min(amount, left))
        left -= paid[-1]
    return paid


def count_notes(amount: int, notes: Sequence[int] = RUPIAH) -> tuple[dict[int, int], int]:
    """Say how many of each note and coin make up an amount, the biggest first, and what no coin covers.

    :param amount: a whole amount in the currency of the notes
    :param notes: notes and coins, the biggest first
    :return: ``({note: how many}, what is left)``, notes that are not needed left out
    :raises InputRefusal: `not_whole`, `negative`

    >>> count_notes(87_650)
    ({50000: 1, 20000: 1, 10000: 1, 5000: 1, 2000: 1, 500: 1, 100: 1}, 50)
    >>> count_notes(0)
    ({}, 0)
    """
    left = require_not_negative('amount', require_whole(amount))
    counts = {}
    for note in notes:
        number, left = divmod(left, note)
        if number:
            counts[note] = number
    return counts, left


def add_notes(envelopes: Iterable[Mapping[int, int]]) -> dict[int, int]:
    """Say how many of each note all envelopes take together, the biggest first.

    >>> add_notes([{50_000: 1, 1_000: 2}, {1_000: 3, 500: 1}])
    {50000: 1, 1000: 5, 500: 1}
    """
    total: dict[int, int] = {}
    for counts in envelopes:
        for note, number in counts.items():
            total[note] = total.get(note, 0) + number
    return dict(sorted(total.items(), reverse=True))

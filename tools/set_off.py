"""Setting off what is owed to somebody against what they owe: the oldest debt first."""

from __future__ import annotations

from collections.abc import Sequence

from .units import require_not_negative, require_whole


def set_off_oldest(debts: Sequence[int], limit: int) -> list[int]:
    """Share an amount over debts, the first debt first; the last one reached may be paid in part.

    :param debts: what is owed on each debt, the oldest first
    :param limit: what there is to set off, in the same units
    :return: what is set off against each debt; the sum is the lesser of the limit and all debts
    :raises InputRefusal: `not_whole`, `negative`

    >>> set_off_oldest([60_000, 10_000, 50_000], 100_000)
    [60000, 10000, 30000]
    >>> set_off_oldest([60_000], 100_000)
    [60000]
    """
    left = require_not_negative('limit', require_whole(limit))
    parts = []
    for debt in debts:
        parts.append(min(require_not_negative('debt', require_whole(debt)), left))
        left -= parts[-1]
    return parts

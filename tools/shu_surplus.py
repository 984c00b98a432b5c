"""Telling the surplus from business with members apart from the surplus from business with others.

What is booked on a document that names a member is the members'; what cannot be traced to either side goes by the
turnover with each, or to one side, as the bylaws say.

Amounts are whole numbers of the rounding unit.
"""

from __future__ import annotations

from .apportion import apportion
from .errors import InputRefusal
from .units import require_whole

#: How what cannot be traced is split.
SPLITS = ('turnover', 'members', 'others')


def split_untraced(amount: int, split: str, turnover_members: int, turnover_others: int) -> tuple[int, int]:
    """Split an amount that cannot be traced into the part with members and the part with others.

    By turnover, a side whose credit notes outweigh its sales has none; where neither side has any turnover, everything
    is with others, because nothing shows that a member had part in it.

    :param amount: in whole rounding units, below zero for a cost
    :param split: `turnover`, or the side that bears everything: `members` or `others`
    :return: the two parts; their sum is the amount
    :raises InputRefusal: `not_whole`, `not_a_number` for another split

    >>> split_untraced(-1_000, 'turnover', 600, 400)
    (-600, -400)
    >>> split_untraced(-100, 'turnover', 2, 1)
    (-67, -33)
    >>> split_untraced(-1_000, 'turnover', 0, 0)
    (0, -1000)
    >>> split_untraced(50, 'others', 600, 400)
    (0, 50)
    """
    require_whole(amount)
    if split not in SPLITS:
        raise InputRefusal('not_a_number', value=split)
    if split != 'turnover':
        return (amount, 0) if split == 'members' else (0, amount)
    weights = [max(turnover_members, 0), max(turnover_others, 0)]
    if not sum(weights):
        return 0, amount
    members, others = apportion(amount, weights)
    return members, others


def shareable(surplus: int, of_members: int) -> int:
    """Return how much may be shared where only what was earned with members is.

    Never more than there is: a loss with others lessens it. Never below zero: a loss with members is borne by what was
    earned with others.

    :param surplus: the whole surplus, in whole rounding units
    :param of_members: what was earned with members
    :raises InputRefusal: `not_whole`

    >>> shareable(1_000, 600), shareable(1_000, 1_200), shareable(1_000, -50)
    (600, 1000, 0)
    """
    return max(min(require_whole(of_members), require_whole(surplus)), 0)

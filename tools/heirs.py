"""Sharing what a deceased member leaves among the heirs.

Shares are written as people write them: per cent (``25``, ``33,5 %``) or fractions of the whole
(``1/3``, ``7/24``), mixed as they like. They are kept exact, so that three thirds are the whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from .apportion import apportion
from .errors import RuleRefusal
from .units import Exact

_SHARE = re.compile(r'\s*(?:(?P<over>\d+)\s*/\s*(?P<under>\d+)|(?P<percent>\d+(?:[.,]\d+)?)\s*%?)\s*')


def parse_share(text: str) -> Fraction:
    """Read a share as a part of the whole.

    :param text: per cent with a comma or a point, with or without the sign, or a fraction
    :raises RuleRefusal: `not_a_share` for anything else, for nothing, and for more than the whole

    >>> parse_share('1/3'), parse_share('12,5 %'), parse_share('100')
    (Fraction(1, 3), Fraction(1, 8), Fraction(1, 1))
    """
    match = _SHARE.fullmatch(text or '')
    if match and match['percent']:
        share = Fraction(match['percent'].replace(',', '.')) / 100
    elif match and int(match['under']):
        share = Fraction(int(match['over']), int(match['under']))
    else:
        share = Fraction(0)
    if not 0 < share <= 1:
        raise RuleRefusal('not_a_share', text=text)
    return share


def check_whole(shares: Sequence[Exact]) -> None:
    """Let pass only shares that are the whole together.

    :raises RuleRefusal: `heirs_sum` with the total in per cent

    >>> check_whole([Fraction(1, 3)] * 3)
    >>> check_whole([Fraction(1, 3), Fraction(1, 2)])
    Traceback (most recent call last):
        ...
    odoo.addons.producer_cooperative.tools.errors.RuleRefusal: The shares add up to 83.3333 % and not to the whole.
    """
    total = sum(map(Fraction, shares))
    if total != 1:
        raise RuleRefusal('heirs_sum', total=f'{float(total * 100):.6g} %')


def split_estate(amount: int, shares: Sequence[Exact]) -> list[int]:
    """Share an amount among heirs by largest remainder; of equal remainders the first named gets the unit.

    :param amount: in whole rounding units, not split further
    :param shares: parts of the whole, as :func:`parse_share` reads them
    :return: the parts in the order of the shares; their sum is the amount
    :raises RuleRefusal: `heirs_sum` when the shares are not the whole

    >>> split_estate(100_000, [Fraction(1, 3)] * 3)
    [33334, 33333, 33333]
    >>> split_estate(110_000, [Fraction(1, 8), Fraction(7, 8)])
    [13750, 96250]
    """
    check_whole(shares)
    return apportion(amount, list(shares))

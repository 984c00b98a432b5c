"""What is read off a scale and a price tag: sacks in a row, deductions, and the quality band of a measured value.

Weights are typed as people write them down: decimal comma or point, a space between two sacks. A point or comma before
three digits is refused, because 1.240 is more than a ton to some and a little over a kilogram to others.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from .commission import HUNDRED, Band, check_contiguous
from .errors import InputRefusal, RuleRefusal
from .units import Exact, Stored, exact, from_units, round_half_up, to_decimal

#: One sack, or several of the same weight: ``52,5`` or ``3x50``.
_SACKS = re.compile(r'(?:(?P<times>[1-9]\d{0,2})[xX*])?(?P<weight>\d+(?:[.,]\d{1,2})?)')
_PRICES = re.compile(r'(?:(?P<times>[1-9]\d{0,2})[xX*])?(?P<price>\d+|\d{1,3}(?:\.\d{3})+|\d{1,3}(?:,\d{3})+)')
_BETWEEN = re.compile(r'[\s;+]+')


def read_weight(text: str) -> Decimal:
    """Read one number as it is written by hand.

    :raises InputRefusal: `not_a_weight`

    >>> read_weight('14,5'), read_weight(' 14.5 ')
    (Decimal('14.5'), Decimal('14.5'))
    """
    match = _SACKS.fullmatch(text.strip())
    if not match or match['times']:
        raise InputRefusal('not_a_weight', text=text)
    return Decimal(match['weight'].replace(',', '.'))


def read_sacks(text: str) -> list[Decimal]:
    """Read the weights of sacks that were typed in a row.

    :param text: e.g. ``52,5 51 49,8``; ``3x50`` stands for three sacks of 50
    :raises InputRefusal: `not_a_weight` for the first part that is none; a sack without weight is none

    >>> read_sacks('52,5 51 49,8')
    [Decimal('52.5'), Decimal('51'), Decimal('49.8')]
    >>> read_sacks('2x50 + 48.5'), read_sacks('')
    ([Decimal('50'), Decimal('50'), Decimal('48.5')], [])
    """
    sacks = []
    for part in filter(None, _BETWEEN.split(text)):
        match = _SACKS.fullmatch(part)
        weight = Decimal(match['weight'].replace(',', '.')) if match else Decimal(0)
        if not weight:
            raise InputRefusal('not_a_weight', text=part)
        sacks += [weight] * int(match['times'] or 1)
    return sacks


def read_prices(text: str) -> list[Decimal]:
    """Read prices that were typed in a row, in rupiah: a point or comma before three digits parts the thousands.

    :param text: e.g. ``425.000 375000``; ``3x250.000`` stands for three pieces at that price
    :raises InputRefusal: `not_a_weight` for the first part that is no price

    >>> read_prices('425.000 3x375000')
    [Decimal('425000'), Decimal('375000'), Decimal('375000'), Decimal('375000')]
    >>> read_prices('1,250,000'), read_prices('')
    ([Decimal('1250000')], [])
    """
    prices = []
    for part in filter(None, _BETWEEN.split(text)):
        match = _PRICES.fullmatch(part)
        if not match:
            raise InputRefusal('not_a_weight', text=part)
        prices += [Decimal(re.sub(r'[.,]', '', match['price']))] * int(match['times'] or 1)
    return prices


def percent_of(quantity: Stored, rate: Stored, step: Stored) -> Decimal:
    """Compute a deduction in per cent of a quantity (rafaksi).

    :param rate: per cent
    :param step: what quantities are rounded to, a half up, e.g. 0.01
    :raises InputRefusal: `not_a_number`; `not_positive` for the step

    >>> percent_of(150.3, 2.5, 0.01), percent_of(100, 3, '0.1')
    (Decimal('3.76'), Decimal('3.0'))
    """
    share = exact(to_decimal(quantity)) * exact(to_decimal(rate)) / HUNDRED
    return from_units(round_half_up(share / exact(to_decimal(step))), step)


def check_quality_bands(bands: Sequence[Band]) -> None:
    """Refuse quality bands that do not cover every value between the first and the last exactly once.

    :raises RuleRefusal: `no_bands` and as :func:`.commission.check_contiguous`

    >>> check_quality_bands([Band(0, 14, 0), Band(14, 16, 2), Band(16, None, 5)])
    >>> check_quality_bands([Band(0, 14, 0), Band(13, 16, 2)])
    Traceback (most recent call last):
        ...
    odoo.addons.producer_cooperative.tools.errors.RuleRefusal: Two commission bands cover 13 to 14.
    """
    if not bands:
        raise RuleRefusal('no_bands')
    check_contiguous(bands)


def find_band(bands: Sequence[Band], value: Exact) -> int | None:
    """Find the band that a measured value falls in: from its lower end up to, not including, its upper end.

    :return: its position, or none

    >>> bands = [Band(0, 14, 0), Band(14, 16, 2)]
    >>> find_band(bands, Decimal('13.99')), find_band(bands, 14), find_band(bands, 16)
    (0, 1, None)
    """
    for position, band in enumerate(bands):
        if band.lower <= value and (band.upper is None or value < band.upper):
            return position
    return None

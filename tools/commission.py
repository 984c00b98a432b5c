"""Commission by bands on the cumulative base of a period.

Bands are half-open, [lower, upper), start at zero and leave neither gaps nor overlaps. By bands,
each slice of the base bears its own rate; on the whole, the rate of the band that the base has
reached holds for all of it. Which of the two is in force is part of the terms. What is due now is
the commission on everything so far less what was taken before, so that it does not depend on how
sales were cut into invoices.

Amounts are whole numbers of the rounding unit, rates are per cent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from .errors import InputRefusal, RuleRefusal
from .units import Exact, exact, require_whole, round_half_up, round_ratio

HUNDRED = 100


@dataclass(frozen=True)
class Band:
    """A rate on the base from `lower` up to, not including, `upper`.

    :param lower: in whole rounding units
    :param upper: in whole rounding units; none for no end
    :param rate: per cent, e.g. 10 or Decimal('2.5')
    """

    lower: Exact
    upper: Exact | None
    rate: Exact

    def slice_of(self, base: Exact) -> Fraction:
        """Say how much of a base lies in the band.

        >>> Band(100, 300, 20).slice_of(3_800), Band(100, 300, 20).slice_of(50)
        (Fraction(200, 1), Fraction(0, 1))
        """
        top = exact(base) if self.upper is None else min(exact(base), exact(self.upper))
        return max(top - exact(self.lower), Fraction(0))


def check_bands(bands: Sequence[Band]) -> None:
    """Refuse bands that do not cover every base from zero on exactly once.

    :raises RuleRefusal: `no_bands`, `bands_not_from_zero`, `bands_out_of_order`, `bands_gap`,
        `bands_overlap`, `band_after_open_end`, `band_empty`, `band_rate`

    >>> check_bands([Band(0, 100, 10), Band(100, 300, 20), Band(300, 6_000, 30)])
    >>> check_bands([Band(0, 100, 10), Band(101, None, 20)])
    Traceback (most recent call last):
        ...
    odoo.addons.producer_cooperative.tools.errors.RuleRefusal: No commission band covers 100 to 101.
    """
    if not bands:
        raise RuleRefusal('no_bands')
    if bands[0].lower != 0:
        raise RuleRefusal('bands_not_from_zero', lower=bands[0].lower)
    check_contiguous(bands)


def check_contiguous(bands: Sequence[Band]) -> None:
    """Refuse bands that leave gaps, overlap or are empty; where the first one starts is free.

    :raises RuleRefusal: `bands_out_of_order`, `bands_gap`, `bands_overlap`, `band_after_open_end`, `band_empty`,
        `band_rate`

    >>> check_contiguous([Band(12, 14, 0), Band(14, None, 2)])
    """
    for band in bands:
        _check_band(band)
    for previous, band in pairwise(bands):
        _check_joint(previous, band)


def commission_on(bands: Sequence[Band], cumulative: int, whole: bool = False, step: int = 1) -> int:
    """Compute the commission on the base of a period so far.

    :param cumulative: the base in whole rounding units; a negative one (more refunds than sales)
        gives the commission back by magnitude
    :param whole: the rate of the band reached holds for the whole base, and not for its slice alone
    :param step: how many rounding units the commission is a multiple of: 100 for whole rupiah when
        amounts are counted in sen
    :return: in whole rounding units, rounded once, a half away from zero
    :raises RuleRefusal: as :func:`check_bands`
    :raises InputRefusal: `above_last_band`, `not_whole`

    >>> bands = [Band(0, 100, 10), Band(100, 300, 20), Band(300, 6_000, 30)]
    >>> commission_on(bands, 3_800), commission_on(bands, 3_800, whole=True)
    (1100, 1140)
    """
    check_bands(bands)
    base = abs(require_whole(cumulative))
    _check_covered(bands, base)
    commission = round_half_up(_on_whole(bands, base) if whole else _by_bands(bands, base), step)
    return commission if cumulative >= 0 else -commission


def commission_per_unit(quantity: Exact, fee: Exact, step: int = 1) -> int:
    """Compute a commission that is a fixed amount for every unit of goods sold.

    :param quantity: sold so far, in the unit of the product; what came back is subtracted
    :param fee: per unit, in whole rounding units or fractions of them
    :param step: as for :func:`commission_on`
    :return: in whole rounding units, rounded once, a half away from zero
    :raises InputRefusal: `float_not_exact`, `not_a_number`

    >>> commission_per_unit(60, 250), commission_per_unit(Fraction(5, 2), 25)
    (15000, 63)
    """
    return round_half_up(exact(quantity) * exact(fee), step)


def commission_function(
    bands: Sequence[Band], whole: bool = False, step: int = 1
) -> Callable[[int], int]:
    """Return :func:`commission_on` for the same bands over and over, checked once.

    :raises RuleRefusal: as :func:`check_bands`

    >>> compute = commission_function([Band(0, None, Fraction(5, 2))])
    >>> compute(1_000), compute(-1_000)
    (25, -25)
    >>> commission_function([Band(0, None, 10)], step=100)(1_234_567)  # 1,234.567 of 12,345.67
    123500
    """
    check_bands(bands)
    if len(bands) == 1 and bands[0].upper is None:
        numerator, denominator = (exact(bands[0].rate) / HUNDRED).as_integer_ratio()
        return lambda cumulative: round_ratio(require_whole(cumulative) * numerator, denominator, step)
    return lambda cumulative: commission_on(bands, cumulative, whole, step)


def _by_bands(bands: Sequence[Band], base: int) -> Fraction:
    return sum((band.slice_of(base) * exact(band.rate) for band in bands), Fraction(0)) / HUNDRED


def _on_whole(bands: Sequence[Band], base: int) -> Fraction:
    reached = [band for band in bands if band.lower <= base][-1]
    return base * exact(reached.rate) / HUNDRED


def _check_band(band: Band) -> None:
    if band.upper is not None and band.upper <= band.lower:
        raise RuleRefusal('band_empty', lower=band.lower, upper=band.upper)
    if not 0 <= exact(band.rate) <= HUNDRED:
        raise RuleRefusal('band_rate', rate=band.rate)


def _check_joint(previous: Band, band: Band) -> None:
    if band.lower <= previous.lower:
        raise RuleRefusal('bands_out_of_order', lower=band.lower, previous=previous.lower)
    if previous.upper is None:
        raise RuleRefusal('band_after_open_end', lower=band.lower)
    if band.lower > previous.upper:
        raise RuleRefusal('bands_gap', previous=previous.upper, lower=band.lower)
    if band.lower < previous.upper:
        raise RuleRefusal('bands_overlap', previous=previous.upper, lower=band.lower)


def _check_covered(bands: Sequence[Band], base: int) -> None:
    """Refuse a base beyond the last band; its very end still belongs to it, since no band follows."""
    upper = bands[-1].upper
    if upper is not None and base > upper:
        raise InputRefusal('above_last_band', base=base, upper=upper)

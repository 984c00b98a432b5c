"""Between stored values and whole numbers of the smallest unit.

Money is split in whole numbers of a rounding unit (Rp 1, or 100, or a cent). Values that come from
a database as floats are read as they are printed: 0.285 means 0.285, not the binary number a little
below it.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

from .errors import InputRefusal

#: A number that says exactly what it means.
Exact: TypeAlias = int | Decimal | Fraction
#: A number as a database, a form or a file delivers it.
Stored: TypeAlias = int | float | Decimal | str

#: Whole floats below this are the number that they print as.
EXACT_FLOATS = 2 ** 53


def to_decimal(value: Stored) -> Decimal:
    """Read a stored value as the decimal number that it prints as.

    :raises InputRefusal: `not_a_number`

    >>> to_decimal(9.1)
    Decimal('9.1')
    """
    text = repr(value) if isinstance(value, float) else value
    try:
        number = Decimal(text)
    except (InvalidOperation, TypeError, ValueError):
        raise InputRefusal('not_a_number', value=value) from None
    if not number.is_finite():
        raise InputRefusal('not_a_number', value=value)
    return number


def exact(value: Exact) -> Fraction:
    """Turn an exact number into a fraction; floats are refused, because what they mean is unknown here.

    :raises InputRefusal: `float_not_exact`, `not_a_number`

    >>> exact(Decimal('2.5'))
    Fraction(5, 2)
    """
    if isinstance(value, Fraction):
        return value
    if isinstance(value, float):
        raise InputRefusal('float_not_exact', value=value)
    if isinstance(value, int):
        return Fraction(value)
    return Fraction(to_decimal(value))


def require_whole(value: int) -> int:
    """Let only whole numbers pass.

    :raises InputRefusal: `not_whole`

    >>> require_whole(7_097_245)
    7097245
    """
    if not isinstance(value, int):
        raise InputRefusal('not_whole', value=value)
    return value


def require_not_negative(name: str, value: Exact) -> Exact:
    """Let only exact numbers from zero on pass.

    :param name: what the value is, for the message
    :raises InputRefusal: `negative`, `float_not_exact`, `not_a_number`

    >>> require_not_negative('quantity', 3)
    3
    """
    if (value if type(value) is int else exact(value)) < 0:
        raise InputRefusal('negative', name=name, value=value)
    return value


def round_half_up(value: Exact, step: int = 1) -> int:
    """Round to the nearest whole number, a half away from zero (as invoices are rounded).

    :param step: round to a multiple of this whole number: 100 rounds sen to rupiah
    :raises InputRefusal: `float_not_exact`, `not_a_number`

    >>> round_half_up(Decimal('500.5')), round_half_up(Decimal('-500.5')), round_half_up(Fraction(-1, 3))
    (501, -501, 0)
    >>> round_half_up(Fraction(14_999, 100), 100), round_half_up(-150, 100)
    (100, -200)
    """
    if type(value) is int and step == 1:
        return value
    number = exact(value)
    return round_ratio(number.numerator, number.denominator, step)


def round_ratio(numerator: int, denominator: int, step: int = 1) -> int:
    """Divide two whole numbers and round to the nearest whole number, a half away from zero.

    :param denominator: above zero
    :param step: as for :func:`round_half_up`

    >>> round_ratio(1_001, 2), round_ratio(-1_001, 2), round_ratio(1_001, 2, 100)
    (501, -501, 500)
    """
    denominator *= step
    magnitude = (2 * abs(numerator) + denominator) // (2 * denominator) * step
    return magnitude if numerator >= 0 else -magnitude


def to_units(value: Stored, unit: Stored) -> int:
    """Count a stored amount in whole units, a half away from zero.

    :param value: an amount, e.g. in rupiah; floats are read as they print
    :param unit: the rounding unit in the same currency, e.g. 1, 100 or 0.01
    :raises InputRefusal: `not_a_number`; `not_positive` for the unit

    >>> to_units(10.01, Decimal('0.01')), to_units(2.675, Decimal('0.01')), to_units('7097245', Decimal(1))
    (1001, 268, 7097245)
    """
    step = _unit(unit)
    if type(value) is float and value.is_integer() and abs(value) < EXACT_FLOATS:
        return round_ratio(int(value) * step.denominator, step.numerator)
    number = exact(to_decimal(value))
    return round_ratio(number.numerator * step.denominator, number.denominator * step.numerator)


def from_units(count: int, unit: Stored) -> Decimal:
    """Say a count of whole units as an amount, exactly.

    :raises InputRefusal: `not_whole`; `not_positive` for the unit

    >>> from_units(1001, Decimal('0.01'))
    Decimal('10.01')
    """
    _unit(unit)
    __, digits, exponent = to_decimal(unit).as_tuple()
    product = require_whole(count) * int(''.join(map(str, digits)))
    # built from its digits: a multiplication would round to the precision of the context
    return Decimal((int(product < 0), tuple(map(int, str(abs(product)))), exponent))


def floor_to(value: Stored, step: Stored) -> Decimal:
    """Give the highest multiple of a step that is not above a value; what is left is never negative.

    For unit prices rounded down to the rounding unit and for cash paid down to the smallest coin.

    :raises InputRefusal: `not_a_number`; `not_positive` for the step

    >>> floor_to(397_058.82, 100), floor_to(2.309, '0.01')
    (Decimal('397000'), Decimal('2.30'))
    """
    count = exact(to_decimal(value)) // _unit(step)
    return from_units(count, step)


@lru_cache(maxsize=64)
def _unit(unit: Stored) -> Fraction:
    number = exact(to_decimal(unit))
    if number <= 0:
        raise InputRefusal('not_positive', name='unit', value=unit)
    return number

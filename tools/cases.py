"""How many full cases a pooled purchase orders.

The idea is that of foodsoft, the group-buying program: members ask for a quantity and say how much
more they would take. That tolerance completes a case that somebody's quantity has begun; it never
opens one.

Quantities are decimals in the unit of the product; floats are read as they print.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from .errors import InputRefusal
from .units import Stored, to_decimal

ZERO = Decimal(0)


@dataclass(frozen=True)
class CaseFill:
    """What to order of one product.

    :param packs: number of full cases; 0 for goods that are not packed, for which only the quantity
        speaks
    :param quantity: what to order, in the unit of the product
    :param missing: how much more must be asked for until the vendor's minimum can be ordered; 0
        when it is reached
    :param missing_for_case: how much more would complete the case that was begun and is not
        ordered; 0 when none was
    """

    packs: int
    quantity: Decimal
    missing: Decimal = ZERO
    missing_for_case: Decimal = ZERO


def fill_cases(
    quantity: Stored, tolerance: Stored = 0, pack: Stored | None = None, minimum_packs: Stored = 0
) -> CaseFill:
    """Fill cases with what all members ask for, as foodsoft does, and respect the vendor's minimum.

    Full cases are ordered; a case that is begun is ordered too if the tolerance completes it. Below
    the minimum, the minimum is ordered if quantity and tolerance reach it, otherwise nothing.

    :param quantity: sum of the quantities, in the unit of the product
    :param tolerance: sum of what members would take on top
    :param pack: content of a case; none or 0 for goods by weight, which are not packed
    :param minimum_packs: the vendor's minimum in cases; for goods that are not packed, in the unit
        of the product
    :raises InputRefusal: `negative`, `not_a_number`

    >>> fill_cases(5, 3, pack=4).packs, fill_cases(0, 5, pack=4).packs
    (2, 0)
    >>> fill_cases(9.1, 0, pack=1.3)
    CaseFill(packs=7, quantity=Decimal('9.1'), missing=Decimal('0'), missing_for_case=Decimal('0'))
    """
    asked, more, content, minimum = map(_not_negative, (quantity, tolerance, pack or 0, minimum_packs))
    if not content:
        return _fill_unpacked(asked, more, minimum)
    packs = _full_packs(asked, more, content)
    least = int(minimum.to_integral_value(ROUND_CEILING))
    if packs >= least:
        return CaseFill(packs, packs * content, ZERO, _missing_for_case(asked, more, content))
    if _reaches(asked, more, least * content):
        return CaseFill(least, least * content)
    return CaseFill(0, ZERO, _missing(asked, more, least * content))


def _fill_unpacked(asked: Decimal, more: Decimal, minimum: Decimal) -> CaseFill:
    if asked >= minimum:
        return CaseFill(0, asked)
    if _reaches(asked, more, minimum):
        return CaseFill(0, minimum)
    return CaseFill(0, ZERO, _missing(asked, more, minimum))


def _full_packs(asked: Decimal, more: Decimal, content: Decimal) -> int:
    packs, begun = divmod(asked, content)
    completed = begun > 0 and begun + more >= content
    return int(packs) + completed


def _missing_for_case(asked: Decimal, more: Decimal, content: Decimal) -> Decimal:
    begun = asked % content
    return _missing(begun, more, content) if begun else ZERO


def _reaches(asked: Decimal, more: Decimal, target: Decimal) -> bool:
    """Tell whether a target is reached with the tolerance; tolerance alone reaches nothing."""
    return asked > 0 and asked + more >= target


def _missing(asked: Decimal, more: Decimal, target: Decimal) -> Decimal:
    return max(target - asked - more, ZERO)


def _not_negative(value: Stored) -> Decimal:
    number = to_decimal(value)
    if number < 0:
        raise InputRefusal('negative', name='quantity', value=value)
    return number

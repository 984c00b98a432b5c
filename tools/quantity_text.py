"""Reading a quantity that somebody typed, on whatever keyboard and in whatever custom."""
from __future__ import annotations

import re
from decimal import Decimal

_QUANTITY = re.compile(r'(?P<whole>\d{1,12})(?:[.,](?P<part>\d{1,6}))?', re.ASCII)


def read_quantity(text: str) -> Decimal:
    """Return the quantity that a text says; nothing typed is zero. A comma or a point begins the fraction.

    >>> read_quantity(' 12 '), read_quantity('2,5'), read_quantity('2.50'), read_quantity('')
    (Decimal('12'), Decimal('2.5'), Decimal('2.50'), Decimal('0'))

    What could be thousands as well is not guessed, and nothing but digits is a quantity.

    >>> for text in ('1.000', '-1', '1e400', 'NaN', 'Infinity', '1 000', '٣', '0x10', '=1+1'):
    ...     try:
    ...         print(read_quantity(text))
    ...     except ValueError as error:
    ...         print(error)
    thousands
    not a quantity
    not a quantity
    not a quantity
    not a quantity
    not a quantity
    not a quantity
    not a quantity
    not a quantity

    :raises ValueError: ``thousands`` where a point or comma may mean thousands, else ``not a quantity``.
    """
    match = _QUANTITY.fullmatch((text or '').strip() or '0')
    if not match:
        raise ValueError('not a quantity')
    whole, part = match['whole'], match['part'] or ''
    if len(part) == 3 and int(whole):
        raise ValueError('thousands')
    return Decimal(f'{whole}.{part}' if part else whole)

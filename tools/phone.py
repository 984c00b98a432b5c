"""Telephone numbers as people write them, in the form that the whole world dials."""

from __future__ import annotations

import re

#: International numbers have no more digits than this (ITU-T E.164), and hardly any has fewer than eight.
LONGEST = 15
SHORTEST = 8


def international_digits(number: str, country_code: int) -> str:
    """Return the digits of a number with its country code, or an empty text where that is no telephone number.

    :param number: as somebody wrote it, with blanks, dots, dashes or brackets
    :param country_code: dialling code of the country that a number without one belongs to, e.g. 62

    >>> international_digits("0812-3456 7890", 62)
    '6281234567890'
    >>> international_digits("+62 (0)812 3456 7890", 62)
    '6281234567890'
    >>> international_digits("0065 6123 4567", 62)
    '6561234567'
    >>> international_digits("6281234567890", 62)
    '6281234567890'
    >>> international_digits("81234567890", 62)
    '6281234567890'
    >>> international_digits("0812 3456 7890 / 0813 111", 62), international_digits("ask the neighbour", 62)
    ('', '')
    """
    written = number.strip().replace('(0)', '')
    if not re.fullmatch(r'\+?[\d\s.()\-]+', written):
        return ""
    digits = re.sub(r'\D', '', written)
    code = str(country_code)
    if written.startswith('+'):
        pass
    elif digits.startswith('00'):
        digits = digits[2:]
    elif digits.startswith('0'):
        digits = code + digits[1:]
    elif not digits.startswith(code):
        digits = code + digits
    return digits if SHORTEST <= len(digits) <= LONGEST else ""

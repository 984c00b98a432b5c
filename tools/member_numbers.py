"""Member numbers as people type them: without leading zeros, several at once, in ranges.

A number in the register may have a prefix and leading zeros; whoever stands at the counter says
"twelve". Only what is typed is read here; which member it means is looked up elsewhere.
"""

from __future__ import annotations

import re

from .errors import InputRefusal

#: Nobody means more numbers than this by one range; a slip of the finger does.
LONGEST_RANGE = 1_000
#: Registers pad their numbers with zeros to no more digits than this.
LONGEST_NUMBER = 12


def split_numbers(text: str) -> list[str]:
    """Read several member numbers out of one line; each comes once, in the order in which it was typed.

    :param text: numbers between blanks, commas or semicolons; ``15-18`` stands for all from 15 to 18
    :raises InputRefusal: `range_too_long` for a range of more than 1,000 numbers, or one that runs backwards

    >>> split_numbers("12, 15-18 20;K-007")
    ['12', '15', '16', '17', '18', '20', 'K-007']
    >>> split_numbers("0012 0012")
    ['0012']
    """
    numbers: dict[str, None] = {}
    for token in re.split(r'[\s,;]+', text.strip()):
        bounds = re.fullmatch(r'(\d+)-(\d+)', token)
        if not bounds:
            numbers |= {token: None} if token else {}
            continue
        first, last = (int(bound) for bound in bounds.groups())
        if not 0 <= last - first < LONGEST_RANGE:
            raise InputRefusal('range_too_long', range=token)
        numbers |= dict.fromkeys(map(str, range(first, last + 1)))
    return list(numbers)


def plain(number: str) -> str:
    """Return a number as it is left when a spreadsheet takes it for one: without leading zeros.

    >>> plain("00060"), plain("60"), plain("K-007"), plain("000")
    ('60', '60', 'K-007', '0')
    """
    return (number.lstrip('0') or '0') if number.isdecimal() else number


def spellings(number: str) -> list[str]:
    """Return every way in which the same number stands in a register: with more or with fewer leading zeros.

    >>> spellings("00060")[:4], len(spellings("60")), spellings("K-007")
    (['60', '060', '0060', '00060'], 11, ['K-007'])
    """
    shortest = plain(number)
    if not number.isdecimal():
        return [number]
    longest = max(LONGEST_NUMBER, len(number))
    return [shortest.zfill(length) for length in range(len(shortest), longest + 1)]


def significant(number: str) -> str:
    """Leave out what nobody says aloud: the letters, signs and zeros before the first digit that counts.

    >>> significant("00012"), significant("M-0012"), significant("000")
    ('12', '12', '')
    """
    return re.sub(r'^[^1-9]*', '', number)

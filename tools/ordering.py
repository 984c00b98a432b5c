"""The order of member numbers, as a person reads them."""

from __future__ import annotations

import re


def natural_key(text: str | None) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """Give a sort key in which digits count as numbers, so that member 7 comes before member 12.

    Numbers that differ in leading zeros only are put in order by their text.

    :param text: a member number; none and an empty one come first

    >>> sorted(['12', '7', 'A-10', 'A-9', '007'], key=natural_key)
    ['007', '7', '12', 'A-9', 'A-10']
    """
    parts = re.findall(r'\d+|\D+', text or '')
    return tuple((0, int(part), '') if part.isdecimal() else (1, 0, part) for part in parts), text or ''

"""Sheets of paper: which rows of a report's tables stand on which page.

Not every PDF program repeats table headings or keeps rows together, so pages are filled here, by an estimate of the
height of each row that is rather too high than too low. Heights are in pixels of the printed style sheet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from .report_table import Report, Table

LINE, PADDING = 17, 5
#: Room for a signature or a thumbprint in a row.
SIGNATURE_ROW = 40
TITLE, SUBTITLE, TABLE_TITLE, SIGNATURES = 160, 22, 48, 145


@dataclass(frozen=True)
class Paper:
    """How much a page takes: pixels from top to bottom, characters from left to right."""
    height: int
    characters: int


PORTRAIT = Paper(height=1340, characters=120)
LANDSCAPE = Paper(height=840, characters=180)


@dataclass
class Part:
    """Rows of one table that stand together on a page."""
    table: int
    first: int
    last: int = 0


def row_height(table: Table, texts: Sequence[str], kind: str, paper: Paper) -> int:
    """Estimate the height of a row with these texts.

    >>> from .report_table import Column
    >>> table = Table([Column('name', "Name", width=30), Column('city', "City", width=30)])
    >>> row_height(table, ["Siti", "Probolinggo"], 'line', PORTRAIT)
    22
    >>> row_height(table, ["Siti " * 20, "Probolinggo"], 'line', PORTRAIT)
    39
    """
    if kind == 'group':
        return LINE + PADDING
    total = sum(column.width for column in table.columns)
    lines = max((
        ceil(len(text) / max(1.0, paper.characters * column.width / total))
        for column, text in zip(table.columns, texts, strict=True)
    ), default=1)
    height = max(1, lines) * LINE + PADDING
    has_signature = any(column.kind == 'blank' for column in table.columns) and kind == 'line'
    return max(height, SIGNATURE_ROW) if has_signature else height


def paginate(report: Report, texts: Mapping[tuple[int, int], Sequence[str]], paper: Paper) -> list[list[Part]]:
    """Fill pages with the tables of a report; the last page has room for the signatures.

    Every row stands on exactly one page, in order; a heading never stands alone at the bottom of a page, nor a total
    alone at the top.

    :param texts: ``{(table, row): text per column}``

    >>> from .report_table import Column
    >>> table = Table([Column('name', "Name")])
    >>> for number in range(60):
    ...     table.add(name="Siti")
    >>> pages = paginate(Report("Names", tables=[table]), {(0, row): ["Siti"] for row in range(60)}, PORTRAIT)
    >>> [[(part.first, part.last) for part in page] for page in pages]
    [[(0, 50)], [(50, 60)]]
    >>> table = Table([Column('name', "Name")])
    >>> for number in range(50):
    ...     table.add(name="Siti")
    >>> table.add('total', name="Total")
    >>> pages = paginate(Report("Names", tables=[table]), {(0, row): ["Siti"] for row in range(51)}, PORTRAIT)
    >>> [[(part.first, part.last) for part in page] for page in pages]
    [[(0, 49)], [(49, 51)]]
    """
    pages: list[list[Part]] = [[]]
    used = TITLE + SUBTITLE * len(report.subtitles)
    for number, table in enumerate(report.tables):
        head = row_height(table, [column.label for column in table.columns], 'head', paper)
        title = TABLE_TITLE + SUBTITLE * len(table.subtitles)
        if pages[-1] and (table.new_page or used + title + head + 3 * SIGNATURE_ROW > paper.height):
            pages.append([])
            used = 0
        part = Part(number, 0)
        pages[-1].append(part)
        used += title + head
        for index, row in enumerate(table.rows):
            height = row_height(table, texts[number, index], row.kind, paper)
            # A heading takes the next row along, and a row the totals below it.
            needed = height + (2 * LINE + PADDING if row.kind == 'group' else 0)
            for later, total in enumerate(table.rows[index + 1:index + 4], start=index + 1):
                if total.kind != 'total':
                    break
                needed += row_height(table, texts[number, later], total.kind, paper)
            if used + needed > paper.height and index > part.first:
                part.last = index
                part = Part(number, index)
                pages.append([part])
                used = head
            used += height
        part.last = len(table.rows)
    if report.signatures and used + SIGNATURES > paper.height:
        pages.append([])
    return pages

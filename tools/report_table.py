"""A report as plain data: titles, tables, rows, totals. Screens, PDFs and spreadsheets are made from it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

#: What a column may hold. ``blank`` is room on paper for a signature or a thumbprint.
KINDS = ('text', 'date', 'amount', 'quantity', 'integer', 'blank')
NUMBERS = ('amount', 'quantity', 'integer')


@dataclass(frozen=True)
class Column:
    """One column; ``width`` in characters, shared out in proportion on paper."""
    key: str
    label: str
    kind: str = 'text'
    width: int = 14

    @property
    def is_number(self) -> bool:
        return self.kind in NUMBERS


@dataclass(frozen=True)
class Row:
    """One row. ``kind`` is ``line``, ``group`` (a heading across the table) or ``total``."""
    values: dict[str, object]
    kind: str = 'line'


@dataclass
class Table:
    """Rows under columns; ``title`` names the table and its sheet. ``new_page`` starts it on paper of its own."""
    columns: Sequence[Column]
    rows: list[Row] = field(default_factory=list)
    title: str = ''
    subtitles: Sequence[str] = ()
    new_page: bool = False

    def add(self, kind: str = 'line', **values: object) -> None:
        self.rows.append(Row(values, kind))

    def make_group(self, heading: str) -> Row:
        """Return a heading across the table."""
        return Row({self.columns[0].key: heading}, 'group')

    def add_group(self, heading: str) -> None:
        """Add a heading across the table."""
        self.rows.append(self.make_group(heading))

    def add_total(self, label: str, rows: Iterable[Row], label_key: str = '', skip: Sequence[str] = ()) -> Row:
        """Add and return the sums of all number columns over ``rows``; the columns in ``skip`` stay empty.

        >>> table = Table([Column('name', "Name"), Column('paid', "Paid", 'amount')])
        >>> table.add(name="Siti", paid=10)
        >>> table.add(name="Budi", paid=5)
        >>> table.add_total("Total", table.rows).values
        {'paid': 15, 'name': 'Total'}
        """
        rows = [row for row in rows if row.kind == 'line']
        values: dict[str, object] = {
            column.key: sum(row.values.get(column.key) or 0 for row in rows)
            for column in self.columns if column.is_number and column.key not in skip
        }
        values[label_key or self.columns[0].key] = label
        total = Row(values, 'total')
        self.rows.append(total)
        return total

    @property
    def lines(self) -> list[Row]:
        return [row for row in self.rows if row.kind == 'line']


@dataclass
class Report:
    """What is printed: a title, what it covers, its tables, and who signs it."""
    title: str
    subtitles: Sequence[str] = ()
    tables: list[Table] = field(default_factory=list)
    signatures: Sequence[str] = ()

    def amount_decimals(self, decimals: int) -> int:
        """Give how many decimals amounts need: none while every amount is whole, else those of the currency.

        >>> table = Table([Column('paid', "Paid", 'amount')])
        >>> table.add(paid=10.0)
        >>> Report("Paid", tables=[table]).amount_decimals(2)
        0
        >>> table.add('total', paid="Nothing else")  # words among amounts are no amounts
        >>> Report("Paid", tables=[table]).amount_decimals(2)
        0
        >>> table.add(paid=0.5)
        >>> Report("Paid", tables=[table]).amount_decimals(2)
        2
        """
        for table in self.tables:
            keys = [column.key for column in table.columns if column.kind == 'amount']
            amounts = (row.values.get(key) or 0 for row in table.rows for key in keys)
            if any(float(amount) % 1 for amount in amounts if not isinstance(amount, str)):
                return decimals
        return 0


def sheet_names(titles: Iterable[str]) -> list[str]:
    r"""Give each title a sheet name that spreadsheets accept: at most 31 characters, no ``[]:*?/\``, all different.

    An apostrophe may stand within a name, as in many members' names, and neither begin nor end it.

    >>> sheet_names(["Siti", "A/B", "Siti", ""])
    ['Siti', 'A B', 'Siti 2', 'Sheet 4']
    >>> sheet_names(["000012 Siti Fatimah Azzahra Nur'aini"])
    ['000012 Siti Fatimah Azzahra Nur']
    """
    names: list[str] = []
    taken: set[str] = set()
    for index, title in enumerate(titles, start=1):
        base = re.sub(r"[\[\]:*?/\\]", ' ', title).strip(" '")[:31].rstrip(" '") or f"Sheet {index}"
        name, copy = base, 1
        while name.lower() in taken:
            copy += 1
            name = f"{base[:30 - len(str(copy))]} {copy}"
        taken.add(name.lower())
        names.append(name)
    return names

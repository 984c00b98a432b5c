"""Files for the bulk-transfer screens of banks: one row per recipient, as CSV or as Excel file.

A cell never begins with what a spreadsheet takes for a formula, and account numbers are text, so that leading zeros
stay.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from .report_xlsx import write_template
from .units import Stored, to_decimal

#: What makes a spreadsheet read a cell as a formula.
FORMULA_STARTS = ('=', '+', '-', '@', '\t', '\r')


def neutralise(text: str) -> str:
    """Return a text in one line that no spreadsheet runs as a formula.

    >>> neutralise("=1+1"), neutralise("  @SUM(A1)"), neutralise("Siti Aminah"), neutralise("Jl. Melati\\n5")
    ("'=1+1", "'@SUM(A1)", 'Siti Aminah', 'Jl. Melati 5')
    """
    line = ' '.join(text.split())
    return f"'{line}" if line.startswith(FORMULA_STARTS) else line


def format_plain(amount: Stored) -> str:
    """Write an amount without separators, with two decimals only where there are any.

    >>> format_plain(1_250_000.0), format_plain(100.5), format_plain(0.1 + 0.2)
    ('1250000', '100.50', '0.30')
    """
    number = to_decimal(amount).quantize(Decimal('0.01'))
    return f"{number:.0f}" if number == number.to_integral_value() else f"{number:.2f}"


def write_csv(headers: Sequence[str], rows: Sequence[Sequence[str]], separator: str = ',') -> bytes:
    r"""Return the rows as CSV in UTF-8; cells with a separator in them are quoted.

    >>> write_csv(["Account", "Holder"], [["0012", "Siti; Aminah"]], ';')
    b'Account;Holder\r\n0012;"Siti; Aminah"\r\n'
    """
    output = io.StringIO()
    writer = csv.writer(output, delimiter=separator)
    writer.writerow([neutralise(header) for header in headers])
    writer.writerows([neutralise(cell) for cell in row] for row in rows)
    return output.getvalue().encode()


def write_xlsx(headers: Sequence[str], rows: Sequence[Sequence[str]], name: str, created: date) -> bytes:
    """Return the rows as an Excel file in which every cell is text; the same rows make the same file.

    :param name: name of the sheet
    :param created: the day that the file says it was made on

    >>> rows = [["0012", "Siti"]]
    >>> write_xlsx(["Account", "Holder"], rows, "Payout", date(2026, 1, 31))[:2]
    b'PK'
    """
    columns = [(neutralise(header), 'text', 22) for header in headers]
    return write_template(columns, [[neutralise(cell) for cell in row] for row in rows], name, created)

"""Reports and plain tables as Excel files: numbers as numbers, dates as dates, text never as a formula."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime, time

import xlsxwriter

from .report_table import Column, Report, Row, Table, sheet_names

HEADER = {'bold': True, 'bg_color': '#e9ecef', 'bottom': 1, 'text_wrap': True, 'valign': 'top'}
STYLES = {
    'line': {'valign': 'top', 'text_wrap': True},
    'group': {'bold': True, 'italic': True},
    'total': {'bold': True, 'top': 1},
}


class _Book:
    """A workbook in memory that keeps one format per look."""

    def __init__(self, decimals: int = 0):
        self.output = io.BytesIO()
        self.workbook = xlsxwriter.Workbook(self.output, {'in_memory': True})
        places = '.' + '0' * decimals if decimals else ''
        self.number_formats = {
            'amount': f'#,##0{places}', 'quantity': '#,##0.###', 'integer': '0', 'date': 'dd/mm/yyyy', 'text': '@',
        }
        self.formats: dict[tuple, object] = {}

    def style(self, kind: str = '', **look: object):
        if kind in self.number_formats:
            look['num_format'] = self.number_formats[kind]
        key = tuple(sorted(look.items()))
        if key not in self.formats:
            self.formats[key] = self.workbook.add_format(look)
        return self.formats[key]

    def close(self) -> bytes:
        self.workbook.close()
        return self.output.getvalue()


def write_report(report: Report, heading: Sequence[str] = (), decimals: int = 0) -> bytes:
    """Return the report as an Excel file with one sheet per table.

    :param heading: lines above the title of every sheet, such as the name of the cooperative
    :param decimals: decimals of the currency; shown only when some amount is not whole

    >>> table = Table([Column('name', "Name"), Column('paid', "Paid", 'amount')])
    >>> table.add(name="=1+1", paid=10)
    >>> write_report(Report("Paid", tables=[table]))[:2]
    b'PK'
    """
    book = _Book(report.amount_decimals(decimals))
    for table, name in zip(report.tables, sheet_names(table.title for table in report.tables), strict=True):
        sheet = book.workbook.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        row = _write_titles(book, sheet, report, table, heading)
        for index, column in enumerate(table.columns):
            sheet.set_column(index, index, column.width)
            look = {'align': 'right'} if column.is_number else {}
            sheet.write_string(row, index, column.label, book.style(**HEADER, **look))
        sheet.freeze_panes(row + 1, 0)
        sheet.repeat_rows(row)
        for number, line in enumerate(table.rows, start=row + 1):
            for index, column in enumerate(table.columns):
                _write_cell(book, sheet, number, index, column, line)
    return book.close()


def _write_titles(book: _Book, sheet, report: Report, table: Table, heading: Sequence[str]) -> int:
    row = 0
    lines = [(text, {}) for text in heading] + [(report.title, {'bold': True, 'font_size': 14})]
    lines += [(text, {}) for text in report.subtitles]
    if table.title and len(report.tables) > 1:
        lines.append((table.title, {'bold': True}))
    lines += [(text, {}) for text in table.subtitles]
    for text, look in lines:
        sheet.write_string(row, 0, text, book.style(**look))
        row += 1
    return row + 1


def _write_cell(book: _Book, sheet, row: int, column_index: int, column: Column, line: Row) -> None:
    value = line.values.get(column.key)
    look = STYLES[line.kind]
    if isinstance(value, date):
        sheet.write_datetime(row, column_index, value, book.style('date', **look))
    elif isinstance(value, int | float) and not isinstance(value, bool) and column.is_number:
        sheet.write_number(row, column_index, value, book.style(column.kind, **look))
    elif value in (None, False, ''):
        sheet.write_blank(row, column_index, None, book.style(**look))
    else:
        sheet.write_string(row, column_index, str(value), book.style(**look))


def write_template(
    headers: Sequence[tuple[str, str, int]], rows: Sequence[Sequence[object]], name: str, created: date | None = None,
) -> bytes:
    """Return a file to fill in and import: one header row of ``(label, kind, width)`` and example rows, nothing else.

    Columns of text are formatted as text for further rows too, so that a spreadsheet keeps leading zeros and all
    sixteen digits of an identity number.

    :param created: the day that the file says it was made on; without it, the same rows make another file every time

    >>> write_template([("Number", 'text', 10)], [["00001"]], "Members")[:2]
    b'PK'
    """
    book = _Book()
    if created:
        book.workbook.set_properties({'created': datetime.combine(created, time())})
    sheet = book.workbook.add_worksheet(sheet_names([name])[0])
    for index, (label, kind, width) in enumerate(headers):
        sheet.set_column(index, index, width, book.style(kind))
        sheet.write_string(0, index, label, book.style(**HEADER))
        for number, row in enumerate(rows, start=1):
            column = Column(label, label, kind)
            _write_cell(book, sheet, number, index, column, Row({label: row[index]}))
            if kind == 'text' and row[index]:
                sheet.write_string(number, index, str(row[index]), book.style(kind))
    sheet.freeze_panes(1, 0)
    return book.close()

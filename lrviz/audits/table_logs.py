"""Logs in CSV and TSV."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import islice, repeat
from typing import TextIO

import numpy as np

from lrviz.audits.formats import format_of, is_rate
from lrviz.audits.log_rows import CHUNK, LogRows, NameTest
from lrviz.audits.unnamed_columns import are_numbers, names_of, note_of
from lrviz.core.schedule import Array

WITH_POINT = re.compile(r"[-+]?\d*\.\d+(e[-+]?\d+)?", re.I | re.A)
WITH_COMMA = re.compile(r"[-+]?\d*,\d+(e[-+]?\d+)?", re.I | re.A)
"""A number with a comma, which is a decimal one, or one between thousands."""
THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2},\d{3}", re.A)
BEGINS_NUMBER = re.compile(r"\s*\"?[-+.]?\d", re.A)
BLANKS = " "
"""What separates cells that one blank or more are between."""
MOST_AS_SHORT = 0.1
"""A number at the end may be cut off where at most this share of the others is as short."""


def delimiter_of(line: str, following: Sequence[str] = ()) -> str:
    """Return what separates the cells of a table's first line.

    They are separated by blanks where nothing else may separate them, and a line that follows has
    as many.
    """
    delimiter = max(("\t", ",", ";"), key=line.count)
    count = len(line.split())
    if delimiter in line or count < 2 or all(len(row.split()) != count for row in following):
        return delimiter
    return BLANKS


def cells_of(line: str, delimiter: str) -> list[str]:
    """Return the cells of a line, without blanks around them."""
    if delimiter == BLANKS:
        return line.split()
    return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]


def number_rows(lines: Sequence[str]) -> list[list[str]]:
    """Return the cells of a table's first lines, where all are numbers; else nothing."""
    if not all(BEGINS_NUMBER.match(line) for line in lines):
        return []
    delimiter = delimiter_of(lines[0], lines[1:])
    rows = [cells_of(line, delimiter) for line in lines]
    return rows if are_numbers(rows) else []


def read_table(file: TextIO, head: str, selects: NameTest) -> LogRows:
    """Return the rows of CSV or TSV; header cells may be padded, rows may have gaps.

    A table of numbers may have no header.
    """
    lines = [line for line in head.splitlines() if line.strip()]
    delimiter, numbers = delimiter_of(lines[0], lines[1:]), number_rows(lines)
    header = names_of(numbers) if numbers else []
    while not any(header):
        header = cells_of(next(file), delimiter)
    rows = LogRows(format_of("table", header), header, decimal_comma=decimal_comma(head, delimiter))
    if numbers:
        rows.has_header = False
        rows.notes.append(note_of(header))
    useful = set(rows.useful(selects))
    indices = [i for i, name in enumerate(header) if name in useful]
    lines_left: Iterator[str] = file
    if delimiter == BLANKS:
        lines_left, delimiter = map(with_tabs, file), "\t"
    while lines := list(islice(lines_left, CHUNK)):
        if rows.decimal_comma:
            lines = [line.replace(",", ".") for line in lines]
        if len(header) - 1 in indices and may_be_cut(lines, delimiter):
            lines.pop()
            rows.last_is_short = True
        columns = plain_columns(lines, delimiter, len(header), indices)
        if columns is not None:
            rows.add(
                {header[i]: cells for i, cells in zip(indices, columns, strict=True)}, len(lines)
            )
            rows.cut_off = False
            continue
        chunk = list(csv.reader(lines, delimiter=delimiter, skipinitialspace=True))
        complete = [row for row in chunk if len(row) == len(header)]
        rows.broken += sum(map(bool, chunk)) - len(complete)
        rows.cut_off = bool(chunk[-1]) and len(chunk[-1]) != len(header)
        rows.add({header[i]: [row[i] for row in complete] for i in indices}, len(complete))
    return rows


def with_tabs(line: str) -> str:
    """Return a line with a tab in place of the blanks between its cells."""
    return "\t".join(line.split()) + line[len(line.rstrip("\r\n")) :]


def decimal_comma(head: str, delimiter: str) -> str:
    """Return the first number of a table's first lines that can only have a decimal comma, or "".

    None has one where commas separate the cells, and where another number has a decimal point.
    """
    rows = [cells_of(line, delimiter) for line in head.splitlines() if line.strip()][1:]
    cells = [cell for row in rows for cell in row]
    if delimiter == "," or any(WITH_POINT.fullmatch(cell) for cell in cells):
        return ""
    numbers = [cell for cell in cells if WITH_COMMA.fullmatch(cell)]
    return next((cell for cell in numbers if not THOUSANDS.fullmatch(cell)), "")


def has_wider_rows(text: str) -> bool:
    """Return whether a text's first line names a rate, and a later line has more cells than it."""
    header, *others = [line for line in text.splitlines() if line.strip()] or [""]
    delimiter = delimiter_of(header)
    names = cells_of(header, delimiter)
    return any(map(is_rate, names)) and any(row.count(delimiter) >= len(names) for row in others)


def may_be_cut(lines: Sequence[str], delimiter: str) -> bool:
    """Return whether the last line has no newline, and a shorter last cell than most others."""
    *before, last = lines
    if last.endswith(("\n", "\r")) or last.count(delimiter) != lines[0].count(delimiter):
        return False
    length = len(last_cell(last, delimiter))
    as_short = sum(len(last_cell(line, delimiter)) <= length for line in before)
    return bool(before) and as_short <= len(before) * MOST_AS_SHORT


def last_cell(line: str, delimiter: str) -> str:
    """Return the text after the last delimiter of a line."""
    return line.rpartition(delimiter)[2].strip()


def plain_columns(
    lines: Sequence[str], delimiter: str, count: int, indices: Sequence[int]
) -> Array | None:
    """Return the columns at `indices` of lines; None where not all of their cells are numbers.

    A line of a single column may be blank, which has no number, either.
    """
    if not indices or count == 1:
        return None
    some = indices if len(indices) < count else None  # of all columns numpy counts the cells
    if some and set(map(str.count, lines, repeat(delimiter))) != {count - 1}:
        return None
    try:
        table = np.loadtxt(lines, delimiter=delimiter, usecols=some, comments=None, ndmin=2)
    except ValueError:  # a cell is empty, quoted, or holds something else
        return None
    return np.asarray(table.T) if table.shape == (len(lines), len(indices)) else None

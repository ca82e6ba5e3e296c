"""Text logs: the rows that the pattern of a format finds."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any, TextIO

from lrviz.audits.counters import count_through
from lrviz.audits.formats import FORMATS
from lrviz.audits.log_rows import CHUNK, LogRows
from lrviz.audits.progress_bars import keep_postfixes, mark_repeats
from lrviz.audits.text_patterns import LR

COMMA = re.compile(r"(?<=\d),(?=\d)", re.A)
POINT = re.compile(r"\d\.\d", re.A)
RATE_WITH_COMMA = re.compile(rf"{LR}(?<=\d),\d+", re.I | re.A)
TEXTS = tuple((item, item.row) for item in FORMATS if item.row)
MAX_REST = 10_000
"""Characters after the last row in which the next one may begin."""
CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)")
"""What a terminal is sent beside text: a colour, a movement, a title."""
REDRAW = str.maketrans("\r\b", "\n\n")
"""What begins a line again."""


def plain_text(text: str) -> str:
    """Return a text without colours and other controls of a terminal."""
    return CONTROL.sub("", text) if "\x1b" in text else text


def is_row(line: str) -> bool:
    """Return whether a line is a row of text."""
    return any(row.search(line) for _, row in TEXTS)


def read_words(file: TextIO) -> LogRows:
    """Return the rows of a text log, by the first format that has a row in it."""
    log_format, row = TEXTS[-1]
    rows, remainder, last_text = LogRows(log_format), "", ""
    while lines := list(islice(file, CHUNK)):
        text = remainder + plain_text("".join(lines)).translate(REDRAW)
        comma = rows.decimal_comma or decimal_comma(text)
        text = COMMA.sub(".", text) if comma else text
        if not rows.count:
            log_format, row = next((pair for pair in TEXTS if pair[1].search(text)), TEXTS[-1])
            names = [name for name in row.groupindex if name != "of"]
            rows = LogRows(log_format, names, decimal_comma=comma)
        matches = list(row.finditer(text))
        end = matches[-1].end() if matches else 0
        remainder = text[max(end, len(text) - MAX_REST) :]
        columns: dict[str, Any] = {name: cells_of(matches, name) for name in row.groupindex}
        if log_format.has_bar:
            columns["repeats"], last_text = mark_repeats(matches, last_text)
        rows.add(columns, len(matches))
    if log_format.has_bar and rows.count:
        keep_postfixes(rows)
    if "of" in rows.columns:
        count_through(rows)
    return rows


def decimal_comma(text: str) -> str:
    """Return the first rate that has a decimal comma, in a text without a decimal point; or ""."""
    match = RATE_WITH_COMMA.search(text)
    if not match or POINT.search(text):
        return ""
    return text[match.start("lr") : match.end()]


def cells_of(matches: list[re.Match[str]], name: str) -> list[Any]:
    """Return the texts of a group, whole numbers without commas."""
    cells = [match[name] for match in matches]
    return [cell and cell.replace(",", "") for cell in cells]

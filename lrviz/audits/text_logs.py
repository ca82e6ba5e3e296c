"""Text logs: the rows that the pattern of a format finds."""

from __future__ import annotations

import re
from functools import cache
from itertools import islice
from typing import Any, TextIO

from lrviz.audits.counters import count_batches, count_through
from lrviz.audits.formats import FORMATS, LogFormat
from lrviz.audits.log_rows import CHUNK, MAX_USEFUL, LogRows
from lrviz.audits.progress_bars import keep_postfixes, mark_repeats
from lrviz.audits.text_patterns import FURTHER, LR, NUMBER

COMMA = re.compile(r"(?<=\d),(?=\d)", re.A)
POINT = re.compile(r"\d\.\d", re.A)
RATE_WITH_COMMA = re.compile(rf"{LR}(?<=\d),\d+", re.I | re.A)
A_NUMBER = re.compile(NUMBER, re.I | re.A)
FURTHER_RATES = re.compile(FURTHER, re.I | re.A)
COUNTER_GROUPS = ("of", "repeats")
"""Columns of rows from which their steps are made."""
OPENING = ("[", "(")
RATE_GROUPS = ("lr", "name")
"""The groups of a row from which the columns of its rates are made."""
MAX_REST = 10_000
"""Characters after the last row in which the next one may begin."""
CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)")
"""What a terminal is sent beside text: a colour, a movement, a title."""
REDRAW = str.maketrans("\r\b", "\n\n")
"""What begins a line again."""


def plain_text(text: str) -> str:
    """Return a text without colours and other controls of a terminal."""
    return CONTROL.sub("", text) if "\x1b" in text else text


@cache
def row_patterns() -> tuple[tuple[LogFormat, re.Pattern[str]], ...]:
    """Return the formats of text with the patterns of their rows, which take long to compile."""
    flags = re.IGNORECASE | re.MULTILINE | re.ASCII
    return tuple((item, re.compile(item.row, flags)) for item in FORMATS if item.row)


def is_row(line: str) -> bool:
    """Return whether a line is a row of text, which has a number."""
    return bool(A_NUMBER.search(line)) and any(row.search(line) for _, row in row_patterns())


def read_words(file: TextIO) -> LogRows:
    """Return the rows of a text log, by the first format that has a row in it."""
    log_format, row = row_patterns()[-1]
    rows, remainder, last_text = LogRows(log_format), "", ""
    groups: list[str] = []
    while lines := list(islice(file, CHUNK)):
        text = remainder + plain_text("".join(lines)).translate(REDRAW)
        comma = rows.decimal_comma or decimal_comma(text)
        text = COMMA.sub(".", text) if comma else text
        if not rows.count:
            pairs = row_patterns()
            log_format, row = next((pair for pair in pairs if pair[1].search(text)), pairs[-1])
            groups = [name for name in row.groupindex if name not in RATE_GROUPS]
            rows = LogRows(log_format, decimal_comma=comma)
        matches = list(row.finditer(text))
        end = matches[-1].end() if matches else 0
        remainder = text[max(end, len(text) - MAX_REST) :]
        columns: dict[str, Any] = {name: cells_of(matches, name) for name in groups}
        columns.update(rates_of(matches, log_format))
        if log_format.has_bar:
            columns["repeats"], last_text = mark_repeats(matches, last_text)
        rows.add(columns, len(matches))
        rows.names = [name for name in rows.columns if name not in COUNTER_GROUPS]
    if log_format.has_bar and rows.count:
        keep_postfixes(rows)
    if log_format.counts_samples and rows.count:
        count_batches(rows)
    if "of" in rows.columns:
        count_through(rows)
    return rows


def rates_of(matches: list[re.Match[str]], log_format: LogFormat) -> dict[str, list[str | None]]:
    """Return the rates of rows as columns: by their names, or by their places in a list."""
    if log_format.rates_row:
        rates = re.compile(log_format.rates_row, re.I | re.A)
        rows = [{each["name"]: each["lr"] for each in rates.finditer(row[0])} for row in matches]
    else:
        rows = [listed_rates(row) for row in matches]
    names = list(dict.fromkeys(name for row in rows for name in row))[:MAX_USEFUL]
    return {name: [row.get(name) for row in rows] for name in names}


def listed_rates(match: re.Match[str]) -> dict[str, str]:
    """Return the rate of a row, and those that follow it in brackets."""
    text, start = match.string, match.start("lr")
    if text[max(start - 3, 0) : start].rstrip(" \t\"'")[-1:] not in OPENING:
        return {"lr": match["lr"]}
    further = FURTHER_RATES.match(text, match.end("lr"))
    others = further[0].split(",")[1:] if further else []
    groups = {f"lr[{place}]": rate.strip(" \t\"'") for place, rate in enumerate(others, 1)}
    return {"lr": match["lr"], **groups}


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

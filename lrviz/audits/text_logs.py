"""Text logs: the rows that the pattern of a format finds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, TextIO

import numpy as np

from lrviz.audits.formats import FORMATS, LR, LogFormat
from lrviz.audits.log_rows import CHUNK, LogRows
from lrviz.core.schedule import Array

COMMA = re.compile(r"(?<=\d),(?=\d)", re.A)
POINT = re.compile(r"\d\.\d", re.A)
RATE_WITH_COMMA = re.compile(rf"{LR}(?<=\d),\d+", re.I | re.A)
TEXTS = tuple((item, item.row) for item in FORMATS if item.row)
MAX_REST = 10_000
"""Characters after the last row in which the next one may begin."""


def is_row(line: str) -> bool:
    """Return whether a line is a row of text."""
    return any(row.search(line) for _, row in TEXTS)


def read_words(file: TextIO) -> LogRows:
    """Return the rows of a text log, by the first format that has a row in it."""
    log_format, row = TEXTS[-1]
    rows, remainder = LogRows(log_format), ""
    while lines := list(islice(file, CHUNK)):
        text = remainder + "".join(lines).replace("\r", "\n")
        comma = rows.decimal_comma or decimal_comma(text)
        text = COMMA.sub(".", text) if comma else text
        if not rows.count:
            log_format, row = next((pair for pair in TEXTS if pair[1].search(text)), TEXTS[-1])
            names = [name for name in row.groupindex if name != "of"]
            rows = LogRows(log_format, names, decimal_comma=comma)
        matches = list(row.finditer(text))
        end = matches[-1].end() if matches else 0
        remainder = text[max(end, len(text) - MAX_REST) :]
        rows.add(columns_of(matches, row, log_format), len(matches))
    return rows


def decimal_comma(text: str) -> str:
    """Return the first rate that has a decimal comma, in a text without a decimal point; or ""."""
    match = RATE_WITH_COMMA.search(text)
    if not match or POINT.search(text):
        return ""
    return text[match.start("lr") : match.end()]


def columns_of(
    matches: Sequence[re.Match[str]], row: re.Pattern[str], log_format: LogFormat
) -> Mapping[str, Sequence[Any] | Array]:
    """Return the columns of rows; steps that a row counts within its epoch are counted on."""
    columns: dict[str, Sequence[Any] | Array]
    columns = {name: [match[name] for match in matches] for name in row.groupindex}
    if "of" in columns:
        epoch, step, of = (np.array(columns.pop(name), float) for name in ("epoch", "step", "of"))
        epoch -= log_format.first_epoch
        columns |= {"epoch": epoch + step / np.maximum(of, 1.0), "step": epoch * of + step}
    return columns

"""From a log file to columns of numbers: one reader for each layout."""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from io import SEEK_END, BytesIO, TextIOWrapper
from pathlib import Path
from typing import BinaryIO, TextIO

from lrviz.audits.events import EVENTS, read_scalars
from lrviz.audits.formats import FORMATS, Layout, format_of, is_rate, step_rank
from lrviz.audits.json_logs import is_object, read_json, read_json_rows, read_lines
from lrviz.audits.json_rows import BLOCK, find_rows
from lrviz.audits.log_rows import LogRows, NameTest, TooMuch, number_of
from lrviz.audits.table_logs import BLANKS, cells_of, delimiter_of, number_rows, read_table
from lrviz.audits.text_logs import is_row, plain_text, read_words
from lrviz.core.errors import SpecError
from lrviz.core.file_kinds import HEAD as HEAD_BYTES
from lrviz.core.file_kinds import file_kind, kind_message
from lrviz.core.files import FileError, open_file, stream_content

STANDARD_INPUT = "-"
HEAD = 20
"""Lines that decide which layout a file has."""
MAX_LOG_BYTES = 400_000_000
MAX_JSON_BYTES = 100_000_000
"""Of a document, which is parsed in one piece."""
MAX_LINE = 1_000_000
"""Characters that are read of each line of the head."""
BEGINNING = 100_000
"""Characters from whose numbers the rounding of a log is seen."""
BRACKETED = re.compile(r"\[[^\][{}\"]*\]\s*\S")
"""A line of text that begins with a time or a place in brackets."""
PRINTED = re.compile(r"\{\s*'")
"""A line that is a dictionary as Python prints it."""


def read_rows(path: Path, selects: NameTest) -> LogRows:
    """Return the columns of a log file that may hold steps or rates, and the selected ones.

    Raises SpecError for a file that holds no log, and for one that is too large.
    """
    place = place_of(path)
    try:
        with open_log(path) as file:
            if EVENTS in path.name:
                return read_events(file, place)
            kind = file_kind(file.read(HEAD_BYTES))
            if kind:
                message = kind_message(kind, "log of a run")
                raise SpecError.of(place, message, "other-file")
            return read_encoded(file, place, selects)
    except csv.Error as error:
        raise SpecError.of(place, f"is not CSV: {error}", "not-csv") from None
    except TooMuch as error:
        raise SpecError.of(place, str(error), "too-large") from None
    except FileError as error:
        raise SpecError.of(place, str(error), error.id) from None


def place_of(path: Path) -> str:
    """Return what messages call a log."""
    return "standard input" if str(path) == STANDARD_INPUT else str(path)


@contextmanager
def open_log(path: Path) -> Iterator[BinaryIO]:
    """Open a log, in which one can seek; `-` is standard input. Raises FileError."""
    if str(path) == STANDARD_INPUT:
        try:
            yield BytesIO(content_of(sys.stdin.buffer))
        except OSError as error:
            raise FileError(f"cannot be read: {error.strerror or error}") from None
        return
    with open_file(path, MAX_LOG_BYTES) as file:
        yield file


@lru_cache(maxsize=1)
def content_of(stream: BinaryIO) -> bytes:
    """Return what a stream has, which it gives once, as often as its log is read."""
    return stream_content(stream, MAX_LOG_BYTES)


def read_encoded(file: BinaryIO, place: str, selects: NameTest) -> LogRows:
    """Return the columns of a text file, also where its words are in another encoding than UTF-8.

    Its numbers are the same in those that have no zero bytes. Raises SpecError for other files.
    """
    try:
        return read_text(file, place, selects)
    except UnicodeDecodeError as error:
        what = f"is not UTF-8 text (byte 0x{error.object[error.start]:02x})"
    file.seek(0)
    if b"\0" in file.read(BEGINNING):
        raise SpecError.of(place, what, "not-text")
    rows = read_text(file, place, selects, errors="replace")
    rows.notes.append(f"{what}: characters that are not ASCII are left out")
    return rows


def read_text(file: BinaryIO, place: str, selects: NameTest, errors: str = "strict") -> LogRows:
    """Return the columns of a text file, by the layout of its first lines."""
    size = file.seek(0, SEEK_END)
    file.seek(0)
    text = TextIOWrapper(file, encoding="utf-8-sig", errors=errors, newline="")
    try:
        head = plain_text("".join(text.readline(MAX_LINE) for _ in range(HEAD)))
        if not head.strip():
            raise SpecError.of(place, "is empty", "empty-file")
        text.seek(0)
        beginning = plain_text(text.read(BEGINNING))
        text.seek(0)
        rows = read_layout(text, layout_of(head, selects), head, size, place, selects)
    finally:
        text.detach()  # so that the file stays open, to be read again
    rows.beginning = beginning.replace(",", ".") if rows.decimal_comma else beginning
    return rows


def read_layout(
    text: TextIO, layout: Layout, head: str, size: int, place: str, selects: NameTest
) -> LogRows:
    """Return the columns of a text of `size` bytes whose rows are laid out so."""
    if layout == "json":
        start = text.read(BLOCK)
        match = find_rows(text, start, [item.rows_key for item in FORMATS if item.rows_key])
        if match:
            return read_json_rows(*match, place, selects)
        if size > MAX_JSON_BYTES:
            message = f"is a JSON document of more than {MAX_JSON_BYTES // 1_000_000} MB"
            raise SpecError.of(place, f"{message}; write it as JSON Lines", "too-large")
        return read_json(start + text.read(), place, selects)
    if layout == "lines":
        return read_lines(text, selects)
    if layout == "table":
        return read_table(text, head, selects)
    return read_words(text)


def layout_of(head: str, selects: NameTest) -> Layout:
    """Return how the rows of a file are laid out, from its first lines."""
    lines = [line.strip(" ") for line in head.splitlines() if line.strip()]
    first = lines[0]
    if first[0] in "[{" and not BRACKETED.match(first) and not PRINTED.match(first):
        if first[0] == "{" and is_object(first) and (len(lines) > 1 or "[" not in first):
            return "lines"
        return "json"
    return "table" if is_header(first, lines[1:], selects) or number_rows(lines) else "text"


def is_header(line: str, following: Sequence[str], selects: NameTest) -> bool:
    """Return whether a line names columns: those of steps and rates, and as many as rows have."""
    delimiter = delimiter_of(line, following)
    names = cells_of(line, delimiter)
    has_names = any(is_rate(x) or step_rank(x) is not None or selects(x) for x in names)
    if not has_names or is_row(line):
        return False
    if delimiter == BLANKS:
        return names_blank_columns(names, following)
    rows = [cells_of(row, delimiter) for row in following]
    if len(names) == 1:
        rows = [row for row in rows if not number_of(row[0])[1]]
    return not following or any(len(row) == len(names) for row in rows)


def names_blank_columns(names: Sequence[str], following: Sequence[str]) -> bool:
    """Return whether words name the columns of a table whose cells are separated by blanks.

    They name a step and a rate, no word is a number, and a row has numbers in these columns.
    """
    rates = [index for index, name in enumerate(names) if is_rate(name)]
    steps = [index for index, name in enumerate(names) if step_rank(name) is not None]
    if not rates or not steps or any(not name[0].isalpha() for name in names):
        return False
    rows = [row for row in map(str.split, following) if len(row) == len(names)]
    return any(not any(number_of(row[i])[1] for i in (*rates, *steps)) for row in rows)


def read_events(file: BinaryIO, place: str) -> LogRows:
    """Return the scalars of an event file whose tags name a rate, a row per step."""
    scalars, is_whole = read_scalars(file, place)
    rates = {tag: values for tag, values in scalars.items() if is_rate(tag)}
    steps = sorted(set().union(*rates.values()))
    rows = LogRows(format_of("events", ()), ["step", *scalars], broken=int(not is_whole))
    rows.cut_off = not is_whole
    columns = {tag: [values.get(step) for step in steps] for tag, values in rates.items()}
    rows.add({"step": steps, **columns}, len(steps))
    return rows

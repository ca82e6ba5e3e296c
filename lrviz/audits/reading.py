"""From a log file to columns of numbers: one reader for each layout.

Only columns that may hold steps or rates are kept. What a reader leaves out is counted.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from io import SEEK_END, TextIOWrapper
from itertools import islice
from math import nan
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import numpy as np

from lrviz.audits.events import EVENTS, read_scalars
from lrviz.audits.formats import FORMATS, Layout, LogFormat, is_rate, step_rank
from lrviz.audits.json_rows import BLOCK, JsonRows, find_rows
from lrviz.core.errors import SpecError
from lrviz.core.files import FileError, open_file
from lrviz.core.schedule import Array

CHUNK = 20_000
"""Rows that are read at once."""
SAMPLE_ROWS = 200
"""Rows whose keys decide which format a file has."""
HEAD = 20
"""Lines that decide which layout a file has."""
MAX_LOG_BYTES = 400_000_000
MAX_JSON_BYTES = 100_000_000
"""Of a document, which is parsed in one piece."""
MAX_LINE = 1_000_000
"""Characters that are read of each line of the head."""
MAX_COLUMNS, MAX_USEFUL = 10_000, 300
MAX_NUMBERS = 50_000_000
NOT_JSON = (ValueError, RecursionError)
NUMBER = r"([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|nan|inf)"
TEXT_STEP = re.compile(
    r"\b(?:iteration|iter|step|epoch|s(?=:))\b\s*+[:=]?\s*+\[?\s*+(\d+)", re.IGNORECASE
)
"""A counter of steps; `s:10` is that of llm.c."""
TEXT_DONE = re.compile(r"\biteration\s+\d+\s*/\s*\d+\s*\|", re.IGNORECASE)
"""A counter of iterations done, as `iteration 10/ 500 |`."""
BRACKETED = re.compile(r"\[[^\][{}\"]*\]\s*\S")
"""A line of text that begins with a time or a place in brackets."""
TEXT_RATE = re.compile(rf"\b(?:learning[ _]rate|lr)\b\s*+[:=]?\s*+{NUMBER}", re.IGNORECASE)


NameTest = Callable[[str], bool]
"""Tells of a column's name whether it is read beside those of steps and rates."""


class TooMuch(Exception):  # noqa: N818  (its text follows the file's name)
    """A log with more columns or numbers than are held at once."""


@dataclass
class Column:
    """The numbers of a column, NaN where a row has none; `faults` cells hold something else."""

    parts: list[Array] = field(default_factory=list)
    faults: int = 0

    @cached_property
    def numbers(self) -> Array:
        """The numbers of all rows, float64."""
        return np.concatenate(self.parts) if self.parts else np.empty(0)

    def add(self, cells: Sequence[Any] | Array) -> None:
        """Append cells, or numbers as they are."""
        if isinstance(cells, np.ndarray):
            self.parts.append(cells)
            return
        try:
            part = np.fromiter(map(float, cells), np.float64, len(cells))
        except (TypeError, ValueError, OverflowError):  # a cell is empty, or holds something else
            pairs = [number_of(cell) for cell in cells]
            part = np.array([value for value, _ in pairs])
            self.faults += sum(is_fault for _, is_fault in pairs)
        self.parts.append(part)


def number_of(cell: Any) -> tuple[float, bool]:
    """Return a cell as a number, or NaN, and whether it holds something else than one.

    A list, as some programs write the rates of parameter groups, counts by its first number.
    """
    if isinstance(cell, list) and cell and not isinstance(cell[0], list):
        return number_of(cell[0])
    if cell is None or isinstance(cell, bool) or (isinstance(cell, str) and not cell.strip()):
        return nan, isinstance(cell, bool)
    try:
        return float(cell), False
    except (TypeError, ValueError, OverflowError):
        return nan, True


@dataclass
class LogRows:
    """The columns of a log that may hold steps or rates, and what was left out.

    `names` are all columns of the file; `broken` rows could not be read, `cut_off` tells whether
    the last is one of them.
    """

    format: LogFormat
    names: list[str] = field(default_factory=list)
    columns: dict[str, Column] = field(default_factory=dict)
    count: int = 0
    broken: int = 0
    cut_off: bool = False

    def add(self, chunk: Mapping[str, Sequence[Any] | Array], size: int) -> None:
        """Append `size` rows; columns that they do not have are filled with NaN."""
        empty = np.full(size, nan)
        for name in chunk:
            if name not in self.columns:
                self.columns[name] = Column([np.full(self.count, nan)])
        for name, column in self.columns.items():
            if name in chunk:
                column.add(chunk[name])
            else:
                column.parts.append(empty)
        self.count += size
        if self.count * len(self.columns) > MAX_NUMBERS:
            raise TooMuch(f"has more than {MAX_NUMBERS:,} steps and rates")

    def useful(self, selects: NameTest) -> list[str]:
        """Return the names of the columns that may hold steps or rates, or are selected."""
        if len(self.names) > MAX_COLUMNS:
            raise TooMuch(f"has more than {MAX_COLUMNS:,} columns")
        useful = [name for name in self.names if is_useful(name, self.format, selects)]
        if len(useful) > MAX_USEFUL:
            raise TooMuch(f"has more than {MAX_USEFUL:,} columns of steps and rates")
        return useful


def read_rows(path: Path, selects: NameTest) -> LogRows:
    """Return the columns of a log file that may hold steps or rates, and the selected ones.

    Raises SpecError for a file that holds no log, and for one that is too large.
    """
    place = str(path)
    try:
        with open_file(path, MAX_LOG_BYTES) as file:
            if EVENTS in path.name:
                return read_events(file, place)
            return read_text(file, place, selects)
    except UnicodeDecodeError as error:
        message = f"is not UTF-8 text (byte 0x{error.object[error.start]:02x})"
        raise SpecError.of(place, message, "not-text") from None
    except csv.Error as error:
        raise SpecError.of(place, f"is not CSV: {error}", "not-csv") from None
    except TooMuch as error:
        raise SpecError.of(place, str(error), "too-large") from None
    except FileError as error:
        raise SpecError.of(place, str(error), error.id) from None


def one_of_names(names: Iterable[str]) -> NameTest:
    """Return the test whether a column has one of these names, in any case."""
    folded = {name.strip().casefold() for name in names}
    return lambda name: name.strip().casefold() in folded


def is_useful(name: str, own: LogFormat, selects: NameTest) -> bool:
    """Tell whether a column may hold steps or rates, or is selected."""
    name = name.casefold()
    is_own = name in own.steps or name in own.rates
    return is_own or is_rate(name) or step_rank(name) is not None or selects(name)


def read_text(file: BinaryIO, place: str, selects: NameTest) -> LogRows:
    """Return the columns of a text file, by the layout of its first lines."""
    size = file.seek(0, SEEK_END)
    file.seek(0)
    with TextIOWrapper(file, encoding="utf-8-sig", newline="") as text:
        head = "".join(text.readline(MAX_LINE) for _ in range(HEAD))
        if not head.strip():
            raise SpecError.of(place, "is empty", "empty-log")
        text.seek(0)
        layout = layout_of(head, selects)
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
    lines = [line.strip() for line in head.splitlines() if line.strip()]
    first = lines[0]
    if first[0] in "[{" and not BRACKETED.match(first):
        if first[0] == "{" and is_object(first) and (len(lines) > 1 or "[" not in first):
            return "lines"
        return "json"
    names = cells_of(first, delimiter_of(first))
    has_names = any(is_rate(x) or step_rank(x) is not None or selects(x) for x in names)
    return "table" if has_names and not TEXT_RATE.search(first) else "text"


def is_object(line: str) -> bool:
    """Tell whether a line is a JSON object."""
    try:
        return isinstance(json.loads(line), dict)
    except NOT_JSON:
        return False


def delimiter_of(line: str) -> str:
    """Return what separates the cells of a table's first line."""
    return max(("\t", ",", ";"), key=line.count)


def cells_of(line: str, delimiter: str) -> list[str]:
    """Return the cells of a line, without blanks around them."""
    return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]


def format_of(layout: Layout, names: Iterable[str], rows_key: str = "") -> LogFormat:
    """Return the first format of a layout whose keys a file has."""
    present = {name.casefold() for name in names}
    for item in FORMATS:
        if item.layout == layout and item.keys <= present and item.rows_key in ("", rows_key):
            return item
    raise AssertionError(layout)


def read_json_rows(key: str, list_of_rows: JsonRows, place: str, selects: NameTest) -> LogRows:
    """Return the rows in the list under a key; what is no object is counted."""
    rows = LogRows(format_of("json", (), key))
    try:
        for values in list_of_rows.parts():
            objects = [value for value in values if isinstance(value, dict)]
            rows.broken += len(values) - len(objects)
            add_objects(rows, objects, selects)
    except RecursionError:
        raise too_deep(place) from None
    if not list_of_rows.ended:
        if "}" in list_of_rows.text:
            message = f"is not JSON after row {rows.count + rows.broken:,} of {key}"
            raise SpecError.of(place, message, "not-json")
        rows.broken, rows.cut_off = rows.broken + 1, True
    return rows


def too_deep(place: str) -> SpecError:
    """Return the error of a document whose values are nested too deep."""
    return SpecError.of(place, "is nested too deep", "too-deep")


def read_json(text: str, place: str, selects: NameTest) -> LogRows:
    """Return the rows of a JSON document: a list, or the longest list under a key of an object.

    An object of lists of equal length is taken as columns, any other object as a row.
    """
    try:
        data = json.loads(text)
    except RecursionError:
        raise too_deep(place) from None
    except ValueError as error:
        message = f"is not JSON: {error}; of a file that was cut off, only JSON Lines can be read"
        raise SpecError.of(place, message, "not-json") from None
    lists = (
        {name: value for name, value in data.items() if isinstance(value, list)}
        if isinstance(data, dict)
        else {}
    )
    tables = [name for name, value in lists.items() if any(isinstance(x, dict) for x in value)]
    if tables:
        key = max(tables, key=lambda name: len(lists[name]))
        return rows_of(lists[key], key, selects)
    if lists and len({len(value) for value in lists.values()}) == 1:
        rows, size = LogRows(format_of("json", lists), list(lists)), len(next(iter(lists.values())))
        rows.add({name: lists[name] for name in rows.useful(selects)}, size)
        return rows
    return rows_of(data if isinstance(data, list) else [data], "", selects)


def rows_of(items: Sequence[Any], key: str, selects: NameTest) -> LogRows:
    """Return the rows of JSON objects; what is no object is counted."""
    objects = [item for item in items if isinstance(item, dict)]
    rows = LogRows(format_of("json", names_of(objects[:SAMPLE_ROWS]), key))
    rows.broken = len(items) - len(objects)
    for start in range(0, len(objects), CHUNK):
        add_objects(rows, objects[start : start + CHUNK], selects)
    return rows


def read_lines(file: TextIO, selects: NameTest) -> LogRows:
    """Return the rows of JSON Lines; lines that are no object are counted."""
    rows: LogRows | None = None
    while lines := list(islice(file, CHUNK)):
        lines = [line for line in lines if not line.isspace()]
        objects = parse_lines(lines)
        rows = rows or LogRows(format_of("lines", names_of(objects[:SAMPLE_ROWS])))
        rows.broken += len(lines) - len(objects)
        rows.cut_off = bool(lines) and not is_object(lines[-1])
        add_objects(rows, objects, selects)
    return rows or LogRows(format_of("lines", ()))


def parse_lines(lines: Sequence[str]) -> list[dict[str, Any]]:
    """Return the objects of lines."""
    try:
        values = json.loads("[" + ",".join(lines) + "]")
    except NOT_JSON:
        values = []
    if len(values) != len(lines):  # lines that hold none, or several
        values = [parse_line(line) for line in lines]
    return [value for value in values if isinstance(value, dict)]


def parse_line(line: str) -> Any:
    """Return the value of a line of JSON, or None."""
    try:
        return json.loads(line)
    except NOT_JSON:
        return None


def names_of(objects: Iterable[dict[str, Any]]) -> list[str]:
    """Return the keys of objects, in their order."""
    different = dict.fromkeys(map(tuple, objects))
    return list(dict.fromkeys(name for names in different for name in names))


def add_objects(rows: LogRows, objects: Sequence[dict[str, Any]], selects: NameTest) -> None:
    """Append rows of JSON objects."""
    rows.names = list(dict.fromkeys([*rows.names, *names_of(objects)]))
    useful = rows.useful(selects)
    rows.add({name: [item.get(name) for item in objects] for name in useful}, len(objects))


def read_table(file: TextIO, head: str, selects: NameTest) -> LogRows:
    """Return the rows of CSV or TSV; header cells may be padded, rows may have gaps."""
    first = next(line for line in head.splitlines() if line.strip())
    delimiter = delimiter_of(first)
    header: list[str] = []
    while not any(header):
        header = cells_of(next(file), delimiter)
    rows = LogRows(format_of("table", header), header)
    useful = set(rows.useful(selects))
    indices = [i for i, name in enumerate(header) if name in useful]
    while lines := list(islice(file, CHUNK)):
        plain = plain_columns(lines, delimiter, len(header), indices)
        if plain is not None:
            rows.add(
                {header[i]: cells for i, cells in zip(indices, plain, strict=True)}, len(lines)
            )
            rows.cut_off = False
            continue
        chunk = list(csv.reader(lines, delimiter=delimiter, skipinitialspace=True))
        complete = [row for row in chunk if len(row) == len(header)]
        rows.broken += sum(map(bool, chunk)) - len(complete)
        rows.cut_off = bool(chunk[-1]) and len(chunk[-1]) != len(header)
        rows.add({header[i]: [row[i] for row in complete] for i in indices}, len(complete))
    return rows


def plain_columns(
    lines: Sequence[str], delimiter: str, count: int, indices: Sequence[int]
) -> Array | None:
    """Return the columns `kept` of lines, fast; None where not all of their cells are numbers.

    A line of a single column may be blank, which has no number, either.
    """
    if not indices or count == 1 or {line.count(delimiter) for line in lines} != {count - 1}:
        return None
    try:
        table = np.loadtxt(lines, delimiter=delimiter, usecols=indices, comments=None, ndmin=2)
    except ValueError:  # a cell is empty, quoted, or holds something else
        return None
    return np.asarray(table.T) if len(table) == len(lines) else None


def read_words(file: TextIO) -> LogRows:
    """Return the rows of a text log: the lines that hold a step and a rate."""
    rows = LogRows(format_of("text", ()), ["step", "lr"])
    while lines := list(islice(file, CHUNK)):
        pairs = [(TEXT_STEP.search(line), TEXT_RATE.search(line)) for line in lines]
        cells = [(step[1], rate[1]) for step, rate in pairs if step and rate]
        rows.add({"step": [s for s, _ in cells], "lr": [r for _, r in cells]}, len(cells))
        if any(step and rate and TEXT_DONE.search(step.string) for step, rate in pairs):
            rows.format = format_of("text", ("step",))
    return rows


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

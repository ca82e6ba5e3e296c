"""From a log file to columns of numbers: one reader for each layout.

Only columns that may hold steps or rates are kept. What a reader leaves out is counted.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from math import nan
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from lrviz.audits.events import EVENTS, read_scalars
from lrviz.audits.formats import FORMATS, Layout, LogFormat, is_rate, step_rank
from lrviz.core.errors import SpecError
from lrviz.core.schedule import Array

CHUNK = 20_000
"""Rows that are read at once."""
SAMPLE_ROWS = 200
"""Rows whose keys decide which format a file has."""
MOST_JSON_BYTES = 400_000_000
NUMBER = r"([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|nan|inf)"
TEXT_STEP = re.compile(r"\b(?:iteration|iter|step|epoch)\b\s*[:=]?\s*\[?\s*(\d+)", re.IGNORECASE)
TEXT_DONE = re.compile(r"\biteration\s+\d+\s*/\s*\d+\s*\|", re.IGNORECASE)
"""A counter of iterations done, as `iteration 10/ 500 |`."""
TEXT_RATE = re.compile(rf"\b(?:learning[ _]rate|lr)\b\s*[:=]?\s*{NUMBER}", re.IGNORECASE)


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
        except (TypeError, ValueError):  # a cell is empty, or holds something else
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
    except (TypeError, ValueError):
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


def read_rows(path: Path, wanted: Sequence[str] = ()) -> LogRows:
    """Return the columns of a log file that may hold steps or rates, and the wanted ones.

    Raises SpecError for a file that holds no log.
    """
    place = str(path)
    try:
        if EVENTS in path.name:
            return read_events(path.read_bytes(), place)
        with path.open(encoding="utf-8-sig", newline="") as file:
            return read_text(file, place, path.stat().st_size, folded(wanted))
    except UnicodeDecodeError as error:
        message = f"is not UTF-8 text (byte 0x{error.object[error.start]:02x})"
        raise SpecError.of(place, message, "not-text") from None
    except csv.Error as error:
        raise SpecError.of(place, f"is not CSV: {error}", "not-csv") from None
    except (FileNotFoundError, IsADirectoryError) as error:
        raise SpecError.of(place, f"cannot be read: {error.strerror}", "no-file") from None
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        raise SpecError.of(place, message, "unreadable-file") from None


def folded(names: Iterable[str]) -> frozenset[str]:
    """Return names as they are compared."""
    return frozenset(name.strip().casefold() for name in names)


def is_useful(name: str, own: LogFormat, wanted: frozenset[str]) -> bool:
    """Tell whether a column may hold steps or rates."""
    name = name.casefold()
    own_names = (*own.steps, *own.rates, *wanted)
    return is_rate(name) or step_rank(name) is not None or name in own_names


def read_text(file: TextIO, place: str, size: int, wanted: frozenset[str]) -> LogRows:
    """Return the columns of a text file, by the layout of its first lines."""
    head = "".join(islice(file, 20))
    if not head.strip():
        raise SpecError.of(place, "is empty", "empty-log")
    file.seek(0)
    layout = layout_of(head, wanted)
    if layout == "json":
        if size > MOST_JSON_BYTES:
            message = f"is a JSON document of more than {MOST_JSON_BYTES // 1_000_000} MB"
            raise SpecError.of(place, f"{message}; write it as JSON Lines", "unreadable-file")
        return read_json(file.read(), place, wanted)
    if layout == "lines":
        return read_lines(file, wanted)
    if layout == "table":
        return read_table(file, head, wanted)
    return read_words(file)


def layout_of(head: str, wanted: frozenset[str]) -> Layout:
    """Return how the rows of a file are laid out, from its first lines."""
    lines = [line.strip() for line in head.splitlines() if line.strip()]
    first = lines[0]
    if first[0] in "[{":
        if first[0] == "{" and is_object(first) and (len(lines) > 1 or "[" not in first):
            return "lines"
        return "json"
    names = cells_of(first, delimiter_of(first))
    named = any(is_rate(name) or step_rank(name) is not None for name in names)
    named = named or bool(folded(names) & wanted)
    return "table" if named and not TEXT_RATE.search(first) else "text"


def is_object(line: str) -> bool:
    """Tell whether a line is a JSON object."""
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
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


def read_json(text: str, place: str, wanted: frozenset[str]) -> LogRows:
    """Return the rows of a JSON document: a list, or the longest list under a key of an object.

    An object of lists of equal length is taken as columns, any other object as a row.
    """
    try:
        data = json.loads(text)
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
        return rows_of(lists[key], key, wanted)
    if lists and len({len(value) for value in lists.values()}) == 1:
        rows = LogRows(format_of("json", lists), list(lists))
        kept = [name for name in lists if is_useful(name, rows.format, wanted)]
        rows.add({name: lists[name] for name in kept}, len(next(iter(lists.values()))))
        return rows
    return rows_of(data if isinstance(data, list) else [data], "", wanted)


def rows_of(items: Sequence[Any], key: str, wanted: frozenset[str]) -> LogRows:
    """Return the rows of JSON objects; what is no object is counted."""
    objects = [item for item in items if isinstance(item, dict)]
    rows = LogRows(format_of("json", names_of(objects[:SAMPLE_ROWS]), key))
    rows.broken = len(items) - len(objects)
    for start in range(0, len(objects), CHUNK):
        add_objects(rows, objects[start : start + CHUNK], wanted)
    return rows


def read_lines(file: TextIO, wanted: frozenset[str]) -> LogRows:
    """Return the rows of JSON Lines; lines that are no object are counted."""
    rows: LogRows | None = None
    while lines := list(islice(file, CHUNK)):
        lines = [line for line in lines if not line.isspace()]
        objects = parse_lines(lines)
        rows = rows or LogRows(format_of("lines", names_of(objects[:SAMPLE_ROWS])))
        rows.broken += len(lines) - len(objects)
        rows.cut_off = bool(lines) and not is_object(lines[-1])
        add_objects(rows, objects, wanted)
    return rows or LogRows(format_of("lines", ()))


def parse_lines(lines: Sequence[str]) -> list[dict[str, Any]]:
    """Return the objects of lines."""
    try:
        values = json.loads("[" + ",".join(lines) + "]")
    except ValueError:
        values = [parse_line(line) for line in lines]
    return [value for value in values if isinstance(value, dict)]


def parse_line(line: str) -> Any:
    """Return the value of a line of JSON, or None."""
    try:
        return json.loads(line)
    except ValueError:
        return None


def names_of(objects: Iterable[dict[str, Any]]) -> list[str]:
    """Return the keys of objects, in their order."""
    different = dict.fromkeys(map(tuple, objects))
    return list(dict.fromkeys(name for names in different for name in names))


def add_objects(rows: LogRows, objects: Sequence[dict[str, Any]], wanted: frozenset[str]) -> None:
    """Append rows of JSON objects."""
    rows.names += [name for name in names_of(objects) if name not in rows.names]
    kept = [name for name in rows.names if is_useful(name, rows.format, wanted)]
    rows.add({name: [item.get(name) for item in objects] for name in kept}, len(objects))


def read_table(file: TextIO, head: str, wanted: frozenset[str]) -> LogRows:
    """Return the rows of CSV or TSV; header cells may be padded, rows may have gaps."""
    first = next(line for line in head.splitlines() if line.strip())
    delimiter = delimiter_of(first)
    header: list[str] = []
    while not any(header):
        header = cells_of(next(file), delimiter)
    rows = LogRows(format_of("table", header), header)
    kept = [i for i, name in enumerate(header) if is_useful(name, rows.format, wanted)]
    while lines := list(islice(file, CHUNK)):
        plain = plain_columns(lines, delimiter, len(header), kept)
        if plain is not None:
            rows.add({header[i]: cells for i, cells in zip(kept, plain, strict=True)}, len(lines))
            rows.cut_off = False
            continue
        chunk = list(csv.reader(lines, delimiter=delimiter, skipinitialspace=True))
        complete = [row for row in chunk if len(row) == len(header)]
        rows.broken += sum(map(bool, chunk)) - len(complete)
        rows.cut_off = bool(chunk[-1]) and len(chunk[-1]) != len(header)
        rows.add({header[i]: [row[i] for row in complete] for i in kept}, len(complete))
    return rows


def plain_columns(
    lines: Sequence[str], delimiter: str, count: int, kept: Sequence[int]
) -> Array | None:
    """Return the columns `kept` of lines, fast; None where not all of their cells are numbers."""
    if not kept or any(line.count(delimiter) != count - 1 for line in lines):
        return None
    try:
        table = np.loadtxt(lines, delimiter=delimiter, usecols=kept, comments=None, ndmin=2)
    except ValueError:  # a cell is empty, quoted, or holds something else
        return None
    return np.asarray(table.T) if len(table) == len(lines) else None


def read_words(file: TextIO) -> LogRows:
    """Return the rows of a text log: the lines that hold a step and a rate."""
    steps: list[str] = []
    rates: list[str] = []
    counted = False
    for line in file:
        step, rate = TEXT_STEP.search(line), TEXT_RATE.search(line)
        if step and rate:
            steps.append(step[1])
            rates.append(rate[1])
            counted = counted or bool(TEXT_DONE.search(line))
    rows = LogRows(format_of("text", ("step",) if counted else ()), ["step", "lr"])
    rows.add({"step": steps, "lr": rates}, len(steps))
    return rows


def read_events(content: bytes, place: str) -> LogRows:
    """Return the scalars of an event file whose tags name a rate, a row per step."""
    scalars, is_whole = read_scalars(content, place)
    rates = {tag: values for tag, values in scalars.items() if is_rate(tag)}
    steps = sorted(set().union(*rates.values()))
    rows = LogRows(format_of("events", ()), ["step", *scalars], broken=int(not is_whole))
    rows.cut_off = not is_whole
    columns = {tag: [values.get(step) for step in steps] for tag, values in rates.items()}
    rows.add({"step": steps, **columns}, len(steps))
    return rows

"""Logs in JSON: a document of rows or of columns, and JSON Lines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TextIO

from lrviz.audits.formats import format_of, is_rate
from lrviz.audits.json_rows import JsonRows
from lrviz.audits.log_rows import CHUNK, MAX_USEFUL, SAMPLE_ROWS, LogRows, NameTest, TooMuch
from lrviz.core.errors import SpecError
from lrviz.core.exported import exported_columns

NOT_JSON = (ValueError, RecursionError)


def is_object(line: str) -> bool:
    """Return whether a line is a JSON object."""
    try:
        return isinstance(json.loads(line), dict)
    except NOT_JSON:
        return False


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

    An object of lists of equal length is taken as columns, any other object as a row. An export of
    lrviz has the columns of its CSV.
    """
    try:
        data = json.loads(text)
    except RecursionError:
        raise too_deep(place) from None
    except ValueError as error:
        message = f"is not JSON: {error}; of a file that was cut off, only JSON Lines can be read"
        raise SpecError.of(place, message, "not-json") from None
    if exported := exported_columns(data):
        return columns_of(LogRows(format_of("table", exported), list(exported)), exported, selects)
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
        return columns_of(LogRows(format_of("json", lists), list(lists)), lists, selects)
    return rows_of(data if isinstance(data, list) else [data], "", selects)


def columns_of(rows: LogRows, columns: Mapping[str, Sequence[Any]], selects: NameTest) -> LogRows:
    """Return the rows of columns of one length."""
    size = len(next(iter(columns.values())))
    rows.add({name: columns[name] for name in rows.useful(selects)}, size)
    return rows


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
    cells = {name: [item.get(name) for item in objects] for name in useful}
    rows.add({**cells, **dict(further_rates(cells))}, len(objects))


def further_rates(columns: Mapping[str, Sequence[Any]]) -> Iterator[tuple[str, list[Any]]]:
    """Yield the rates after the first one of cells that are lists, each place as a column."""
    for name, cells in columns.items():
        if not is_rate(name) or not any(type(cell) is list for cell in cells):
            continue
        lists = [cell if type(cell) is list else [] for cell in cells]
        longest = max(map(len, lists))
        if longest > MAX_USEFUL:
            raise TooMuch(f"has more than {MAX_USEFUL:,} columns of steps and rates")
        for place in range(1, longest):
            yield f"{name}[{place}]", [(cell[place:] or [None])[0] for cell in lists]

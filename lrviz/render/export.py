"""The sampled rates as CSV or JSON, as pieces of text that a writer can stream."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator

import numpy as np

from lrviz.core.schedule import CHUNK, Array
from lrviz.curves.table import Table

NOTHING = np.empty(0)


def wide(table: Table) -> Iterator[str]:
    """Yield CSV with a `step` column and a column per curve; shorter curves leave cells empty."""
    steps = table.steps
    yield row(["step", *(column.label for column in table.columns)])
    streams = [column.pieces() for column in table.columns]
    for start in range(0, len(steps), CHUNK):
        piece = steps[start : start + CHUNK]
        cells = [texts(next(stream, NOTHING), len(piece)) for stream in streams]
        yield "\n".join(map(",".join, zip(map(str, piece), *cells, strict=True))) + "\n"


def long(table: Table) -> Iterator[str]:
    """Yield CSV with a row `label,step,lr` for each rate."""
    yield "label,step,lr\n"
    for column in table.columns:
        label = row([column.label]).rstrip("\n")
        for start, rates in zip(range(0, len(column.steps), CHUNK), column.pieces(), strict=True):
            pairs = zip(column.steps[start : start + CHUNK], texts(rates, len(rates)), strict=True)
            yield "".join(f"{label},{step},{rate}\n" for step, rate in pairs)


def texts(rates: Array, count: int) -> list[str]:
    """Return rates as text that reads back to the same float64, and empty cells up to `count`."""
    found = list(map(repr, rates.tolist()))
    return found + [""] * (count - len(found))


def row(cells: list[str]) -> str:
    """Return one CSV row with quotes where they are needed."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()


def as_json(table: Table) -> Iterator[str]:
    """Yield the JSON text: `curves` with label, schedule, params, step and lr each."""
    yield '{"curves": ['
    for index, column in enumerate(table.columns):
        spec = column.curve.schedule.spec()
        told = {"label": column.label, "schedule": spec.pop("schedule"), "params": spec}
        yield (", " if index else "") + json.dumps(told, ensure_ascii=False)[:-1]
        yield f', "step": {json.dumps(list(column.steps))}, "lr": ['
        for piece, rates in enumerate(column.pieces()):
            numbers = (repr(rate) if math.isfinite(rate) else "null" for rate in rates.tolist())
            yield (", " if piece else "") + ", ".join(numbers)
        yield "]}"
    yield "]}\n"

"""The sampled rates as CSV, TSV, JSON or NPZ; texts in pieces that a writer can stream."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator
from typing import Literal

import numpy as np

from lrviz.core.finite import all_finite
from lrviz.core.schedule import CHUNK, Array
from lrviz.curves.column import Column
from lrviz.curves.table import Table

FORMULA = ("=", "+", "-", "@")
"""How a cell begins that a spreadsheet computes."""
EMPTY = np.empty(0)
SAMPLE = 70
"""How many rates at a place of a curve tell how long their texts are."""
Layout = Literal["wide", "long", "json"]


def wide(table: Table, delimiter: str = ",") -> Iterator[str]:
    """Yield text with a `step` column and a column per curve; shorter curves leave cells empty."""
    steps = table.steps
    yield row(["step", *(column.label for column in table.columns)], delimiter)
    streams = [column.pieces() for column in table.columns]
    for start in range(0, len(steps), CHUNK):
        piece = steps[start : start + CHUNK]
        cells = [rate_cells(next(stream, EMPTY), len(piece)) for stream in streams]
        lines = map(delimiter.join, zip(map(str, piece), *cells, strict=True))
        yield "\n".join(lines) + "\n"


def long(table: Table, delimiter: str = ",") -> Iterator[str]:
    """Yield text with a row of label, step and lr for each rate."""
    yield row(["label", "step", "lr"], delimiter)
    for column in table.columns:
        label = row([column.label], delimiter).rstrip("\n")
        for start, rates in zip(range(0, len(column.steps), CHUNK), column.pieces(), strict=True):
            steps = map(str, column.steps[start : start + CHUNK])
            pairs = zip(steps, rate_cells(rates, len(rates)), strict=True)
            lines = (delimiter.join((label, step, rate)) for step, rate in pairs)
            yield "\n".join(lines) + "\n"


def text_size(table: Table, layout: Layout) -> int:
    """Return about how many bytes of text the rates of a table are, from a sample of them."""
    between = 2 if layout == "json" else 1
    count = len(table.steps)
    step = len(str(table.steps[-1])) + between if count else 0
    size = count * step if layout == "wide" else 0
    for column in table.columns:
        label = len(column.label.encode()) + 1 if layout == "long" else 0
        own_step = 0 if layout == "wide" else step
        size += len(column.steps) * (mean_length(column) + between + label + own_step)
    return size


def mean_length(column: Column) -> int:
    """Return the mean length of a rate's text, from samples at the start, middle and end."""
    count = len(column.steps)
    starts = {0, max(count // 2 - SAMPLE, 0), max(count - SAMPLE, 0)}
    cells: list[str] = []
    for start in starts:
        piece = slice(start, start + SAMPLE)
        rates = (
            column.rates[piece] if len(column.rates) else column.curve.sample(column.steps[piece])
        )
        cells += rate_cells(rates, len(rates))
    return round(sum(map(len, cells)) / max(len(cells), 1))


def is_formula(label: str) -> bool:
    """Return whether a spreadsheet would compute a label instead of showing it."""
    return label.startswith(FORMULA)


def quoted(label: str) -> str:
    """Return a label as a spreadsheet shows it: a formula after an apostrophe."""
    return f"'{label}" if is_formula(label) else label


def rate_cells(rates: Array, count: int) -> list[str]:
    """Return rates as text that reads back to the same float64, and empty cells up to `count`.

    A rate that is no finite number has an empty cell, as it is null in JSON.
    """
    cells = list(map(repr, rates.tolist()))
    if not all_finite(rates):
        cells = [cell if math.isfinite(float(cell)) else "" for cell in cells]
    return cells + [""] * (count - len(cells))


def row(cells: list[str], delimiter: str = ",") -> str:
    """Return a row, with quotes where they are needed."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", delimiter=delimiter).writerow(cells)
    return out.getvalue()


def as_json(table: Table) -> Iterator[str]:
    """Yield the JSON text: `curves` with label, schedule, params, step and lr of each."""
    yield '{"curves": ['
    for index, column in enumerate(table.columns):
        spec = column.curve.schedule.spec()
        head = {"label": column.label, "schedule": spec.pop("schedule"), "params": spec}
        yield (", " if index else "") + json.dumps(head, ensure_ascii=False)[:-1]
        yield f', "step": {json.dumps(list(column.steps))}, "lr": ['
        for number, rates in enumerate(column.pieces()):
            texts = (repr(rate) if math.isfinite(rate) else "null" for rate in rates.tolist())
            yield (", " if number else "") + ", ".join(texts)
        yield "]}"
    yield "]}\n"


def as_npz(table: Table) -> bytes:
    """Return a numpy archive: `step` (steps), `labels` (curves) and `lr` (curves, steps), float64.

    A curve that ends before the others has NaN after its end.
    """
    steps = table.steps
    rates = np.full((len(table.columns), len(steps)), np.nan)
    for index, column in enumerate(table.columns):
        start = 0
        for piece in column.pieces():
            rates[index, start : start + len(piece)] = piece
            start += len(piece)
    out = io.BytesIO()
    labels = np.array([column.label for column in table.columns])
    np.savez_compressed(
        out, step=np.arange(steps.start, steps.stop, steps.step), labels=labels, lr=rates
    )
    return out.getvalue()

"""The comparison as a table: each curve's facts, and how it differs from the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from lrviz.core.numbers import short
from lrviz.curves.facts import difference, facts
from lrviz.curves.table import Column, Table
from lrviz.render.colours import TERMINAL_COLOURS, line_styles
from lrviz.render.glyphs import Glyphs
from lrviz.render.scale import limits
from lrviz.render.terminal import sparkline

HEADINGS = ("peak", "at", "last", "area", "differs", "most by", "at", "area ratio")
SPARK_CELLS = (10, 32)
WIDEST_LABEL = 44
GAP = 2


@dataclass(frozen=True)
class Row:
    """A curve's line: its label, sparkline, and the cells under the headings."""

    label: str
    spark: str
    cells: tuple[str, ...]
    colour: str


def comparison(table: Table, width: int, glyphs: Glyphs) -> list[Text]:
    """Return the lines of the comparison: a table, or where it is too wide a card per curve."""
    if len(table.columns) == 1:
        return []
    cells = [cells_of(column, table.columns[0]) for column in table.columns]
    widths = [max(map(len, each)) for each in zip(HEADINGS, *cells, strict=True)]
    numbers = sum(widths) + GAP * len(widths)
    label = min(max(cell_len(column.label) for column in table.columns), WIDEST_LABEL)
    room = width - numbers - label - GAP
    narrow = room < SPARK_CELLS[0]
    room = width - label - GAP if narrow else room
    sparks = min(max(room, SPARK_CELLS[0]), SPARK_CELLS[1])
    low, high = limits([column.rates for column in table.columns])
    low = min(low, 0.0)
    chosen = line_styles([column.label for column in table.columns])
    rows = [
        Row(
            column.label,
            spark_in_time(column, table, sparks, (low, high), glyphs),
            told,
            TERMINAL_COLOURS[slot.colour],
        )
        for column, told, slot in zip(table.columns, cells, chosen, strict=True)
    ]
    told = [f"sparklines {short(low)} to {short(high)}", "differences are from the first curve"]
    scale = [Text("; ".join(told))] if width >= 60 else [Text(line) for line in told]
    if not narrow:
        return [*lined(rows, label, sparks, widths), *scale]
    return [*(stacked(rows, label, widths) if numbers <= width else cards(rows)), *scale]


def cells_of(column: Column, first: Column) -> tuple[str, ...]:
    """Return a curve's cells as text; the first curve has no differences."""
    found = facts(column)
    own = (short(found.peak), str(found.peak_step), short(found.last), short(found.area))
    if column is first:
        return (*own, "-", "-", "-", "1")
    apart = difference(column, first)
    if apart.first_step is None:
        return (*own, "same", "0", "-", "1")
    ratio = short(apart.area_ratio) if isfinite(apart.area_ratio) else "-"
    largest = ("+" if apart.largest > 0 else "") + short(apart.largest)
    return (*own, str(apart.first_step), largest, str(apart.largest_step), ratio)


def spark_in_time(
    column: Column, table: Table, cells: int, ends: tuple[float, float], glyphs: Glyphs
) -> str:
    """Return a curve's sparkline on the table's time axis; a shorter curve ends sooner."""
    share = len(column.steps) / len(table.steps)
    return sparkline(column.rates, max(round(cells * share), 1), *ends, glyphs).ljust(cells)


def lined(rows: Sequence[Row], label: int, sparks: int, widths: Sequence[int]) -> list[Text]:
    """Return the table's lines."""
    head = "curve".ljust(label + GAP + sparks)
    lines = [Text(head + aligned(HEADINGS, widths), "bold")]
    return lines + [named(row, label).append(aligned(row.cells, widths)) for row in rows]


def stacked(rows: Sequence[Row], label: int, widths: Sequence[int]) -> list[Text]:
    """Return the table's lines with each curve's numbers below its name."""
    lines = [Text(aligned(HEADINGS, widths), "bold")]
    for row in rows:
        lines += [named(row, label), Text(aligned(row.cells, widths))]
    return lines


def aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Return cells to the right of their columns."""
    pairs = zip(cells, widths, strict=True)
    return "".join(" " * GAP + text.rjust(size) for text, size in pairs)


def named(row: Row, label: int) -> Text:
    """Return a row's label and sparkline."""
    text = set_cell_size(row.label, label) if cell_len(row.label) <= label else cut(row, label)
    return Text().append(text + " " * GAP, row.colour).append(row.spark, row.colour)


def cut(row: Row, label: int) -> str:
    """Return a label shortened in its middle."""
    head = (label - 3) // 2
    return set_cell_size(row.label[:head] + "..." + row.label[-(label - 3 - head) :], label)


def cards(rows: Sequence[Row]) -> list[Text]:
    """Return a few short lines per curve, for a narrow terminal."""
    lines = []
    for row in rows:
        peak, at, last, area, first, largest, where, ratio = row.cells
        lines.append(Text(row.label, row.colour))
        lines.append(Text("  ").append(row.spark.rstrip(), row.colour))
        lines.append(Text(f"  peak {peak} at {at}, last {last}"))
        lines.append(Text(f"  area {area}, ratio {ratio}"))
        if first == "same":
            lines.append(Text("  same as the first"))
        elif first != "-":
            lines.append(Text(f"  differs from {first}, most at {where}: {largest}"))
    return lines

"""The comparison as a table: each curve's facts, and how it differs from the baseline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from lrviz.curves.column import Column
from lrviz.curves.curve import SHARE
from lrviz.curves.facts import Difference, differences, facts
from lrviz.curves.figure_settings import FigureSettings
from lrviz.curves.table import Table
from lrviz.curves.units import TOKENS, AxisUnit
from lrviz.render.colours import curve_styles
from lrviz.render.glyphs import Glyphs
from lrviz.render.labels import shared_words
from lrviz.render.scale import limits
from lrviz.render.screen import Screen
from lrviz.render.summary import near_zero
from lrviz.render.terminal import sparkline
from lrviz.render.ticks import change_text, rate_text, unit_text
from lrviz.render.wrapping import wrapped

MAX_IN_CHART = 12
"""More curves than these have no chart in the terminal."""
ROW_WIDTH = 72
"""From so many columns on, each curve has one row."""
SPARK_CELLS = (6, 32)
LABEL_CELLS = (14, 44)
GAP = 2
PLACES = {
    SHARE: "equal shares of the runs",
    "epoch": "the epochs that both curves have",
    TOKENS: "the tokens that both curves have",
}
"""Where curves are compared on an axis whose unit is not as many steps in each of them."""
PRIORITY = (4, 5, 0, 2, 6, 7, 3, 1)
"""The cells, the most important ones first, for tables where not all fit."""
BEFORE_SPARKLINE = PRIORITY[:5]
"""The cells that a row has even where it then has no sparkline."""


@dataclass(frozen=True)
class Row:
    """A curve's line: its label, sparkline, and the cells under the headings."""

    label: str
    spark: str
    cells: tuple[str, ...]
    colour: str


def headings(axis: str) -> tuple[str, ...]:
    """Return the headings of the cells; `axis` is what a step is called."""
    return ("peak", f"at {axis}", "last", "area", "differs at", "most by", "at", "area ratio")


def comparison_report(
    table: Table, baseline: int, settings: FigureSettings, screen: Screen
) -> Iterator[Text]:
    """Yield the chart of the curves, where they are not too many for one, and their comparison."""
    if len(table.columns) <= MAX_IN_CHART:
        yield from screen.chart(table, settings)
        yield Text("")
    else:
        yield Text(f"{len(table.columns)} curves: too many for a chart in the terminal")
    yield from comparison_lines(table, screen.width, screen.glyphs, baseline)


def comparison_lines(table: Table, width: int, glyphs: Glyphs, baseline: int = 0) -> list[Text]:
    """Return the lines of the comparison: a row per curve, or a card where rows are too wide.

    Differences are from the curve with index `baseline`.
    """
    if len(table.columns) == 1:
        return []
    base = table.columns[baseline]
    shared, labels = shared_words([column.curve for column in table.columns])
    cells = [
        cells_of(column, None if column is base else item, table.unit)
        for column, item in zip(table.columns, differences(table, baseline), strict=True)
    ]
    heads = headings(table.unit.name)
    label, spark, columns = layout(labels, heads, cells, width)
    low, high = limits([column.rates for column in table.columns])
    ends = (min(low, 0.0), high)
    styles = curve_styles([column.curve for column in table.columns])
    rows = [
        Row(name, spark_in_time(column, table, spark, ends, glyphs), texts, style.terminal)
        for name, column, texts, style in zip(labels, table.columns, cells, styles, strict=True)
    ]
    if columns:
        lines = aligned_rows(rows, (shared or "curve", *heads), label, spark, columns)
    else:
        lines = [Text(text, "bold") for text in wrapped(shared, width)]
        lines += cards(rows, table.unit.name, width)
    return [*lines, *map(Text, wrapped(legend_text(table, base, ends, spark), width))]


def legend_text(table: Table, base: Column, ends: tuple[float, float], spark: int) -> str:
    """Return what the table says below its rows: the sparklines' scale, and what is compared.

    `spark` is the width of the sparklines.
    """
    scale = f"sparklines {rate_text(ends[0])} to {rate_text(ends[1])}; " if spark else ""
    text = f"{scale}differences are from "
    text += "the first curve" if base is table.columns[0] else base.label
    if table.is_stretched:
        text += f", at {PLACES[table.unit.name]}, with area ratios of the mean rates there"
    elif not all(table.counts_alike(column, base) for column in table.columns):
        text += f", of curves that count {base.curve.axis}s"
    elif len({column.steps for column in table.columns}) > 1:
        text += f", over the {table.axis}s that both curves have"
    return text


def layout(
    labels: Sequence[str], heads: Sequence[str], cells: Sequence[Sequence[str]], width: int
) -> tuple[int, int, list[int]]:
    """Return the widths of labels and sparklines, and which cells a row has.

    A table that is too narrow for rows has no cells; a row may have no sparkline. A label that is
    wider than its column is wrapped.
    """
    widest = max(map(cell_len, labels))
    if width < ROW_WIDTH:
        return widest, min(max(width - GAP, SPARK_CELLS[0]), SPARK_CELLS[1]), []
    sizes = [max(map(len, texts)) + GAP for texts in zip(heads, *cells, strict=True)]
    label = min(max(widest, LABEL_CELLS[0]), max(width // 3, LABEL_CELLS[0]), LABEL_CELLS[1])
    label = min(label, max(widest, len("curve")))
    room = width - sum(sizes[index] for index in BEFORE_SPARKLINE)
    least = GAP + SPARK_CELLS[0]
    if room - least < min(label, LABEL_CELLS[0]):
        least = 0
    label = min(label, max(room - least, LABEL_CELLS[0]))
    room = width - label - least
    columns: list[int] = []
    for index in PRIORITY:
        if sizes[index] <= room:
            room -= sizes[index]
            columns.append(index)
    more = min(room, widest - label)
    label, room = label + max(more, 0), room - max(more, 0)
    spark = min(least - GAP + room, SPARK_CELLS[1]) if least else 0
    return label, spark, sorted(columns)


def cells_of(column: Column, other: Difference | None, unit: AxisUnit) -> tuple[str, ...]:
    """Return a curve's cells as text, with how it differs from the baseline: None for itself."""
    values = facts(column)
    own = (
        rate_text(values.peak),
        unit_text(column.position_of(values.peak_step), unit),
        near_zero(values.last, values.peak),
        rate_text(values.area),
    )
    if other is None:
        return (*own, "-", "-", "-", "1")
    if not other.steps:
        return (*own, "-", "-", "-", "-")
    if other.first_step is None or other.largest_step is None:
        return (*own, "same", "0", "-", "1")
    ratio = rate_text(other.area_ratio) if isfinite(other.area_ratio) else "-"
    first, at = (
        unit_text(column.position_of(step), unit) for step in (other.first_step, other.largest_step)
    )
    return (*own, first, change_text(other.largest), at, ratio)


def spark_in_time(
    column: Column, table: Table, cells: int, ends: tuple[float, float], glyphs: Glyphs
) -> str:
    """Return a curve's sparkline on the table's time axis; a shorter curve ends sooner."""
    if not cells:
        return ""
    share = column.length / max(other.length for other in table.columns)
    return sparkline(column.rates, max(round(cells * share), 1), *ends, glyphs)


def aligned_rows(
    rows: Sequence[Row], heads: Sequence[str], label: int, spark: int, columns: Sequence[int]
) -> list[Text]:
    """Return the headings and a row per curve, the cells to the right of their columns.

    The first of `heads` is the labels' heading. The cells are beside the first line of a label, and
    beside the last line of that heading.
    """
    name, *heads = heads
    sizes = [max(len(heads[i]), *(len(row.cells[i]) for row in rows)) for i in columns]
    lead = label + GAP + spark if spark else label
    *above, last = wrapped(name, lead) or [""]
    titles = cells_text([heads[i] for i in columns], sizes)
    lines = [Text(text, "bold") for text in (*above, set_cell_size(last, lead) + titles)]
    for row in rows:
        first, *below = wrapped(row.label, label, " " * GAP) or [""]
        name = set_cell_size(first, label) + " " * GAP + row.spark if spark else first
        cells = cells_text([row.cells[i] for i in columns], sizes)
        lines.append(Text().append(set_cell_size(name, lead), row.colour).append(cells))
        lines += [Text(text, row.colour) for text in below]
    return lines


def cells_text(cells: Sequence[str], sizes: Sequence[int]) -> str:
    """Return cells to the right of their columns."""
    return "".join(" " * GAP + text.rjust(size) for text, size in zip(cells, sizes, strict=True))


def cards(rows: Sequence[Row], axis: str, width: int) -> list[Text]:
    """Return a few short lines per curve, for a narrow terminal."""
    lines = []
    for row in rows:
        peak, at, last, area, first, largest, where, ratio = row.cells
        facts_line = f"peak {peak} at {axis} {at}, last {last}, area {area}, ratio {ratio}"
        if first == "same":
            facts_line += ", same as the first"
        elif first != "-":
            facts_line += f"; differs from {axis} {first}, most at {where}: {largest}"
        lines += [Text(text, row.colour) for text in wrapped(row.label, width)]
        lines.append(Text("  ").append(row.spark, row.colour))
        lines += [Text("  " + text) for text in wrapped(facts_line, width - 2)]
    return lines

"""Measurements as lines of text: the facts of each curve, its segments, and its rates at steps."""

from __future__ import annotations

from math import isfinite

from rich.text import Text

from lrviz.core.text import format_count, format_exact
from lrviz.curves.measurement import Comparison, Measurement
from lrviz.curves.units import axis_unit
from lrviz.render.grid import grid
from lrviz.render.summary import near_zero
from lrviz.render.ticks import change_text, place_text, rate_text, unit_text

SEGMENT_HEADINGS = ("segment", "from", "to", "share", "first rate", "last rate")
DIFFERENCE_HEADINGS = ("first at", "most by", "at", "area ratio", "over")
MAX_SEGMENTS = 20


def measurement_lines(measurement: Measurement, width: int) -> list[Text]:
    """Return a curve's rates at the steps that were asked for, else its facts and segments."""
    return rates(measurement) if measurement.at else report(measurement, width)


def differences(comparison: Comparison, width: int) -> list[Text]:
    """Return the table of how each curve differs from the first."""
    table = comparison.table
    heading = f"against {table.columns[0].label}"
    rows = []
    for column, item in [*zip(table.columns, comparison.differences, strict=True)][1:]:
        ends = ("same", "0", "-") if item.steps else ("-", "-", "-")
        if item.first_step is not None and item.largest_step is not None:
            first = unit_text(item.first_step, table.unit)
            largest = unit_text(item.largest_step, table.unit)
            ends = (first, change_text(item.largest), largest)
        ratio = rate_text(item.area_ratio) if isfinite(item.area_ratio) else "-"
        places = format_count(item.steps, column.curve.axis) if item.steps else "-"
        rows.append([column.label, *ends, ratio, places])
    return grid((heading, *DIFFERENCE_HEADINGS), rows, [""] * len(rows), width)


def rates(measurement: Measurement) -> list[Text]:
    """Return the lines of one curve: its call, and its rates at the steps that were asked for."""
    places = [f"{measurement.axis} {step:,}" for step in measurement.at]
    width = max(map(len, places))
    values = map(format_exact, measurement.at.values())
    return [
        heading(measurement),
        *(
            Text(f"  {place.ljust(width)}  {value}")
            for place, value in zip(places, values, strict=True)
        ),
    ]


def heading(measurement: Measurement) -> Text:
    """Return a curve's label and call."""
    return Text(measurement.label, "bold").append(f"  {measurement.call}", "not bold")


def report(measurement: Measurement, width: int) -> list[Text]:
    """Return the lines of one curve: its call, its facts, and a table of its segments."""
    facts, axis = measurement.facts, measurement.axis
    peak, unit = facts.peak, axis_unit(axis)
    rows = [
        ("peak", f"{rate_text(peak)} at {place_text(unit, facts.peak_step)}"),
        ("lowest", f"{near_zero(facts.floor, peak)} at {place_text(unit, facts.floor_step)}"),
        ("first", near_zero(facts.first, peak)),
        ("last", f"{near_zero(facts.last, peak)} at {place_text(unit, facts.last_step)}"),
        ("mean", near_zero(facts.mean, peak)),
        ("area", f"{rate_text(facts.area)} over {format_count(measurement.steps, axis)}"),
    ]
    if facts.half_life is not None:
        after = format_count(facts.half_life, axis)
        rows.append(("half-life", f"{after} after the peak"))
    if facts.steepest and facts.steepest_step is not None:
        change = f"{change_text(facts.steepest)} at {place_text(unit, facts.steepest_step)}"
        rows.append(("steepest", change))
    lines = [heading(measurement)]
    lines += [Text(f"  {name.ljust(9)} {value}") for name, value in rows]
    segments = [
        [
            segment.name,
            unit_text(segment.start, unit),
            unit_text(segment.stop, unit),
            f"{100 * share:.3g}%",
            near_zero(segment.first, peak),
            near_zero(segment.last, peak),
        ]
        for segment, share in [*zip(measurement.segments, measurement.shares(), strict=True)][
            :MAX_SEGMENTS
        ]
    ]
    if segments:
        lines += grid(SEGMENT_HEADINGS, segments, [""] * len(segments), width)
    if len(measurement.segments) > MAX_SEGMENTS:
        lines.append(Text(f"{len(measurement.segments) - MAX_SEGMENTS:,} more; --json lists all"))
    return lines

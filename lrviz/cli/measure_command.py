"""`lrviz measure SPEC...`: the facts of each curve, and its segments."""

from __future__ import annotations

from math import isfinite
from typing import Any

from rich.text import Text

from lrviz.cli.json_text import json_text
from lrviz.cli.options import TERMINAL, flag_option, read_steps, sampling_options, text_option
from lrviz.cli.output import print_findings
from lrviz.cli.spec_command import Definition, Request, build_spec_command
from lrviz.cli.terminal import Terminal
from lrviz.core.text import format_count, format_exact
from lrviz.curves.facts import table_findings
from lrviz.curves.measurement import Comparison, Measurement, compare_columns, measure_column
from lrviz.curves.table import tabulate
from lrviz.curves.units import axis_unit
from lrviz.render.grid import grid
from lrviz.render.summary import near_zero
from lrviz.render.ticks import change_text, place_text, rate_text, unit_text

EXAMPLES = (
    "lrviz measure cosine --t-max 100",
    "lrviz measure cosine --steps 10k --at 1234",
    "lrviz measure configs/*.yaml --json",
)
SEGMENT_HEADINGS = ("segment", "from", "to", "share", "first rate", "last rate")
DIFFERENCE_HEADINGS = ("first at", "most by", "at", "area ratio", "over")
MAX_SEGMENTS = 20


def build(help_text: str) -> Any:
    """Return the command."""
    options = {
        "at": text_option("--at", "the rates at these steps, in full.", "STEP[,STEP]"),
        "json": flag_option("--json", "JSON."),
        **sampling_options(),
        **TERMINAL,
    }
    return build_spec_command(
        Definition("measure", help_text, options, run, EXAMPLES, takes_many=True)
    )


def run(request: Request) -> None:
    """Print the facts of each curve, or its rates at `--at`, as text or as JSON."""
    options, at = request.options, read_steps(request.values["at"], "--at")
    table = tabulate([curve for spec in request.load() for curve in spec.curves], options.span)
    print_findings(table_findings(table), options.quiet)
    measurements = [measure_column(column, at) for column in table.columns]
    terminal = Terminal(options)
    if request.values["json"]:
        data = {
            "curves": [measurement.to_dict() for measurement in measurements],
            "differences": compare_columns(table).to_list(),
        }
        terminal.show([json_text(data)])
        return
    for index, measurement in enumerate(measurements):
        lines = rates(measurement) if at else report(measurement, terminal.width)
        terminal.show([*([""] if index else []), *lines])
    if len(measurements) > 1 and not at:
        terminal.show(["", *differences(compare_columns(table), terminal.width)])


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

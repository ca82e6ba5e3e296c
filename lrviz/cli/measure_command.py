"""`lrviz measure SPEC...`: the facts of each curve, and its segments."""

from __future__ import annotations

import re
from typing import Any

from lrviz.cli.json_text import json_text
from lrviz.cli.options import TERMINAL, flag_option, sampling_options, text_option
from lrviz.cli.output import print_findings
from lrviz.cli.spec_command import Definition, Request, build_spec_command
from lrviz.cli.terminal import Terminal
from lrviz.curves.facts import table_findings
from lrviz.curves.measurement import compare_columns, measure_column
from lrviz.curves.positions import step_of
from lrviz.curves.table import tabulate
from lrviz.render.measurement_lines import differences, measurement_lines

AT = "--at"
LIST = r"\s*\[(.*)\]\s*"
"""A list as YAML writes it."""

EXAMPLES = (
    "lrviz measure cosine --t-max 100",
    "lrviz measure cosine --steps 10k --at 1234",
    "lrviz measure configs/*.yaml --json",
)


def build(help_text: str) -> Any:
    """Return the command."""
    options = {
        "at": text_option(AT, "the rates at these steps, 50% or 5ep, in full.", "STEP[,STEP]"),
        "json": flag_option("--json", "JSON."),
        **sampling_options(),
        **TERMINAL,
    }
    return build_spec_command(
        Definition("measure", help_text, options, run, EXAMPLES, takes_many=True)
    )


def run(request: Request) -> None:
    """Print the facts of each curve, or its rates at `--at`, as text or as JSON."""
    options = request.options
    places = re.sub(LIST, r"\1", request.values["at"] or "").split(",")
    at = [place.strip() for place in places] if request.values["at"] else []
    table = tabulate([curve for spec in request.load() for curve in spec.curves], options.span)
    print_findings(table_findings(table), options.quiet)
    measurements = [
        measure_column(column, [step_of(place, column.curve, AT) for place in at])
        for column in table.columns
    ]
    terminal = Terminal(options)
    if request.values["json"]:
        data = {
            "curves": [measurement.to_dict() for measurement in measurements],
            "differences": compare_columns(table).to_list(),
        }
        terminal.show([json_text(data)])
        return
    for index, measurement in enumerate(measurements):
        lines = measurement_lines(measurement, terminal.width)
        terminal.show([*([""] if index else []), *lines])
    if len(measurements) > 1 and not at:
        terminal.show(["", *differences(compare_columns(table), terminal.width)])

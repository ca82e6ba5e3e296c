"""`lrviz compare SPEC...`: one picture of many curves, and how they differ from the first."""

from __future__ import annotations

import inspect
from typing import Annotated, Any

import typer

from lrviz.cli.command import build_command
from lrviz.cli.complete import specs as complete_specs
from lrviz.cli.loading import load
from lrviz.cli.options import (
    PICTURES,
    comma_findings,
    curve_texts,
    drawing_options,
    flag_option,
    read_options,
    text_option,
)
from lrviz.cli.output import (
    STANDARD_OUTPUT,
    figure_settings,
    findings_of,
    picture_path,
    print_findings,
    print_traces,
    write_picture,
)
from lrviz.cli.spec_command import refuse_options
from lrviz.cli.terminal import Terminal
from lrviz.curves.measurement import compare_columns
from lrviz.curves.table import tabulate
from lrviz.render.table import comparison_lines, comparison_report

SPECS = inspect.Parameter(
    "specs",
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
    annotation=Annotated[
        list[str],
        typer.Argument(
            metavar="SPEC...",
            help="Names, inline specs, files, folders, -, or MODULE:ATTRIBUTE of a program.",
            autocompletion=complete_specs,
        ),
    ],
)


def build(help_text: str) -> Any:
    """Return the command."""
    options = {
        **drawing_options(),
        "diff": flag_option("--diff", "a second panel: each curve minus the first."),
        "baseline": text_option("--baseline", "the curve to compare with, by label.", "LABEL"),
    }
    command = build_command(run, "compare", help_text, options, [SPECS])
    command.takes_spec = True
    command.examples = (
        "lrviz compare configs/*.yaml",
        "lrviz compare cosine linear:total_iters=100,end_factor=0 --diff",
    )
    return command


def run(specs: list[str], **values: Any) -> None:
    """Draw all curves over each other and print the comparison; then write the image."""
    refuse_options(specs, values, PICTURES)
    options = read_options(values)
    print_findings(comma_findings(curve_texts(values)), options.quiet)
    loaded = load(specs, options)
    if options.explain:
        print_traces(loaded, to_stderr=False)
    path = picture_path(options, "compare", PICTURES)
    table = tabulate(
        [curve for spec in loaded for curve in spec.curves], options.span, for_picture=True
    )
    comparison = compare_columns(table, values["baseline"])
    settings = figure_settings(loaded, options, None, [table])
    table = table.on_axis(settings.axis)
    findings = findings_of(table, None if options.span else table)  # a part of a run is no run
    print_findings(findings, options.quiet)
    if path != STANDARD_OUTPUT:
        terminal = Terminal(options)
        terminal.show(comparison_report(table, comparison.baseline, settings, terminal.screen))
    write_picture(
        path,
        table,
        settings,
        options,
        difference=values["diff"],
        baseline=comparison.baseline,
        report=lambda width, glyphs: comparison_lines(table, width, glyphs, comparison.baseline),
    )

"""`lrviz compare SPEC...`: one picture of many curves, and how they differ from the first."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Annotated, Any

import typer

from lrviz.cli.complete import specs as completion
from lrviz.cli.options import build_command, drawing_options, read_asked
from lrviz.cli.screen import (
    MOST_IN_CHART,
    Screen,
    chart_lines,
    figure_settings,
    picture_path,
    remark,
    table_remarks,
    write_picture,
)
from lrviz.curves.table import tabulate
from lrviz.render.table import comparison
from lrviz.specfile.source import load_sheets

SPECS = inspect.Parameter(
    "specs",
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
    annotation=Annotated[
        list[str],
        typer.Argument(
            metavar="SPEC...",
            help="Names, inline specs, files, or -.",
            autocompletion=completion,
        ),
    ],
)


def build(help_text: str) -> Any:
    """Return the command."""
    return build_command(run, "compare", help_text, drawing_options(), [SPECS])


def run(specs: list[str], **values: Any) -> None:
    """Draw all curves over each other and print the comparison."""
    asked = read_asked(values)
    sheets = load_sheets(specs, asked.curve)
    path = picture_path(asked, "compare")
    table = tabulate([curve for sheet in sheets for curve in sheet.curves], asked.span)
    settings = figure_settings(sheets, asked, None)
    remark(table_remarks(table), asked.quiet)
    if path is not None:
        write_picture(path, table, settings, asked.quiet)
    if path != Path("-"):
        screen = Screen(asked.width, asked.color)
        if len(table.columns) <= MOST_IN_CHART:
            screen.show(chart_lines(screen, table, settings))
            screen.show([""])
        else:
            screen.show(
                [f"{len(table.columns)} curves: too many for a chart here; see the picture"]
            )
        screen.show(comparison(table, screen.width, screen.glyphs))

"""`lrviz dialects`: one intent as each framework writes it, with the steps that matter."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.text import Text

from lrviz.cli.options import (
    IMAGE,
    TERMINAL,
    Declared,
    build_command,
    from_model,
    given,
    read_asked,
)
from lrviz.cli.screen import (
    Screen,
    chart_lines,
    figure_settings,
    picture_path,
    remark,
    table_remarks,
    write_picture,
)
from lrviz.curves.figure_settings import FigureSettings
from lrviz.curves.table import Table, tabulate
from lrviz.render.colours import line_styles
from lrviz.render.grid import fixed, grid
from lrviz.translate.conventions import measure_convention
from lrviz.translate.intents import Idiom, Intent, curve_of, idioms

DIGITS = 5
CONVENTION = ("idiom", "warm-up", "in total", "last step", "after the end")


def options() -> Declared:
    """Return the command's options."""
    return {**from_model(Intent), **from_model(FigureSettings), **IMAGE, **TERMINAL}


def build(help_text: str) -> Any:
    """Return the command."""
    return build_command(run, "dialects", help_text, options())


def run(**values: Any) -> None:
    """Draw every idiom over the others; show their rates and what makes them differ."""
    intent = Intent(**given(Intent, values))
    asked = read_asked({k: v for k, v in values.items() if k not in Intent.model_fields})
    path = picture_path(asked, "dialects")
    rows = idioms(intent)
    steps = intent.steps_of_interest()
    table = tabulate([curve_of(idiom, intent) for idiom in rows], range(steps[-1] + 1))
    settings = figure_settings([], asked, intent.title)
    if values.get("power") and intent.shape != "polynomial":
        remark([f"--power has no effect on the shape {intent.shape}"], asked.quiet)
    remark(table_remarks(table), asked.quiet)
    if path != Path("-"):
        screen = Screen(asked.width, asked.color)
        screen.show(chart_lines(screen, table, settings))
        for lines in report(intent, rows, table, screen.width):
            screen.show(["", *lines])
    if path is not None:
        write_picture(path, table, settings, asked.quiet)


def report(
    intent: Intent, rows: Sequence[Idiom], table: Table, width: int
) -> Sequence[Sequence[Text]]:
    """Return the rates at the steps that matter, what makes them differ, and how each is typed."""
    labels = [column.label for column in table.columns]
    colours = [style.terminal for style in line_styles(labels)]
    steps = intent.steps_of_interest()
    decimals = max(DIGITS - math.floor(math.log10(intent.peak)), 0)
    rates = [
        [column.label, *(fixed(float(column.rates[step]), decimals) for step in steps)]
        for column in table.columns
    ]
    conventions = [
        [column.label, *vars(measure_convention(intent, column.curve)).values()]
        for column in table.columns
    ]
    commands = [
        Text(idiom.command(intent), colour) for idiom, colour in zip(rows, colours, strict=True)
    ]
    return (
        grid(["idiom", *(f"@{step}" for step in steps)], rates, colours, width),
        grid(CONVENTION, conventions, colours, width),
        commands,
    )

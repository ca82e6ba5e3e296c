"""Idioms as lines of text: their rates, what makes these differ, and the calls."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.text import Text

from lrviz.core.intent import Idiom, Intent
from lrviz.curves.table import Table
from lrviz.render.colours import line_styles
from lrviz.render.grid import decimals_text, grid
from lrviz.render.terminal import letter_of
from lrviz.render.ticks import step_text
from lrviz.render.wrapping import wrapped
from lrviz.translate.conventions import measure_convention

DIGITS = 5
CONVENTION = ("idiom", "warm-up", "in total", "last step", "after the end")


def idioms_report(intent: Intent, idioms: Sequence[Idiom], table: Table, width: int) -> list[Text]:
    """Return the rates at the steps that matter, what makes them differ, and each idiom's call."""
    labels = [column.label for column in table.columns]
    colours = [style.terminal for style in line_styles(labels)]
    steps = intent.steps_of_interest()
    decimals = max(DIGITS - math.floor(math.log10(intent.peak)), 0)
    rates = [
        [column.label, *(decimals_text(float(column.rates[step]), decimals) for step in steps)]
        for column in table.columns
    ]
    conventions = [
        [column.label, *vars(measure_convention(intent, column.curve)).values()]
        for column in table.columns
    ]
    commands = [
        Text(line, colour)
        for idiom, colour in zip(idioms, colours, strict=True)
        for line in wrapped(idiom.command(intent), width, "  ")
    ]
    letters = [letter_of(index) for index in range(len(labels))]
    heading = ["idiom", *(f"@{step_text(step)}" for step in steps)]
    parts = (
        grid(heading, rates, colours, width, letters),
        grid(CONVENTION, conventions, colours, width, letters),
        commands,
    )
    return [line for lines in parts for line in (Text(""), *lines)]

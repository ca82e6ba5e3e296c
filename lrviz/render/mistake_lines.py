"""A mistake as lines of text: what it is, and what it changes."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from lrviz.curves.figure_settings import FigureSettings
from lrviz.curves.table import Table
from lrviz.mistakes.as_if import Mistaken
from lrviz.mistakes.differences import describe_differences
from lrviz.render.screen import Screen, heading_lines
from lrviz.render.wrapping import wrapped


def mistake_report(
    mistaken: Mistaken, table: Table, settings: FigureSettings, screen: Screen
) -> Iterator[Text]:
    """Yield the plan's title and call, the chart of both runs, and what the mistake changes."""
    yield from heading_lines(settings.title, mistaken.plan.call(), screen)
    yield from screen.chart(table, settings)
    yield from mistake_lines(mistaken, table, screen.width)


def mistake_lines(mistaken: Mistaken, table: Table, width: int) -> list[Text]:
    """Return what the mistake is, what it changes, and its remedy, wrapped at words."""
    rows = [mistaken.explanation, *describe_differences(table)]
    rows += [f"remedy: {mistaken.remedy}"] if mistaken.remedy else []
    return [Text(line) for row in rows for line in wrapped(row, width, "  ")]

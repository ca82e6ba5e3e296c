"""Where text is shown: its size and characters, and a chart that fills it."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text

from lrviz.core.text import one_line
from lrviz.curves.figure_settings import FigureSettings
from lrviz.curves.table import Table
from lrviz.render.glyphs import Glyphs
from lrviz.render.terminal import chart, facts_lines, legend
from lrviz.render.wrapping import wrapped_parts

MAX_CALL_LENGTH = 1_000
"""Characters of a call above the chart."""


@dataclass(frozen=True)
class Screen:
    """The columns to write in, the rows of a chart, and the characters that can be shown."""

    width: int
    height: int
    glyphs: Glyphs

    def chart(self, table: Table, settings: FigureSettings) -> list[Text]:
        """Return the chart of a table: with its legend, or with the facts of a single curve."""
        table = table.on_axis(settings.axis)
        lines = chart(
            table,
            self.width - 1,
            self.height,
            self.glyphs,
            log_y=settings.log_y,
            y_min=settings.y_min,
            y_max=settings.y_max,
        )
        if len(table.columns) > 1:
            return [*lines, *legend(table, self.width)]
        return [*lines, *facts_lines(table.columns[0], table.unit, self.width, self.glyphs)]


def title_lines(title: str | None) -> list[Text]:
    """Return a title in bold, or nothing where it is empty."""
    return [Text(one_line(title), "bold")] if title else []


def heading_lines(title: str | None, call: str, screen: Screen) -> list[Text]:
    """Return the title in bold and the call, which may begin with it, wrapped at words.

    There are no lines without a title. Texts of more characters than are ever read lose their
    middle.
    """
    if not title:
        return []
    title, call = one_line(title), one_line(call, MAX_CALL_LENGTH)
    parts = [call] if call.startswith(f"{title}(") else list(filter(None, (title, call)))
    lines = wrapped_parts(parts, screen.width, screen.glyphs.between)
    texts = [Text(line) for line in lines]
    texts[0].stylize("bold", 0, len(title))
    return texts

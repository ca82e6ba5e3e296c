"""`lrviz list`: every schedule on a line."""

from __future__ import annotations

from textwrap import wrap
from typing import Any

from rich.text import Text

from lrviz.cli.options import TERMINAL, build_command, read_asked
from lrviz.cli.plot_command import first_line
from lrviz.cli.screen import Screen
from lrviz.core.register import register
from lrviz.core.schedule import Schedule
from lrviz.curves.table import tabulate
from lrviz.render.scale import limits
from lrviz.render.terminal import sparkline
from lrviz.specfile.source import load_named

SPARK = 16


def build(help_text: str) -> Any:
    """Return the command."""
    return build_command(run, "list", help_text, TERMINAL)


def run(**values: Any) -> None:
    """Print the schedules, dialect by dialect."""
    asked = read_asked(values)
    screen = Screen(asked.width, asked.color)
    classes = register.all()
    names = max(len(cls.name) for cls in classes)
    dialect = ""
    for cls in classes:
        if cls.dialect != dialect:
            dialect = cls.dialect
            screen.show([Text(dialect, "bold")])
        screen.show(lines_of(cls, names, screen))


def lines_of(cls: type[Schedule], names: int, screen: Screen) -> list[Text]:
    """Return a schedule's line; in a narrow terminal its sentence stands on the next."""
    spark = example_spark(cls, screen)
    line = Text("  ").append(cls.name.ljust(names)).append(f"  {spark.ljust(SPARK)}", "blue")
    sentence = first_line(cls)
    also = f" ({', '.join(cls.aliases)})" if cls.aliases else ""
    if line.cell_len + 2 + len(sentence) + len(also) <= screen.width:
        return [line.append(f"  {sentence}{also}")]
    words = wrap(f"{sentence}{also}", screen.width - 6)
    if line.cell_len > screen.width:
        line = Text(f"  {cls.name}")
        words = [spark, *words]
    return [line, *(Text(f"      {each}") for each in words)]


def example_spark(cls: type[Schedule], screen: Screen) -> str:
    """Return the sparkline of a schedule's example, from 0 (or its lowest rate) to its peak."""
    column = tabulate(load_named(cls.title(), {}).curves).columns[0]
    low, high = limits([column.rates])
    return sparkline(column.rates, SPARK, min(low, 0.0), high, screen.glyphs)

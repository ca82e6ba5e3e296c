"""The gallery's page of schedules: each library's, with the curve of its example."""

from __future__ import annotations

from lrviz.core.register import Dialect, register
from lrviz.core.schedule import Schedule
from lrviz.gallery.example import example_spark
from lrviz.gallery.page import MARK
from lrviz.render.glyphs import GLYPHS

INTRODUCTION = (
    "Every schedule that lrviz knows, by library: its name, its other names, the curve of its\n"
    "example, and what it does. `lrviz show NAME` prints its formula, parameters and code."
)


def schedules_page() -> str:
    """Return the page as Markdown."""
    lines = [MARK, "# Schedules", "", INTRODUCTION, ""]
    for dialect in register.dialects.values():
        lines += dialect_section(dialect)
    return "\n".join(lines).rstrip() + "\n"


def dialect_section(dialect: Dialect) -> list[str]:
    """Return the lines of one library: a row for each of its schedules."""
    classes = [cls for cls in register.all() if cls.dialect == dialect.name]
    head = ["| schedule | also | example | what it does |", "|---|---|---|---|"]
    return [f"## {dialect.title}", "", *head, *map(row, classes), ""]


def row(cls: type[Schedule]) -> str:
    """Return the row of a schedule."""
    also = ", ".join(f"`{name}`" for name in cls.aliases)
    return f"| `{cls.title()}` | {also} | {example_spark(cls, GLYPHS[0])} | {cls.summary()} |"

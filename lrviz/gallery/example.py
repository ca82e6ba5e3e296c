"""The sparkline of a schedule's example."""

from __future__ import annotations

from lrviz.core.schedule import Schedule
from lrviz.curves.table import tabulate
from lrviz.render.glyphs import Glyphs
from lrviz.render.scale import limits
from lrviz.render.terminal import sparkline
from lrviz.specfile.source import load_named

SPARK = 8
"""How many columns the sparkline takes."""


def example_spark(cls: type[Schedule], glyphs: Glyphs) -> str:
    """Return the sparkline of a schedule's example, from 0 (or its lowest rate) to its peak."""
    column = tabulate(load_named(cls.title(), {}).curves).columns[0]
    low, high = limits([column.rates])
    return sparkline(column.rates, SPARK, min(low, 0.0), high, glyphs)

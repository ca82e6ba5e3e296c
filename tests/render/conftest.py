"""What the tests of pictures share: tables of specs, and the artists of a figure."""

from __future__ import annotations

import lrviz
from lrviz.curves.figure_settings import FigureSettings
from lrviz.curves.table import Table
from lrviz.render.figure import Picture, draw


def table_of(*specs: str, steps: int | None = None) -> Table:
    return lrviz.sample(lrviz.load(*specs), steps=steps)


def picture_of(table: Table, **settings: object) -> Picture:
    options = {
        k: settings.pop(k)
        for k in ("difference", "baseline", "preferred", "subtitle")
        if k in settings
    }
    return draw(table, FigureSettings.model_validate(settings), **options)


def texts_of(figure):
    """Return every visible, non-empty text artist of a figure."""
    found = []
    children = [child for axes in figure.axes for child in axes.child_axes]
    for axes in [None, *figure.axes, *children]:
        items = (
            figure.texts
            if axes is None
            else [
                *axes.texts,
                axes.xaxis.label,
                axes.yaxis.label,
                *axes.get_xticklabels(),
                *axes.get_yticklabels(),
                axes.title,
            ]
        )
        found += [text for text in items if text.get_text().strip() and text.get_visible()]
    return found

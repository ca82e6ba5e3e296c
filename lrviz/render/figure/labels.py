"""Which curve is which: labels on the curves where they stand clear, else a legend outside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from lrviz.curves.table import Table
from lrviz.render.colours import STYLES, LineStyle, Style
from lrviz.render.figure.placing import Bands, place_labels
from lrviz.specfile.settings import FigureSettings

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_ON_CURVES = 8
LEGEND_ROW = 0.175
"""Inches."""
WIDEST_LEGEND = 0.45
"""Share of the figure."""
MOST_COLUMNS = 3


def name_curves(
    axes: Axes, table: Table, chosen: Sequence[LineStyle], settings: FigureSettings
) -> None:
    """Name the curves of a picture that has more than one."""
    look, count = STYLES[settings.style], len(table.columns)
    if count == 1:
        return
    if count > MOST_ON_CURVES or not label_curves(axes, table, chosen, look):
        legend_outside(axes, table, look)


def label_curves(axes: Axes, table: Table, chosen: Sequence[LineStyle], look: Style) -> bool:
    """Write each label on its curve; return False, and write none, where one finds no place."""
    from matplotlib.patheffects import withStroke

    frame = axes.get_window_extent()
    renderer = axes.figure.canvas.get_renderer()  # type: ignore[attr-defined]
    lines = []
    for line in axes.get_lines()[:]:
        if line.get_gid():
            points = axes.transData.transform(np.column_stack(line.get_data()))
            lines.append((points[:, 0] - frame.x0, points[:, 1] - frame.y0))
    texts = [
        axes.text(
            0, 0, text, fontsize=9, color=look.palette[slot.colour],
            transform=axes.transAxes, ha="left", va="bottom", zorder=5,
            path_effects=[withStroke(linewidth=3, foreground=look.paper)],
        )
        for text, slot in zip(short_labels(table), chosen, strict=True)
    ]  # fmt: skip
    extents = [text.get_window_extent(renderer) for text in texts]
    sizes = [(extent.width, extent.height) for extent in extents]
    size = int(frame.width), int(frame.height)
    scale = axes.figure.dpi / 100
    boxes = place_labels(Bands.of(lines, size[0]), sizes, size, scale)
    for index, text in enumerate(texts):
        if boxes is None:
            text.remove()
        else:
            text.set_position((boxes[index].left / size[0], boxes[index].bottom / size[1]))
    return boxes is not None


def short_labels(table: Table) -> list[str]:
    """Return the labels without the words that all of them begin with."""
    words = [column.label.split(" ") for column in table.columns]
    shared = 0
    while all(len(each) > shared + 1 for each in words):
        if len({each[shared] for each in words}) > 1:
            break
        shared += 1
    return [" ".join(each[shared:]) for each in words]


def legend_outside(axes: Axes, table: Table, look: Style) -> None:
    """Put a legend to the right of the axes, in as many columns as the height asks for."""
    from matplotlib.lines import Line2D

    figure = axes.get_figure(root=True)
    assert figure is not None
    width, height = figure.get_size_inches()
    place = axes.get_position()
    rows = max(int(place.height * height / LEGEND_ROW), 1)
    named = [line for line in axes.get_lines() if line.get_gid()]
    shown = named[: rows * MOST_COLUMNS - (len(named) > rows * MOST_COLUMNS)]
    across = -(-len(shown) // rows)
    room = max(int(width * WIDEST_LEGEND / across / 0.075) - 6, 8)
    told = short_labels(table) if across > 1 else [column.label for column in table.columns]
    words = [shortened(text, room) for text in told[: len(shown)]]
    legend = axes.legend(
        handles=[*shown, *([Line2D([], [], linestyle="none")] if len(named) > len(shown) else [])],
        labels=[
            *words,
            *([f"... and {len(named) - len(shown)} more"] if len(named) > len(shown) else []),
        ],
        loc="upper left",
        bbox_to_anchor=(1.015, 1.0),
        borderaxespad=0.0,
        frameon=False,
        fontsize=8.5 if across == 1 else 7,
        ncols=across,
        handlelength=2.8 if width >= 5 else 1.6,
        labelspacing=0.45,
        columnspacing=1.2,
        labelcolor=look.ink,
    )
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    taken = legend.get_window_extent(renderer).width / (width * figure.dpi)
    share = 1 - place.x0 - taken - 0.03
    axes.set_position((place.x0, place.y0, max(share, 0.2), place.height))


def shortened(label: str, most: int) -> str:
    """Return a label with its middle left out where it is too long for a legend."""
    if len(label) <= most:
        return label
    head = (most - 1) * 2 // 3
    return f"{label[:head]}…{label[-(most - 1 - head) :]}"

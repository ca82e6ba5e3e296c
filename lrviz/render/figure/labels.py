"""Labels of curves, on the lines: at their right ends, or beside them where there is room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lrviz.core.schedule import Array
from lrviz.render.figure.axes import RateAxis
from lrviz.render.figure.curves import PlottedCurve, equal_names
from lrviz.render.figure.layout import LINE, spread
from lrviz.render.figure.page import Page
from lrviz.render.figure.placing import GRID, NEARER, Bands, place_labels

END_GAP = 0.05
"""Inches between a plot and the labels beside it."""
WIDE_AT_END, WIDEST_AT_END = 0.15, 0.3
"""Labels beside the plot that take more of the width than the first share are placed on the lines
where they fit, and more than the second never beside the plot."""
WIDEST_IN_LINE = 0.35
"""Of the width: a label of several names that is wider has a line for each."""
FURTHEST = 0.75
"""A label at a line's end is moved by at most this share of its height."""
MAX_EARLY = 0.02
"""Lines with a label beside the plot end at most this share of the steps before it."""
SHRINKING = (1.0, 0.92, 0.84, 0.76)
"""Sizes of the text that are tried for labels on curves, as shares of the page's."""
SMALLEST = 6.5
"""Points."""


@dataclass(frozen=True)
class Label:
    """A curve's label: its lines, their lower left corner in inches from the plot's, and size."""

    lines: tuple[str, ...]
    left: float
    bottom: float
    points: float


def line_height(points: float) -> float:
    """Return the height that a label of so many points takes."""
    return points * LINE * 0.92


def labels_at_ends(
    curves: Sequence[PlottedCurve],
    axis: RateAxis,
    page: Page,
    size: tuple[float, float],
    ends: tuple[float, float],
) -> list[Label] | None:
    """Return labels to the right of a plot of `size` inches, each level with its line's end.

    None where lines end at the same height, outside the axis, or one long before `ends[1]`, the
    last step of all.
    """
    rates = np.array([float(curve.column.rates[-1]) for curve in curves])
    heights = axis.fractions(rates) * size[1]
    if (axis.scale.below(rates) | axis.scale.above(rates)).any():
        return None
    latest = ends[1] - MAX_EARLY * (ends[1] - ends[0])
    if min(curve.column.ends[1] for curve in curves) < latest or not np.isfinite(heights).all():
        return None
    tall = line_height(page.sizes.text)
    centres = spread(heights.tolist(), tall, -tall / 2, size[1] + tall / 2)
    if centres is None or not are_at_ends(np.array(centres), heights, tall):
        return None
    return [
        Label((curve.label,), size[0] + END_GAP, centre - tall / 2, page.sizes.text)
        for curve, centre in zip(curves, centres, strict=True)
    ]


def are_at_ends(centres: Array, heights: Array, tall: float) -> bool:
    """Return whether each label is near its line's end, and nearer to it than to any other."""
    apart = np.abs(centres[:, None] - heights)
    own = np.diagonal(apart)
    others = np.where(np.eye(len(own), dtype=bool), np.inf, apart)
    return bool((own <= FURTHEST * tall).all() and (own <= NEARER * others.min(axis=1)).all())


def labels_on_curves(
    curves: Sequence[PlottedCurve], choices: Sequence[Bands], page: Page, height: float
) -> list[Label] | None:
    """Return labels inside a plot of `height` inches, or None where one finds no position.

    `choices` are the bands to be clear of, the strictest first; the text gets smaller last.
    """
    texts = [label_lines(curve.label, page) for curve in curves]
    for factor in SHRINKING:
        points = max(page.sizes.text * factor, SMALLEST)
        small = page.with_text(points)
        tall = line_height(points) * GRID
        sizes = [(max(map(small.text_width, lines)) * GRID + 2, tall * len(lines))
                 for lines in texts]  # fmt: skip
        for bands in choices:
            boxes = place_labels(bands, sizes, height * GRID)
            if boxes is not None:
                return [
                    Label(tuple(lines), box.left / GRID, box.bottom / GRID, points)
                    for lines, box in zip(texts, boxes, strict=True)
                ]
    return None


def label_lines(label: str, page: Page) -> list[str]:
    """Return a label in lines: each name of equal curves is one where they are wide together."""
    is_narrow = page.text_width(label) <= WIDEST_IN_LINE * page.width
    return [label] if is_narrow else equal_names(label)

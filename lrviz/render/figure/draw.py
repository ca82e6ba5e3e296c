"""The picture of a table: what goes on it, and where; nothing global is touched."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from lrviz.core.findings import Finding
from lrviz.core.text import one_line
from lrviz.curves.figure_settings import FigureSettings
from lrviz.curves.table import Table
from lrviz.render.colours import STYLES, Style
from lrviz.render.figure.curves import plotted_curves
from lrviz.render.figure.facets import draw_facets
from lrviz.render.figure.layout import Sizes, enlargement, facet_grid
from lrviz.render.figure.multiples import draw_multiples, has_multiples, may_have_multiples
from lrviz.render.figure.notes import CUT_NOTES
from lrviz.render.figure.overlay import Contents, draw_overlay
from lrviz.render.figure.page import Page, Texts, Wording
from lrviz.render.figure.panels import difference_panel, metric_panel
from lrviz.render.figure.text import families
from lrviz.render.figure.zooms import draw_zooms
from lrviz.render.labels import (
    SEPARATOR,
    common_words,
    notation_of,
    shared_facts,
    shared_words,
    title_of,
)
from lrviz.render.scale import RateScale, rate_scale
from lrviz.render.summary import description

FACET_HEIGHT = 1.25
MAX_TEXT_LENGTH = 1_000
"""Characters of a title, subtitle or caption that are drawn."""
TALLEST = 20.0
MULTIPLES_HEIGHT = 7.0
"""Inches."""


@dataclass(frozen=True)
class Picture:
    """A finished picture: the figure, its title and description, and what did not fit."""

    figure: Figure
    title: str
    description: str
    findings: tuple[Finding, ...]


def draw(
    table: Table,
    settings: FigureSettings,
    *,
    subtitle: str = "",
    preferred: Mapping[str, int] | None = None,
    difference: bool = False,
    baseline: int = 0,
    zooms: Sequence[range] = (),
) -> Picture:
    """Return the picture of a table: overlaid, as small multiples, or a rate with its metric.

    `subtitle` is a line below the title; without one it is what the curves share. `preferred`
    gives labels their colour by its index in the palette. With `difference` a second panel shows
    each curve minus the one with index `baseline`; with `zooms` those steps are enlarged below, or
    differences are drawn where there is no room for that.
    """
    table = table.on_axis(settings.axis)
    texts = texts_of(table, settings, subtitle, with_facts=not zooms)
    style = STYLES[settings.style]
    labels = [column.label for column in table.columns]
    words = (texts.title, texts.subtitle, texts.caption, *labels, *CUT_NOTES)
    family, findings = families("".join(words), style.font)
    with matplotlib.rc_context(parameters(style, family)), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what a reader should know is among the findings
        size = size_of(table, settings)
        style = style._replace(line=style.line * max(enlargement(*size), 1.0))
        page = Page(*size, style, Sizes.of(*size), family, settings.dpi)
        how = Drawing(table, settings, preferred, difference, baseline, zooms)
        for title in titles_for(page, table, settings):
            figure, more = draw_page(page, how, replace(texts, title=title))
            if not more:
                break
    title = title or ", ".join(labels)
    return Picture(figure, title, description(table.columns), (*findings, *more))


@dataclass(frozen=True)
class Drawing:
    """What is drawn on a page besides its texts, as the arguments of `draw` say."""

    table: Table
    settings: FigureSettings
    preferred: Mapping[str, int] | None
    difference: bool
    baseline: int
    zooms: Sequence[range]


def titles_for(page: Page, table: Table, settings: FigureSettings) -> list[str]:
    """Return the titles to try, the best first: that of the settings, or else of several curves.

    That repeats the labels, and is left out where not all else has room.
    """
    if settings.title is not None or len(table.columns) < 2:
        return [one_line(settings.title or "", MAX_TEXT_LENGTH)]
    title = title_of(table.columns, lambda text: page.title_width(text) <= page.room)
    return list(dict.fromkeys((one_line(title, MAX_TEXT_LENGTH), "")))


def draw_page(page: Page, how: Drawing, texts: Texts) -> tuple[Figure, list[Finding]]:
    """Return a figure with everything on it, and what has no room."""
    table, settings, preferred = how.table, how.settings, how.preferred
    figure = Figure(
        figsize=(page.width, page.height), dpi=page.dpi, facecolor=page.style.background
    )
    FigureCanvasAgg(figure)
    scale = scale_of(table, settings)
    enlarged = None
    if how.zooms and not settings.facet:
        enlarged = draw_zooms(figure, page, table, scale, texts, preferred, how.zooms)
    if enlarged is not None:
        more = enlarged
    elif settings.facet and len(table.columns) > 1:
        more = draw_facets(figure, page, table, scale, wordings_of(how, texts), preferred)
    elif not how.difference and has_multiples(page, table):
        more = draw_multiples(figure, page, table, scale, texts, preferred)
    else:
        more = draw_overlay(
            figure, page, *(contents_of(page, how, scale, item) for item in wordings_of(how, texts))
        )
    return figure, more


def contents_of(page: Page, how: Drawing, scale: RateScale, wording: Wording) -> Contents:
    """Return what is drawn in one plot, with the labels and texts of a wording."""
    table, columns = how.table, max(int(page.width * page.dpi), 100)
    curves = tuple(plotted_curves(table, how.preferred, columns, merge=True, labels=wording.labels))
    panel = metric_panel(table)
    if how.difference and len(table.columns) > 1:
        panel = difference_panel(table, curves, how.baseline, columns)
    return Contents(table, curves, scale, panel, wording.texts)


def wordings_of(how: Drawing, texts: Texts) -> list[Wording]:
    """Return the wordings to choose from: whole labels, and those without what they have in common.

    Those words are in the subtitle, or the title in place of a list of labels that begin with them.
    """
    labels = shared_words([column.curve for column in how.table.columns])[1]
    words, short_labels = common_words(labels)
    whole = Wording(tuple(labels), texts)
    if not words or how.settings.title == "":
        return [whole]
    begins_all = all(label.split()[0] == words.split()[0] for label in labels)
    if how.settings.title is None and texts.title and begins_all:
        texts = replace(texts, title=words)
    else:
        subtitle = SEPARATOR.join(filter(None, (words, texts.subtitle)))
        texts = replace(texts, subtitle=subtitle, may_drop_subtitle=False, has_label_words=True)
    return [whole, Wording(tuple(short_labels), texts)]


def texts_of(
    table: Table, settings: FigureSettings, subtitle: str, with_facts: bool = True
) -> Texts:
    """Return the title, subtitle and caption.

    Without one, the subtitle is a single curve's call, or its arguments below its name; of several
    it is what all of them share, `with_facts` their rate, length and warm-up. An empty title has no
    subtitle.
    """
    title, may_drop = settings.title or "", False
    if settings.title == "":
        subtitle = ""
    elif not subtitle and len(table.columns) == 1:
        curve = table.columns[0].curve
        subtitle = curve.arguments() if title == curve.schedule.title() else curve.call()
    elif not subtitle:
        words = shared_words([column.curve for column in table.columns])[0]
        words = "" if settings.title is None or words == title else words
        notation = notation_of(table, scale_of(table, settings))
        facts = shared_facts(table, notation) if with_facts else ""
        subtitle = SEPARATOR.join(filter(None, (words, facts)))
        may_drop = not words
    subtitle = "" if subtitle == title else subtitle
    title, subtitle, caption = (
        one_line(text, MAX_TEXT_LENGTH) for text in (title, subtitle, settings.caption or "")
    )
    return Texts(title, subtitle, caption, may_drop)


def parameters(style: Style, family: Sequence[str]) -> dict[Any, Any]:
    """Return matplotlib's parameters for a style, in force while the figure is built."""
    return {
        "font.family": [*family, "serif" if "Serif" in family[0] else "sans-serif"],
        "text.color": style.ink,
        "text.usetex": False,
        "text.parse_math": False,
        "axes.facecolor": style.background,
        "axes.edgecolor": style.faint,
        "axes.labelcolor": style.ink,
        "axes.linewidth": 0.8,
        "axes.grid": False,
        "axes.unicode_minus": False,
        "xtick.color": style.faint,
        "ytick.color": style.faint,
        "xtick.labelcolor": style.ink,
        "ytick.labelcolor": style.ink,
        "xtick.major.size": 3.5,
        "ytick.major.size": 3.5 if style.boxed else 0,
        "path.simplify": True,
        "path.simplify_threshold": 0.1,
    }


def size_of(table: Table, settings: FigureSettings) -> tuple[float, float]:
    """Return the picture's size in inches: the one in the settings, else higher for many plots."""
    width, height = settings.size
    count = len(table.columns)
    if "size" in settings.model_fields_set or count == 1:
        return width, height
    if settings.facet:
        rows, _ = facet_grid(count, width, height, 0.0)
        return width, min(max(height, 1.0 + rows * FACET_HEIGHT), TALLEST)
    return width, MULTIPLES_HEIGHT if may_have_multiples(table) else height


def scale_of(table: Table, settings: FigureSettings) -> RateScale:
    """Return the rate axis' ends for a table."""
    return rate_scale(
        [column.rates for column in table.columns],
        log=settings.log_y,
        y_min=settings.y_min,
        y_max=settings.y_max,
    )

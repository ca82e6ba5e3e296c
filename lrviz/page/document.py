"""The document of a page: one HTML file that needs no other."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from jinja2 import Environment

from lrviz import __version__
from lrviz.core.text import escape, one_line
from lrviz.curves.figure_settings import FigureSettings
from lrviz.curves.table import Table
from lrviz.curves.units import AxisUnit, shared_units
from lrviz.page.overlaps import overlaps
from lrviz.page.plot import CURVE, STRIPES, bokeh_item, bokeh_script
from lrviz.page.samples import Samples, sample_table
from lrviz.page.sections import curve_sections, findings_of, remarks
from lrviz.render.colours import STYLES, LineStyle, curve_styles
from lrviz.render.figure import Picture, encode
from lrviz.render.figure.axes import rate_name
from lrviz.render.files import MAKER
from lrviz.render.labels import shared_words
from lrviz.render.scale import RateScale, rate_scale
from lrviz.render.ticks import axis_end

SCHEMES = ("light", "dark")
MAX_TITLE_LENGTH = 150
LOG_ROOM = 1.25
"""How far a logarithmic axis goes above the peak."""
NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Characters that a page may not hold, or that UTF-8 cannot spell."""


@dataclass(frozen=True)
class PageCurve:
    """A curve in the legend: its label, and its colours of both schemes."""

    label: str
    light: str
    dark: str


def document(
    table: Table,
    settings: FigureSettings,
    picture: Picture,
    preferred: Mapping[str, int] | None,
    described: Table,
    report: str,
) -> str:
    """Return the page of a table as HTML, as `page_html` does; `report` is text."""
    svg = encode(picture, "svg", f"{MAKER} {__version__}")
    styles = curve_styles([column.curve for column in table.columns], preferred)
    labels = shared_words([column.curve for column in table.columns])[1]
    samples, units = sample_table(table), units_of(table)
    environment = Environment(autoescape=True)
    environment.policies["json.dumps_kwargs"] = {}  # bokeh's data defines what later keys refer to
    page = environment.from_string(asset("page.html")).render(
        title=page_title(picture.title, len(table.columns)),
        description=picture.description,
        caption=settings.caption or "",
        maker=f"{MAKER} {__version__}",
        style=asset("page.css"),
        program=asset("page.js"),
        bokeh=bokeh_script(),
        picture=b64encode(svg).decode(),
        data=page_data(table, settings, samples, styles),
        curves=list(map(page_curve, labels, styles)),
        units=[unit.name for unit in units],
        unit=units.index(table.unit),
        sampled=sampled_text(table, samples),
        findings=remarks(findings_of(described)),
        report=report,
        sections=curve_sections(described),
    )
    return NO_TEXT.sub(lambda character: escape(character[0]), page)


def page_title(title: str, curves: int) -> str:
    """Return the picture's title; the count of curves where it lists very many of them."""
    many = len(title) > MAX_TITLE_LENGTH and curves > 1
    return f"{curves:,} curves" if many else one_line(title, MAX_TITLE_LENGTH)


def asset(name: str) -> str:
    """Return a file of the page: its template, its style, its program."""
    return files(__package__).joinpath("assets", name).read_text(encoding="utf-8")


def page_curve(label: str, style: LineStyle) -> PageCurve:
    """Return a curve's entry in the legend."""
    light, dark = (style.colour(STYLES[name]) for name in SCHEMES)
    return PageCurve(label, light, dark)


def units_of(table: Table) -> list[AxisUnit]:
    """Return the units that the axis can be in, which are as many steps in each curve."""
    if table.is_stretched:
        return [table.unit]
    axes = shared_units([column.curve for column in table.columns])
    return axes if table.unit in axes else [table.unit, *axes]


def page_data(
    table: Table, settings: FigureSettings, samples: Samples, styles: Sequence[LineStyle]
) -> dict[str, Any]:
    """Return what page.js reads: the figure, the steps of the pointer, the axes, the colours."""
    steps = samples.steps
    return {
        "item": bokeh_item(samples, styles),
        "curves": [CURVE.format(index) for index in range(len(styles))],
        "stripes": [
            [STRIPES.format(index, number) for number in range(len(stretches))]
            for index, stretches in enumerate(overlaps(samples))
        ],
        "steps": steps.tolist(),
        "units": [{"name": unit.name, "steps": unit.steps} for unit in units_of(table)],
        "unit": units_of(table).index(table.unit),
        "stretched": table.is_stretched,
        "log": settings.log_y,
        "steps_shown": [float(steps[0]), float(axis_end(table))],
        "rates_shown": {
            name: rate_ends(table, settings, name == "log") for name in ("linear", "log")
        },
        "rate_names": {
            name: rate_name(RateScale(1.0, 2.0, name == "log")) for name in ("linear", "log")
        },
        "schemes": {
            name: {
                "ink": STYLES[name].ink,
                "faint": STYLES[name].faint,
                "grid": STYLES[name].grid,
                "curves": [style.colour(STYLES[name]) for style in styles],
            }
            for name in SCHEMES
        },
    }


def rate_ends(table: Table, settings: FigureSettings, log: bool) -> list[float] | None:
    """Return the ends of the rate axis; None for a logarithmic one where no rate is positive."""
    rates = [column.rates for column in table.columns]
    scale = rate_scale(rates, log=log, y_min=settings.y_min, y_max=settings.y_max)
    if log and not scale.log:
        return None
    room = LOG_ROOM if log and settings.y_max is None else 1.0
    return [scale.low, scale.high * room]


def sampled_text(table: Table, samples: Samples) -> str:
    """Return how many of the steps the page has, where it has not all."""
    total = len(table.steps)
    if len(samples.steps) == total:
        return ""
    return (
        f"The page has {len(samples.steps):,} of {total:,} steps, among them the highest, lowest "
        "and last of each curve; rates are exact at each."
    )

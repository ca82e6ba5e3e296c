"""Pictures and pages of curves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from lrviz.api.arguments import Drawable, Steps, flattened, read_curves, read_span
from lrviz.api.curves import Curves
from lrviz.api.errors import as_spec_error, in_python_terms
from lrviz.core.errors import SpecError
from lrviz.curves.curve import Curve
from lrviz.curves.figure_settings import FigureSettings
from lrviz.curves.measurement import compare_columns
from lrviz.curves.table import Table, tabulate
from lrviz.curves.units import AxisName
from lrviz.render.scale import fault_of_ends

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from lrviz.render.figure import Picture

PictureStyle = Literal["light", "dark", "paper"]

IMAGES = re.compile(r".+\.(png|svg|pdf)", re.IGNORECASE)
"""The name of an image."""


@in_python_terms()
def plot(
    *curves: Drawable | Iterable[Drawable],
    steps: Steps = None,
    title: str | None = None,
    log_y: bool | None = None,
    y_min: float | None = None,
    y_max: float | None = None,
    style: PictureStyle | None = None,
    size: tuple[float, float] | None = None,
    dpi: int | None = None,
    facet: bool | None = None,
    axis: AxisName | None = None,
    caption: str | None = None,
    difference: bool = False,
    baseline: str | None = None,
    **settings: Any,
) -> Figure:
    """Return a matplotlib Figure of curves; matplotlib's global state is not changed.

    An option that is None has the value of the curves' spec file, else its default: style light,
    8 x 4.5 inches, 150 dots per inch. `size` is in inches, `y_min` and `y_max` are rates. `axis` is
    the unit of the axis of steps: step, epoch, tokens or percent. With `difference` a second panel
    shows each curve minus the first, or minus the one with the label `baseline`. `steps` and
    `settings` are as for `sample`. Raises SpecError for invalid settings, for steps that a schedule
    does not have, for an axis that has none of the rates, and for one in a unit that a curve's run
    does not determine.
    """
    from lrviz.render.figure import draw

    for item in curves:
        if isinstance(item, str) and IMAGES.fullmatch(item):
            message = f"is an image, and no SPEC; lrviz.plot(...).savefig({item!r}) writes one"
            raise SpecError.of(item, message)
    table, figure_settings = picture_contents(
        read_with_figure(flattened(curves), steps, settings),
        read_span(steps),
        title=title,
        log_y=log_y,
        y_min=y_min,
        y_max=y_max,
        style=style,
        size=size,
        dpi=dpi,
        facet=facet,
        axis=axis,
        caption=caption,
    )
    index = compare_columns(table, baseline).baseline
    return draw(table, figure_settings, difference=difference, baseline=index).figure


@in_python_terms()
def html(
    *curves: Drawable | Iterable[Drawable],
    steps: Steps = None,
    title: str | None = None,
    log_y: bool | None = None,
    y_min: float | None = None,
    y_max: float | None = None,
    axis: AxisName | None = None,
    caption: str | None = None,
    **settings: Any,
) -> str:
    """Return curves as the text of one HTML page with a figure, findings, specs and code.

    The options are those of `plot`. Raises the errors of `plot`, and SpecError where the extra
    `html` is not installed.
    """
    from lrviz.page import page_html

    table, figure_settings = picture_contents(
        read_with_figure(flattened(curves), steps, settings),
        read_span(steps),
        title=title,
        log_y=log_y,
        y_min=y_min,
        y_max=y_max,
        axis=axis,
        caption=caption,
    )
    return page_html(table, figure_settings)


def read_with_figure(curves: object, steps: Steps, settings: Mapping[str, Any]) -> Sequence[Curve]:
    """Return the curves to draw; those of `load` keep the settings of their file's figure."""
    if isinstance(curves, Curves) and not settings:
        return curves
    return read_curves(curves, steps, settings=settings)


def picture_contents(
    curves: object, span: range | None = None, **options: Any
) -> tuple[Table, FigureSettings]:
    """Return the sampled curves and the checked settings of a picture.

    An option that is None takes the setting of the curves' spec file, or its default. A picture
    of a single curve is titled with its label; an empty title is not drawn.
    """
    values = dict(curves.figure) if isinstance(curves, Curves) else {}
    values |= {name: value for name, value in options.items() if value is not None}
    with as_spec_error(values):
        settings = FigureSettings.model_validate(values)
    table = tabulate(read_curves(curves), span)
    rates = [column.rates for column in table.columns]
    fault = fault_of_ends(rates, settings.y_min, settings.y_max)
    if fault:
        raise SpecError.of("", " ".join(fault))
    if settings.title is None and len(table.columns) == 1:
        settings = settings.model_copy(update={"title": table.columns[0].label})
    return table, settings


def svg(curves: Drawable | Iterable[Drawable]) -> str:
    """Return the picture of curves as SVG text, for a notebook."""
    from lrviz.render.figure import draw, encode

    picture: Picture = draw(*picture_contents(curves))
    return encode(picture, "svg", "lrviz").decode()

"""The Python API: specs to curves, curves to numbers and pictures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from os import PathLike
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from lrviz.core.composition import unknown_schedule
from lrviz.core.errors import SpecError
from lrviz.core.register import register
from lrviz.core.schedule import Schedule
from lrviz.curves.curve import Curve
from lrviz.curves.figure_settings import FigureSettings
from lrviz.curves.table import Table, tabulate
from lrviz.specfile.invalid import invalid
from lrviz.specfile.labels import number_equal
from lrviz.specfile.source import load_sheets

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Drawable = Schedule | Curve


class Curves(tuple[Curve, ...]):
    """The curves of specs, in order, with the settings their file gives the figure."""

    figure: Mapping[str, Any] = {}

    def _repr_svg_(self) -> str:
        return svg(self)


def schedule(name: str, /, **parameters: Any) -> Schedule:
    """Return the schedule of a name with its library's parameters, as strict as a file.

    Raises SpecError for an unknown name, and for every parameter that is not right.
    """
    cls = register.find(name)
    if cls is None:
        raise SpecError.of("", unknown_schedule(name))
    try:
        return cls.model_validate(parameters)
    except ValidationError as error:
        raise SpecError(invalid(error, lambda *_: "", cls, parameters)) from None


def load(*specs: str | PathLike[str]) -> Curves:
    """Return the curves of specs: files, names, or inline specs, as on the command line.

    Raises SpecError with every problem and its place.
    """
    for spec in specs:
        if not isinstance(spec, str | PathLike):
            raise SpecError.of("", f"a spec is a name, an inline spec or a path (got {spec!r:.80})")
    sheets = load_sheets([str(spec) for spec in specs])
    curves = Curves(curve for sheet in sheets for curve in sheet.curves)
    if len(sheets) == 1:
        curves.figure = sheets[0].figure
    return curves


def sample(curves: Drawable | Iterable[Drawable], steps: int | range | None = None) -> Table:
    """Return the rates of curves: the first `steps` steps, a range, or each curve's own length.

    Each column holds float64 rates at `column.steps`. Raises SpecError for steps that a schedule
    does not have.
    """
    span = range(steps) if isinstance(steps, int) else steps
    if span is not None and (len(span) == 0 or span[0] < 0 or span.step < 1):
        raise SpecError.of("steps", f"must be at least 1, from step 0 on (got {steps})")
    return tabulate(as_curves(curves), span)


def plot(
    curves: Drawable | Iterable[Drawable], steps: int | range | None = None, **settings: Any
) -> Figure:
    """Return a matplotlib Figure of curves; `settings` as in a file: title, log_y, style, ...

    Nothing global is touched. Raises SpecError for unknown settings.
    """
    from lrviz.render.figure import draw

    return draw(*contents(curves, steps, settings)).figure


def contents(
    curves: Drawable | Iterable[Drawable], steps: int | range | None, settings: Mapping[str, Any]
) -> tuple[Table, FigureSettings]:
    """Return the sampled curves and the checked settings of a picture."""
    known = {**getattr(curves, "figure", {}), **settings}
    try:
        checked = FigureSettings.model_validate(known)
    except ValidationError as error:
        raise SpecError(invalid(error, setting_name, None, known)) from None
    table = sample(curves, steps)
    title = checked.title or (table.columns[0].label if len(table.columns) == 1 else None)
    return table, checked.model_copy(update={"title": title})


def setting_name(path: tuple[str | int, ...], key: bool) -> str:
    """Return the name of a setting as its place."""
    del key
    return str(path[0])


def as_curves(given: Drawable | Iterable[Drawable]) -> list[Curve]:
    """Return curves for schedules and curves, labels made unique."""
    items = [given] if isinstance(given, Schedule | Curve) else list(given)
    if not items:
        raise SpecError.of("", "there is no curve to sample")
    curves = [
        item if isinstance(item, Curve) else Curve(label=item.title(), schedule=item)
        for item in items
    ]
    return number_equal(curves)


def svg(curves: Drawable | Iterable[Drawable]) -> str:
    """Return the picture of curves as SVG text."""
    from lrviz.render.figure import draw, encode

    return encode(draw(*contents(curves, None, {})), "svg", "lrviz").decode()


def picture(each: Drawable) -> str:
    """Return a schedule or a curve as SVG, for a notebook."""
    return svg(each)


Curve.picture = picture
Schedule.picture = picture

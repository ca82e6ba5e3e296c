"""Schedules in a notebook: a slider for each number, the picture, and the spec that results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any

from lrviz.api.curves import schedule
from lrviz.api.pictures import svg
from lrviz.core.errors import SpecError
from lrviz.core.roles import DEFAULT_LR
from lrviz.curves.curve import Curve
from lrviz.render.proposal_lines import spec_text
from lrviz.specfile.source import load_named

if TYPE_CHECKING:
    from ipywidgets import VBox  # type: ignore[import-untyped]

LR = "lr"
POSITIONS = 200
"""How many values a slider of a parameter that is no whole number has."""


def interact(name: str, /, **parameters: Any) -> VBox:
    """Return sliders for a schedule's numbers, with its picture and its spec, for a notebook.

    `parameters` are where the sliders start, and `lr` the optimizer's rate; the others start at
    their default or example. Values that the schedule refuses show its message in place of the
    picture. Raises SpecError for an unknown name and for parameters that it does not have,
    ImportError without ipywidgets.
    """
    try:
        from ipywidgets import HTML, FloatSlider, IntSlider, Layout, VBox
    except ImportError:
        message = "lrviz.interact needs ipywidgets: pip install 'lrviz[notebook]'"
        raise ImportError(message) from None

    start = first_curve(name, parameters)
    style = {"description_width": "10em"}
    sliders = {
        key: (IntSlider if isinstance(value, int) else FloatSlider)(
            value, description=key, style=style, layout=Layout(width="30em"), **bounds(value)
        )
        for key, value in numbers(start)
    }
    picture, spec = HTML(), HTML()

    def show(_: object = None) -> None:
        try:
            curve = changed(start, {key: slider.value for key, slider in sliders.items()})
            picture.value = svg(curve)
            spec.value = preformatted(spec_text(curve.spec()))
        except SpecError as error:
            picture.value, spec.value = preformatted(str(error)), ""

    for slider in sliders.values():
        slider.observe(show, "value")
    show()
    return VBox([*sliders.values(), picture, spec])


def first_curve(name: str, parameters: Mapping[str, Any]) -> Curve:
    """Return the curve of a name and parameters, `lr` among them, as on the command line."""
    arguments = {key: value for key, value in parameters.items() if key != LR}
    rate = {LR: parameters[LR]} if LR in parameters else {}
    return load_named(name, arguments, rate).curves[0]


def changed(curve: Curve, values: Mapping[str, Any]) -> Curve:
    """Return the curve with other values of its parameters, `lr` among them.

    Raises SpecError for values that its schedule refuses.
    """
    cls = type(curve.schedule)
    arguments = {key: values.get(key, getattr(curve.schedule, key)) for key in cls.model_fields}
    return replace(curve, schedule=schedule(cls.title(), **arguments), lr=values.get(LR, curve.lr))


def numbers(curve: Curve) -> Iterator[tuple[str, int | float]]:
    """Yield the curve's parameters that are numbers, with their values; the rate comes first."""
    if not curve.schedule.sets_rate:
        yield LR, curve.lr
    for key in type(curve.schedule).model_fields:
        value = getattr(curve.schedule, key)
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield key, value


def preformatted(text: str) -> str:
    """Return text as HTML that keeps its lines."""
    return f"<pre>{escape(text)}</pre>"


def bounds(value: float) -> dict[str, float]:
    """Return the ends of a slider and the distance of its values: from 0 to twice the value."""
    if isinstance(value, int):
        return {"min": min(2 * value, 0), "max": max(2 * value, 10), "step": 1}
    low, high = min(2 * value, 0.0), max(2 * value, DEFAULT_LR)
    return {"min": low, "max": high, "step": (high - low) / POSITIONS}

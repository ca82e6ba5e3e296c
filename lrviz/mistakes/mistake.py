"""What a mistake is: one declaration from which the search, the picture and the docs follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any, NamedTuple

from lrviz.core.text import format_count
from lrviz.curves.curve import Curve
from lrviz.mistakes.variants import numbers_of

Values = Mapping[str, Any]
"""The values of a mistake's parameters, checked."""
Tick = Callable[[Any], Any]
DIGITS = 12
"""Decimals of 1 minus a value that are not lost in the difference."""


ONCE = {
    "step": "call scheduler.step() once after each optimizer.step()",
    "epoch": "call scheduler.step() once per epoch",
}
CALLERS = {"step": "each process or each accumulated batch", "epoch": "each batch"}
"""What ticks a scheduler more often than once per step or epoch, where that is meant."""


class CountFormatter(Formatter):
    """Formats `{n:step}` as a count with its noun: `1 step`, `1,000 steps`.

    In a plan of epochs `step` is an epoch, and so is `tick` in one whose scheduler ticks once per
    epoch; `{unit}`, `{units}`, `{period}`, `{once}` and `{callers}` are worded alike.
    """

    def __init__(self, plan: Curve) -> None:
        unit = "epoch" if plan.axis == "epoch" else "step"
        period = "epoch" if plan.ticks_by_epoch else unit
        self.nouns = {"step": unit, "tick": period}
        self.words = {
            "unit": unit,
            "units": "epochs" if unit == "epoch" else "optimizer steps",
            "period": f"{'an' if period == 'epoch' else 'a'} {period}",
            "once": ONCE[period],
            "callers": CALLERS[period],
            "length": plan.count(),
        }

    def text(self, template: str, values: Values) -> str:
        """Return a template with values and the words for the plan."""
        return self.format(template, **values, **self.words)

    def format_field(self, value: Any, format_spec: str) -> str:
        """Return a value in a format, or as a count of what the format names."""
        is_noun = format_spec.isalpha() and len(format_spec) > 1
        noun = self.nouns.get(format_spec, format_spec)
        return format_count(value, noun) if is_noun else format(value, format_spec)


class Parameter(NamedTuple):
    """A number that says how the mistake was made; `default` takes it from the plan.

    With `in_steps` it counts steps and may be typed as `2k`, `5ep` or `10%`. `is_usual` tells
    whether runs with this mistake usually have a value: of explanations of a log that give the
    same rows, one with usual values comes first.
    """

    name: str
    description: str
    example: float
    is_integer: bool = True
    in_steps: bool = False
    minimum: float = 1
    default: Callable[[Curve], int | None] = lambda _: None
    is_usual: Callable[[Curve, float], bool] = lambda _plan, _value: True


@dataclass(frozen=True, eq=False)
class Piece:
    """From `start` on, the run has `factor` times the rate of `plan` at step `tick(step)`.

    `tick` takes and returns whole steps or arrays of them, and never falls.
    """

    start: int
    plan: Curve
    tick: Tick
    factor: float = 1.0


def is_short(value: Any) -> bool:
    """Return whether a number has at most three digits, or 1 minus it has, or all of several.

    Whole numbers count as short.
    """
    if isinstance(value, tuple):
        return all(map(is_short, value))
    if isinstance(value, int):
        return True
    return any(float(f"{number:.3g}") == number for number in (value, round(1 - value, DIGITS)))


class Mistake(NamedTuple):
    """A way in which a run leaves its plan.

    `explanation` says what happened and `remedy` what mends it; both may name the parameters, the
    plan's `length` and the words of `CountFormatter` and of `words` in braces. With `of_schedule`
    its parameters are those of the plan's schedule that are numbers and have no role. `pieces`
    returns the run as pieces of the plan, rising by their start from 0; it raises SpecError where
    the plan cannot be changed in that way. `length` returns the steps of the run, where they are
    not the plan's. `source` is where people met it. `title` is that of its figure in the gallery,
    which is drawn with the values of `figure_values`.
    """

    id: str
    sentence: str
    explanation: str
    pieces: Callable[[Curve, Values], Sequence[Piece]]
    remedy: str = ""
    parameters: tuple[Parameter, ...] = ()
    length: Callable[[Curve, Values], int] = lambda plan, _: plan.count()
    source: str = ""
    title: str = ""
    figure_values: str = ""
    of_schedule: bool = False
    words: Callable[[Curve, Values], Mapping[str, str]] = lambda _plan, _values: {}

    def explain(self, plan: Curve, values: Values) -> str:
        """Return what happened in a run of this plan."""
        return CountFormatter(plan).text(self.explanation, {**values, **self.words(plan, values)})

    def mend(self, plan: Curve, values: Values) -> str:
        """Return what mends it."""
        return CountFormatter(plan).text(self.remedy, {**values, **self.words(plan, values)})

    def unusual(self, plan: Curve, values: Values) -> int:
        """Return how many of the values are not usual."""
        if self.of_schedule:
            return sum(not is_short(value) for value in values.values())
        return sum(not item.is_usual(plan, values[item.name]) for item in self.parameters)

    def example_values(self, plan: Curve) -> dict[str, Any]:
        """Return a value for each parameter: the plan's, else the example.

        Of the parameters of a schedule it is the first one.
        """
        if self.of_schedule:
            return dict([*numbers_of(plan.schedule).items()][:1])
        defaults = {item.name: item.default(plan) for item in self.parameters}
        return {item.name: defaults[item.name] or item.example for item in self.parameters}

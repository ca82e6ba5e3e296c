"""Mistakes of the settings: another peak, length or warm-up than planned."""

from __future__ import annotations

from lrviz.core.text import format_value
from lrviz.curves.curve import Curve
from lrviz.mistakes.mistake import Mistake, Parameter, Piece, Values
from lrviz.mistakes.usual import is_usual_factor, is_usual_floor, is_usual_or_off_by_one
from lrviz.mistakes.variants import (
    numbers_of,
    with_floor,
    with_length,
    with_values,
    with_warmup,
)


def scaled(plan: Curve, values: Values) -> list[Piece]:
    """Return the run with the plan's rates times a factor."""
    return [Piece(0, plan, lambda t: t, values["factor"])]


def other_length(plan: Curve, values: Values) -> list[Piece]:
    """Return the run whose schedule was made for another length."""
    return [Piece(0, with_length(plan, values["total"]), lambda t: t)]


def other_warmup(plan: Curve, values: Values) -> list[Piece]:
    """Return the run whose warm-up has another length."""
    return [Piece(0, with_warmup(plan, values["steps"]), lambda t: t)]


def other_floor(plan: Curve, values: Values) -> list[Piece]:
    """Return the run whose schedule ends at another rate."""
    return [Piece(0, with_floor(plan, values["rate"]), lambda t: t)]


def other_value(plan: Curve, values: Values) -> list[Piece]:
    """Return the run whose schedule has other values of its parameters."""
    return [Piece(0, with_values(plan, values), lambda t: t)]


def value_words(plan: Curve, values: Values) -> dict[str, str]:
    """Return the values of a run beside the plan's, and their names."""
    planned = numbers_of(plan.schedule)
    changes = (
        f"{name} is {format_value(value)} in the run and {format_value(planned[name])} in the plan"
        for name, value in values.items()
    )
    return {"changes": ", and ".join(changes), "names": " and ".join(values)}


MISTAKES = (
    Mistake(
        "scaled",
        "The rates are the plan's times a factor.",
        title="Another peak",
        figure_values="factor=0.5",
        explanation="the rates are the plan's times {factor:.4g}",
        remedy="look for what multiplies the rate: scaling with the batch size or the number of "
        "processes, or a parameter group with a rate of its own",
        pieces=scaled,
        parameters=(
            Parameter(
                "factor",
                "what the rates are multiplied by",
                0.5,
                is_integer=False,
                minimum=0,
                is_usual=is_usual_factor,
            ),
        ),
    ),
    Mistake(
        "other-length",
        "The schedule was made for another number of steps.",
        title="Another length",
        figure_values="total=600",
        explanation="the schedule is made for {total:step}, and the run has {length:,}",
        remedy="give the schedule the {length:,} {units} of the whole run",
        pieces=other_length,
        parameters=(
            Parameter(
                "total",
                "steps that the schedule is made for",
                50,
                in_steps=True,
                is_usual=is_usual_or_off_by_one,
            ),
        ),
    ),
    Mistake(
        "other-warmup",
        "The warm-up has another length.",
        title="Another warm-up",
        figure_values="steps=400",
        explanation="the warm-up takes {steps:step}",
        remedy="give the warm-up the planned number of {units}",
        pieces=other_warmup,
        parameters=(Parameter("steps", "steps of the warm-up", 30, in_steps=True, minimum=0),),
    ),
    Mistake(
        "other-floor",
        "The schedule ends at another rate.",
        title="Another floor",
        figure_values="rate=0.03",
        explanation="the schedule ends at a rate of {rate:.4g}",
        remedy="give the schedule the planned floor: look at how its parameter is passed on, and "
        "whether it is a rate or a share of the peak",
        pieces=other_floor,
        parameters=(
            Parameter(
                "rate",
                "the rate at which the schedule ends",
                1e-5,
                is_integer=False,
                minimum=0,
                is_usual=is_usual_floor,
            ),
        ),
        source="huggingface/open-muse#144",
    ),
    Mistake(
        "other-value",
        "A parameter of the schedule has another value.",
        title="Another value of a parameter",
        figure_values="gamma=0.5",
        explanation="{changes}",
        remedy="give the schedule the planned {names}, or correct the plan",
        pieces=other_value,
        of_schedule=True,
        words=value_words,
    ),
)

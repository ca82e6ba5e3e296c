"""Mistakes of the clock: the scheduler does not tick once with each step of the plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lrviz.curves.curve import Curve
from lrviz.mistakes.mistake import Mistake, Parameter, Piece, Values
from lrviz.mistakes.usual import is_usual_count, is_usual_lag


def clock(tick: Callable[..., Any]) -> Callable[[Curve, Values], Sequence[Piece]]:
    """Return the pieces of a run that is at step `tick(t, **values)` of the plan."""
    return lambda plan, values: [Piece(0, plan, lambda t: tick(t, **values))]


def tick_until(t: Any, at: int) -> Any:
    """Return the ticks by step `t` of a scheduler that stops at a step."""
    return np.minimum(t, at)


def skipped(plan: Curve, values: Values) -> list[Piece]:
    """Return the run that lags by a number of steps that grows evenly."""
    count, steps = values["count"], max(plan.count(), values["count"])
    return [Piece(0, plan, lambda t: t - t * count // steps)]


MISTAKES = (
    Mistake(
        "as-planned",
        "The run follows the plan.",
        explanation="the run follows the plan",
        pieces=clock(lambda t: t),
    ),
    Mistake(
        "shifted",
        "Each step has the rate of a neighbouring step.",
        title="scheduler.step() before optimizer.step()",
        figure_values="by=1",
        explanation="each {unit} t has the rate of {unit} t{by:+,}",
        remedy="call scheduler.step() after optimizer.step(), read the rate that is logged before "
        "it, and count the {unit}s of the whole run from 0",
        pieces=clock(lambda t, by: np.maximum(t + by, 0)),
        parameters=(Parameter("by", "steps, above 0 for later ones", 1, minimum=-1_000_000),),
    ),
    Mistake(
        "never-stepped",
        "The rate stays at the first one.",
        title="scheduler.step() is forgotten",
        explanation="the scheduler never ticks: the rate stays at the first one",
        remedy="{once}; give a scheduler that follows a metric its value",
        pieces=clock(lambda t: t * 0),
    ),
    Mistake(
        "stepped-per-epoch",
        "The scheduler ticks once per epoch, and its parameters count steps.",
        title="Stepped once per epoch",
        figure_values="steps_per_epoch=50",
        explanation="the scheduler ticks once per epoch of {steps_per_epoch:step}, and its "
        "parameters count steps",
        remedy="call scheduler.step() in the loop over batches, or give its parameters in epochs",
        pieces=clock(lambda t, steps_per_epoch: t // steps_per_epoch),
        parameters=(
            Parameter(
                "steps_per_epoch",
                "optimizer steps of an epoch; the run's, where it has them",
                10,
                minimum=2,
                default=lambda plan: plan.steps_per_epoch,
            ),
        ),
    ),
    Mistake(
        "stepped-n-times",
        "The scheduler ticks n times a step.",
        title="Stepped by each of four processes",
        figure_values="n=4",
        explanation="the scheduler ticks {n:,} times {period}",
        remedy="{once}; where {callers} ticks it, give its parameters {n:,} times as many steps",
        pieces=clock(lambda t, n: t * n),
        parameters=(Parameter("n", "ticks per step", 4, minimum=2, is_usual=is_usual_count),),
        source="huggingface/accelerate#2926, huggingface/diffusers#3954",
    ),
    Mistake(
        "stepped-per-n",
        "The scheduler ticks once in n steps.",
        title="Stepped once in four steps",
        figure_values="n=4",
        explanation="the scheduler ticks once in {n:tick}",
        remedy="{once}; where its parameters count more, as batches, divide them by {n:,}",
        pieces=clock(lambda t, n: t // n),
        parameters=(Parameter("n", "steps per tick", 4, minimum=2, is_usual=is_usual_count),),
        source="huggingface/accelerate#963",
    ),
    Mistake(
        "stopped",
        "The rate stays at the one of a step.",
        title="The scheduler stops",
        figure_values="at=100",
        explanation="the rate stays at the one of {unit} {at:,}",
        remedy="call scheduler.step() up to the end of the run; where the rate stays after a "
        "warm-up, give the schedule its decay",
        pieces=clock(tick_until),
        parameters=(Parameter("at", "the last step that ticks", 40, in_steps=True),),
    ),
    Mistake(
        "skipped",
        "The rates lag behind the plan, by a number of steps that may grow.",
        title="Steps skipped by loss scaling",
        figure_values="count=300",
        explanation="the rates lag behind the plan, by {count:step} at the end: the scheduler "
        "missed ticks, as those of optimizer steps that are skipped, or of a run that is resumed",
        remedy="a lag of a few steps is harmless, since loss scaling skips steps that overflow; "
        "where it grows on, find out why so many gradients do, and where it begins all at once, "
        "save the scheduler's state with the model's",
        pieces=skipped,
        parameters=(
            Parameter(
                "count",
                "skipped steps by the end of the run",
                20,
                in_steps=True,
                is_usual=is_usual_lag,
            ),
        ),
    ),
)

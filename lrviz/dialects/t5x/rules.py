"""The factors of T5X's schedule: each as a function of the clock, and as ground shapes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lrviz.core import shapes
from lrviz.core.schedule import Array
from lrviz.core.segment import Shape, hold, inverse_sqrt, linear

if TYPE_CHECKING:
    from lrviz.dialects.t5x.product import CreateLearningRateScheduler as Product


@dataclass(frozen=True)
class FactorRule:
    """A factor: its value at times of the clock, and its shapes before and after the warm-up.

    A shape is None where there is no ground shape. `counts_warm_up` is whether warmup_steps
    matters.
    """

    rates: Callable[[Product, Array], Array]
    before: Callable[[Product], Shape | None]
    after: Callable[[Product], Shape | None]
    counts_warm_up: bool = True


def share(plan: Product, clock: Array) -> Array:
    """Return the share of the warm-up that has passed, past 1 after it."""
    return np.asanyarray(clock / np.float64(plan.warmup_steps))


def line(plan: Product) -> Shape | None:
    """Return the line down of linear_decay, where it is the lower one of the two."""
    if plan.decay_factor <= 0 or not plan.warmup_steps:
        return None
    return linear(plan.base_learning_rate, 0.0, plan.warmup_steps, 1 / plan.decay_factor)


def inverse_root(plan: Product, first: float) -> Shape | None:
    """Return the root from the end of the warm-up on; without a warm-up it has no first rate."""
    return inverse_sqrt(first, plan.warmup_steps, plan.warmup_steps) if plan.warmup_steps else None


def one(_: Product) -> Shape:
    """Return the shape of a factor that does not act."""
    return hold(1.0)


def nothing(_: Product) -> None:
    """Return that a factor has no ground shape."""


FACTORS: dict[str, FactorRule] = {
    "constant": FactorRule(
        lambda plan, _: np.asanyarray(plan.base_learning_rate),
        lambda plan: hold(plan.base_learning_rate),
        lambda plan: hold(plan.base_learning_rate),
        counts_warm_up=False,
    ),
    "linear_warmup": FactorRule(
        lambda plan, clock: np.minimum(1.0, share(plan, clock)),
        lambda plan: linear(0.0, 1.0, 0, plan.warmup_steps),
        lambda plan: hold(1.0) if plan.warmup_steps else None,
    ),
    "linear_decay": FactorRule(
        lambda plan, clock: np.asanyarray(
            plan.base_learning_rate
            * np.minimum(share(plan, clock), 1.0 + plan.decay_factor * (plan.warmup_steps - clock))
        ),
        lambda plan: (
            linear(0.0, plan.base_learning_rate, 0, plan.warmup_steps)
            if plan.decay_factor >= 0
            else None
        ),
        line,
    ),
    "rsqrt_decay": FactorRule(
        lambda plan, clock: inverse(np.sqrt(np.maximum(clock, plan.warmup_steps))),
        lambda plan: hold(plan.warmup_steps**-0.5),
        lambda plan: inverse_root(plan, max(plan.warmup_steps, 1) ** -0.5),
    ),
    "rsqrt_normalized_decay": FactorRule(
        lambda plan, clock: (
            np.sqrt(plan.warmup_steps) * inverse(np.sqrt(np.maximum(clock, plan.warmup_steps)))
        ),
        one,
        lambda plan: inverse_root(plan, 1.0),
    ),
    "decay_every": FactorRule(
        lambda plan, clock: shapes.powers(plan.decay_factor, clock // plan.steps_per_decay),
        nothing,
        nothing,
        counts_warm_up=False,
    ),
    "cosine_decay": FactorRule(
        lambda plan, clock: shapes.cosine(
            np.maximum(0.0, (clock - plan.warmup_steps) / plan.steps_per_cycle) % 1.0
        ),
        one,
        nothing,
    ),
}
"""The factors by name."""


def inverse(values: Array) -> Array:
    """Return 1 / values, which is infinite for 0."""
    return np.asanyarray(1.0 / values)

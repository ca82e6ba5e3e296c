"""How users of optax write an intent: a schedule with a warm-up, or a line joined with a decay."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lrviz.core.intent import Idiom, Intent, idiom, spec_for


def idioms(intent: Intent) -> Iterator[Idiom]:
    """Yield the idiom of an intent."""
    warm_up = {"init_value": 0.0} if intent.warmup else {}
    match intent.shape:
        case "cosine":
            name = "warmup_cosine_decay_schedule" if intent.warmup else "cosine_decay_schedule"
            yield idiom(f"optax.{name}", intent, **warm_up)
        case "linear":
            yield joined("linear_schedule", intent)
        case "polynomial":
            yield joined("polynomial_schedule", intent, power=intent.power)
        case "exponential":
            name = "warmup_exponential_decay_schedule" if intent.warmup else "exponential_decay"
            rate = {"transition_steps": intent.decay_steps, "decay_rate": intent.floor_share}
            yield idiom(f"optax.{name}", intent, **warm_up, **rate)
        case "constant":
            name = "warmup_constant_schedule" if intent.warmup else "constant_schedule"
            yield idiom(f"optax.{name}", intent, **warm_up)


def joined(name: str, intent: Intent, **parameters: Any) -> Idiom:
    """Return the idiom of a decay that has no warm-up of its own, after a line where there is one.

    The decay ends at the floor after the steps that the warm-up leaves.
    """
    ends = {"init_value": intent.peak, "end_value": intent.floor}
    parameters |= {**ends, "transition_steps": intent.decay_steps}
    spec = spec_for(f"optax.{name}", intent, **parameters)
    if not intent.warmup:
        return Idiom(f"optax {name}", spec)
    rise = {"init_value": 0.0, "end_value": intent.peak, "transition_steps": intent.warmup}
    parts = [{"schedule": "optax.linear_schedule", **rise}, spec]
    sequence = {"schedules": parts, "boundaries": [intent.warmup]}
    return Idiom(f"optax linear, {name}", {"schedule": "optax.join_schedules", **sequence})

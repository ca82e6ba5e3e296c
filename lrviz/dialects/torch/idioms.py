"""How users of torch write an intent: a sequence of LinearLR, with its defaults, and a decay."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lrviz.core.intent import Idiom, Intent, idiom, spec_for
from lrviz.core.schedule import Schedule
from lrviz.dialects.torch.composites import SequentialLR
from lrviz.dialects.torch.ramps import LinearLR


def idioms(intent: Intent) -> Iterator[Idiom]:
    """Yield the idiom of an intent; there is none for a constant rate."""
    match intent.shape:
        case "cosine":
            yield decay("CosineAnnealingLR", intent)
        case "linear":
            yield decay("LinearLR", intent, start_factor=1.0, end_factor=intent.floor_share)
        case "polynomial":  # it always ends at 0
            yield decay("PolynomialLR", intent, power=intent.power)
        case "exponential":
            gamma = intent.floor_share ** (1 / intent.decay_steps)
            yield decay("ExponentialLR", intent, gamma=gamma)
        case "constant" if intent.warmup:
            yield idiom("torch.LinearLR", intent, total_iters=intent.warmup)


def decay(name: str, intent: Intent, **parameters: Any) -> Idiom:
    """Return the idiom of a decay, after a warm-up where there is one."""
    spec = spec_for(f"torch.{name}", intent, **parameters)
    if not intent.warmup:
        return Idiom(f"torch {name}", spec)
    parts = [{"schedule": "torch.LinearLR", "total_iters": intent.warmup}, spec]
    sequence = {"schedules": parts, "milestones": [intent.warmup]}
    return Idiom(f"torch LinearLR, {name}", {"schedule": "torch.SequentialLR", **sequence})


def warm_up(schedule: Schedule, steps: int, start_factor: float) -> Schedule:
    """Return the sequence of a linear warm-up of `steps` and a schedule of torch.

    Raises the validation errors of pydantic where torch refuses the sequence.
    """
    line = LinearLR(start_factor=start_factor, total_iters=steps)
    return SequentialLR.model_validate({"schedules": [line, schedule], "milestones": [steps]})

"""A linear warm-up and the decay after it, for trainers that count the decay from its own start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class Decay(NamedTuple):
    """A schedule of optax by its name, and its parameters; its rates are absolute."""

    schedule: str
    parameters: Mapping[str, Any]

    def after_warmup(self, start: float, lr: float, steps: int) -> Decay:
        """Return the decay after a line from `start` to `lr` in so many steps."""
        if steps < 1:
            return self
        line = {"init_value": start, "end_value": lr, "transition_steps": steps}
        schedules = [
            {"schedule": "optax.linear_schedule", **line},
            {"schedule": self.schedule, **self.parameters},
        ]
        return Decay("optax.join_schedules", {"schedules": schedules, "boundaries": [steps]})


def cosine(lr: float, steps: int, floor: float) -> Decay:
    """Return half a cosine from lr to `floor` times it, where the rate then stays."""
    parameters = {"init_value": lr, "decay_steps": max(steps, 1), "alpha": floor}
    return Decay("optax.cosine_decay_schedule", parameters)


def stairs(lr: float, boundaries: Sequence[float], rates: Sequence[float]) -> Decay:
    """Return stairs: from each boundary on the rate of the same place in `rates`, from lr."""
    before = [lr, *rates]
    scales = {
        str(int(step)): rate / previous
        for step, previous, rate in zip(boundaries, before, rates, strict=False)
        if previous
    }
    parameters = {"init_value": lr, "boundaries_and_scales": scales}
    return Decay("optax.piecewise_constant_schedule", parameters)

"""How users of torch write what torch has no single schedule for."""

from __future__ import annotations

from lrviz.core.schedule import Schedule
from lrviz.dialects.torch.composites import SequentialLR
from lrviz.dialects.torch.ramps import LinearLR


def warm_up(schedule: Schedule, steps: int, start_factor: float) -> Schedule:
    """Return the sequence of a linear warm-up of `steps` and a schedule of torch.

    Raises the validation errors of pydantic where torch refuses the sequence.
    """
    line = LinearLR(start_factor=start_factor, total_iters=steps)
    return SequentialLR.model_validate({"schedules": [line, schedule], "milestones": [steps]})

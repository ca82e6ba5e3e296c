"""What ESPnet's schedules share: their clock is one step ahead of the optimizer's."""

from __future__ import annotations

from typing import ClassVar

from lrviz.core.schedule import Schedule
from lrviz.core.segment import Shape, inverse_sqrt, linear


class ESPnet(Schedule, abstract=True):
    """A schedule of ESPnet; the clock counts optimizer steps from 0, the formulas from 1."""

    dialect = "espnet"
    ignored_parameters: ClassVar[tuple[str, ...]] = ("optimizer", "last_epoch")
    source = "ESPnet 202511, espnet2/schedulers"


def rise(peak: float, length: float) -> Shape:
    """Return the line from peak / length at step 0 to the peak at step length - 1."""
    return linear(0.0, peak, -1, length, lambda t: peak * ((t + 1) / length))


def fall(peak: float, length: float) -> Shape:
    """Return the inverse square root from the peak at step length - 1 on."""
    return inverse_sqrt(peak, length - 1, length)

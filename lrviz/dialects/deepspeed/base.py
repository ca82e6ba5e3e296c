"""What the schedules of DeepSpeed share."""

from __future__ import annotations

from typing import ClassVar

from lrviz.core.schedule import Schedule

RESUME = "lrviz draws a schedule from its start, and DeepSpeed would resume it there"


class DeepSpeed(Schedule, abstract=True):
    """A schedule of DeepSpeed; the clock counts optimizer steps from 0.

    The library counts from -1: the first step has the rate that is set at construction, and step
    t the rate of the library's batch t - 1.
    """

    dialect = "deepspeed"
    ignored_parameters: ClassVar[tuple[str, ...]] = ("optimizer",)
    fixed_parameters = {"last_batch_iteration": (-1, RESUME)}
    source = "DeepSpeed 0.19.8, deepspeed/runtime/lr_schedules.py"

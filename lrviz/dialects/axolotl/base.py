"""What the schedules of axolotl share."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from lrviz.core.parameters import Count, Steps
from lrviz.core.roles import Length, WarmUp
from lrviz.core.schedule import Schedule


class Axolotl(Schedule, abstract=True):
    """A schedule of axolotl; the clock counts optimizer steps from 0."""

    dialect = "axolotl"
    ignored_parameters: ClassVar[tuple[str, ...]] = ("optimizer", "last_epoch")
    source = "axolotl 0.19.0, axolotl/utils/schedulers.py"


class WithRun(Axolotl, abstract=True):
    """A schedule with a warm-up and the length of its run."""

    num_warmup_steps: Annotated[Count, WarmUp()] = Field(
        description="steps of the warm-up", examples=[10]
    )
    num_training_steps: Annotated[Steps, Length()] = Field(
        description="steps of the run", examples=[100]
    )

    def natural_length(self) -> int | None:
        return self.num_training_steps

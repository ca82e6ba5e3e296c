"""What the schedulers of paddle.optimizer.lr share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from lrviz.core.absolute import AbsoluteSchedule
from lrviz.core.parameters import Rate
from lrviz.core.roles import Peak
from lrviz.core.schedule import End, Schedule
from lrviz.core.segment import Part

RESUME = "a curve starts at step 0, and PaddlePaddle would resume it there"


class Paddle(AbsoluteSchedule, abstract=True):
    """A scheduler of PaddlePaddle, which holds the rate itself.

    The clock counts calls of `step()`, from 0 at construction. Rates are float64.
    """

    dialect = "paddle"
    ignored_parameters: ClassVar[tuple[str, ...]] = ("verbose",)
    fixed_parameters = {"last_epoch": (-1, RESUME)}
    source = "paddlepaddle 3.3.1, python/paddle/optimizer/lr.py"

    def segments_at_epochs(self) -> Sequence[Part]:
        """Return the segments of a run that sets each epoch: `step(epoch)`."""
        return self.segments(0.0)


class WithRate(Paddle, abstract=True):
    """A scheduler that starts from learning_rate."""

    learning_rate: Annotated[Rate, Peak()] = Field(
        ge=0, description="rate at step 0", examples=[0.1]
    )


class SameCurve(Paddle, abstract=True):
    """A scheduler whose curve another library has under other names."""

    if TYPE_CHECKING:
        learning_rate: float

    def counterpart(self) -> Schedule:
        """Return the other library's schedule with the same rates."""
        raise NotImplementedError

    @property
    def initial_rate(self) -> float:
        """The rate of the optimizer that the other schedule is bound to."""
        return self.learning_rate

    def segments(self, lr: float) -> Sequence[Part]:
        del lr
        return self.counterpart().segments(self.initial_rate)

    def natural_length(self) -> int | None:
        return self.counterpart().natural_length()

    def end(self) -> End | None:
        return self.counterpart().end()

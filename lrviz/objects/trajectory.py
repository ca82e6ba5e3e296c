"""The rates of an object, stepped as far as they are needed, and the schedule of these rates."""

from __future__ import annotations

import math
import warnings
from array import array
from typing import Any

import numpy as np
from pydantic import ConfigDict

from lrviz.core.errors import SpecError
from lrviz.core.metric import Metric, Recorded
from lrviz.core.metric_driven import require_values
from lrviz.core.schedule import Array, End, PathDependent
from lrviz.core.segment import Segment
from lrviz.objects.failures import failure
from lrviz.objects.pieces import pieces
from lrviz.objects.reader import StandIn


class Trajectory:
    """The rates of a stand-in by parameter group; it is stepped when later rates are needed."""

    def __init__(self, stand_in: StandIn) -> None:
        self.stand_in = stand_in
        self.columns = [array("d") for _ in stand_in.groups]
        self.failure: SpecError | None = None

    def rates(self, group: int, stop: int) -> Array:
        """Return the rates of a group at steps 0 to stop - 1.

        Raises SpecError where the object raises, or has a rate that is not a finite number.
        """
        if len(self.columns[0]) < stop:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # they are about a loop without its optimizer
                self.step_to(stop)
        return np.array(self.columns[group][:stop])

    def step_to(self, stop: int) -> None:
        """Step the stand-in until there are `stop` rates; raise the error of its first failure."""
        for step in range(len(self.columns[0]), stop):
            if self.failure is None:
                self.failure = self.step(step)
            if self.failure is not None:
                raise self.failure

    def step(self, step: int) -> SpecError | None:
        """Add the rates of the next step, or return the error where there are none."""
        title = self.stand_in.title
        try:
            row = next(self.stand_in.rows)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # SystemExit is no reason to end lrviz
            return failure(error, subject=title, where=f" at step {step}")
        for column, value in zip(self.columns, row, strict=True):
            number = as_number(value)
            if number is None or not math.isfinite(number):
                text = type(value).__name__ if number is None else number
                message = f"{title} has no finite rate at step {step} (got {text})"
                return SpecError.of("", message, "not-finite")
            column.append(number)
        return None


def as_number(value: Any) -> float | None:
    """Return a number of any type as a float, or None for any other value."""
    try:
        return None if isinstance(value, str) else float(value)
    except (TypeError, ValueError, OverflowError):
        return None


class ObjectSchedule(PathDependent):
    """The schedule of an object that is stepped: the rates of one of its parameter groups."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    sets_rate = True
    trajectory: Trajectory
    group: int = 0
    metric: Metric | None = None

    def of_group(self, group: int) -> ObjectSchedule:
        """Return the schedule of another parameter group of the same object."""
        return self.model_copy(update={"group": group})

    def title(self) -> str:  # type: ignore[override]  # an object has a name, not its class
        """Return the object's name."""
        return self.trajectory.stand_in.title

    def __repr__(self) -> str:
        return self.title()

    def spec(self) -> dict[str, Any]:
        """Return the object's name: no spec file gives an object again."""
        return {"schedule": self.title()}

    def non_default_parameters(self) -> dict[str, Any]:
        """Return no parameters: they are the object's own."""
        return {}

    def simulate(self, stop: int, lr: float) -> Array:
        """Return the rates of steps 0 to stop - 1; `lr` is not used."""
        del lr
        if self.metric is not None:
            require_values(self.metric, stop)
        return self.trajectory.rates(self.group, stop)

    def expand(self, lr: float, stop: int) -> list[Segment]:
        """Return where the rates below step `stop` rise, fall or stay."""
        length = self.trajectory.stand_in.length
        rates = self.simulate(stop if length is None else min(stop, length), lr)
        return pieces(rates, self.rate_function(lr))

    def natural_length(self) -> int | None:
        """Return the length of a sequence, or of the metric; None for an object without end."""
        if isinstance(self.metric, Recorded):
            return len(self.metric) or None
        return self.trajectory.stand_in.length

    def end(self) -> End | None:
        """Return the last step of a sequence; None for an object without end."""
        length = self.trajectory.stand_in.length
        if length is None:
            return None
        return End(length - 1, f"has {length:,} rates, of steps 0 to {length - 1:,}")

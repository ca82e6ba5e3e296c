"""What lrviz's own schedules share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import model_validator

from lrviz.core.parameters import Steps
from lrviz.core.roles import Target
from lrviz.core.schedule import Schedule, Steps64
from lrviz.core.validation import error_at
from lrviz.dialects.native.legs import Fall, Leg, drawn
from lrviz.dialects.native.lengths import Floor, rate_of, whole_steps


class Lrviz(Schedule, abstract=True):
    """What lrviz's own schedules share.

    The clock counts optimizer steps from 0. A phase of n steps has gone t / n of its way after
    t of them: a warm-up of W steps reaches lr at step W, and a run of `total_steps` N is at its
    last rate at step N, one beyond the last step used; from there on that rate is held. A phase
    of no steps does not happen. Rates are float64. Names are the field's: `total_steps` is the
    run, `warmup_steps`, `hold_steps` and `decay_steps` are lengths (steps, or a share of the run
    such as 10%), `min_lr` is the floor (a rate, or a share of lr).
    """

    dialect = "lrviz"

    @classmethod
    def complete(cls, parameters: Mapping[str, Any], target: Target) -> dict[str, Any]:
        """Take the run's length for total_steps where it was not given."""
        missing = super().complete(parameters, target)
        if "total_steps" in missing and target.steps:
            missing["total_steps"] = target.steps
        return missing

    def findings(self, lr: float) -> Iterator[str]:
        for name in ("warmup_init_lr", "min_lr"):
            rate = rate_of(getattr(self, name, 0.0), lr)
            if rate > lr and not self.sets_rate:
                turn = "falls to lr" if name == "warmup_init_lr" else "rises to it"
                yield f"{name} ({rate:g}) is above lr ({lr:g}): the rate {turn}"


class Run(Lrviz, abstract=True):
    """A schedule over total_steps, in phases."""

    if TYPE_CHECKING:  # each subclass declares it, with an example of its own
        total_steps: Steps

    lengths: ClassVar[tuple[str, ...]] = ()
    """The parameters that are lengths of phases; together they must fit into the run."""

    @model_validator(mode="after")
    def lengths_that_fit(self) -> Run:
        """Refuse phases that are longer than the run."""
        sizes = {name: self.steps_of(name) for name in self.lengths}
        if sum(sizes.values()) > self.total_steps:
            told = " + ".join(f"{name} {size:,}" for name, size in sizes.items() if size)
            words = f"{told} is more than total_steps ({self.total_steps:,})"
            last = [name for name, size in sizes.items() if size][-1]
            raise error_at(last, words, getattr(self, last))
        return self

    def steps_of(self, name: str) -> int:
        """Return a length in whole steps; one that is not given counts as 0."""
        length = getattr(self, name)
        return 0 if length is None else whole_steps(length, self.total_steps)

    def legs(self, lr: float) -> Sequence[Leg]:
        """Return the schedule as legs, one after the other."""
        raise NotImplementedError

    def compute(self, t: Steps64, lr: float) -> Any:
        return drawn(self.legs(lr), t)

    def natural_length(self) -> int | None:
        return self.total_steps

    def marks(self, stop: int) -> list[int]:
        legs = [leg for leg in self.legs(1.0) if leg.end > leg.begin]
        edges = {leg.begin for leg in legs} | {leg.end for leg in legs}
        return sorted(step for step in edges if 0 < step < stop)


class Decaying(Run, abstract=True):
    """A run that ends in a decay whose shape may be chosen."""

    if TYPE_CHECKING:  # each subclass declares them, in its own order
        decay_shape: Fall
        min_lr: Floor

    @model_validator(mode="after")
    def decay_that_has_an_end(self) -> Decaying:
        """Refuse an exponential decay to 0, which no exponential reaches."""
        if self.decay_shape == "exponential" and rate_of(self.min_lr, 1.0) == 0:
            words = "min_lr must be greater than 0 where decay_shape is exponential"
            raise error_at("min_lr", words, self.min_lr)
        return self

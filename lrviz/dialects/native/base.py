"""What lrviz's own schedules share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from pydantic import model_validator

from lrviz.core.findings import Finding
from lrviz.core.parameters import Steps
from lrviz.core.schedule import Schedule
from lrviz.core.text import format_number
from lrviz.core.validation import error_at
from lrviz.dialects.native.shares import RateOrShare, rate_of, whole_steps
from lrviz.dialects.native.stages import DecayShape


class Lrviz(Schedule, abstract=True):
    """What lrviz's own schedules share.

    The clock counts optimizer steps from 0. A stage of n steps has gone t / n of its way after
    t of them: a warm-up of W steps reaches lr at step W, and a run of `total_steps` N is at its
    last rate at step N, one beyond the last step used; from there on that rate is held. A stage
    of no steps is skipped. Rates are float64. Names are the field's: `total_steps` is the
    run, `warmup_steps`, `hold_steps` and `decay_steps` are lengths (steps, or a share of the run
    such as 10%), `min_lr` is the floor (a rate, or a share of lr).
    """

    dialect = "lrviz"

    def findings(self, lr: float) -> Iterator[Finding]:
        if self.sets_rate:
            return
        first = rate_of(getattr(self, "warmup_init_lr", 0.0), lr)
        if first > lr:
            message = (
                f"warmup_init_lr ({format_number(first)}) is above lr ({format_number(lr)}): "
                "the rate falls to lr"
            )
            yield self.note("falling-warm-up", message)
        floor = rate_of(getattr(self, "min_lr", 0.0), lr)
        if floor > lr:
            yield self.note(
                "rises",
                f"min_lr ({format_number(floor)}) is above lr ({format_number(lr)}): the rate "
                "rises",
            )


class FixedLength(Lrviz, abstract=True):
    """A schedule over total_steps, in stages."""

    if TYPE_CHECKING:  # each subclass declares it, with an example of its own
        total_steps: Steps

    lengths: ClassVar[tuple[str, ...]] = ()
    """The parameters that are lengths of stages; together they must fit into the run."""

    @model_validator(mode="after")
    def check_lengths(self) -> FixedLength:
        """Refuse stages that are longer than the run."""
        sizes = {name: self.steps_of(name) for name in self.lengths}
        if sum(sizes.values()) > self.total_steps:
            total = " + ".join(f"{name} {size:,}" for name, size in sizes.items() if size)
            message = f"{total} is more than total_steps ({self.total_steps:,})"
            last = [name for name, size in sizes.items() if size][-1]
            raise error_at(last, message, getattr(self, last))
        return self

    def steps_of(self, name: str) -> int:
        """Return a length in whole steps; one that is not given counts as 0."""
        length = getattr(self, name)
        return 0 if length is None else whole_steps(length, self.total_steps)

    def natural_length(self) -> int | None:
        return self.total_steps


class WithDecayShape(FixedLength, abstract=True):
    """A schedule that ends in a decay whose shape may be chosen."""

    if TYPE_CHECKING:  # each subclass declares them, in its own order
        decay_shape: DecayShape
        min_lr: RateOrShare

    @model_validator(mode="after")
    def check_decay_end(self) -> WithDecayShape:
        """Refuse an exponential decay to 0, which no exponential reaches."""
        if self.decay_shape == "exponential" and rate_of(self.min_lr, 1.0) == 0:
            message = "min_lr must be greater than 0 where decay_shape is exponential"
            raise error_at("min_lr", message, self.min_lr)
        return self

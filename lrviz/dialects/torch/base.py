"""The base of all schedulers of torch.optim.lr_scheduler."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from lrviz.core.findings import Finding
from lrviz.core.schedule import Array, Schedule, Steps64
from lrviz.core.segment import Part
from lrviz.core.text import format_number

RESUME = (
    "a curve starts at step 0; remove last_epoch, and read the rates of a resumed run from the "
    "step at which it resumes"
)


class Torch(Schedule, abstract=True):
    """The base of torch's schedulers.

    The clock counts calls of `step()`, from 0 at construction; the user chooses whether it is
    called once per epoch or once per batch. Rates are float64. Most schedulers are recursive:
    `step()` maps the current rate x to a*x + b. For a scheduler alone this agrees with the closed
    form (`segments`); a chain or a sequence is computed by the maps.
    """

    dialect = "torch"
    ignored_parameters: ClassVar[tuple[str, ...]] = ("verbose",)
    fixed_parameters = {"last_epoch": (-1, RESUME)}
    source = "torch 2.13.0, torch.optim.lr_scheduler"

    overwrites: ClassVar[bool] = False
    """Whether `step()` sets the rate without regard to the current one."""
    acts_at_zero: ClassVar[bool] = False
    """Whether `step()` at epoch 0 does the same as the construction."""
    adds: ClassVar[bool] = False
    """Whether a `step()` may add an amount that does not depend on the current rate."""

    def affine(self, t: Steps64, lr: float) -> tuple[Array, Array]:
        """Return (a, b) of the closed form: its rate at `t` is a * lr + b."""
        del lr
        b = self.compute(t, 0.0)
        return self.compute(t, 1.0) - b, b

    def step_map(self, t: Steps64, lr: float) -> tuple[Array, Array]:
        """Return (a, b): on arrival at `t`, step() turns the current rate x into a * x + b.

        `lr` is the rate this scheduler was constructed with.
        """
        if self.overwrites:
            return np.zeros(t.shape), self.compute(t, lr)
        scale, shift = self.affine(t, lr)
        last_scale, last_shift = self.affine(t - 1, lr)
        with np.errstate(all="ignore"):
            a = np.where(last_scale == 0, 1.0, scale / last_scale)
        if self.acts_at_zero:
            a = np.where(t == 0, scale, a)
        return a, shift - a * last_shift

    def segments_after_restart(self, lr: float) -> Sequence[Part]:
        """Return the segments where a sequence switches to this scheduler, which calls step(0)."""
        return self.segments(lr)

    def failure_at_zero(self, restart: bool) -> str | None:
        """Return the message on torch's failure where `step()` arrives at epoch 0 during a run.

        With `restart` a sequence switches to this scheduler and calls `step(0)`; without, it is an
        ordinary step. None where torch does not fail.
        """
        del restart
        return None


class WithFloor(Torch, abstract=True):
    """A schedule that falls to eta_min."""

    if TYPE_CHECKING:  # each subclass declares it, in torch's order
        eta_min: float

    def findings(self, lr: float) -> Iterator[Finding]:
        if self.eta_min > lr:
            message = (
                f"eta_min ({format_number(self.eta_min)}) is above lr ({format_number(lr)}): "
                "the rate rises"
            )
            yield self.note("rises", message)

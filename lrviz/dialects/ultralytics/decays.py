"""Ultralytics' decays by epoch, with a warm-up by batch."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import Field

from lrviz.core import shapes
from lrviz.core.parameters import Count, Factor, Flag, Rate, SpanFromZero, Steps
from lrviz.core.roles import Floor
from lrviz.core.schedule import Array, Schedule, Steps64
from lrviz.core.segment import Part, Segment, hold

FEWEST_AFTER = 3
"""Epochs after the peak that tell lr and lrf."""
USUAL_EPOCHS = (10, 20, 30, 50, 60, 80, 100, 120, 150, 200, 250, 300, 400, 500, 600, 800, 1000)
"""Lengths that are tried for a run that has not ended."""
USUAL_WARMUP = 3
STEEP = 2
"""A warm-up falls from at least so many times the rate that it goes to."""
LRF_DECIMALS, LRF_SHOWN = 5, 3
"""Decimals of lrf that are fitted, and those that a user would write."""
NEAR = 2
"""By so many batches the rounding of a log may blur those of an epoch."""


class ByEpoch(Schedule, abstract=True):
    """A factor of the epoch, after a warm-up in a line that changes with each batch.

    With `nb` the clock counts batches. Without it a tick is an epoch, and has the rate of the
    epoch's end, which is what results.csv shows. Weights start the warm-up at 0, biases at
    warmup_bias_lr, which is their `warmup_start`.
    """

    dialect = "ultralytics"
    clock_unit = "epoch"
    ignored_parameters: ClassVar[tuple[str, ...]] = ("warmup_bias_lr", "warmup_momentum")
    source = "ultralytics 8.4.190, ultralytics/engine/trainer.py"
    epochs: Steps = Field(description="epochs of the run", examples=[100])
    lrf: Annotated[Factor, Floor(share=True)] = Field(
        0.01, description="the rate at the end, as a share of lr"
    )
    warmup_epochs: SpanFromZero = Field(
        3.0, description="epochs of the warm-up, at most all but the last"
    )
    warmup_start: Rate = Field(0.0, description="the rate that the warm-up starts from", ge=0)
    nb: Steps | None = Field(None, description="batches of an epoch; the clock counts them then")
    nw: Count | None = Field(
        None, description="batches of the warm-up, instead of warmup_epochs (with nb)"
    )
    step_at_end: Flag = Field(
        False, description="whether the scheduler is stepped after an epoch (until 8.1), not before"
    )

    def factor(self, epoch: Array | Steps64) -> Array:
        """Return the factor of an epoch."""
        raise NotImplementedError

    def clock(self) -> str:
        return "step" if self.nb else self.clock_unit

    @property
    def batches(self) -> int:
        """How many ticks an epoch has."""
        return self.nb or 1

    @property
    def warmup(self) -> float:
        """The ticks of the warm-up."""
        if self.nb and self.nw is not None:
            return self.nw
        epochs = min(self.warmup_epochs, self.epochs - 1)
        return round(epochs * self.nb) if self.nb else epochs

    def natural_length(self) -> int | None:
        return self.epochs * self.batches

    def segments(self, lr: float) -> Sequence[Part]:
        warmup, batches = self.warmup, self.batches
        ahead = 0 if self.nb else 1

        def decay(t: Steps64, lag: int = 0) -> Array:
            return np.asanyarray(lr * self.factor(np.maximum(t // batches - lag, 0)))

        def rise(t: Steps64) -> Array:
            share = np.minimum((t + ahead) / warmup, 1)
            return self.warmup_start + (decay(t) - self.warmup_start) * share

        reached = max(math.ceil(warmup - ahead), 0)
        parts: list[Part] = [Segment("warm-up", 0, rise)] if reached else []
        lag = int(self.step_at_end)
        if lag and warmup:
            # The batch that ends the warm-up sets the rate for the rest of its epoch.
            settled = (math.floor(warmup) // batches + 1) * batches
            parts.append(Segment("decay", reached, decay))
            reached = settled
        parts.append(Segment("decay", reached, lambda t: decay(t, lag)))
        end = (self.epochs + lag) * batches
        return [*parts, Segment("floor", max(end, reached), hold(lr * self.lrf))]

    @classmethod
    def guesses(cls, t: Array, rates: Array) -> Iterator[Mapping[str, Any]]:
        peak = int(np.argmax(rates))
        falls = not peak and t[0] == 0  # the rates of biases, in a warm-up of the usual epochs
        peak = USUAL_WARMUP - 1 if falls else peak
        if not 0 < peak < len(t) - FEWEST_AFTER:
            return
        last = int(t[-1])
        lengths = (last + 1, *(n for n in USUAL_EPOCHS if n > last + 1))
        for lag in (0, 1):
            after = slice(peak + 1 + lag, None)
            decays = [(*cls.ends(t[after] - lag, rates[after], n), n) for n in lengths]
            for lr, lrf, epochs in sorted(decays, key=lambda decay: cls.oddity(decay[1])):
                if lr <= 0 or not 0 <= lrf < 1:
                    continue
                without_warmup = cls(epochs=epochs, lrf=lrf, warmup_epochs=0.0)
                settled = lr * without_warmup.factor(t)
                choices: Iterator[tuple[int, int, float]] = (
                    falling_warmups(t[: peak + 1], rates[: peak + 1], settled[: peak + 1])
                    if falls
                    else ((*w, 0.0) for w in warmups(t[:peak], rates[:peak] / settled[:peak]))
                )
                for nb, nw, start in choices:
                    yield {
                        "lr": lr, "epochs": epochs, "lrf": lrf, "nb": nb, "nw": nw,
                        **({"warmup_start": start} if falls else {}),
                        "step_at_end": bool(lag), "steps_per_epoch": nb, "steps": epochs * nb,
                        "by": "step",
                    }  # fmt: skip

    @classmethod
    def oddity(cls, lrf: float) -> tuple[bool, int]:
        """Return how unlikely it is that a user chose this lrf: the default is likeliest."""
        lrf = round(lrf, LRF_SHOWN)
        return lrf != cls.model_fields["lrf"].default, len(str(lrf))

    @classmethod
    def ends(cls, t: Array, rates: Array, epochs: int) -> tuple[float, float]:
        """Return lr and lrf of the decay, by least squares."""
        schedule = cls(epochs=epochs, lrf=0.0, warmup_epochs=0.0).factor(t)
        (part, floor), *_ = np.linalg.lstsq(np.stack([schedule, np.ones(len(t))], 1), rates, None)
        lr = float(part + floor)
        return lr, round(float(floor) / lr, LRF_DECIMALS) if lr else 0.0


def warmups(t: Array, shares: Array) -> Iterator[tuple[int, int]]:
    """Yield batches of an epoch and of the warm-up by the shares of the peak that epochs end with.

    The share at the end of epoch t is ((t + 1) * nb - 1) / nw, a line of t.
    """
    if len(t) == 1:
        slope, start = 1 / USUAL_WARMUP, float(shares[0]) - (float(t[0]) + 1) / USUAL_WARMUP
    else:
        slope, start = map(float, np.polyfit(t + 1, shares, 1))
    if slope <= 0 or start >= 0:
        return
    middle = round(-slope / start)
    for nb in range(max(middle - NEAR, 1), middle + NEAR + 1):
        yield nb, max(round(nb / slope), 1)


def falling_warmups(t: Array, rates: Array, settled: Array) -> Iterator[tuple[int, int, float]]:
    """Yield batches of an epoch and of the usual warm-up, and the rate from which it falls.

    The rate at the end of epoch t is `start + (settled - start) * ((t + 1) * nb - 1) / nw`.
    """
    share = (t + 1) / USUAL_WARMUP
    columns = np.stack([1 - share, np.ones(len(t))], axis=1)
    (start, rest), *_ = np.linalg.lstsq(columns, rates - settled * share, None)
    lr = float(settled.max())
    if not start > STEEP * lr or rest <= 0:
        return
    middle = round(float(start - lr) / float(rest) / USUAL_WARMUP)
    for nb in range(max(middle - NEAR, 1), middle + NEAR + 1):
        yield nb, nb * USUAL_WARMUP, float(start)


class Linear(ByEpoch):
    """Falls in a line by epoch, from lr towards lr * lrf, which the epoch after the last has."""

    name = "linear"
    formula = (
        "warmup_start + (lr * (lrf + (1 - lrf) * max(1 - t / epochs, 0)) - warmup_start) "
        "* min(1, (t + 1) / max(1, min(warmup_epochs, epochs - 1)))"
    )

    def factor(self, epoch: Array | Steps64) -> Array:
        return np.asanyarray(np.maximum(1 - epoch / self.epochs, 0) * (1.0 - self.lrf) + self.lrf)


class CosLr(ByEpoch):
    """Falls along half a cosine by epoch, from lr towards lr * lrf (`cos_lr: true`)."""

    name = "cos_lr"
    formula = (
        "warmup_start "
        "+ (lr * (1 + (1 - cos(pi * min(t, epochs) / epochs)) / 2 * (lrf - 1)) - warmup_start) "
        "* min(1, (t + 1) / max(1, min(warmup_epochs, epochs - 1)))"
    )

    def factor(self, epoch: Array | Steps64) -> Array:
        share = 1 - shapes.cosine(np.minimum(epoch, self.epochs) / self.epochs)
        return np.asanyarray(share * (self.lrf - 1) + 1)

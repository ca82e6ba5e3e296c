"""MMEngine's param_scheduler: schedulers that act on one rate, each in its own part of the run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import ClassVar

import numpy as np
from pydantic import Field

from lrviz.core.parameters import Steps
from lrviz.core.schedule import Array, PathDependent
from lrviz.core.segment import Segment, hold
from lrviz.dialects.mmengine.entries import ENDLESS, KINDS, Entries, Entry, Ticks

WARM_UP = {"type": "LinearLR", "start_factor": 0.1, "by_epoch": False, "end": 10}
STEPS = {"type": "MultiStepLR", "milestones": [4, 6], "end": 8}
WARM_UPS = ("LinearLR", "ConstantLR", "QuadraticWarmupLR")
CONTINUOUS = tuple(name for name in KINDS if name not in ("ConstantLR", "MultiStepLR", "StepLR"))
"""The types that change the rate at each step of their clock."""
DECAYS = tuple(name for name in CONTINUOUS if name not in WARM_UPS)
MAX_DROPS = 100


class ParamScheduler(PathDependent):
    """Schedulers in a list: each changes the rate that the others leave, from its begin to its end.

    The clock counts iterations from 0. A scheduler with by_epoch acts at the first iteration of
    an epoch, after those that act at every one. Without `epoch_length` an iteration is an epoch.
    """

    dialect = "mmengine"
    name = "param_scheduler"
    source = "mmengine 0.10.7, mmengine/optim/scheduler/param_scheduler.py"
    ignored_parameters: ClassVar[tuple[str, ...]] = ("verbose",)
    formula = (
        "at each step of its clock from begin to end, every scheduler in order changes the rate "
        "that the one before leaves"
    )
    schedulers: Entries = Field(
        description="the schedulers, in order: {type, begin, end, by_epoch, ...}",
        examples=[[WARM_UP, STEPS]],
    )
    epoch_length: Steps = Field(1, description="iterations of an epoch", examples=[20])

    @property
    def entries(self) -> list[Entry]:
        """The schedulers, those converted to iterations that are to be."""
        return [entry.converted(self.epoch_length) for entry in self.schedulers]

    def ticks(self, entry: Entry, stop: int) -> tuple[Ticks, Ticks]:
        """Return the steps below `stop` at which a scheduler acts, and its own count of them."""
        every = self.every(entry)
        first, last = entry.begin * every, min(entry.end * every, stop)
        t = np.arange(first, last, every, dtype=np.int64)
        return t, np.arange(len(t))

    def simulate(self, stop: int, lr: float) -> Array:
        scale, shift = np.ones(stop), np.zeros(stop)
        first = scale[:1], shift[:1]
        actions = []
        for entry, base in self.with_bases(lr):
            t, k = self.ticks(entry, stop)
            with np.errstate(all="ignore"):
                a, b = entry.maps(k, base)
            actions.append((entry.counts_epochs, t, a, b))
            if t[:1].tolist() == [0]:  # constructed in the order of the list
                first = a[0] * first[0], a[0] * first[1] + b[0]
        for _, t, a, b in sorted(actions, key=lambda action: action[0]):
            scale[t], shift[t] = a * scale[t], a * shift[t] + b
        scale[:1], shift[:1] = first
        return scan(scale, shift, lr)

    def with_bases(self, lr: float) -> Iterator[tuple[Entry, float]]:
        """Yield the schedulers, each with the optimizer's initial rate at its construction."""
        base = lr
        for entry in self.entries:
            if entry.type == "OneCycleLR":
                base = (entry.eta_max or 0.0) / entry.div_factor
            yield entry, base

    def expand(self, lr: float, stop: int) -> list[Segment]:
        """Return a segment wherever a scheduler begins, drops the rate, or has warmed it up."""
        rates, starts = self.rate_function(lr), self.all_starts()
        return [Segment(starts[at], at, rates) for at in sorted(starts) if at < stop]

    def segments(self, lr: float) -> list[Segment]:
        """Return the segments, each with its shape.

        Raises NotImplementedError where several schedulers change the rate at once, or one by a
        rule without a shape.
        """
        bases, starts = list(self.with_bases(lr)), self.all_starts()
        for entry, _ in bases:
            if entry.type in DECAYS and entry.end != ENDLESS:
                starts.setdefault(entry.end * self.every(entry), "hold")
        segments: list[Segment] = []
        rate, points = lr, sorted(starts)
        for at, after in zip_longest(points, points[1:]):
            if segments:
                rate = float(segments[-1].curve(np.array([at - 1]))[0])
            rate = self.rate_from(rate, at, bases)
            active = [pair for pair in bases if self.acts_between(pair[0], at, after)]
            if len(active) > 1 or any(self.every(entry) > 1 for entry, _ in active):
                raise NotImplementedError
            shape = active[0][0].shape(at, rate, active[0][1]) if active else hold(rate)
            name = "decay" if active and starts[at] == "hold" else starts[at]
            segments.append(Segment(name, at, shape))
        return segments

    def every(self, entry: Entry) -> int:
        """Return the iterations between two steps of a scheduler's clock."""
        return self.epoch_length if entry.counts_epochs else 1

    def rate_from(self, rate: float, at: int, bases: Sequence[tuple[Entry, float]]) -> float:
        """Return the rate at a step, of that at the step before; at step 0, of the lr."""
        ordered = bases if at == 0 else sorted(bases, key=lambda pair: pair[0].counts_epochs)
        for entry, base in ordered:
            tick, rest = divmod(at, self.every(entry))
            if not rest and entry.begin <= tick < entry.end:
                with np.errstate(all="ignore"):
                    a, b = entry.maps(np.array([tick - entry.begin]), base)
                rate = float(a[0] * rate + b[0])
        return rate

    def acts_between(self, entry: Entry, at: int, after: int | None) -> bool:
        """Return whether a scheduler changes the rate after a step and before another one.

        Drops do so at the start of a segment only, as long as all of them are listed.
        """
        if entry.type == "StepLR" and entry.last // (entry.step_size or 1) >= MAX_DROPS:
            return True
        if entry.type == "MultiStepLR" and len(set(entry.milestones)) > MAX_DROPS:
            return True
        if entry.type not in CONTINUOUS:
            return False
        every = self.every(entry)
        first, last = max((entry.begin + 1) * every, at + 1), (entry.end - 1) * every
        return first <= (last if after is None else min(last, after - 1))

    def all_starts(self) -> dict[int, str]:
        """Return the names of the segments by their first steps."""
        starts: dict[int, str] = {0: "hold"}
        for entry in self.entries:
            for start, name in self.starts(entry):
                if name != "hold" or start not in starts:
                    starts[start] = name
        return starts

    def starts(self, entry: Entry) -> Iterator[tuple[int, str]]:
        """Yield the first steps of the segments of one scheduler, with their names."""
        every = self.every(entry)
        if entry.type == "MultiStepLR":
            for milestone in sorted(set(entry.milestones))[:MAX_DROPS]:
                if milestone < entry.end - entry.begin:
                    yield (entry.begin + milestone) * every, "drop"
        elif entry.type == "StepLR":
            size = entry.step_size or 1
            for count in range(1, MAX_DROPS):
                if count * size < entry.end - entry.begin:
                    yield (entry.begin + count * size) * every, "drop"
        else:
            yield entry.begin * every, "warm-up" if entry.type in WARM_UPS else "decay"
            if entry.type in WARM_UPS and entry.end != ENDLESS:
                yield entry.last * every + entry.begin * every, "hold"

    def natural_length(self) -> int | None:
        ends = [entry.end * self.every(entry) for entry in self.entries if entry.end != ENDLESS]
        return max(ends, default=None)


def scan(scale: Array, shift: Array, first: float) -> Array:
    """Return the rates that follow from each other: each is scale * the one before + shift."""
    changes = np.flatnonzero((scale != 1) | (shift != 0))
    values, rate = np.empty(len(changes) + 1), first
    values[0] = first
    pairs = zip(scale[changes].tolist(), shift[changes].tolist(), strict=True)
    for index, (a, b) in enumerate(pairs, 1):
        rate = a * rate + b
        values[index] = rate
    lengths = np.diff(np.concatenate([[0], changes, [len(scale)]]))
    return np.repeat(values, lengths)

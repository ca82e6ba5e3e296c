"""The execution of torch's composites: construction and step() on the rate of one optimizer.

All children read and write the same rate, so that a chain is not a product of curves and a
sequence not a concatenation. An execution repeats torch's: it constructs the children one after
another, each from the rate that the one before has set, and then returns the maps x -> a*x + b of
the steps that follow.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from lrviz.core.errors import SpecError
from lrviz.core.schedule import CHUNK, Array, Steps64
from lrviz.dialects.torch.base import Torch
from lrviz.dialects.torch.cycles import CyclicLR, OneCycleLR
from lrviz.dialects.torch.lambdas import MultiplicativeLR
from lrviz.dialects.torch.ramps import ConstantLR


@dataclass
class Optimizer:
    """A parameter group as torch's schedulers see it: its rate, and the rate it started from."""

    lr: float
    initial_lr: float | None = None
    one_cycle: OneCycleLR | None = None
    """The last OneCycleLR constructed; all of them read its rates from the group."""


Maps = tuple[Array, Array]


@dataclass
class LeafExecution:
    """The execution of a scheduler that is no composite, with its base rate and its epoch."""

    schedule: Torch
    optimizer: Optimizer
    base: float = 0.0
    epoch: int = -1

    def construct(self) -> None:
        """Do what the constructor does to the optimizer."""
        schedule, optimizer = self.schedule, self.optimizer
        if isinstance(schedule, CyclicLR):
            optimizer.lr = schedule.base_lr
        if isinstance(schedule, OneCycleLR):
            optimizer.initial_lr = schedule.max_lr / schedule.div_factor
            optimizer.one_cycle = schedule
        if optimizer.initial_lr is None:
            optimizer.initial_lr = optimizer.lr
        self.base = optimizer.initial_lr
        # CyclicLR's first step still reads initial_lr; it learns its own base_lr afterwards.
        self.begin()
        if isinstance(schedule, CyclicLR):
            optimizer.lr = self.base

    def undo(self) -> None:
        """Take back one step of the epoch, as SequentialLR does to all its children."""
        self.epoch -= 1

    def begin(self) -> None:
        """Do torch's initial step, which arrives at epoch 0."""
        self.epoch += 1
        if isinstance(self.schedule, MultiplicativeLR):
            return
        if self.schedule.overwrites:
            self.optimizer.lr = float(self.rates(np.zeros(1, np.int64))[0])
            return
        a, b = self.schedule.affine(np.zeros(1, np.int64), self.base)
        self.optimizer.lr = float(a[0] * self.optimizer.lr + b[0])

    def configured(self) -> Torch:
        """Return the schedule with the parameters that torch reads from the parameter group."""
        schedule, last = self.schedule, self.optimizer.one_cycle
        if not isinstance(schedule, OneCycleLR) or last is None:
            return schedule
        shared = ("max_lr", "div_factor", "final_div_factor")
        return schedule.model_copy(update={name: getattr(last, name) for name in shared})

    def rates(self, t: Steps64) -> Array:
        """Return the absolute rates at epochs `t`."""
        return self.configured().compute(t, self.base)

    def restart(self) -> Maps:
        """Return the map of arriving at epoch 0 in the middle of a run."""
        self.epoch = 0
        zero = np.zeros(1, np.int64)
        if isinstance(self.schedule, MultiplicativeLR):
            return self.schedule.step_map(zero, self.base)
        if isinstance(self.schedule, ConstantLR):
            return np.zeros(1), np.array([self.base * self.schedule.factor_after_restart])
        return np.zeros(1), self.rates(zero)

    def advance(self, count: int) -> Maps:
        """Return the maps of the next `count` steps."""
        t = np.arange(self.epoch + 1, self.epoch + 1 + count)
        if count and self.epoch == -1:
            failure = self.schedule.failure_at_zero(restart=False)
            if failure:
                message = f"{self.schedule.title()} {failure}, when it runs first in a composite"
                raise SpecError.of("", message)
        self.epoch += count
        if count:
            self.schedule.check_range(range(self.epoch + 1))
        if self.schedule.overwrites:
            return np.zeros(count), self.rates(t)
        return self.schedule.step_map(t, self.base)


@dataclass
class SequenceExecution:
    """The execution of a SequentialLR, with its clock."""

    children: list[Execution]
    milestones: tuple[int, ...]
    optimizer: Optimizer
    clock: int = 0

    def construct(self) -> None:
        """Construct the children, then restart from the initial rate with the child of step 0."""
        for child in self.children:
            child.construct()
        self.optimizer.lr = self.optimizer.initial_lr or 0.0
        self.undo()
        self.children[bisect_right(self.milestones, 0)].begin()

    def undo(self) -> None:
        """Take back one step of every child; torch does not change the sequence's own clock."""
        for child in self.children:
            child.undo()

    def begin(self) -> None:
        """Do torch's initial step, which for a sequence is an ordinary step: one ahead."""
        self.optimizer.lr = float(scan(self.advance(1), self.optimizer.lr)[-1])

    def advance(self, count: int) -> Maps:
        """Return the maps of the next `count` steps, child by child."""
        parts: list[Maps] = [(np.empty(0), np.empty(0))]
        stop = self.clock + count
        while self.clock < stop:
            self.clock += 1
            index = bisect_right(self.milestones, self.clock)
            child_stop = self.milestones[index] - 1 if index < len(self.milestones) else stop
            child_stop = min(stop, child_stop)
            child = self.children[index]
            if index > 0 and self.milestones[index - 1] == self.clock:
                parts.append(child.restart())
            else:
                self.clock -= 1
            parts.append(child.advance(child_stop - self.clock))
            self.clock = child_stop
        return np.concatenate([a for a, _ in parts]), np.concatenate([b for _, b in parts])

    def restart(self) -> Maps:
        """Never called: a sequence ends where a composite takes over."""
        raise NotImplementedError


@dataclass
class ChainExecution:
    """The execution of a ChainedScheduler: every step runs each child in order."""

    children: list[Execution]
    optimizer: Optimizer

    def construct(self) -> None:
        """Construct the children; the chain adds nothing."""
        for child in self.children:
            child.construct()

    def undo(self) -> None:
        """Take back one step of every child."""
        for child in self.children:
            child.undo()

    def begin(self) -> None:
        """Do torch's initial step, which for a chain is an ordinary step."""
        self.optimizer.lr = float(scan(self.advance(1), self.optimizer.lr)[-1])

    def advance(self, count: int) -> Maps:
        """Return the maps of the next `count` steps: the children's, one after the other."""
        a, b = np.ones(count), np.zeros(count)
        for child in self.children:
            scale, shift = child.advance(count)
            a, b = scale * a, scale * b + shift
        return a, b

    def restart(self) -> Maps:
        """Never called: a sequence ends where a composite takes over."""
        raise NotImplementedError


Execution = LeafExecution | SequenceExecution | ChainExecution


def scan(maps: Maps, x: float) -> Array:
    """Return the rates that follow `x` when each map is applied to the last rate.

    Runs of steps that only multiply are products, which numpy accumulates in the same order.
    """
    a, b = maps
    rates = np.empty(len(a))
    changes = np.flatnonzero(np.diff(b != 0)) + 1
    for start, stop in pairwise([0, *changes.tolist(), len(a)]):
        if b[start:stop].any():
            steps = zip(a[start:stop].tolist(), b[start:stop].tolist(), strict=True)
            for index, (scale, shift) in enumerate(steps, start):
                rates[index] = x = scale * x + shift
        else:
            products = np.multiply.accumulate(np.append(x, a[start:stop]))
            rates[start:stop] = products[1:]
            x = float(products[-1])
    return rates


def execute(execution: Execution, optimizer: Optimizer, stop: int) -> Array:
    """Return the rates of steps 0 to stop - 1: after construction, then after each step()."""
    execution.construct()
    rates = np.empty(stop)
    rates[:1] = optimizer.lr
    for start in range(1, stop, CHUNK):
        maps = execution.advance(min(CHUNK, stop - start))
        rates[start : start + CHUNK] = scan(maps, rates[start - 1])
    return rates

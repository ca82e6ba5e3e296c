"""Composite schedulers of torch.optim: SequentialLR and ChainedScheduler."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np
from pydantic import Field, model_validator

from lrviz.core.composition import Children
from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.parameters import Ascending
from lrviz.core.roles import DEFAULT_LR
from lrviz.core.schedule import (
    DEFAULT_STEPS,
    Array,
    End,
    PathDependent,
    Schedule,
    Steps64,
)
from lrviz.core.segment import Part, Segment, expand
from lrviz.core.validation import error_at, errors_at
from lrviz.dialects.torch.base import Torch
from lrviz.dialects.torch.execution import (
    ChainExecution,
    Execution,
    LeafExecution,
    Optimizer,
    SequenceExecution,
    execute,
)
from lrviz.dialects.torch.plateau import ReduceLROnPlateau

WARM_UP = {"schedule": "linear", "start_factor": 0.1, "total_iters": 10}


class Composite(PathDependent, Torch, abstract=True):
    """A schedule that runs other schedules of torch on the same optimizer."""

    if TYPE_CHECKING:  # each subclass declares it, with an example of its own
        schedules: Children

    parameter_aliases = {"schedulers": "schedules"}
    ignored_parameters = (*Torch.ignored_parameters, "optimizer")

    @model_validator(mode="after")
    def check_children(self) -> Self:
        """Refuse children that torch refuses at construction."""
        if not self.schedules:
            message = f"{self.name} expects at least one scheduler, but got no scheduler"
            raise error_at("schedules", message, self.schedules)
        faults = [
            (("schedules", index), message, child)
            for index, child in enumerate(self.schedules)
            for message in self.refusals(index, child)
        ]
        if faults:
            raise errors_at(faults)
        return self

    def refusals(self, index: int, child: Schedule) -> Iterator[str]:
        """Yield the reasons for which torch refuses a child."""
        if not isinstance(child, Torch):
            yield f"{self.title()} runs schedules of torch only (got {child.title()})"
        if isinstance(child, ReduceLROnPlateau):
            yield (
                f"{self.name} does not support ReduceLROnPlateau, which needs a metric at each "
                f"step (got one at index {index})"
            )

    def execution(self, optimizer: Optimizer) -> Execution:
        """Return this schedule running on an optimizer."""
        raise NotImplementedError

    def one_ahead(self) -> Self:
        """Return the schedule with the milestones of one step() more, as torch calls it.

        A sequence does so to a composite in its first place.
        """
        raise NotImplementedError

    def simulate(self, stop: int, lr: float) -> Array:
        optimizer = Optimizer(lr)
        return execute(self.execution(optimizer), optimizer, stop)

    def executions(self, optimizer: Optimizer) -> list[Execution]:
        """Return the children running on an optimizer."""
        return [
            child.execution(optimizer)
            if isinstance(child, Composite)
            else LeafExecution(child, optimizer)
            for child in self.schedules
            if isinstance(child, Torch)
        ]

    def findings(self, lr: float) -> Iterator[Finding]:
        for child in self.schedules:
            yield from child.findings(lr)


MAX_COMPARED = 1_000
"""The steps after its last milestone over which a composite in the first place is compared."""


def declared_milestones(composite: Composite) -> Iterator[int]:
    """Yield the milestones of a composite and of those in it."""
    yield from getattr(composite, "milestones", ())
    for child in composite.schedules:
        if isinstance(child, Composite):
            yield from declared_milestones(child)


class ActiveChild(NamedTuple):
    """A child of a sequence, and the steps at which it runs; the last one has no `stop`."""

    schedule: Schedule
    start: int
    stop: int | None


class SequentialLR(Composite):
    """Runs one schedule after another, switching at the milestones."""

    aliases = ("sequential",)
    formula = "the rate of schedules[i] at step t - milestones[i - 1], with i milestones <= t"
    schedules: Children = Field(
        description="the schedules, in order",
        examples=[[WARM_UP, {"schedule": "cosine", "T_max": 90}]],
    )
    milestones: Ascending = Field(
        description="the steps at which the next one takes over", examples=[[10]]
    )

    @model_validator(mode="after")
    def check_milestones(self) -> Self:
        """Refuse a number of milestones that torch refuses, and a run that fails at once."""
        count, parts = len(self.milestones), len(self.schedules)
        if count != parts - 1:
            message = (
                "SequentialLR expects one milestone less than schedules "
                f"(got {parts} schedules and {count} milestones)"
            )
            raise error_at("milestones", message, self.milestones)
        end = self.end()
        if end and end.last < 0:
            raise error_at("schedules", f"{self.title()}: {end.message}", self.schedules)
        try:
            self.simulate(1, DEFAULT_LR)
        except SpecError as error:
            raise error_at("schedules", str(error), self.schedules) from None
        return self

    def execution(self, optimizer: Optimizer) -> Execution:
        return SequenceExecution(self.executions(optimizer), self.milestones, optimizer)

    def one_ahead(self) -> Self:
        milestones = tuple(max(milestone - 1, 0) for milestone in self.milestones)
        first, *others = self.schedules
        first = first.one_ahead() if isinstance(first, Composite) else first
        return self.model_copy(update={"schedules": (first, *others), "milestones": milestones})

    @property
    def active_children(self) -> list[ActiveChild]:
        """The children with their steps; a composite in the first place runs one step ahead."""
        first, *others = self.schedules
        first = first.one_ahead() if isinstance(first, Composite) else first
        starts, stops = (0, *self.milestones), (*self.milestones, None)
        return list(map(ActiveChild, (first, *others), starts, stops))

    def segments(self, lr: float) -> Sequence[Part]:
        """Return the children's segments, each from the rate that it is constructed with.

        A child whose rates depend on those before it is one segment, computed by the run.
        """
        optimizer = Optimizer(lr)
        execution = SequenceExecution(self.executions(optimizer), self.milestones, optimizer)
        execution.construct()
        first_rate = optimizer.initial_lr or 0.0
        parts: list[Part] = []
        for child, (_, start, stop) in zip(execution.children, self.active_children, strict=True):
            try:
                child_parts = self.segments_of(child, start, first_rate)
            except NotImplementedError:
                child_parts = [Segment("custom", start, self.rate_function(lr))]
            parts += [part for part in child_parts if stop is None or part.start < stop]
        return parts

    def segments_of(self, child: Execution, start: int, first_rate: float) -> list[Part]:
        """Return the segments of a child that takes over at step `start`.

        Raises NotImplementedError where the rates depend on the steps before.
        """
        if not isinstance(child, LeafExecution):
            raise NotImplementedError
        schedule, base = child.configured(), child.base
        if start:
            return [part.later(start) for part in schedule.segments_after_restart(base)]
        if not schedule.overwrites and base != first_rate:
            if schedule.adds:
                raise NotImplementedError
            factor_of(schedule)
            base = first_rate
        return list(schedule.segments(base))

    def expand(self, lr: float, stop: int) -> list[Segment]:
        """Return the segments; those of a composite in the first place are computed by the run."""
        segments = expand(self.segments(lr), stop)
        child, _, child_stop = self.active_children[0]
        if not isinstance(child, Composite) or child_stop == 0:
            return segments
        rates = self.rate_function(lr)
        child_segments = child.expand(lr, stop if child_stop is None else min(stop, child_stop))
        return [*(replace(segment, curve=rates) for segment in child_segments), *segments[1:]]

    def natural_length(self) -> int | None:
        last = self.schedules[-1].natural_length() or DEFAULT_STEPS
        return (self.milestones[-1] if self.milestones else 0) + last

    def runs_ahead(self, lr: float) -> bool:
        """Return whether a composite in the first place gives other rates than it does alone.

        They differ from step 0 on, or where a milestone of the composite comes a step earlier.
        """
        first = self.schedules[0]
        if not isinstance(first, Composite):
            return False
        end = self.end()
        last = max(declared_milestones(first), default=0) + MAX_COMPARED
        stop = min((last, *self.milestones, *([end.last + 1] if end else [])))
        return not np.allclose(self.simulate(stop, lr), first.simulate(stop, lr), 1e-9, 0)

    def end(self) -> End | None:
        """Return where torch stops: at a child that cannot take over, or at a child's own end."""
        for index, (child, start, stop) in enumerate(self.active_children):
            failure = self.failure_of(index, child) if index else None
            if failure:
                return End(start - 1, failure)
            end = child.end()
            if end and (stop is None or end.last + start < stop - 1):
                last = end.last + start
                return End(last, f"at step {last + 1}: {child.name} {end.message}")
        return None

    def failure_of(self, index: int, child: Schedule) -> str | None:
        """Return the message on torch's failure when a child takes over, or None."""
        if isinstance(child, Composite):
            return (
                f"raises NotImplementedError when a {child.name} takes over (index {index}): it "
                "can only come first; write its parts into one list"
            )
        failure = child.failure_at_zero(restart=True) if isinstance(child, Torch) else None
        if failure is None:
            return None
        return f"fails when a {child.name} takes over (index {index}): {failure}"

    def findings(self, lr: float) -> Iterator[Finding]:
        yield from super().findings(lr)
        if self.runs_ahead(lr):
            message = (
                f"torch calls step() once more on a {self.schedules[0].name} in the first place "
                "of a SequentialLR, before step 0; the curve includes that step"
            )
            yield self.note("one-ahead", message)
        if self.milestones[:1] == (0,):
            yield self.note("skipped-schedule", "milestone 0 skips the first schedule")
        end = self.end()
        if end:
            yield self.note("stops", f"{self.title()} {end.message}")


class ChainedScheduler(Composite):
    """Runs several schedules at once: each changes the rate that the one before returns."""

    aliases = ("chained",)
    fixed_parameters = {}  # it has no last_epoch
    formula = "at each step, every schedule in order changes the rate that the one before returns"
    schedules: Children = Field(
        description="the schedules, in the order in which they act",
        examples=[[WARM_UP, {"schedule": "exponential", "gamma": 0.95}]],
    )

    def execution(self, optimizer: Optimizer) -> Execution:
        return ChainExecution(self.executions(optimizer), optimizer)

    def one_ahead(self) -> Self:
        children = tuple(
            child.one_ahead() if isinstance(child, Composite) else child for child in self.schedules
        )
        return self.model_copy(update={"schedules": children})

    def natural_length(self) -> int | None:
        return max((child.natural_length() or 0 for child in self.schedules), default=0) or None

    def end(self) -> End | None:
        ends = []
        for child in self.schedules:
            end = child.end()
            if end:
                message = f"at step {end.last + 1}: {child.name} {end.message}"
                ends.append(End(end.last, message))
        return min(ends, key=lambda end: end.last, default=None)

    def expand(self, lr: float, stop: int) -> list[Segment]:
        """Return a segment from each step at which a segment of a child starts."""
        rates = self.rate_function(lr)
        starts: dict[int, str] = {}
        for child in self.schedules:
            for segment in child.expand(lr, stop):
                starts.setdefault(segment.start, segment.name)
        return [Segment(starts[start], start, rates) for start in sorted(starts)]

    def segments(self, lr: float) -> Sequence[Part]:
        """Return one segment: the product of the children's factors.

        Raises NotImplementedError where a child has a floor or overwrites the rate, so that the
        rates depend on the steps before.
        """
        factors = [factor_of(child) for child in self.schedules]

        def rates(t: Steps64) -> Array:
            product: Array = np.full(t.shape, float(lr))
            for factor in factors:
                product = product * factor.compute(t, 1.0)
            return product

        return [Segment("custom", 0, rates)]


def factor_of(child: Schedule) -> Torch:
    """Return a schedule whose rates are a factor on lr. Raises NotImplementedError for another."""
    steps = np.arange(1, dtype=np.int64)
    if (
        isinstance(child, Torch)
        and not child.overwrites
        and not isinstance(child, PathDependent)
        and not child.affine(steps, 1.0)[1].any()
        and not getattr(child, "eta_min", 0.0)
    ):
        return child
    raise NotImplementedError

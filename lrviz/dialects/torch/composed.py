"""Schedules made of schedules: SequentialLR and ChainedScheduler."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import Field, model_validator

from lrviz.core.composition import Children, at
from lrviz.core.parameters import Rising
from lrviz.core.schedule import DEFAULT_STEPS, Array, PathDependent, Schedule
from lrviz.dialects.torch.base import Torch
from lrviz.dialects.torch.driven import ReduceLROnPlateau
from lrviz.dialects.torch.player import (
    ChainPlayer,
    LeafPlayer,
    Optimizer,
    Player,
    SequencePlayer,
    played,
)

WARM_UP = {"schedule": "linear", "start_factor": 0.1, "total_iters": 10}


class Composite(PathDependent, Torch, abstract=True):
    """A schedule that runs other schedules of torch on the same optimizer."""

    if TYPE_CHECKING:  # each subclass declares it, with an example of its own
        schedules: Children

    parameter_aliases = {"schedulers": "schedules"}
    ignored_parameters = (*Torch.ignored_parameters, "optimizer")

    @model_validator(mode="after")
    def children_that_torch_takes(self) -> Composite:
        """Refuse children that torch refuses, at construction or when their turn comes."""
        words = next(
            (said for each in enumerate(self.schedules) for said in self.refused(*each)), None
        )
        if not self.schedules:
            words = f"{self.name} expects at least one scheduler, but got no scheduler"
        if words:
            raise at("schedules", words, self.schedules)
        return self

    def refused(self, index: int, child: Schedule) -> Iterator[str]:
        """Yield why torch would refuse this child."""
        if not isinstance(child, Torch):
            yield f"{self.title()} runs schedules of torch only (got {child.title()})"
        if isinstance(child, ReduceLROnPlateau):
            yield (
                f"{self.name} does not support ReduceLROnPlateau, which needs a metric at each "
                f"step (got one at index {index})"
            )

    def player(self, optimizer: Optimizer) -> Player:
        """Return this schedule in action on an optimizer."""
        raise NotImplementedError

    def simulate(self, stop: int, lr: float) -> Array:
        optimizer = Optimizer(lr)
        return played(self.player(optimizer), optimizer, stop)

    def players(self, optimizer: Optimizer) -> list[Player]:
        """Return the children in action."""
        return [
            child.player(optimizer)
            if isinstance(child, Composite)
            else LeafPlayer(child, optimizer)
            for child in self.schedules
            if isinstance(child, Torch)
        ]

    def findings(self, lr: float) -> Iterator[str]:
        for child in self.schedules:
            yield from child.findings(lr)


class SequentialLR(Composite):
    """Runs one schedule after another, switching at the milestones."""

    aliases = ("sequential",)
    formula = "schedules[i] at t - milestones[i-1], for the last milestone <= t"
    schedules: Children = Field(
        description="the schedules, in order",
        examples=[[WARM_UP, {"schedule": "cosine", "T_max": 90}]],
    )
    milestones: Rising = Field(
        description="the steps at which the next one takes over", examples=[[10]]
    )

    @model_validator(mode="after")
    def as_many_milestones(self) -> SequentialLR:
        """Refuse a number of milestones that torch refuses."""
        count, parts = len(self.milestones), len(self.schedules)
        if count != parts - 1:
            words = (
                "SequentialLR expects one milestone less than schedules "
                f"(got {parts} schedules and {count} milestones)"
            )
            raise at("milestones", words, self.milestones)
        return self

    def refused(self, index: int, child: Schedule) -> Iterator[str]:
        yield from super().refused(index, child)
        if index and isinstance(child, Composite):
            yield (
                f"torch raises NotImplementedError when a {child.name} takes over (index {index}): "
                "it can only come first; write its parts into one list"
            )
        if index and getattr(child, "total_iters", 1) == 0 and child.name != "ConstantLR":
            yield (
                f"torch divides by zero when a {child.name} with total_iters 0 takes over "
                f"(index {index})"
            )

    def player(self, optimizer: Optimizer) -> Player:
        return SequencePlayer(self.players(optimizer), self.milestones, optimizer)

    def natural_length(self) -> int | None:
        last = self.schedules[-1].natural_length() or DEFAULT_STEPS
        return (self.milestones[-1] if self.milestones else 0) + last

    def marks(self, stop: int) -> list[int]:
        return [step for step in self.milestones if 0 < step < stop]

    def findings(self, lr: float) -> Iterator[str]:
        yield from super().findings(lr)
        if isinstance(self.schedules[0], Composite):
            yield (
                f"torch runs a {self.schedules[0].name} in the first place of a SequentialLR "
                "one step ahead; drawn as torch runs it"
            )
        if self.milestones[:1] == (0,):
            yield "milestone 0 skips the first schedule"


class ChainedScheduler(Composite):
    """Runs several schedules at once: each changes the rate that the one before has left."""

    aliases = ("chained",)
    formula = "each step: rate -> a1*rate + b1 -> a2*(...) + b2 ..., the schedules in order"
    schedules: Children = Field(
        description="the schedules, in the order in which they act",
        examples=[[WARM_UP, {"schedule": "exponential", "gamma": 0.95}]],
    )

    def player(self, optimizer: Optimizer) -> Player:
        return ChainPlayer(self.players(optimizer), optimizer)

    def natural_length(self) -> int | None:
        return max((child.natural_length() or 0 for child in self.schedules), default=0) or None

    def marks(self, stop: int) -> list[int]:
        return sorted({step for child in self.schedules for step in child.marks(stop)})

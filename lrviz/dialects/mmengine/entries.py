"""The entries of a param_scheduler: each maps the current rate at the steps of its own clock."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from lrviz.core import segment, shapes
from lrviz.core.conversions import as_list
from lrviz.core.parameters import (
    Count,
    Factor,
    Flag,
    Fraction,
    Milestones,
    Number,
    Rate,
    Rates,
    Steps,
    Unit,
)
from lrviz.core.schedule import as_plain_data
from lrviz.core.validation import error_at

Array = NDArray[np.float64]
Ticks = NDArray[np.int64]
Maps = tuple[Array, Array]
"""(a, b) for each step: the rate x becomes a * x + b."""

ENDLESS = 10**9
"""MMEngine's `end` where none is given."""
COMMON = ("type", "begin", "end", "by_epoch", "convert_to_iter_based")
IN_TICKS = ("begin", "end", "T_max", "step_size", "total_steps")
LISTS_IN_TICKS = ("milestones", "periods")


def constant(entry: Entry, k: Ticks, base: float) -> tuple[Any, Any]:
    """Multiply by the factor at first, and divide by it at last."""
    del base
    divided = np.where(k == entry.last, 1 / entry.factor, 1.0)
    return np.where(k == 0, entry.factor, divided), 0.0


def linear(entry: Entry, k: Ticks, base: float) -> tuple[Any, Any]:
    """Go from start_factor to end_factor, which is reached at the last step."""
    del base
    first, change = entry.start_factor, entry.end_factor - entry.start_factor
    return np.where(k == 0, first, 1.0 + change / (entry.last * first + (k - 1) * change)), 0.0


def steps(entry: Entry, k: Ticks, base: float) -> tuple[Any, Any]:
    """Multiply by gamma every step_size steps."""
    del base
    return np.where((k > 0) & (k % (entry.step_size or 1) == 0), entry.gamma, 1.0), 0.0


def milestones(entry: Entry, k: Ticks, base: float) -> tuple[Any, Any]:
    """Multiply by gamma at each milestone, as often as it is listed."""
    del base
    count = sum((k == milestone).astype(int) for milestone in entry.milestones)
    return np.power(entry.gamma, count), 0.0


def exponential(entry: Entry, k: Ticks, base: float) -> tuple[Any, Any]:
    """Multiply by gamma at every step."""
    del base
    return np.where(k == 0, 1.0, entry.gamma), 0.0


def half_wave(k: Ticks, length: int, base: float, floor: float) -> tuple[Any, Any]:
    """Go along a cosine by the change since the step before, and up again past its end."""
    turns = (k - 1 - length) % (2 * length) == 0
    before = np.where(turns, 1.0, 1 + np.cos(np.pi * (k - 1) / length))
    a = np.where(turns, 1.0, (1 + np.cos(np.pi * k / length)) / before)
    rise = (base - floor) * (1 - math.cos(math.pi / length)) / 2
    return a, np.where(turns, rise, floor * (1 - a))


def cosine(entry: Entry, k: Ticks, base: float) -> tuple[Any, Any]:
    """Fall along half a cosine over T_max steps."""
    a, b = half_wave(k, entry.T_max or entry.end - entry.begin, base, entry.floor(base))
    return np.where(k == 0, 1.0, a), np.where(k == 0, 0.0, b)


def restarts(entry: Entry, k: Ticks, base: float) -> tuple[Any, Any]:
    """Fall along a cosine in each period, from the rate times its weight; then do nothing."""
    a, b = np.ones(k.shape), np.zeros(k.shape)
    begin = 0
    for period, weight in zip(entry.periods, entry.restart_weights, strict=True):
        in_period = (k >= begin) & (k < begin + period)
        position = k[in_period] - begin
        scale, shift = half_wave(position, max(period, 1), base, entry.floor(base))
        a[in_period] = np.where(position == 0, 0.0, scale)
        b[in_period] = np.where(position == 0, base * weight, shift)
        begin += period
    return a, b


def power(entry: Entry, k: Ticks, base: float) -> tuple[Any, Any]:
    """Fall along a power of the way that is left, to eta_min at the last step."""
    del base
    remaining = np.maximum(entry.last - k + 1, 1)
    a = np.where(k == 0, 1.0, (1 - 1 / remaining) ** entry.power)
    return a, (entry.eta_min or 0.0) * (1 - a)


def quadratic(entry: Entry, k: Ticks, base: float) -> tuple[Any, Any]:
    """Rise along a square to the rate at the last step."""
    return np.where(k == 0, 0.0, 1.0), base * (2 * k + 1) / (entry.end - entry.begin) ** 2


def one_cycle(entry: Entry, k: Ticks, base: float) -> tuple[Any, Any]:
    """Set the rate: up to eta_max, and down to a fraction of the first rate."""
    del base
    total, top = entry.total_steps or entry.end - entry.begin, entry.eta_max or 0.0
    first = top / entry.div_factor
    last, up = first / entry.final_div_factor, entry.pct_start * total - 1
    phases = [(0.0, up, first, top), (up, total - 1.0, top, last)]
    if entry.three_phase:
        down = 2 * entry.pct_start * total - 2
        phases = [phases[0], (up, down, top, first), (down, total - 1.0, first, last)]
    rates = np.full(k.shape, last)
    for begin, end, start, stop in reversed(phases):
        share = (k - begin) / (end - begin) if end != begin else np.ones(k.shape)
        wave = stop + (start - stop) / 2 * (1 + np.cos(np.pi * share))
        line = (stop - start) * share + start
        rates = np.where(k <= end, wave if entry.anneal_strategy == "cos" else line, rates)
    return 0.0, rates


class Kind(NamedTuple):
    """What a type of scheduler does to the rate, the parameters it needs, and those it may have.

    `maps` returns the factor and the summand of the rate at the scheduler's own steps.
    """

    maps: Callable[[Entry, Ticks, float], tuple[Any, Any]]
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


CYCLE = (
    "total_steps", "pct_start", "anneal_strategy", "div_factor", "final_div_factor", "three_phase",
)  # fmt: skip
KINDS = {
    "ConstantLR": Kind(constant, optional=("factor",)),
    "CosineAnnealingLR": Kind(cosine, optional=("T_max", "eta_min", "eta_min_ratio")),
    "CosineRestartLR": Kind(
        restarts, ("periods",), ("restart_weights", "eta_min", "eta_min_ratio")
    ),
    "ExponentialLR": Kind(exponential, ("gamma",)),
    "LinearLR": Kind(linear, optional=("start_factor", "end_factor")),
    "MultiStepLR": Kind(milestones, ("milestones",), ("gamma",)),
    "OneCycleLR": Kind(one_cycle, ("eta_max",), CYCLE),
    "PolyLR": Kind(power, optional=("eta_min", "power")),
    "QuadraticWarmupLR": Kind(quadratic),
    "StepLR": Kind(steps, ("step_size",), ("gamma",)),
}
"""The types of scheduler, by name."""
if TYPE_CHECKING:
    Type = str
else:
    Type = Literal[tuple(KINDS)]


class Entry(BaseModel):
    """One scheduler: its type, when it acts, and its own parameters."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True
    )

    type: Type
    begin: Count = 0
    end: Steps = ENDLESS
    by_epoch: Flag = True
    convert_to_iter_based: Flag = False
    factor: Annotated[Factor, Field(gt=0, le=1)] = 1 / 3
    start_factor: Annotated[Factor, Field(gt=0, le=1)] = 1 / 3
    end_factor: Annotated[Factor, Field(ge=0, le=1)] = 1.0
    gamma: Factor = 0.1
    step_size: Steps | None = None
    milestones: Milestones = ()
    T_max: Steps | None = None
    eta_min: Rate | None = None
    eta_min_ratio: Factor | None = None
    power: Number = 1.0
    periods: Milestones = ()
    restart_weights: Rates = (1.0,)
    eta_max: Rate | None = None
    total_steps: Steps | None = None
    pct_start: Fraction = 0.3
    anneal_strategy: Literal["cos", "linear"] = "cos"
    div_factor: Annotated[Factor, Field(gt=0)] = 25.0
    final_div_factor: Annotated[Factor, Field(gt=0)] = 1e4
    three_phase: Flag = False

    @model_validator(mode="after")
    def check_parameters(self) -> Entry:
        """Refuse parameters of other types, missing ones, and an end before the begin."""
        kind = KINDS[self.type]
        for name in sorted(self.model_fields_set - {*COMMON, *kind.required, *kind.optional}):
            raise error_at(name, f"{self.type} does not take {name}", getattr(self, name))
        for name in kind.required:
            if name not in self.model_fields_set:
                raise error_at(name, f"{self.type} needs {name}", self)
        if self.end <= self.begin:
            message = f"end must be greater than begin, {self.begin} (got {self.end})"
            raise error_at("end", message, self.end)
        if self.type == "CosineRestartLR" and len(self.periods) != len(self.restart_weights):
            message = f"restart_weights must be as many as periods, {len(self.periods)}"
            raise error_at("restart_weights", message, self.restart_weights)
        return self

    def spec(self) -> dict[str, Any]:
        """Return the entry as a spec file spells it."""
        parameters = self.model_dump(exclude_unset=True)
        return {name: as_plain_data(value) for name, value in parameters.items()}

    @property
    def counts_epochs(self) -> bool:
        """Whether it acts at the start of epochs only."""
        return self.by_epoch and not self.convert_to_iter_based

    def converted(self, epoch_length: int) -> Entry:
        """Return the entry in iterations, where it is to be converted to them."""
        if not (self.by_epoch and self.convert_to_iter_based):
            return self
        changes: dict[str, Any] = {"by_epoch": False}
        for name in IN_TICKS:
            value = getattr(self, name)
            if value is not None and value != ENDLESS:
                changes[name] = value * epoch_length
        for name in LISTS_IN_TICKS:
            changes[name] = tuple(value * epoch_length for value in getattr(self, name))
        return self.model_copy(update=changes)

    def floor(self, base: float) -> float:
        """Return the rate at the end of a cosine."""
        if self.eta_min_ratio is not None:
            return base * self.eta_min_ratio
        return self.eta_min or 0.0

    def maps(self, k: Ticks, base: float) -> Maps:
        """Return what it does to the rate at its own steps `k`; `base` is the initial rate."""
        a, b = KINDS[self.type].maps(self, k, base)
        return np.broadcast_to(a, k.shape).astype(float), np.broadcast_to(b, k.shape).astype(float)

    def shape(self, at: int, rate: float, base: float) -> segment.Shape:
        """Return what it makes of the rate from a step on, where it acts alone at each of them.

        Raises NotImplementedError for a type without such a shape.
        """
        passed, length = at - self.begin, self.last
        if self.type == "ExponentialLR" and self.gamma > 0:
            return segment.exponential(rate, rate * self.gamma, at, 1)
        if self.type == "LinearLR":
            first, change = self.start_factor, self.end_factor - self.start_factor
            scale = rate / (first + passed / length * change)
            return segment.linear(scale * first, scale * self.end_factor, self.begin, length)
        floor = self.floor(base)
        if self.type == "PolyLR" and passed < length:
            share = shapes.polynomial(np.array([passed / length]), self.power)
            first = start_of(rate, floor, float(share[0]))
            return segment.polynomial(first, floor, self.begin, length, self.power)
        period = self.T_max or self.end - self.begin
        if self.type == "CosineAnnealingLR" and passed < period and length <= period:
            left = (1 + math.cos(math.pi * passed / period)) / 2
            return segment.cosine(start_of(rate, floor, left), floor, self.begin, period)
        raise NotImplementedError

    @property
    def last(self) -> int:
        """The last of its own steps."""
        return self.end - self.begin - 1


def start_of(rate: float, floor: float, left: float) -> float:
    """Return the first rate of a fall to a floor, of which a share is left at a rate.

    Raises NotImplementedError where nothing is left.
    """
    if not 0 < left < math.inf:
        raise NotImplementedError
    return floor + (rate - floor) / left


Entries = Annotated[
    tuple[Entry, ...], BeforeValidator(as_list), Field(min_length=1), Unit("schedulers")
]

"""Schedules of timm with cycles that may grow and shrink: cosine, tanh, poly."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from lrviz.core import segment, shapes
from lrviz.core.conversions import MAX_INTEGER
from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.parameters import Duration, Factor, Integer, Number, Rate
from lrviz.core.roles import Floor, Length
from lrviz.core.schedule import Array, End, Steps64
from lrviz.core.segment import Cycles, Part, RateFunction, Segment, Shape, hold
from lrviz.core.text import format_number
from lrviz.core.validation import error_at
from lrviz.dialects.timm.base import MayStartAtOnce

TInitial = Annotated[
    Duration, Length(), Field(description="length of the first cycle", examples=[100])
]
FEW_EXPONENTS = 1_000
"""How many powers are computed one by one, and how many cycles are searched for a failure."""
MAX_POWER = math.log(2**1024)
"""The logarithm of the largest float."""


def power_table(base: float, exponents: NDArray[np.int64]) -> Array:
    """Return base ** exponent as Python computes it, where the exponents are close together."""
    low, high = int(exponents.min(initial=0)), int(exponents.max(initial=0))
    if high - low > FEW_EXPONENTS:
        return shapes.powers(base, exponents)
    return np.array([base**exponent for exponent in range(low, high + 1)])[exponents - low]


class Cyclic(MayStartAtOnce, abstract=True, inherit_after="cycle_limit"):
    """A schedule that falls from lr to lr_min, cycle_limit times."""

    if TYPE_CHECKING:  # each subclass declares it first, as timm does
        t_initial: float

    lr_min: Annotated[Rate, Floor(), Field(ge=0, description="rate at the end of each cycle")] = 0.0
    cycle_mul: Annotated[
        Factor, Field(gt=0, description="each cycle's length divided by the last one's")
    ] = 1.0
    cycle_decay: Annotated[
        Factor, Field(description="each cycle's top divided by the last one's")
    ] = 1.0
    cycle_limit: Annotated[Integer, Field(description="how many cycles; then lr_min")] = 1

    @model_validator(mode="after")
    def check_warmup_in_cycles(self) -> Cyclic:
        """Refuse a warm-up that is longer than all cycles of a schedule whose cycles shrink."""
        last = self.logarithm_end()
        if last is not None and last < self.warmup_t:
            end = next(self.domain_ends())
            raise error_at("warmup_t", f"{self.title()} {end.message}", self.warmup_t)
        return self

    def remaining(self, done: Array, length: Any) -> Array:
        """Return the remaining share of the way to lr_min, `done` steps into a cycle."""
        raise NotImplementedError

    def ground_shape(
        self, top: float, begin: float, length: float, exact: RateFunction
    ) -> Shape | RateFunction:
        """Return the curve of one cycle as a ground shape where it is one."""
        del top, begin, length
        return exact

    def cycle_number(self, t: Any) -> NDArray[np.int64]:
        """Return the number of the cycle at steps of the schedule's clock, rounded as in timm."""
        if self.cycle_mul == 1:
            quotient: NDArray[np.int64] = np.asanyarray(t // self.t_initial).astype(np.int64)
            return quotient
        grown = 1 - t / self.t_initial * (1 - self.cycle_mul)
        if grown.min(initial=1) <= 0:
            raise SpecError.of("", f"{self.title()} takes the logarithm of 0: math domain error")
        number = np.log(grown) / math.log(self.cycle_mul)
        # Where a cycle starts the last bit decides, and timm takes it from Python's logarithm.
        edge = np.flatnonzero(np.abs(number - np.rint(number)) < 1e-9)
        for index in edge.tolist():
            number.flat[index] = math.log(float(grown.flat[index]), self.cycle_mul)
        rounded: NDArray[np.int64] = np.floor(number).astype(np.int64)
        return rounded

    def position(self, t: Any, number: NDArray[np.int64]) -> tuple[Array, Any]:
        """Return the steps since the start of the cycle, and the cycle's length."""
        if self.cycle_mul == 1:
            return np.asanyarray(t - self.t_initial * number, np.float64), self.t_initial
        grown = power_table(self.cycle_mul, number)
        with np.errstate(over="ignore", invalid="ignore"):
            start = (1 - grown) / (1 - self.cycle_mul) * self.t_initial
            return t - start, grown * self.t_initial

    def cycle_start(self, number: int) -> int:
        """Return the first step of the run that timm counts to a cycle, or one past the end."""
        if self.cycle_mul == 1:
            return self.start_of(number * self.t_initial)
        with np.errstate(over="ignore", invalid="ignore"):
            grown = float(np.float64(self.cycle_mul) ** number)
        start = (1 - grown) / (1 - self.cycle_mul) * self.t_initial
        if start > MAX_INTEGER:
            return MAX_INTEGER
        step = self.start_of(start)
        last = self.logarithm_end()
        if last is not None and step > last:
            return last + 1
        while step > math.ceil(self.offset) and self.number_at(step - 1) >= number:
            step -= 1
        while (last is None or step <= last) and self.number_at(step) < number:
            step += 1
        return step

    def number_at(self, step: int) -> int:
        """Return the number of the cycle at a step of the run."""
        return int(self.cycle_number(np.array([step - self.offset]))[0])

    def logarithm_end(self) -> int | None:
        """Return the last step before timm takes the logarithm of 0 or less, if that comes."""
        if self.cycle_mul >= 1:
            return None
        limit = self.t_initial / (1 - self.cycle_mul)
        step = math.ceil(limit + self.offset) + 2
        while 1 - (step - self.offset) / self.t_initial * (1 - self.cycle_mul) <= 0:
            step -= 1
        return step

    def top(self, lr: float, number: NDArray[np.int64]) -> Any:
        """Return the rate at which each cycle starts."""
        return lr if self.cycle_decay == 1 else lr * power_table(self.cycle_decay, number)

    def after_warmup(self, lr: float) -> Sequence[Part]:
        if self.cycle_limit <= 0:
            return [Segment("floor", 0, hold(self.lr_min))]

        def rates(t: Steps64) -> Array:
            number = self.cycle_number(t)
            done, length = self.position(t, number)
            top = self.top(lr, number)
            with np.errstate(all="ignore"):
                remaining = self.remaining(done, length)
                return np.asanyarray(self.lr_min + (top - self.lr_min) * remaining)

        curve = self.on_run_clock(rates)

        def cycle(index: int) -> Sequence[Segment]:
            start = self.cycle_start(index)
            done, length = self.position(np.zeros(1), np.array([index]))
            with np.errstate(over="ignore", invalid="ignore"):  # where timm fails, end() is before
                top = float(lr * np.float64(self.cycle_decay) ** index)
            begin, size = self.offset - float(done[0]), float(np.asarray(length).flat[0])
            name = "restart" if index else "decay"
            return [Segment(name, start, self.ground_shape(top, begin, size, curve))]

        end = self.cycle_start(self.cycle_limit)
        floor = Segment("floor", end, hold(self.lr_min))
        if self.cycle_limit == 1:
            return [Segment("decay", 0, cycle(0)[0].curve), floor]
        cycles = Cycles(
            "restart",
            0,
            curve,
            cycle,
            period=self.t_initial,
            growth=self.cycle_mul,
            ratio=self.cycle_decay,
            count=self.cycle_limit,
        )
        return [cycles, floor]

    def natural_length(self) -> int | None:
        """Return timm's own count of the steps, warm-up included where it comes first."""
        cycles = max(1, self.cycle_limit)
        if self.cycle_mul == 1:
            return self.start_of(self.t_initial * cycles)
        with np.errstate(over="ignore", invalid="ignore"):
            grown = float(np.float64(self.cycle_mul) ** cycles)
        total = self.t_initial * (grown - 1) / (self.cycle_mul - 1)
        return self.start_of(max(int(total), 1) if total < MAX_INTEGER else MAX_INTEGER)

    def end(self) -> End | None:
        """Return the first end: of a logarithm, a power that overflows, or a division by 0."""
        ends = [*self.domain_ends(), *self.overflow_ends(), *self.division_ends()]
        return min(ends, key=lambda end: end.last, default=None)

    def domain_ends(self) -> Iterator[End]:
        """Yield the end of cycles that shrink: beyond it timm takes a logarithm of 0 or less."""
        last = self.logarithm_end()
        if last is not None:
            message = f"takes the logarithm of 0 or less at step {last + 1}: math domain error"
            yield End(last, message)

    def overflow_ends(self) -> Iterator[End]:
        """Yield the end of cycles whose top overflows in Python, even where it is not used."""
        if self.cycle_decay <= 1:
            return
        number = math.floor(MAX_POWER / math.log(self.cycle_decay)) + 1
        if number <= self.highest_power():
            step = self.cycle_start(number)
            message = f"raises cycle_decay to power {number} at step {step}: OverflowError"
            yield End(step - 1, message)

    def highest_power(self) -> float:
        """Return the highest number of a cycle whose top timm computes."""
        return math.inf

    def division_ends(self) -> Iterator[End]:
        """Yield the step at which a cycle starts, where timm raises 0 to a negative power there."""
        power = getattr(self, "k_decay", 1.0)
        if power >= 0:
            return
        for number in range(min(self.cycle_limit, FEW_EXPONENTS)):
            step = self.cycle_start(number)
            if step >= MAX_INTEGER:
                return
            done = self.position(np.array([step - self.offset]), np.array([number]))[0]
            if step >= max(math.ceil(self.warmup_t), 1) and done[0] == 0:
                message = (
                    f"raises 0 to power k_decay ({format_number(power)}) at step {step}, where "
                    "a cycle starts: "
                    "ZeroDivisionError"
                )
                yield End(step - 1, message)
                return

    def findings(self, lr: float) -> Iterator[Finding]:
        yield from super().findings(lr)
        if self.cycle_limit <= 0:
            message = f"cycle_limit is {self.cycle_limit}: timm holds lr_min from step 1 on"
            yield self.note("no-cycle", message)
        if self.lr_min > lr:
            message = (
                f"lr_min ({format_number(self.lr_min)}) is above lr ({format_number(lr)}): the "
                "rate rises"
            )
            yield self.note("rises", message)


def fraction_of(done: Array, length: Any, k: float) -> Array:
    """Return done ** k / length ** k, the fraction of a cycle that has passed."""
    if k == 1:
        return np.asanyarray(done / length)
    base = length if isinstance(length, np.ndarray) else np.float64(length)
    return shapes.raise_to(done, k) / base**k


class Cosine(Cyclic, inherit_after="t_initial"):
    """Falls along half a cosine from the rate to lr_min, in cycles that may repeat."""

    name = "cosine"
    formula = (
        "lr_min + (lr * cycle_decay**i - lr_min) * (1 + cos(pi * t_cur**k / t_i**k)) / 2, t_cur "
        "steps into cycle i of t_i steps"
    )
    t_initial: TInitial
    k_decay: Number = Field(1.0, description="exponent on the time; above 1 it falls later")

    def remaining(self, done: Array, length: Any) -> Array:
        return shapes.cosine(fraction_of(done, length, self.k_decay))

    def ground_shape(
        self, top: float, begin: float, length: float, exact: RateFunction
    ) -> Shape | RateFunction:
        if self.k_decay != 1:
            return exact
        return segment.cosine(top, self.lr_min, begin, length, exact)


class Tanh(Cyclic, inherit_after="ub"):
    """Falls along a hyperbolic tangent from near the rate to near lr_min, in cycles."""

    name = "tanh"
    source = "timm 1.0.31, timm/scheduler; arXiv:1806.01593"
    formula = (
        "lr_min + (lr * cycle_decay**i - lr_min) * (1 - tanh(lb * (1 - x) + ub * x)) / 2, with x "
        "the share of cycle i that has passed"
    )
    t_initial: TInitial
    lb: Number = Field(-7.0, description="where on the tangent a cycle begins")
    ub: Number = Field(3.0, description="where on the tangent a cycle ends")

    @model_validator(mode="after")
    def check_values(self) -> Tanh:
        """Refuse values against which timm has assertions."""
        if not self.lb < self.ub:
            raise error_at(
                "lb",
                f"lb ({format_number(self.lb)}) must be less than ub ({format_number(self.ub)})",
                self.lb,
            )
        for name in ("cycle_limit", "warmup_lr_init"):
            value = getattr(self, name)
            if value < 0:
                raise error_at(
                    name, f"{name} must be at least 0 (got {format_number(value)})", value
                )
        return self

    def remaining(self, done: Array, length: Any) -> Array:
        fraction = done / length
        across = self.lb * (1.0 - fraction) + self.ub * fraction
        return np.asanyarray((1.0 - np.tanh(across)) / 2.0)

    def warmup_peak(self, lr: float) -> float:
        """Return the target of the warm-up: without a prefix, the curve's own rate there."""
        if self.warmup_prefix or not self.warmup_t:
            return lr
        parts = self.after_warmup(lr)
        return float(segment.evaluate(parts, np.array([self.warmup_t]))[0])

    def highest_power(self) -> float:
        return self.cycle_limit - 1

    def findings(self, lr: float) -> Iterator[Finding]:
        yield from super().findings(lr)
        start = float(self.remaining(np.zeros(1), 1.0)[0])
        if start < 0.99:
            message = (
                f"lb {format_number(self.lb)} starts the curve at {start:.3g} of the way, below lr"
            )
            yield self.note("below-peak", message)


class Poly(Cyclic, inherit_after="power"):
    """Falls along a power of the remaining time from the rate to lr_min, in cycles."""

    name = "poly"
    formula = (
        "lr_min + (lr * cycle_decay**i - lr_min) * (1 - t_cur**k / t_i**k) ** power, t_cur steps "
        "into cycle i of t_i steps"
    )
    t_initial: TInitial
    power: Number = Field(0.5, description="1 is a straight line; above 1 it falls faster at first")
    k_decay: Number = Field(1.0, description="exponent on the time; above 1 it falls later")

    def remaining(self, done: Array, length: Any) -> Array:
        return shapes.polynomial(fraction_of(done, length, self.k_decay), self.power)

    def ground_shape(
        self, top: float, begin: float, length: float, exact: RateFunction
    ) -> Shape | RateFunction:
        if self.k_decay != 1 or self.power <= 0:
            return exact
        return segment.polynomial(top, self.lr_min, begin, length, self.power, exact)

"""Schedules of cycles that may grow and shrink: cosine, tanh, poly."""

from __future__ import annotations

import math as arithmetic
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from lrviz.core import shapes
from lrviz.core.errors import SpecError
from lrviz.core.parameters import Count, Factor, Number, Rate, Steps, Whole
from lrviz.core.schedule import Array, End, Steps64
from lrviz.core.validation import error_at
from lrviz.dialects.timm import base
from lrviz.dialects.timm.base import Timm

Length = Annotated[Steps, Field(description="length of the first cycle", examples=[100])]
Floor = Annotated[Rate, Field(ge=0, description="rate at the end of each cycle")]
Growth = Annotated[Factor, Field(gt=0, description="each cycle's length over the last one's")]
Shrink = Annotated[Factor, Field(description="each cycle's top over the last one's")]
Cycles = Annotated[Whole, Field(description="how many cycles; then lr_min")]
KDecay = Annotated[Number, Field(description="exponent on the time; above 1 it falls later")]
FEW = 1_000


def power_table(base: float, exponents: NDArray[np.int64]) -> Array:
    """Return base ** exponent as Python computes it, where the exponents are close together."""
    low, high = int(exponents.min(initial=0)), int(exponents.max(initial=0))
    if high - low > FEW:
        return shapes.powers(base, exponents)
    return np.array([base**each for each in range(low, high + 1)])[exponents - low]


class Cyclic(Timm, abstract=True):
    """A schedule that falls from lr to lr_min, cycle_limit times."""

    if TYPE_CHECKING:  # each subclass declares them, in its class's order
        t_initial: int
        lr_min: float
        cycle_mul: float
        cycle_decay: float
        cycle_limit: int

    @model_validator(mode="after")
    def warm_up_within(self) -> Cyclic:
        """Refuse a warm-up that is longer than cycles that shrink away."""
        end = self.end()
        if end and end.last < self.warmup_t:
            raise error_at("warmup_t", f"{self.title()} {end.message}", self.warmup_t)
        return self

    def left(self, done: Array, length: Any) -> Array:
        """Return how much of the way is left `done` steps into cycles of some length."""
        raise NotImplementedError

    def cycle(self, t: Steps64) -> NDArray[np.int64]:
        """Return the number of the cycle at each step, rounded as timm rounds it."""
        if self.cycle_mul == 1:
            return t // self.t_initial
        grown = 1 - t / self.t_initial * (1 - self.cycle_mul)
        if grown.min(initial=1) <= 0:
            raise SpecError.of("", f"{self.title()} takes the logarithm of 0: math domain error")
        number = np.log(grown) / arithmetic.log(self.cycle_mul)
        # Where a cycle begins the last bit decides, and timm takes it from Python's logarithm.
        edge = np.abs(number - np.rint(number)) < 1e-9
        number[edge] = [arithmetic.log(each, self.cycle_mul) for each in grown[edge].tolist()]
        return np.floor(number).astype(np.int64)

    def place(self, t: Steps64, cycle: NDArray[np.int64]) -> tuple[Any, Any]:
        """Return how far each step is into its cycle, and that cycle's length."""
        if self.cycle_mul == 1:
            return (t - self.t_initial * cycle).astype(np.float64), float(self.t_initial)
        grown = power_table(self.cycle_mul, cycle)
        begun = (1 - grown) / (1 - self.cycle_mul) * self.t_initial
        return t - begun, grown * self.t_initial

    def curve(self, t: Steps64, lr: float) -> Any:
        cycle = self.cycle(t)
        self.heights_that_python_has(int(cycle.max(initial=0)))
        # Cycles past the limit are not computed: their powers may overflow.
        live = cycle < self.cycle_limit
        if live.all():
            return self.fallen(t, cycle, lr)
        rates = np.full(t.shape, self.lr_min)
        rates[live] = self.fallen(t[live], cycle[live], lr)
        return rates

    def fallen(self, t: Steps64, cycle: NDArray[np.int64], lr: float) -> Array:
        """Return the rates at steps of cycles that are run."""
        done, length = self.place(t, cycle)
        top = lr if self.cycle_decay == 1 else lr * power_table(self.cycle_decay, cycle)
        with np.errstate(all="ignore"):
            return np.asanyarray(self.lr_min + (top - self.lr_min) * self.left(done, length))

    def heights_that_python_has(self, cycle: int) -> None:
        """Refuse a cycle whose height overflows in Python, also where it is not used."""
        if self.cycle_decay > 1 and cycle * arithmetic.log(self.cycle_decay) > arithmetic.log(
            2**1024
        ):
            words = f"raises cycle_decay to power {cycle}: OverflowError"
            raise SpecError.of("", f"{self.title()} {words}")

    def starts(self, stop: int) -> list[int]:
        """Return the steps below `stop` at which cycles begin, the first end of all included."""
        if self.cycle_mul == 1:
            last = min(stop, self.offset() + self.t_initial * max(self.cycle_limit, 0) + 1)
            return list(range(self.offset() + self.t_initial, last, self.t_initial))
        starts: list[int] = []
        begun, length = float(self.offset()), float(self.t_initial)
        while len(starts) < self.cycle_limit and length >= 1 and begun + length < stop:
            begun, length = begun + length, length * self.cycle_mul
            starts.append(arithmetic.ceil(begun))
        return starts

    def natural_length(self) -> int | None:
        """Return timm's own count of the steps, warm-up included where it comes first."""
        cycles = max(1, self.cycle_limit)
        if self.cycle_mul == 1:
            return self.offset() + self.t_initial * cycles
        with np.errstate(over="ignore"):
            grown = float(np.float64(self.cycle_mul) ** cycles)
        total = self.t_initial * (grown - 1) / (self.cycle_mul - 1)
        return self.offset() + (max(int(total), 1) if total < 2**53 else 2**53)

    def end(self) -> End | None:
        """Cycles that shrink end at a step, beyond which timm takes a logarithm of less than 0."""
        if self.cycle_mul >= 1:
            return None
        step = int(self.t_initial / (1 - self.cycle_mul)) + 2
        while 1 - step / self.t_initial * (1 - self.cycle_mul) <= 0:
            step -= 1
        last = step + self.offset()
        return End(last, f"takes the logarithm of 0 or less at step {last + 1}: math domain error")

    def marks(self, stop: int) -> list[int]:
        return sorted({*super().marks(stop), *self.starts(stop)})

    def findings(self, lr: float) -> Iterator[str]:
        yield from super().findings(lr)
        if self.cycle_limit <= 0:
            yield f"cycle_limit is {self.cycle_limit}: timm holds lr_min from the first step on"
        if self.lr_min > lr:
            yield f"lr_min ({self.lr_min:g}) is above lr ({lr:g}): the rate rises"


def k_decayed(done: Array, length: Any, k: float) -> Array:
    """Return the fraction of a cycle that is done, each side raised to k."""
    if k == 1:
        return np.asanyarray(done / length)
    if k < 0 and not done.all():
        words = f"timm raises 0 to power k_decay ({k:g}) where a cycle begins: ZeroDivisionError"
        raise SpecError.of("", words)
    return shapes.raised(done, k) / np.float64(length) ** k


class Cosine(Cyclic):
    """Half a cosine from the rate down to lr_min, in cycles that may repeat."""

    name = "cosine"
    formula = "lr_min + (lr * cycle_decay**i - lr_min) * (1 + cos(pi * t_cur**k / t_i**k)) / 2"
    t_initial: Length
    lr_min: Floor = 0.0
    cycle_mul: Growth = 1.0
    cycle_decay: Shrink = 1.0
    cycle_limit: Cycles = 1
    warmup_t: base.WarmUp = 0
    warmup_lr_init: base.WarmUpStart = 0.0
    warmup_prefix: base.WarmUpPrefix = False
    t_in_epochs: base.InEpochs = True
    noise_range_t: base.NoiseRange = None
    noise_pct: base.NoisePct = 0.67
    noise_std: base.NoiseStd = 1.0
    noise_seed: base.NoiseSeed = 42
    k_decay: KDecay = 1.0

    def left(self, done: Array, length: Any) -> Array:
        return shapes.cosine(k_decayed(done, length, self.k_decay))


class Tanh(Cyclic):
    """A hyperbolic tangent between lb and ub, from near the rate to near lr_min, in cycles."""

    name = "tanh"
    source = "timm 1.0.31, timm/scheduler; arXiv:1806.01593"
    formula = "lr_min + (lr * cycle_decay**i - lr_min) * (1 - tanh(lb * (1 - x) + ub * x)) / 2"
    t_initial: Length
    lb: Number = Field(-7.0, description="where on the tangent a cycle begins")
    ub: Number = Field(3.0, description="where on the tangent a cycle ends")
    lr_min: Floor = 0.0
    cycle_mul: Growth = 1.0
    cycle_decay: Shrink = 1.0
    cycle_limit: Annotated[Count, Field(description="how many cycles; then lr_min")] = 1
    warmup_t: base.WarmUp = 0
    warmup_lr_init: Annotated[base.WarmUpStart, Field(ge=0)] = 0.0
    warmup_prefix: base.WarmUpPrefix = False
    t_in_epochs: base.InEpochs = True
    noise_range_t: base.NoiseRange = None
    noise_pct: base.NoisePct = 0.67
    noise_std: base.NoiseStd = 1.0
    noise_seed: base.NoiseSeed = 42

    @model_validator(mode="after")
    def bounds_that_rise(self) -> Tanh:
        """Refuse bounds that timm asserts against."""
        if not self.lb < self.ub:
            raise error_at("lb", f"lb ({self.lb:g}) must be less than ub ({self.ub:g})", self.lb)
        return self

    def left(self, done: Array, length: Any) -> Array:
        fraction = done / length
        across = self.lb * (1.0 - fraction) + self.ub * fraction
        return np.asanyarray((1.0 - np.tanh(across)) / 2.0)

    def warm(self, lr: float) -> float:
        """Without prefix the warm-up goes to where the curve has come."""
        if self.warmup_prefix or not self.warmup_t:
            return lr
        return float(self.curve(np.array([self.warmup_t]), lr)[0])

    def heights_that_python_has(self, cycle: int) -> None:
        super().heights_that_python_has(min(cycle, self.cycle_limit - 1))

    def findings(self, lr: float) -> Iterator[str]:
        yield from super().findings(lr)
        start = float(self.left(np.zeros(1), 1.0)[0])
        if start < 0.99:
            yield f"lb {self.lb:g} begins the curve at {start:.3g} of the way, below lr"


class Poly(Cyclic):
    """A power of the time that is left, from the rate down to lr_min, in cycles."""

    name = "poly"
    formula = "lr_min + (lr * cycle_decay**i - lr_min) * (1 - t_cur**k / t_i**k) ** power"
    t_initial: Length
    power: Number = Field(0.5, description="1 is a straight line, above it falls faster at first")
    lr_min: Floor = 0.0
    cycle_mul: Growth = 1.0
    cycle_decay: Shrink = 1.0
    cycle_limit: Cycles = 1
    warmup_t: base.WarmUp = 0
    warmup_lr_init: base.WarmUpStart = 0.0
    warmup_prefix: base.WarmUpPrefix = False
    t_in_epochs: base.InEpochs = True
    noise_range_t: base.NoiseRange = None
    noise_pct: base.NoisePct = 0.67
    noise_std: base.NoiseStd = 1.0
    noise_seed: base.NoiseSeed = 42
    k_decay: KDecay = 1.0

    def left(self, done: Array, length: Any) -> Array:
        return shapes.polynomial(k_decayed(done, length, self.k_decay), self.power)

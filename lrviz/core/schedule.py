"""What a schedule is: a frozen value with parameters, and a pure function of the step.

A schedule is written once, as a class: its fields are the parameters, with bounds, defaults, roles
and a sentence each; `segments` are its curve. Subclassing a dialect's base registers it. Flags,
YAML keys, validation, the JSON Schema, docs, generated code and tests follow from the declaration.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import ceil
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lrviz.core import segment
from lrviz.core.arithmetic import arithmetic
from lrviz.core.errors import SpecError
from lrviz.core.expression import Expression
from lrviz.core.findings import Finding
from lrviz.core.finite import all_finite
from lrviz.core.parameter_model import ParameterModel
from lrviz.core.register import register
from lrviz.core.roles import DEFAULT_LR, Length
from lrviz.core.segment import Part, Segment, evaluate, expand, segments_of_rates

Array = segment.Array
Steps64 = NDArray[np.int64]

CHUNK = 8_192
"""How many rates are computed at once, so that they stay in the processor's cache."""
DEFAULT_STEPS = 100
"""The steps of a curve whose run and schedule have no length."""
WARMUPS_IN_LENGTH = 5
"""How many times as long as its warm-up a schedule without an end is by default."""
PAST_THE_END = "past-the-end"
"""The id of the finding that a schedule has no such step."""


class End(NamedTuple):
    """The last step a schedule can be sampled at, and its library's message beyond."""

    last: int
    message: str


class Schedule(ParameterModel):
    """A learning-rate schedule: a frozen value; `rate` is its function of the step."""

    dialect: ClassVar[str] = ""
    name: ClassVar[str] = ""
    aliases: ClassVar[tuple[str, ...]] = ()
    with_floor: ClassVar[str] = ""
    """The title of a schedule of this shape that falls to a floor, where this one has none."""
    sets_rate: ClassVar[bool] = False
    """Whether the schedule's own parameters set the rate, so that `lr` is not used."""
    clock_unit: ClassVar[str] = "step"
    """What a tick of its clock usually is: step, or epoch."""
    step_clock: ClassVar[Mapping[str, Any]] = {}
    """Parameters that make a clock of epochs count optimizer steps."""
    source: ClassVar[str] = ""
    """The library and version, or the paper, that the formula is from."""
    formula: ClassVar[str] = ""
    """The curve as arithmetic in the parameters, `t` and `lr`, for `show` and the docs."""
    picture: ClassVar[Callable[[Any], str] | None] = None
    """Draws a schedule as SVG; set by the Python API, so that a notebook shows it."""

    def __init_subclass__(cls, *, abstract: bool = False, **options: Any) -> None:
        super().__init_subclass__(**options)

    @classmethod
    def __pydantic_init_subclass__(cls, *, abstract: bool = False, **options: Any) -> None:
        """Register every class that is not the abstract base of others."""
        super().__pydantic_init_subclass__(**options)
        cls.name = cls.__dict__.get("name") or cls.__name__
        if cls.dialect and not abstract:
            register.add(cls)

    @classmethod
    def title(cls) -> str:
        """Return the name with its dialect, joined by a dot."""
        return f"{cls.dialect}.{cls.name}"

    @classmethod
    def summary(cls) -> str:
        """Return the first sentence of the documentation."""
        return (cls.__doc__ or "").strip().partition("\n")[0]

    def __str__(self) -> str:
        return repr(self)

    def spec(self) -> dict[str, Any]:
        """Return the schedule as the mapping of a spec file."""
        fields = type(self).model_fields
        values = {name: getattr(self, name) for name in fields}
        parameters = {
            name: as_plain_data(value)
            for name, value in values.items()
            if fields[name].is_required() or value is not None
        }
        return {"schedule": self.title(), **parameters}

    def _repr_svg_(self) -> str | None:
        draw = type(self).picture
        return draw(self) if draw else None

    def segments(self, lr: float) -> Sequence[Part]:
        """Return the segments in the order of their first steps, for an optimizer's `lr`.

        The last one has no end. Cycles are given by their rule; `expand` lists their segments.
        """
        raise NotImplementedError

    def rate_function(self, lr: float) -> Callable[[Steps64], Array]:
        """Return the function from steps (int64, any order) to rates for an optimizer's `lr`."""
        parts = self.segments(lr)
        return lambda t: evaluate(parts, t)

    def compute(self, t: Steps64, lr: float) -> Array:
        """Return the rates at the steps `t`, unchecked, of many in pieces that fit the cache."""
        rates_at = self.rate_function(lr)
        if t.size <= CHUNK:
            return rates_at(t)
        flat, rates = t.reshape(-1), np.empty(t.size)
        for start in range(0, t.size, CHUNK):
            rates[start : start + CHUNK] = rates_at(flat[start : start + CHUNK])
        return rates.reshape(t.shape)

    def marks(self, stop: int, lr: float = DEFAULT_LR) -> list[int]:
        """Return the steps below `stop` at which a segment other than the first starts."""
        return [part.start for part in self.expand(lr, stop)[1:]]

    def expand(self, lr: float, stop: int) -> list[Segment]:
        """Return the segments that start before step `stop`, with cycles expanded."""
        return expand(self.segments(lr), stop)

    def sample(self, steps: range, lr: float) -> Array:
        """Return the rates at `steps` as float64, computed in pieces that fit the cache.

        Raises SpecError for steps that the schedule does not have.
        """
        self.check_range(steps)
        rates = np.empty(len(steps))
        with np.errstate(all="ignore"):
            rates_at = self.rate_function(lr) if len(steps) else None
            for start in range(0, len(steps), CHUNK):
                piece = steps[start : start + CHUNK]
                t = np.arange(piece.start, piece.stop, piece.step, dtype=np.int64)
                if rates_at:
                    rates[start : start + CHUNK] = rates_at(t)
        return rates

    def rate(self, steps: ArrayLike, lr: float = DEFAULT_LR) -> Array:
        """Return the rates at whole `steps` from 0, float64, in the shape of `steps`.

        Raises SpecError for steps that the schedule does not have.
        """
        t = np.asarray(steps)
        if isinstance(lr, bool) or not isinstance(lr, int | float | np.number) or not lr >= 0:
            raise SpecError.of(self.title(), f"lr must be a number, at least 0 (got {lr!r})")
        if t.dtype.kind not in "iuf":
            raise SpecError.of(self.title(), f"steps must be numbers (got {t.dtype})")
        if t.size and (t.min() < 0 or np.any(t != np.floor(t))):
            raise SpecError.of(self.title(), "steps must be whole numbers from 0")
        t = t.astype(np.int64)
        if t.size:
            self.check_range(range(int(t.max()) + 1))
        with arithmetic(self.title()):
            rates = self.compute(t, float(lr))
        return np.broadcast_to(rates, t.shape).astype(np.float64)

    def check_range(self, steps: range) -> None:
        """Raise SpecError where `steps` go beyond the schedule's end."""
        end = self.end()
        if end and len(steps) and steps[-1] > end.last:
            raise SpecError.of("", f"{self.title()} {end.message}", PAST_THE_END)

    def advice_on_name(self) -> str:
        """Return how to write what a schedule is mistaken for by its name, or nothing."""
        return ""

    def clock(self) -> str:
        """Return what a tick is: step or epoch, where a parameter decides it."""
        return self.clock_unit

    def natural_length(self) -> int | None:
        """Return the natural number of steps, or None where the parameters give none.

        It is where the last segment, which holds its rate, starts; where there is no such
        segment, the parameter that is the length.
        """
        try:
            with arithmetic(self.title()):
                last = self.segments(DEFAULT_LR)[-1]
        except SpecError:  # parameters that do not fit this rate, which the length does not need
            last = None
        if isinstance(last, Segment) and last.shape and last.shape.kind == "hold":
            return last.start or None
        length = self.parameter_with(Length)
        value = getattr(self, length[0]) if length else None
        return ceil(value) or None if value else None

    @classmethod
    def guesses(cls, t: Array, rates: Array) -> Iterator[Mapping[str, Any]]:
        """Yield parameters with which this schedule may have these rates at ticks `t`.

        A proposal compares them with the log. Overridden where the curve is of none of the common
        families.
        """
        del t, rates
        yield from ()

    def end(self) -> End | None:
        """Return where the real library stops, or None."""
        return None

    def metric_trace(self, stop: int, lr: float) -> tuple[str, Array] | None:
        """Return the name and values of the metric over steps 0 to stop - 2, if there is one."""
        del stop, lr
        return None

    def note(self, id: str, message: str) -> Finding:  # noqa: A002
        """Return a finding of severity note on this schedule."""
        return Finding(id, message, "note", source=self.source)

    def findings(self, lr: float) -> Iterator[Finding]:
        """Yield what the library does here that a user may not expect."""
        del lr
        yield from ()


class PathDependent(Schedule):
    """A schedule whose rate at a step depends on the steps before: computed from step 0."""

    def simulate(self, stop: int, lr: float) -> Array:
        """Return the rates of steps 0 to stop - 1."""
        raise NotImplementedError

    def sample(self, steps: range, lr: float) -> Array:
        """Return the rates at `steps`, from a run that starts at step 0."""
        self.check_range(steps)
        stop = steps[-1] + 1 if len(steps) else 0
        rates = self.simulate(stop, lr)
        if len(rates) == len(steps):
            return rates
        return rates[steps.start : stop : steps.step].copy()  # frees the rates between

    def compute(self, t: Steps64, lr: float) -> Array:
        """Return the rates at the steps `t`, unchecked, from one run that starts at step 0."""
        return self.simulate(int(t.max(initial=-1)) + 1, lr)[t]

    def rate_function(self, lr: float) -> Callable[[Steps64], Array]:
        """Return the function from steps to rates, each from a run that starts at step 0."""
        return lambda t: self.compute(t, lr)

    def expand(self, lr: float, stop: int) -> list[Segment]:
        """Return the runs of equal rates that start before step `stop`."""
        end = self.end()
        return segments_of_rates(self.simulate(min(stop, end.last + 1) if end else stop, lr))

    def natural_length(self) -> int | None:
        """Return None: what drives the schedule decides how long it is."""
        return None


def as_plain_data(value: Any) -> Any:
    """Return a parameter's value as plain data, as a spec file spells it."""
    if isinstance(value, Expression):
        return value.text
    if hasattr(value, "spec"):
        return value.spec()
    if isinstance(value, tuple):
        return [as_plain_data(item) for item in value]
    return value


def first_not_finite(t: Steps64, rates: Array) -> tuple[int, float] | None:
    """Return the first step whose rate is not finite, and that rate; None where all are finite."""
    if all_finite(rates):
        return None
    index = int(np.flatnonzero(~np.isfinite(rates))[0])
    return int(t.flat[index]), float(rates.flat[index])

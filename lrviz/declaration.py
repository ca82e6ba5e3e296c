"""What a schedule is: a frozen value with parameters, and a pure function of the step.

A schedule is written once, as a class: its fields are the parameters, with bounds, defaults and a
sentence each; `formula` is the curve. Subclassing a dialect's base registers it. Flags, YAML keys,
validation, the JSON Schema, docs and tests follow from the declaration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, ConfigDict, model_validator

from lrviz.errors import SpecError
from lrviz.expression import Expression

Array = NDArray[np.float64]
Steps64 = NDArray[np.int64]

CHUNK = 8_192
DEFAULT_LR = 0.1
DEFAULT_STEPS = 100


def fold(name: str) -> str:
    """Return the form in which names are compared: no case, `-` and `_` as one."""
    return name.casefold().replace("-", "_")


@dataclass(frozen=True)
class End:
    """The last step a schedule can be asked for, and its library's words beyond."""

    last: int
    words: str


class Schedule(BaseModel):
    """A learning-rate schedule: a frozen value; `rate` is its function of the step."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        defer_build=True,
        hide_input_in_errors=True,
    )

    dialect: ClassVar[str] = ""
    name: ClassVar[str] = ""
    aliases: ClassVar[tuple[str, ...]] = ()
    also: ClassVar[Mapping[str, str]] = {}
    """Other spellings of a parameter that the library or its users know."""
    no_effect: ClassVar[tuple[str, ...]] = ()
    """Parameters of the real library that do not touch the rate."""
    states_rate: ClassVar[bool] = False
    """Whether the schedule's own parameters set the rate, so that `lr` is not used."""
    tick: ClassVar[str] = "step"
    """What a tick of its clock usually is: step, or epoch."""
    source: ClassVar[str] = ""
    math: ClassVar[str] = ""
    """The formula in plain text, for `show` and the docs."""
    picture: ClassVar[Callable[[Any], str] | None] = None
    """Draws a schedule as SVG; set by the Python API, so that a notebook shows it."""

    def __init_subclass__(cls, *, abstract: bool = False, **rest: Any) -> None:
        super().__init_subclass__(**rest)

    @classmethod
    def __pydantic_init_subclass__(cls, *, abstract: bool = False, **rest: Any) -> None:
        """Register every class that is not the abstract base of others."""
        super().__pydantic_init_subclass__(**rest)
        cls.name = cls.__dict__.get("name") or cls.__name__
        if cls.dialect and not abstract:
            register.add(cls)

    @classmethod
    def title(cls) -> str:
        """Return the name with its dialect, `torch.StepLR`."""
        return f"{cls.dialect}.{cls.name}"

    @classmethod
    def parameter(cls, key: str) -> str | None:
        """Return the parameter that a key means in any spelling, or None."""
        folded = fold(key)
        known = {fold(name): name for name in cls.model_fields}
        known |= {fold(other): name for other, name in cls.also.items()}
        return known.get(folded)

    @classmethod
    def has_no_effect(cls, key: str) -> bool:
        """Tell whether the real library takes this parameter without effect on the rate."""
        return fold(key) in map(fold, cls.no_effect)

    @classmethod
    def example(cls, parameter: str) -> Any:
        """Return the declared example of a parameter, or its default."""
        field = cls.model_fields[parameter]
        if field.examples:
            return field.examples[0]
        return field.get_default(call_default_factory=True)

    @classmethod
    def examples(cls) -> dict[str, Any]:
        """Return the example's parameters: those that have no default."""
        fields = cls.model_fields.items()
        return {name: cls.example(name) for name, field in fields if field.is_required()}

    @classmethod
    def filled(cls, given: Mapping[str, Any], steps: int | None) -> dict[str, Any]:
        """Return the examples that complete `given`, for a name that is typed."""
        del steps
        return {name: value for name, value in cls.examples().items() if name not in given}

    @classmethod
    def takes_list(cls, parameter: str) -> bool:
        """Tell whether a parameter's own value may be a list."""
        field = cls.model_fields[parameter]
        kinds = {getattr(each, "name", "") for each in field.metadata}
        return "tuple" in str(field.annotation) or "metric" in kinds

    @model_validator(mode="before")
    @classmethod
    def spelled(cls, data: Any) -> Any:
        """Bring the keys to the library's spelling before the fields are read."""
        if not isinstance(data, Mapping):
            return data
        kept = {key: value for key, value in data.items() if not cls.has_no_effect(str(key))}
        return {cls.parameter(str(key)) or key: value for key, value in kept.items()}

    def __str__(self) -> str:
        return repr(self)

    def spec(self) -> dict[str, Any]:
        """Return the mapping of a spec file that gives this schedule again."""
        given = {name: getattr(self, name) for name in type(self).model_fields}
        fields = type(self).model_fields
        told = {k: plain(v) for k, v in given.items() if fields[k].is_required() or v is not None}
        return {"schedule": self.title(), **told}

    def _repr_svg_(self) -> str | None:
        draw = type(self).picture
        return draw(self) if draw else None

    def formula(self, t: Steps64, lr: float) -> Any:
        """Return the rate at the steps `t` (int64, rising or not); `lr` is the optimizer's."""
        raise NotImplementedError

    def sample(self, steps: range, lr: float) -> Array:
        """Return the rates at `steps` as float64, computed in pieces that fit the cache."""
        self.reach(steps)
        rates = np.empty(len(steps))
        with np.errstate(over="ignore", under="ignore"):
            for start in range(0, len(steps), CHUNK):
                piece = steps[start : start + CHUNK]
                t = np.arange(piece.start, piece.stop, piece.step, dtype=np.int64)
                rates[start : start + CHUNK] = self.formula(t, lr)
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
            self.reach(range(int(t.max()) + 1))
        with np.errstate(over="ignore", under="ignore"):
            return np.broadcast_to(self.formula(t, lr), t.shape).astype(np.float64)

    def reach(self, steps: range) -> None:
        """Raise SpecError where `steps` go beyond the schedule's end."""
        end = self.end()
        if end and len(steps) and steps[-1] > end.last:
            raise SpecError.of("", f"{self.title()} {end.words}")

    def clock(self) -> str:
        """Return what a tick is: step or epoch, where a parameter says so in its words."""
        return self.tick

    def length(self) -> int | None:
        """Return the natural number of steps, or None where the parameters name none."""
        return None

    def end(self) -> End | None:
        """Return where the real library stops, or None."""
        return None

    def phase_starts(self, stop: int) -> list[int]:
        """Return the steps below `stop` at which a new phase begins."""
        del stop
        return []

    def metric_trace(self, stop: int, lr: float) -> tuple[str, Array] | None:
        """Return the name and values of the metric over steps 0 to stop - 2, if there is one."""
        del stop, lr
        return None

    def remarks(self, lr: float) -> Iterator[str]:
        """Yield what the library does here that a user may not mean."""
        del lr
        yield from ()


class PathDependent(Schedule):
    """A schedule whose rate at a step depends on the steps before: computed from step 0."""

    def path(self, stop: int, lr: float) -> Array:
        """Return the rates of steps 0 to stop - 1."""
        raise NotImplementedError

    def sample(self, steps: range, lr: float) -> Array:
        """Return the rates at `steps`, from a run that starts at step 0."""
        self.reach(steps)
        stop = steps[-1] + 1 if len(steps) else 0
        rates = self.path(stop, lr)
        whole = len(rates) == len(steps)
        return rates if whole else rates[steps.start : stop : steps.step].copy()

    def formula(self, t: Steps64, lr: float) -> Any:
        """Return the rates at `t`, from a run that starts at step 0."""
        return self.path(int(t.max()) + 1 if t.size else 0, lr)[t]


def numbers(title: str, t: Steps64, given: Any) -> Array:
    """Return the rates; where one is no finite number, raise SpecError with its step."""
    rates: Array = np.broadcast_to(given, t.shape)
    if np.isfinite(rates).all():
        return rates
    first = int(t.flat[np.flatnonzero(~np.isfinite(rates))[0]])
    raise SpecError.of("", f"{title} has no finite real rate at step {first}")


def plain(value: Any) -> Any:
    """Return a parameter's value as YAML and JSON can hold it."""
    if isinstance(value, Expression):
        return value.text
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return value.spec() if hasattr(value, "spec") else value


class Register:
    """Every schedule by its names. A dialect is imported when a name of it is first asked for."""

    DIALECTS = ("torch", "keras", "optax", "transformers", "timm", "lrviz")

    def __init__(self) -> None:
        self.by_dialect: dict[str, dict[str, type[Schedule]]] = {}

    def add(self, cls: type[Schedule]) -> None:
        """Enter a class under its name and its aliases."""
        known = self.by_dialect.setdefault(cls.dialect, {})
        for name in (cls.name, *cls.aliases):
            known[fold(name)] = cls

    def load(self, dialect: str) -> dict[str, type[Schedule]]:
        """Return a dialect's names, importing its module at the first call."""
        if dialect in self.DIALECTS:
            import_module(f"lrviz.schedules.{dialect}")
        return self.by_dialect.get(dialect, {})

    def find(self, name: str) -> type[Schedule] | None:
        """Return the class of a name in any spelling; a shared bare name means torch's."""
        return next(self.meanings(name), None)

    def meanings(self, name: str) -> Iterator[type[Schedule]]:
        """Yield every class that a name may mean, that of the first dialect first."""
        dialect, dot, rest = fold(name.strip()).partition(".")
        known = ((dialect, rest),) if dot else ((each, dialect) for each in self.DIALECTS)
        found = (self.load(each).get(short) for each, short in known)
        yield from (cls for cls in found if cls)

    def all(self) -> list[type[Schedule]]:
        """Return every schedule once, dialect by dialect, as declared."""
        classes = (cls for each in self.DIALECTS for cls in self.load(each).values())
        return list(dict.fromkeys(classes))

    def spellings(self) -> list[str]:
        """Return every name that `find` knows, short names first."""
        classes = self.all()
        bare = [name for cls in classes for name in (*cls.aliases, cls.name)]
        return list(dict.fromkeys(bare + [cls.title() for cls in classes]))


register = Register()

"""An intent is the rate that a user wants; an idiom is a library's usual way to write it.

Each dialect's `idioms` module has a function `idioms` from an intent to the dialect's idioms.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from lrviz.core.parameters import Count, Factor, Rate, Steps
from lrviz.core.register import register
from lrviz.core.roles import Target
from lrviz.core.schedule import Schedule
from lrviz.core.text import format_compact
from lrviz.core.validation import error_at

IntentShape = Literal["cosine", "linear", "polynomial", "exponential", "constant"]


class Intent(BaseModel):
    """The rate that a user wants, in no library's terms; steps are optimizer steps."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)

    peak: Annotated[Rate, Field(gt=0)] = Field(1.0, description="highest rate")
    warmup: Count = Field(10, description="steps of the warm-up")
    total: Steps = Field(100, description="steps of the run, the warm-up included")
    floor: Annotated[Rate, Field(ge=0)] = Field(0.0, description="rate at the end")
    shape: IntentShape = Field("cosine", description="how the rate falls")
    power: Annotated[Factor, Field(gt=0)] = Field(2.0, description="exponent of shape polynomial")

    @model_validator(mode="after")
    def check_numbers(self) -> Self:
        """Refuse a run without a decay, a floor at the peak, and an exponential down to 0."""
        if self.warmup >= self.total:
            message = f"must be less than total, {self.total} (got {self.warmup})"
            raise error_at("warmup", message, self.warmup)
        if self.floor >= self.peak:
            peak, floor = format_compact(self.peak), format_compact(self.floor)
            message = f"must be less than peak, {peak} (got {floor})"
            raise error_at("floor", message, self.floor)
        if self.shape == "exponential" and not self.floor:
            raise error_at("floor", "must be above 0 for shape exponential, as 0.01", 0)
        return self

    @property
    def title(self) -> str:
        """The intent in a line."""
        floor = f" to {format_compact(self.floor)}" if self.floor else ""
        warm_up = f"{self.warmup:,} warm-up steps, " if self.warmup else ""
        peak = format_compact(self.peak)
        return f"Peak {peak}, {warm_up}{self.shape}{floor}, {self.total:,} steps"

    @property
    def decay_steps(self) -> int:
        """The steps after the warm-up."""
        return self.total - self.warmup

    @property
    def floor_share(self) -> float:
        """The floor as a share of the peak."""
        return self.floor / self.peak

    @property
    def target(self) -> Target:
        """What the parameters with a role take from the intent."""
        return Target(self.total, self.peak, self.warmup, self.floor)

    def steps_of_interest(self) -> list[int]:
        """Return the first step, the warm-up's last, its end, the middle, the last, a later one."""
        last_of_warm_up = max(self.warmup - 1, 0)
        later = self.total + max(self.total // 5, 1)
        steps = (0, last_of_warm_up, self.warmup, self.total // 2, self.total - 1, later)
        return sorted(set(steps))


@dataclass(frozen=True)
class Idiom:
    """A library's usual way to write an intent: its label, and the mapping of its spec file."""

    label: str
    spec: Mapping[str, Any]

    @property
    def schedule_class(self) -> type[Schedule]:
        """The class of its schedule."""
        cls = register.find(self.spec["schedule"])
        assert cls
        return cls

    def command(self, intent: Intent) -> str:
        """Return the call with its arguments, and the optimizer's lr where it is used."""
        lr = "" if self.schedule_class.sets_rate else f", lr={format_compact(intent.peak)}"
        return call(self.spec) + lr


def idiom(name: str, intent: Intent, **parameters: Any) -> Idiom:
    """Return the idiom of a single schedule: its parameters, and what its roles take."""
    return Idiom(name.replace(".", " "), spec_for(name, intent, **parameters))


def spec_for(name: str, intent: Intent, **parameters: Any) -> dict[str, Any]:
    """Return the spec of a schedule: these parameters, and those whose role follows the intent.

    They come in the library's order; values that are the default are left out.
    """
    cls = register.find(name)
    assert cls
    values = cls.role_values(parameters, intent.target)
    values = {
        parameter: value
        for parameter, value in values.items()
        if value != cls.model_fields[parameter].default
    }
    values |= parameters
    return {"schedule": name, **{key: values[key] for key in cls.model_fields if key in values}}


def call(value: Any) -> str:
    """Return a spec as a call, or any other value as it would be typed."""
    if isinstance(value, Mapping):
        parameters = {name: item for name, item in value.items() if name != "schedule"}
        arguments = ", ".join(f"{name}={call(item)}" for name, item in parameters.items())
        return f"{value['schedule']}({arguments})"
    if isinstance(value, list):
        return "[" + ", ".join(map(call, value)) + "]"
    return format_compact(value)

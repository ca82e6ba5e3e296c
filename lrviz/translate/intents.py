"""One intent in every framework's words: its natural ways to write it.

Each way is a spec of a registered schedule, so that every rate comes from the dialect itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from lrviz.core.numbers import brief
from lrviz.core.parameters import Count, Factor, Rate, Steps
from lrviz.core.register import register
from lrviz.core.validation import error_at
from lrviz.curves.curve import Curve
from lrviz.specfile.reader import Context, read_curves

Spec = Mapping[str, Any]


class Intent(BaseModel):
    """What a user wants of the rate, before any framework's words; steps are optimizer steps."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    peak: Annotated[Rate, Field(gt=0)] = Field(1.0, description="highest rate")
    warmup: Count = Field(10, description="steps of the warm-up")
    total: Steps = Field(100, description="steps of the run, the warm-up's with them")
    floor: Annotated[Rate, Field(ge=0)] = Field(0.0, description="rate at the end")
    shape: Literal["cosine", "linear", "polynomial", "exponential", "constant"] = Field(
        "cosine", description="how the rate falls"
    )
    power: Annotated[Factor, Field(gt=0)] = Field(2.0, description="exponent of shape polynomial")

    @model_validator(mode="after")
    def numbers_that_fit(self) -> Intent:
        """Refuse a run without a decay, a floor at the peak, and an exponential down to 0."""
        if self.warmup >= self.total:
            words = f"must be less than total, {self.total} (got {self.warmup})"
            raise error_at("warmup", words, self.warmup)
        if self.floor >= self.peak:
            words = f"must be less than peak, {brief(self.peak)} (got {brief(self.floor)})"
            raise error_at("floor", words, self.floor)
        if self.shape == "exponential" and not self.floor:
            raise error_at("floor", "must be above 0 for shape exponential, as 0.01", 0)
        return self

    @property
    def title(self) -> str:
        """Return the intent in a line."""
        floor = f" to {brief(self.floor)}" if self.floor else ""
        warm_up = f"{self.warmup} warm-up steps, " if self.warmup else ""
        return f"Peak {brief(self.peak)}, {warm_up}{self.shape}{floor}, {self.total} steps"

    @property
    def left(self) -> int:
        """Return the steps behind the warm-up."""
        return self.total - self.warmup

    def milestones(self) -> list[int]:
        """Return the steps that matter: first, the warm-up's last and end, middle, last, past."""
        last_of_warm_up, past = max(self.warmup - 1, 0), self.total + max(self.total // 5, 1)
        steps = (0, last_of_warm_up, self.warmup, self.total // 2, self.total - 1, past)
        return sorted(set(steps))


@dataclass(frozen=True)
class Way:
    """A framework's way to write an intent: its label, and the spec as it would be typed."""

    label: str
    spec: Spec

    def curve(self, intent: Intent) -> Curve:
        """Return the curve, on the clock of optimizer steps. Raises SpecError."""
        settings = {"label": self.label, "by": "step", "steps": intent.total}
        cls = register.find(self.spec["schedule"])
        if cls and not cls.sets_rate:
            settings["lr"] = intent.peak
        context = Context(self.place)
        return read_curves({**self.spec, **settings}, context)[0]

    def place(self, path: tuple[str | int, ...], key: bool) -> str:
        """Return where a problem of the spec stands."""
        del path, key
        return self.label

    def written(self, intent: Intent) -> str:
        """Return the way as a call with its arguments, and the optimizer's lr where it is used."""
        cls = register.find(str(self.spec["schedule"]))
        own = cls is not None and cls.sets_rate
        return called(self.spec) + ("" if own else f", lr={brief(intent.peak)}")


def called(value: Any) -> str:
    """Return a spec as a call, or any other value as it would be typed."""
    if isinstance(value, Mapping):
        rest = {name: each for name, each in value.items() if name != "schedule"}
        return f"{value['schedule']}({', '.join(f'{k}={called(v)}' for k, v in rest.items())})"
    if isinstance(value, list):
        return "[" + ", ".join(map(called, value)) + "]"
    return brief(value)


def ways(intent: Intent) -> list[Way]:
    """Return each framework's ways to write an intent."""
    return list(SHAPES[intent.shape](intent))


def transformers(intent: Intent, name: str, **more: Any) -> Way:
    """Return a way of transformers."""
    steps = {"num_warmup_steps": intent.warmup, "num_training_steps": intent.total}
    return Way(f"transformers {name}", {"schedule": f"transformers.{name}", **steps, **more})


def torch(intent: Intent, name: str, **parameters: Any) -> Way:
    """Return torch's way: a sequence of its warm-up with its own defaults, and the decay."""
    decay = {"schedule": f"torch.{name}", **parameters}
    if not intent.warmup:
        return Way(f"torch {name}", decay)
    rise = {"schedule": "torch.LinearLR", "total_iters": intent.warmup}
    parts = {"schedules": [rise, decay], "milestones": [intent.warmup]}
    return Way(f"torch LinearLR, {name}", {"schedule": "torch.SequentialLR", **parts})


def optax_joined(intent: Intent, name: str, **parameters: Any) -> Way:
    """Return optax' way: a line up joined with a schedule that has no warm-up of its own."""
    decay = {"schedule": f"optax.{name}", "init_value": intent.peak, **parameters}
    if not intent.warmup:
        return Way(f"optax {name}", decay)
    line = {"init_value": 0.0, "end_value": intent.peak, "transition_steps": intent.warmup}
    parts = [{"schedule": "optax.linear_schedule", **line}, decay]
    joined = {"schedules": parts, "boundaries": [intent.warmup]}
    return Way(f"optax linear, {name}", {"schedule": "optax.join_schedules", **joined})


def timm(intent: Intent, name: str, **parameters: Any) -> Iterator[Way]:
    """Yield timm's ways: the warm-up over the schedule, which is the default, and before it."""
    spec = {"schedule": f"timm.{name}", **parameters, "t_in_epochs": False}
    if not intent.warmup:
        yield Way(f"timm {name}", spec)
        return
    for prefix in (False, True):
        warm_up = {"warmup_t": intent.warmup, "warmup_prefix": prefix}
        yield Way(f"timm {name}, warmup_prefix={prefix}", {**spec, **warm_up})


def keras(intent: Intent, name: str, **parameters: Any) -> Iterator[Way]:
    """Yield keras' way where there is no warm-up: only its CosineDecay has one."""
    if not intent.warmup:
        stated = {"initial_learning_rate": intent.peak}
        yield Way(f"keras {name}", {"schedule": f"keras.{name}", **stated, **parameters})


def cosine(intent: Intent) -> Iterator[Way]:
    """Yield the ways to fall along half a cosine."""
    peak, floor, warm_up = intent.peak, intent.floor, intent.warmup
    if floor:
        yield transformers(intent, "cosine_with_min_lr", min_lr=floor)
    else:
        yield transformers(intent, "cosine")
    ends = {"init_value": 0.0, "peak_value": peak} if warm_up else {"init_value": peak}
    if warm_up:
        spec = {**ends, "warmup_steps": warm_up, "decay_steps": intent.total}
        spec |= {"end_value": floor} if floor else {}
        name = "warmup_cosine_decay_schedule"
    else:
        spec = {**ends, "decay_steps": intent.total}
        spec |= {"alpha": floor / peak} if floor else {}
        name = "cosine_decay_schedule"
    yield Way(f"optax {name}", {"schedule": f"optax.{name}", **spec})
    bottom = {"eta_min": floor} if floor else {}
    yield torch(intent, "CosineAnnealingLR", T_max=intent.left, **bottom)
    yield transformers(intent, "cosine_warmup_with_min_lr", min_lr=floor)
    yield from timm(
        intent, "cosine", t_initial=intent.total, **({"lr_min": floor} if floor else {})
    )
    alpha = {"alpha": floor / peak} if floor else {}
    if warm_up:
        spec = {"initial_learning_rate": 0.0, "decay_steps": intent.total, **alpha}
        spec |= {"warmup_target": peak, "warmup_steps": warm_up}
        yield Way("keras CosineDecay", {"schedule": "keras.CosineDecay", **spec})
    yield from keras(intent, "CosineDecay", decay_steps=intent.total, **alpha)


def linear(intent: Intent) -> Iterator[Way]:
    """Yield the ways to fall along a line."""
    steps, end = intent.left, intent.floor / intent.peak
    if intent.floor:
        yield transformers(intent, "polynomial", lr_end=intent.floor)
    else:
        yield transformers(intent, "linear")
    line = {"end_value": intent.floor, "transition_steps": steps}
    yield optax_joined(intent, "linear_schedule", **line)
    yield torch(intent, "LinearLR", start_factor=1.0, end_factor=end, total_iters=steps)
    power = {"power": 1.0, "lr_min": intent.floor}
    yield from timm(intent, "poly", t_initial=intent.total, **power)
    decay = {"decay_steps": steps, "end_learning_rate": intent.floor}
    yield from keras(intent, "PolynomialDecay", **decay)


def polynomial(intent: Intent) -> Iterator[Way]:
    """Yield the ways to fall along a power of the time that is left; torch's ends at 0."""
    steps, power = intent.left, intent.power
    yield transformers(intent, "polynomial", lr_end=intent.floor, power=power)
    curve = {"end_value": intent.floor, "power": power, "transition_steps": steps}
    yield optax_joined(intent, "polynomial_schedule", **curve)
    yield torch(intent, "PolynomialLR", total_iters=steps, power=power)
    bottom = {"power": power, "lr_min": intent.floor}
    yield from timm(intent, "poly", t_initial=intent.total, **bottom)
    decay = {"decay_steps": steps, "end_learning_rate": intent.floor, "power": power}
    yield from keras(intent, "PolynomialDecay", **decay)


def exponential(intent: Intent) -> Iterator[Way]:
    """Yield the ways to fall by the same share each step, so that the floor is met at the end."""
    steps, share = intent.left, intent.floor / intent.peak
    decay = {"transition_steps": steps, "decay_rate": share}
    if intent.warmup:
        rise = {"init_value": 0.0, "peak_value": intent.peak, "warmup_steps": intent.warmup}
        name = "warmup_exponential_decay_schedule"
        yield Way(f"optax {name}", {"schedule": f"optax.{name}", **rise, **decay})
    else:
        yield optax_joined(intent, "exponential_decay", **decay)
    yield torch(intent, "ExponentialLR", gamma=share ** (1 / steps))
    yield from keras(intent, "ExponentialDecay", decay_steps=steps, decay_rate=share)


def constant(intent: Intent) -> Iterator[Way]:
    """Yield the ways to hold the peak."""
    if not intent.warmup:
        yield Way("transformers constant", {"schedule": "transformers.constant"})
        spec = {"schedule": "optax.constant_schedule", "value": intent.peak}
        yield Way("optax constant_schedule", spec)
        return
    steps = {"num_warmup_steps": intent.warmup}
    name = "constant_with_warmup"
    yield Way(f"transformers {name}", {"schedule": f"transformers.{name}", **steps})
    rise = {"init_value": 0.0, "peak_value": intent.peak, "warmup_steps": intent.warmup}
    name = "warmup_constant_schedule"
    yield Way(f"optax {name}", {"schedule": f"optax.{name}", **rise})
    yield Way("torch LinearLR", {"schedule": "torch.LinearLR", "total_iters": intent.warmup})


SHAPES: dict[str, Callable[[Intent], Iterator[Way]]] = {
    "cosine": cosine,
    "linear": linear,
    "polynomial": polynomial,
    "exponential": exponential,
    "constant": constant,
}

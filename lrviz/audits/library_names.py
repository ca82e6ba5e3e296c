"""The schedule of a library that has the same rates as a fitted spec."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple, get_args

from lrviz.audits.phase_specs import Spec
from lrviz.core.parameters import unit_name
from lrviz.core.register import register
from lrviz.core.roles import Target
from lrviz.core.schedule import Schedule

Worth = Callable[[Spec], float]


class Shape(NamedTuple):
    """What a fitted spec says of a run, and of its decay: its curve, its power or its steps."""

    target: Target
    decay: Mapping[str, Any]


def shape_of(spec: Spec) -> Shape | None:
    """Return the shape of phases or of an inverse root; None where it has a library's name."""
    if "phases" in spec:
        phases, line = spec["phases"], line_of(spec)
        is_line = bool(line and spec["start"])  # one that begins at 0 is a warm-up
        warmup = 0 if is_line or spec["start"] == 1.0 else phases[0]["steps"]
        target = Target(spec["total_steps"], spec["lr"], warmup, phases[-1]["to"] * spec["lr"])
        init = {"warmup_init_lr": spec["start"] * spec["lr"]} if warmup and phases[1:] else {}
        return Shape(target, {**init, **line, **phases[-1]})
    if "timescale" in spec:
        decay = {"timescale": spec["timescale"]}
        return Shape(Target(peak=spec["lr"], warmup=spec["warmup_steps"]), decay)
    return None


def line_of(spec: Spec) -> dict[str, float]:
    """Return the shares of the rate at which a spec that is only a line begins and ends."""
    *before, last = spec["phases"]
    if before or last.get("curve", "linear") != "linear":
        return {}
    return {"start_factor": spec["start"], "end_factor": last["to"]}


def with_library_name(spec: Spec, worth: Worth) -> Spec:
    """Return the schedule of a library that is worth as much as a fitted spec, else that spec.

    It is of the first library that has one, those that set the rate themselves after the others,
    and the one with the fewest parameters, but a line before a polynomial.
    """
    shape = shape_of(spec)
    if shape is None:
        return spec
    least = worth(spec)
    for sets_rate, dialect in product((False, True), register.dialects.values()):
        classes = [] if dialect.trainer else register.of(dialect)
        specs = [
            shorten(cls, library_spec(cls, shape), worth, least)
            for cls in classes
            if cls.sets_rate == sets_rate
        ]
        if any(specs):
            return min(filter(None, specs), key=lambda item: ("end_factor" not in item, len(item)))
    return spec


def library_specs(spec: Spec) -> Iterator[Spec]:
    """Yield the specs of libraries that may have the shape of a fitted one, as they are ordered."""
    shape = shape_of(spec)
    if shape:
        yield from (library_spec(cls, shape) for cls in ordered_schedules())


def ordered_schedules() -> Iterator[type[Schedule]]:
    """Yield the schedules of libraries, those that set the rate themselves after the others."""
    for sets_rate, dialect in product((False, True), register.dialects.values()):
        for cls in () if dialect.trainer else register.of(dialect):
            if cls.sets_rate == sets_rate:
                yield cls


def library_spec(cls: type[Schedule], shape: Shape) -> Spec:
    """Return the spec of a schedule with the length, warm-up, peak and floor of a shape."""
    values = cls.role_values({}, shape.target)
    rate = {} if cls.sets_rate else {"lr": shape.target.peak}
    return {"schedule": cls.title(), **rate, **values, **dict(decay_values(cls, shape, values))}


def decay_values(
    cls: type[Schedule], shape: Shape, values: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    """Yield the parameters that a decay decides besides those of a role.

    They are those that are called as in the shape, the last one that has its curve among the
    choices, and the required one that counts its steps.
    """
    curves = [
        name
        for name, field in cls.model_fields.items()
        if shape.decay.get("curve") in get_args(field.annotation)
    ]
    for name, field in cls.model_fields.items():
        if name in shape.decay and name not in values:
            yield name, shape.decay[name]
        elif name in curves[-1:]:  # a warm-up's curve comes before the decay's
            yield name, shape.decay["curve"]
        elif field.is_required() and name not in values and unit_name(cls, name) == "steps":
            yield name, shape.decay.get("steps")


def shorten(cls: type[Schedule], spec: Spec, worth: Worth, least: float) -> Spec | None:
    """Return a spec without the parameters it does not need, or None where it is worth less."""
    if worth(spec) < least:
        return None
    for name, field in cls.model_fields.items():
        fewer = {key: value for key, value in spec.items() if key != name}
        if name in spec and not field.is_required() and worth(fewer) >= least:
            spec = fewer
    return spec

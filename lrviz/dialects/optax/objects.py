"""The schedules of Optax' closures, found by their function and their variables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any

from lrviz.core.register import register
from lrviz.core.schedule import Schedule
from lrviz.objects.reader import FLOAT32_TOLERANCE, Inputs, Match, ObjectReader

Variables = Mapping[str, Any]
Call = tuple[str, Variables]
"""A function of optax, and its parameters by name."""


def identify(value: Any, _: int, inputs: Inputs) -> Match | None:
    """Return the schedule of a closure that one of optax' functions returned."""
    schedule = None if inputs.start else schedule_of(value)
    return Match(schedule, 1.0) if schedule else None


def schedule_of(function: Any) -> Schedule | None:
    """Return the schedule of a closure of optax, or None for another function."""
    if not isinstance(function, FunctionType) or not function.__module__.startswith("optax."):
        return None
    name, _, closure_name = function.__qualname__.partition(".<locals>.")
    variables = variables_of(function)
    if closure_name == "<lambda>":  # of a constant schedule, or of one without steps
        name, variables = "constant_schedule", {"value": next(iter(variables.values()))}
    if name in PARAMETERS:
        name, variables = PARAMETERS[name](variables)
    cls = register.find(f"optax.{name}")
    if cls is None:
        return None
    return cls.model_validate({key: variables[key] for key in cls.model_fields if key in variables})


def variables_of(function: FunctionType) -> Variables:
    """Return the bound variables of a closure, by name."""
    variables = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            variables[name] = to_parameter(cell.cell_contents)
        except ValueError:
            continue
    return variables


def to_parameter(value: Any) -> Any:
    """Return the number in an array of one element, and any other value as it is."""
    return value.item() if hasattr(value, "item") else value


def straight(variables: Variables) -> Call:
    """Return the call of polynomial_schedule, or of linear_schedule, which calls it."""
    return ("linear_schedule" if variables["power"] == 1 else "polynomial_schedule"), variables


def interpolated(variables: Variables) -> Call:
    """Return the call of piecewise_interpolate_schedule, which sorts its boundaries."""
    scales = dict(zip(variables["boundaries"], variables["scales"], strict=True))
    kind = variables["interpolate_fn"].__name__.split("_")[1]
    parameters = {"interpolate_type": kind, "boundaries_and_scales": scales}
    return "piecewise_interpolate_schedule", {**variables, **parameters}


def joined(variables: Variables) -> Call:
    """Return the call of join_schedules, or of warmup_cosine_decay_schedule, which calls it.

    Raises ValueError for a function of the user.
    """
    schedules = [schedule_of(function) for function in variables["schedules"]]
    boundaries = list(variables["boundaries"])
    if None in schedules:
        raise ValueError("joins a function of the user's")
    parts = [(schedule.name, schedule.spec()) for schedule in schedules if schedule]
    if [name for name, _ in parts] == ["linear_schedule", "cosine_decay_schedule"]:
        (_, rise), (_, fall) = parts
        peak, start = fall["init_value"], rise["transition_steps"]
        if (rise["end_value"], boundaries) == (peak, [start]) and not rise["transition_begin"]:
            return "warmup_cosine_decay_schedule", {
                "init_value": rise["init_value"],
                "peak_value": peak,
                "warmup_steps": start,
                "decay_steps": start + fall["decay_steps"],
                "end_value": fall["alpha"] * peak,
                "exponent": fall["exponent"],
            }
    return "join_schedules", {"schedules": schedules, "boundaries": boundaries}


PARAMETERS: Mapping[str, Callable[[Variables], Call]] = {
    "polynomial_schedule": straight,
    "piecewise_interpolate_schedule": interpolated,
    "join_schedules": joined,
}
"""The readers of calls whose closures have other variables than the call's parameters."""

READER = ObjectReader(identify=identify, tolerance=FLOAT32_TOLERANCE)

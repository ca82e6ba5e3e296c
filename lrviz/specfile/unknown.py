"""Keys that nothing reads: which parameter of a schedule they were meant to be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from lrviz.core.errors import nearest_name
from lrviz.core.register import fold, register
from lrviz.core.roles import Floor, Length, Peak, Role, WarmUp
from lrviz.core.schedule import Schedule

SURELY = 0.8
"""The similarity from which two names are spellings of one."""
SAME_MEANING: tuple[frozenset[str], ...] = (
    frozenset({"gamma", "decay_rate", "factor", "lr_decay", "drop_rate"}),
    frozenset({"step_size", "decay_steps", "transition_steps", "decay_t"}),
    frozenset({"milestones", "boundaries", "decay_t", "boundaries_and_scales"}),
    frozenset({"t_0", "first_decay_steps", "t_initial", "first_cycle_steps"}),
    frozenset({"t_mult", "t_mul", "cycle_mul", "cycle_mult"}),
)
"""Names that libraries have for one parameter that has no role, folded."""


@lru_cache(maxsize=1024)
def intended_parameter(key: str, model: type[BaseModel] | None) -> str | None:
    """Return the parameter of a model that an unknown key means, or None.

    A near spelling comes first, then what other libraries call the parameter.
    """
    if model is None:
        return None
    return (
        nearest_name(key, model.model_fields, SURELY)
        or (foreign_parameter(key, model) if issubclass(model, Schedule) else None)
        or nearest_name(key, model.model_fields)
    )


def foreign_parameter(key: str, cls: type[Schedule]) -> str | None:
    """Return the parameter of a schedule that other schedules have under the name `key`."""
    role = roles_by_name().get(fold(key))
    parameter = cls.parameter_with(role) if role else None
    if parameter:
        return parameter[0]
    for names in SAME_MEANING:
        if fold(key) in names:
            own = [name for name in cls.model_fields if fold(name) in names]
            if own:
                return own[0]
    return None


@lru_cache(maxsize=1)
def roles_by_name() -> Mapping[str, type[Role]]:
    """Return the role of each parameter name that has one in some schedule, names folded."""
    roles: dict[str, type[Role]] = {}
    for cls in register.all():
        for role in (Length, WarmUp, Floor, Peak):
            parameter = cls.parameter_with(role)
            if parameter:
                roles.setdefault(fold(parameter[0]), role)
    return roles


def did_you_mean(key: str, model: type[BaseModel] | None, others: Iterable[str] = ()) -> str:
    """Return the end of a message that names what an unknown key means, or nothing.

    `others` are keys that may stand beside the model's.
    """
    name = nearest_name(key, others, SURELY) or intended_parameter(key, model)
    name = name or nearest_name(key, others)
    return f"; did you mean '{name}'?" if name else ""


def parameters_in(value: Any, cls: type[Schedule]) -> list[str]:
    """Return the parameters of a schedule that a mapping below an unknown key holds."""
    keys = value if isinstance(value, Mapping) else {}
    return [name for name in (cls.find_parameter(str(key)) for key in keys) if name]

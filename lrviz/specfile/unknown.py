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
from lrviz.core.text import format_choice
from lrviz.specfile.settings import CurveSettings
from lrviz.specfile.synonyms import LENGTH_IN_TOKENS, PLAIN_WORDS, synonym, synonyms_of

SURELY = 0.8
"""The similarity from which two names are spellings of one."""
LOOSELY = 0.6
"""The similarity from which a name may be a spelling of another one, where nothing else fits."""
SETTINGS: Mapping[type[Role], str] = {
    Length: "steps", WarmUp: "warmup", Floor: "floor", Peak: "lr",
}  # fmt: skip
"""The setting that fills the parameters of each role."""
MAX_LISTED = 6
"""Parameters that a message lists."""


@lru_cache(maxsize=1024)
def intended_parameter(key: str, model: type[BaseModel] | None) -> str | None:
    """Return the parameter of a model that an unknown key means, or None.

    A near spelling comes first, then what other libraries call the parameter. A word that means
    something else is no spelling of a parameter that it only resembles.
    """
    if model is None:
        return None
    similarity = SURELY if any(synonyms_of(key)) else LOOSELY
    return (
        nearest_name(key, model.model_fields, SURELY)
        or (foreign_parameter(key, model) if issubclass(model, Schedule) else None)
        or nearest_name(key, model.model_fields, similarity)
    )


def foreign_parameter(key: str, cls: type[Schedule]) -> str | None:
    """Return the parameter of a schedule that other schedules have under the name `key`."""
    role = role_of(key)
    parameter = cls.parameter_with(type(role)) if role else None
    if parameter:
        return parameter[0]
    return synonym(key, cls.model_fields)


def is_parameter(name: str) -> bool:
    """Return whether any schedule has a parameter of a name."""
    return any(cls.find_parameter(name) for cls in register.all())


def parameters_alone(keys: Iterable[Any]) -> list[str]:
    """Return the keys that some schedule has as a parameter and that mean nothing else."""
    others = (*CurveSettings.model_fields, "schedule")
    return [str(key) for key in keys if fold(str(key)) not in others and is_parameter(str(key))]


def role_of(key: str) -> Role | None:
    """Return the role that a parameter of the name `key` has in some schedule, or None.

    A plain word has none: an option of that name is not meant as a parameter of that library.
    """
    return None if fold(key) in PLAIN_WORDS else roles_by_name().get(fold(key))


def setting_of(key: str) -> str | None:
    """Return the setting that fills the parameters with the role of the name `key`, or None."""
    return next((name for role, name in SETTINGS.items() if isinstance(role_of(key), role)), None)


@lru_cache(maxsize=1)
def roles_by_name() -> Mapping[str, Role]:
    """Return the role of each parameter name that has one in some schedule, names folded."""
    roles: dict[str, Role] = {}
    for cls in register.all():
        for role in (Length, WarmUp, Floor, Peak):
            parameter = cls.parameter_with(role)
            if parameter:
                roles.setdefault(fold(parameter[0]), parameter[1])
    return roles


def advice_on(key: str, model: type[BaseModel] | None, others: Iterable[str] = ()) -> str:
    """Return the end of a message that names what an unknown key means, or what there is.

    `others` are keys that may be used beside the model's.
    """
    if fold(key) in LENGTH_IN_TOKENS:
        return "; a length in tokens is written steps: 300Btok, beside tokens_per_step"
    near = nearest_name(key, others, SURELY) or intended_parameter(key, model)
    name = near or synonym(key, others)
    if name:
        return f"; did you mean '{name}'?"
    return f"; {parameters_of(model)}" if model and issubclass(model, Schedule) else ""


def parameters_of(cls: type[Schedule]) -> str:
    """Return a clause on the parameters that a schedule has."""
    names = list(cls.model_fields)
    if not names:
        return "it has no parameters"
    if len(names) > MAX_LISTED:
        return f"lrviz show {cls.title()} lists its parameters"
    return f"it has {format_choice(names, 'and')}"


def parameters_in(value: Any, cls: type[Schedule]) -> list[str]:
    """Return the parameters of a schedule that a mapping below an unknown key holds."""
    keys = value if isinstance(value, Mapping) else {}
    return [name for name in (cls.find_parameter(str(key)) for key in keys) if name]

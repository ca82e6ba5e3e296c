"""Validation errors in the words of lrviz: place, parameter, rule, the value that was given."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from lrviz.core.errors import nearest
from lrviz.core.findings import Finding
from lrviz.core.numbers import exact
from lrviz.core.register import fold, register
from lrviz.core.schedule import Schedule

Place = Callable[[tuple[str | int, ...], bool], str]
"""Returns where a path stands; the flag asks for the key's place instead of the value's."""

RULES = {
    "greater_than": "must be greater than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "finite_number": "must be a finite number",
    "literal_error": "must be {expected}",
    "model_type": "must be a mapping",
    "dict_type": "must be a mapping",
    "missing": "is missing",
    "too_short": "has too few values",
}


def problems(
    error: ValidationError, place: Place, owner: type[Schedule] | None, data: Any
) -> Iterator[Finding]:
    """Yield a problem for each error of a schedule's (or of settings') parameters.

    `owner` is the schedule at the root of `data`; nested ones are found in the data.
    """
    errors = error.errors(include_url=False)
    paths = [each["loc"] for each in errors]
    for each, path in zip(errors, paths, strict=True):
        if any(other != path and other[: len(path)] == path for other in paths):
            continue  # what is told of a part need not be told of the whole
        yield problem(each, path, place, schedule_at(data, path[:-1], owner))


def schedule_at(data: Any, path: tuple[Any, ...], owner: type[Schedule] | None) -> Any:
    """Return the class of the schedule that a path into the data belongs to."""
    for step in path:
        if isinstance(data, Mapping):
            data = {fold(str(key)): value for key, value in data.items()}.get(fold(str(step)))
        elif isinstance(data, list | tuple) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            break
        if isinstance(data, str):
            owner = register.find(data) or owner
        if isinstance(data, Mapping):
            names = {fold(str(key)): value for key, value in data.items()}
            found = register.find(str(names.get("schedule", "")))
            owner = found or owner
    return owner


def problem(
    each: Any, path: tuple[Any, ...], place: Place, owner: type[Schedule] | None
) -> Finding:
    """Return the problem of one validation error."""
    name = next((str(step) for step in reversed(path) if isinstance(step, str)), "")
    name = "warmup" if path[-2:] == ("warmup", "steps") else name
    model, title = model_at(path, owner)
    whose = f" for {title}" if title else ""
    kind, context = each["type"], each.get("ctx", {})
    if kind == "extra_forbidden":
        known = model.model_fields if model else ()
        return Finding.error(
            place(path, True), f"unknown parameter '{name}'{whose}{nearest(name, known)}"
        )
    if kind == "missing":
        return Finding.error(place(path[:-1], False), missing(name, model, title))
    where = place(path, False)
    if context.get("complete"):
        told = str(context.get("message"))
        return Finding.error(where, told if kind == "rule" else labelled(where, name, told))
    if not path:
        return Finding.error(where, each["msg"])
    if kind == "metric":
        return Finding.error(where, labelled(where, name, each["msg"]))
    rule = RULES.get(kind, each["msg"]).format(**{k: told_bound(v) for k, v in context.items()})
    index = next((f"[{step}]" for step in path[-1:] if isinstance(step, int)), "")
    return Finding.error(
        where, labelled(where, name + index, f"{rule} (got {shown(each['input'])})")
    )


def labelled(where: str, name: str, words: str) -> str:
    """Return the words behind the parameter's name, unless the place is that name."""
    return words if where.startswith("--") or not name else f"{name} {words}"


def model_at(
    path: tuple[Any, ...], owner: type[Schedule] | None
) -> tuple[type[BaseModel] | None, str]:
    """Return the model that a path's last key belongs to, and what messages call it.

    That is the schedule, or the value that a list of the schedule holds.
    """
    field = owner.model_fields.get(path[-3]) if owner and len(path) > 2 else None
    for inner in get_args(field.annotation)[:1] if field else ():
        if owner and isinstance(inner, type) and issubclass(inner, BaseModel):
            return inner, f"{inner.__name__.lower()} of {owner.title()}"
    return owner, owner.title() if owner else ""


def missing(name: str, model: type[BaseModel] | None, title: str) -> str:
    """Return the words for a parameter that is required and not there."""
    if model is None or name not in model.model_fields:
        return f"'{name}' is missing"
    field = model.model_fields[name]
    example = (field.examples or [field.get_default(call_default_factory=True)])[0]
    return f"{title} needs {name} ({field.description}), for example {name}: {shown(example)}"


def told_bound(bound: Any) -> Any:
    """Return a bound as people write it."""
    return exact(bound) if isinstance(bound, float) else f"{bound:,}" if is_int(bound) else bound


def is_int(value: Any) -> bool:
    """Tell whether a value is a whole number and no truth value."""
    return isinstance(value, int) and not isinstance(value, bool)


def shown(value: Any) -> str:
    """Return a value as YAML spells it, shortened to what fits a message."""
    if isinstance(value, bool):
        text = str(value).lower()
    elif value is None:
        text = "nothing"
    elif isinstance(value, float):
        text = f".{value}" if not math.isfinite(value) else exact(value)
        text = text.replace(".-", "-.")
    elif isinstance(value, Mapping):
        text = "{" + ", ".join(f"{key}: {shown(item)}" for key, item in value.items()) + "}"
    elif isinstance(value, list | tuple):
        text = "[" + ", ".join(map(shown, value)) + "]"
    else:
        text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."

"""Validation errors as findings: place, parameter, rule, and the value that was given."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from lrviz.core.findings import Finding
from lrviz.core.number_text import NUMBER, PERCENTAGE, THOUSANDS, without_commas
from lrviz.core.parameters import unit_name
from lrviz.core.register import fold, register
from lrviz.core.roles import Floor
from lrviz.core.schedule import Schedule
from lrviz.core.text import format_compact, format_exact, format_value
from lrviz.specfile.role_settings import STATED_BY
from lrviz.specfile.settings import WITH_UNITS, CurveSettings, WarmUp
from lrviz.specfile.unknown import advice_on, intended_parameter

Path = tuple[str | int, ...]
Locate = Callable[[Path, bool], str]
"""Returns the place of a path into the data; with True that of its key, else of its value."""

LIMITS = {
    "greater_than": "must be greater than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "finite_number": "must be a finite number",
}
TYPES = {
    "float_type": "must be a number",
    "int_type": "must be a whole number",
    "string_unicode": "must be text in UTF-8",
    "literal_error": "must be {expected}",
    "model_type": "must be a mapping",
    "dict_type": "must be a mapping",
    "too_short": "has too few values",
}
TOKENS_OF_RUNS = range(10**9, 10**16)
"""The numbers of steps that may be meant as tokens."""
ITEM = r"[^\s,;]+"
QUANTITY = r"(?i)\s*\d[\d._]*[^\d.]*[a-z]{2}"
"""A number with a word, which may be a unit."""
UNITS = (
    "; scales are k, M, B and T, units ep (epochs), st or ba (steps), tok (tokens), % or dur (of "
    "the run)"
)
OWN_WORDS = {"Value error, ": "", "Input should ": "must ", "Assertion failed, ": ""}
MAPPING = TYPES["model_type"]
MAX_EXAMPLE = 240
"""Characters of an example's value; one that is cut could not be copied."""
MESSAGES = {**LIMITS, **TYPES, "missing": "is missing"}


def invalid(
    error: ValidationError,
    locate: Locate,
    owner: type[Schedule] | None,
    data: Any,
    examples: Mapping[str, Any] = MappingProxyType({}),
) -> Iterator[Finding]:
    """Yield a finding for each error of a schedule's (or of settings') parameters.

    `owner` is the schedule at the root of `data`; nested ones are looked up in the data. An error
    of a whole value is left out where one of its parts has an error, and so is a missing parameter
    that an unknown key was meant to give. `examples` of the root's parameters replace those that
    are declared.
    """
    errors = error.errors(include_url=False)
    owners = Owners(data, owner)
    intended = {
        (*path[:-1], intended_parameter(str(path[-1]), model_at(path, owners.at(path[:-1]))[0]))
        for path in (item["loc"] for item in errors if item["type"] == "extra_forbidden")
    }
    wholes = {path[:end] for path in (item["loc"] for item in errors) for end in range(len(path))}
    for item in errors:
        path = item["loc"]
        if path not in wholes and not (item["type"] == "missing" and path in intended):
            own_examples = examples if len(path) == 1 else {}
            yield finding(item, path, locate, owners.at(path[:-1]), own_examples)


class Owners:
    """The schedules that the paths into a spec's data belong to."""

    def __init__(self, data: Any, root: type[Schedule] | None) -> None:
        self.data = data
        self.root = root
        self.folded: dict[int, dict[str, Any]] = {}

    def at(self, path: Path) -> type[Schedule] | None:
        """Return the class of the schedule that a path belongs to."""
        data, owner = self.data, self.root
        for step in path:
            if isinstance(data, Mapping):
                data = self.fold_keys(data).get(fold(str(step)))
            elif isinstance(data, list | tuple) and isinstance(step, int) and step < len(data):
                data = data[step]
            else:
                break
            if isinstance(data, str):
                owner = register.find(data) or owner
            if isinstance(data, Mapping):
                owner = register.find(str(self.fold_keys(data).get("schedule", ""))) or owner
        return owner

    def fold_keys(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return a mapping with its keys folded."""
        if id(data) not in self.folded:
            self.folded[id(data)] = {fold(str(key)): value for key, value in data.items()}
        return self.folded[id(data)]


def finding(
    item: Any,
    path: Path,
    locate: Locate,
    owner: type[Schedule] | None,
    examples: Mapping[str, Any],
) -> Finding:
    """Return the finding of one validation error."""
    name = next((str(step) for step in reversed(path) if isinstance(step, str)), "")
    name = "warmup" if path[-2:] == ("warmup", "steps") else name
    model, title = model_at(path, owner)
    kind, context = item["type"], item.get("ctx", {})
    if kind == "extra_forbidden":
        key = str(path[-1])
        return Finding.error(
            locate(path, True), unknown_parameter(key, title, model, path), "unknown-parameter"
        )
    if kind == "missing":
        message = missing_message(name, model, title, examples)
        return Finding.error(locate(path[:-1], False), message, "missing-parameter")
    place = locate(path, False)
    if context.get("complete"):
        message = str(context.get("message"))
        id_ = "unknown-schedule" if message.startswith("unknown schedule") else "invalid"
        if kind != "rule":
            message = with_name(place, name, message)
        return Finding.error(place, message, id_)
    if not path:
        return Finding.error(place, in_own_words(item["msg"]))
    if kind == "metric":
        id_ = context.get("id", "unusable-metric")
        return Finding.error(place, with_name(place, name, item["msg"]), id_)
    limits = {key: format_limit(value) for key, value in context.items()}
    rule = MESSAGES.get(kind, in_own_words(item["msg"])).format(**limits)
    index = next((f"[{step}]" for step in path[-1:] if isinstance(step, int)), "")
    value = item["input"]
    advice = "" if index and rule != MAPPING else way_out(name, rule, value, model)
    message = f"{rule} (got {format_value(value)}){advice}"
    id_ = "out-of-bounds" if kind in LIMITS or kind == "size" else "wrong-type"
    return Finding.error(place, with_name(place, name + index, message), id_)


def way_out(name: str, rule: str, value: Any, model: type[BaseModel] | None) -> str:
    """Return the end of a message that tells how to write a value, or nothing."""
    item = example_item(name, model)
    if rule == "must be a list":
        return list_advice(value, item)
    if rule == MAPPING:
        return f", as {format_value(item)}" if isinstance(item, Mapping) else ""
    if isinstance(value, int) and value in TOKENS_OF_RUNS and counts_steps(name, model):
        return f"; tokens are written {format_compact(value)}tok"
    if not rule.endswith(" number"):
        return share_advice(rule, value)
    if isinstance(value, list) and len(value) > 1:
        return f"; sweep: {{{name}: {format_value(value)}}} makes a curve of each"
    return number_advice(name, value, model)


def number_advice(name: str, value: Any, model: type[BaseModel] | None) -> str:
    """Return the end of a message that tells how to write a number, or nothing."""
    if isinstance(value, str) and re.fullmatch(NUMBER, value.strip()):
        return "; write it without quotes"
    if isinstance(value, str) and re.fullmatch(THOUSANDS, value.strip()):
        return without_commas(value)
    if isinstance(value, str) and re.fullmatch(PERCENTAGE, value.strip()) and is_floor(name, model):
        return f"; a share of the peak is the setting floor: {value.strip()}"
    if name == "epochs" and isinstance(value, float):
        return "; give the run's steps instead"
    return unit_advice(value) if counts_steps(name, model) else ""


def share_advice(rule: str, value: Any) -> str:
    """Return the end of a message that tells how to write a percentage as a share, or nothing."""
    is_percentage = isinstance(value, int | float) and 5 <= value <= 100
    return (
        f"; {value:g}% is {value / 100:g}" if rule == "must be at most 1" and is_percentage else ""
    )


def is_floor(name: str, model: type[BaseModel] | None) -> bool:
    """Return whether a parameter of a schedule is its floor."""
    role = model.parameter_with(Floor) if model and issubclass(model, Schedule) else None
    return role is not None and role[0] == name


def example_item(name: str, model: type[BaseModel] | None) -> Any:
    """Return the first item of the example that a list declares, or None."""
    field = model.model_fields.get(name) if model else None
    example = field.examples[0] if field and field.examples else None
    return example[0] if isinstance(example, list) else None


def list_advice(value: Any, item: Any) -> str:
    """Return the end of a message that tells how to write a value as a list of such items."""
    if isinstance(value, Mapping) and isinstance(item, Mapping):
        return f"; write [{format_value(value)}]"
    items = re.findall(ITEM, str(value)) if isinstance(value, str | int | float) else []
    takes_text = not isinstance(item, int | float)
    if items and all(takes_text or re.fullmatch(NUMBER, text) for text in items):
        return f"; write [{', '.join(items)}]"
    return ""


def unit_advice(value: Any) -> str:
    """Return the end of a message that tells how to write a number of steps, or nothing."""
    if isinstance(value, float) and 0 < value < 1:
        return f"; a share of the run is {100 * value:.12g}%"
    return UNITS if isinstance(value, str) and re.match(QUANTITY, value) else ""


def counts_steps(name: str, model: type[BaseModel] | None) -> bool:
    """Return whether a parameter of a schedule, or a setting if there is none, counts steps."""
    if model is None or model is WarmUp:
        return name in WITH_UNITS
    return name in model.model_fields and unit_name(model, name) == "steps"


def in_own_words(message: str) -> str:
    """Return a message of pydantic as the rule that a value breaks."""
    for start, wording in OWN_WORDS.items():
        message = message.replace(start, wording)
    return message.replace("{", "{{").replace("}", "}}")


def unknown_parameter(name: str, title: str, model: type[BaseModel] | None, path: Path) -> str:
    """Return the message for a key that nothing reads."""
    owner = f" for {title}" if title else ""
    if len(path) > 1 and fold(name) in CurveSettings.model_fields and title != "warmup":
        return f"unknown parameter '{name}'{owner}; write it beside the outermost 'schedule'"
    return f"unknown parameter '{name}'{owner}{advice_on(name, model)}"


def with_name(place: str, name: str, message: str) -> str:
    """Return a message that starts with the parameter's name, unless the place is that name."""
    return message if place.startswith("--") or not name else f"{name} {message}"


def model_at(path: Path, owner: type[Schedule] | None) -> tuple[type[BaseModel] | None, str]:
    """Return the model that a path's last key belongs to, and its name in messages.

    That is the schedule, the value that a list of the schedule holds, or the warm-up before it.
    """
    if owner is None and path[:1] == ("warmup",) and len(path) > 1:
        return WarmUp, "warmup"
    key = path[-3] if len(path) > 2 else None
    field = owner.model_fields.get(key) if owner and isinstance(key, str) else None
    for inner in get_args(field.annotation)[:1] if field else ():
        if owner and isinstance(inner, type) and issubclass(inner, BaseModel):
            return inner, f"{inner.__name__.lower()} of {owner.title()}"
    return owner, owner.title() if owner else ""


def missing_message(
    name: str, model: type[BaseModel] | None, title: str, examples: Mapping[str, Any]
) -> str:
    """Return the message for a parameter that is required."""
    if model is WarmUp:
        return "warmup needs steps, as {steps: 10}"
    if model is None or name not in model.model_fields:
        return f"'{name}' is missing"
    field = model.model_fields[name]
    example = (field.examples or [field.get_default(call_default_factory=True)])[0]
    value = examples.get(name, example)
    message = f"{title} needs {name} ({field.description}), {for_example({name: value})}"
    return message + (advice_on_run(name, model) if name in examples else "")


def advice_on_run(name: str, model: type[BaseModel]) -> str:
    """Return which setting of a file states a missing parameter, or nothing."""
    if not issubclass(model, Schedule):
        return ""
    for role, settings, title in STATED_BY:
        own = model.parameter_with(role)
        if own and own[0] == name:
            return f", or give {settings[0]} ({title})"
    return ""


def for_example(values: Mapping[str, Any]) -> str:
    """Return a clause with values of parameters, as a spec file spells them."""
    texts = [f"{name}: {format_value(value, MAX_EXAMPLE)}" for name, value in values.items()]
    return f"for example {', '.join(texts)}"


def format_limit(limit: Any) -> Any:
    """Return a limit as people write it."""
    if isinstance(limit, float):
        return format_exact(limit)
    return f"{limit:,}" if isinstance(limit, int) and not isinstance(limit, bool) else limit

"""A schedule from its parameters, or every fault of them with a way out that is complete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from lrviz.core.errors import SpecError
from lrviz.core.roles import Length, Target
from lrviz.core.schedule import Schedule
from lrviz.core.text import format_value
from lrviz.run import MAX_STEPS
from lrviz.specfile.completion import Completion, missing_values
from lrviz.specfile.invalid import Locate, for_example, invalid


def validate(
    cls: type[Schedule],
    parameters: Mapping[str, Any],
    target: Target,
    folder: FilePath,
    locate: Locate,
) -> Schedule:
    """Return the schedule of parameters; relative paths in them start at `folder`.

    Raises SpecError with every fault. What is missing is proposed with the value that a typed name
    takes from the run, `target`. A library may need more than it declares, as one of two
    parameters: that is found, and proposed, with the first fault.
    """
    try:
        return cls.model_validate(parameters, context={"folder": folder})
    except ValidationError as refusal:
        error = refusal
    counts = {name: value for name, value in parameters.items() if isinstance(value, int)}
    examples = missing_values(cls, counts, target)
    findings = [*invalid(error, locate, cls, parameters, examples)]
    missing = {str(item["loc"][0]) for item in error.errors() if item["type"] == "missing"}
    filled = {**parameters, **{name: examples[name] for name in missing & examples.keys()}}
    more = {name: value for name, value in examples.items() if name not in filled}
    hidden = error_of(cls, filled, folder)
    if hidden and more and error_of(cls, {**filled, **more}, folder) is None:
        findings = findings if missing else []
        for finding in invalid(hidden, locate, cls, filled):
            message = f"{finding.message}; {for_example(more)}"
            findings.append(replace(finding, message=message))
    raise SpecError(findings)


def advice_on_length(
    cls: type[Schedule],
    parameters: Mapping[str, Any],
    completion: Completion,
    target: Target,
    folder: FilePath,
    by: str,
) -> str:
    """Return how to set the length, where that is an example and a longer one has no fault."""
    length = cls.parameter_with(Length)
    if length is None or length[0] not in completion.examples:
        return ""
    longer = missing_values(cls, parameters, replace(target, steps=MAX_STEPS))
    if error_of(cls, {**parameters, **longer}, folder):
        return ""
    example = format_value(completion.values[length[0]])
    flag = "--epochs" if by == "epoch" else "--steps"
    return f"; {length[0]} {example} is lrviz's example, {flag} sets the length of the run"


def error_of(
    cls: type[Schedule], parameters: Mapping[str, Any], folder: FilePath
) -> ValidationError | None:
    """Return the error with which a schedule refuses parameters, or None."""
    try:
        cls.model_validate(parameters, context={"folder": folder})
    except ValidationError as error:
        return error
    return None

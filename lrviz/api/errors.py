"""Errors and findings of the Python API: with keyword arguments where the others name flags."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.schedule import Schedule
from lrviz.specfile.inline import flag_name
from lrviz.specfile.invalid import invalid
from lrviz.specfile.settings import CurveSettings
from lrviz.trainers.settings import TrainerSettings

NAMES = {
    flag_name(name): name for name in (*CurveSettings.model_fields, *TrainerSettings.model_fields)
}
"""The keyword arguments of `load` by their flags."""
PLACES = {**NAMES, "--baseline": "baseline"}
"""The keyword arguments by the flags that are places of errors."""
FLAG = re.compile(rf"({'|'.join(NAMES)})(?![\w-])(?: (?=[\dN]))?")
"""A flag, and the space before its value."""
VALUES = (
    ("--range START:STOP:EVERY takes", "steps=range(START, STOP, EVERY) takes"),
    ("--by epoch", "by='epoch'"),
)
"""Flags with values that are written otherwise in Python."""
FROM_LOAD = " to lrviz.load"
"""Where an argument is given that the curves of a call would need."""


@contextmanager
def in_python_terms() -> Iterator[None]:
    """Raise every SpecError with keyword arguments where it names flags."""
    try:
        yield
    except SpecError as error:
        raise SpecError(map(with_arguments, error.findings)) from None


def with_arguments(finding: Finding) -> Finding:
    """Return a finding with the keyword arguments of `load` where it names flags."""
    message = finding.message
    for flag, argument in VALUES:
        message = message.replace(flag, argument)
    message = FLAG.sub(lambda match: f"{NAMES[match[1]]}=", message)
    if finding.id == "open-length" and message != finding.message:
        message += FROM_LOAD
    return replace(finding, message=message, place=PLACES.get(finding.place, finding.place))


@contextmanager
def as_spec_error(values: Mapping[str, Any], cls: type[Schedule] | None = None) -> Iterator[None]:
    """Raise pydantic's validation errors of `values` as SpecError."""
    try:
        yield
    except ValidationError as error:
        raise SpecError(invalid(error, lambda *_: "", cls, values)) from None

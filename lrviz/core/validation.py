"""Errors of a rule across parameters, raised inside a model's validator at their own place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

Fault = tuple[tuple[str | int, ...], str, Any]
"""A path into the model's data, the message, and the value there."""


def error_at(key: str, message: str, value: Any) -> ValidationError:
    """Return the validation error of one key of a mapping."""
    return errors_at([((key,), message, value)])


def errors_at(faults: Iterable[Fault]) -> ValidationError:
    """Return one validation error of many faults."""
    lines = [
        {
            "type": PydanticCustomError(
                "rule", "{message}", {"message": message, "complete": True}
            ),
            "loc": path,
            "input": value,
        }
        for path, message, value in faults
    ]
    return ValidationError.from_exception_data("schedule", lines)  # type: ignore[arg-type]

"""Functions from step to rate, and sequences of rates."""

from __future__ import annotations

import inspect
import linecache
from collections.abc import Callable, Sequence
from itertools import count
from types import CodeType
from typing import Any

import numpy as np

from lrviz.core.errors import SpecError
from lrviz.core.text import format_choice, one_line
from lrviz.objects.copying import Copier
from lrviz.objects.reader import Inputs, Rows, StandIn

POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
NOT_STEPS = ("self", "cls", "optimizer", "optim", "opt", "model")
"""Names of a parameter that is no step."""
MAX_RATES = 1_000_000
TEXT = "<string>"
"""The file name of compiled text."""
MAX_EXPRESSION_LENGTH = 60
"""Characters of a lambda's expression in a label; a longer one loses its middle."""
Function = Callable[[Any], Any]


def stand_in_of_function(function: Any, inputs: Inputs) -> StandIn | None:
    """Return the stand-in of a function from step to rate; None for any other object."""
    if not callable(function) or isinstance(function, type) or argument_count(function) != 1:
        return None
    if takes_no_step(function):
        raise SpecError.of("", not_of_a_step(function), "unreadable-object")
    rows = function_rows(Copier().copy(function), inputs.start or 0)
    return StandIn(name_of(function), rows)


def takes_no_step(function: Function) -> bool:
    """Return whether a function that must have arguments takes something else than a step."""
    if not inspect.isroutine(function) or argument_count(function) == 0:
        return False
    try:
        names = required_parameters(function)
    except (TypeError, ValueError):
        return False
    return len(names) > 1 or names[0] in NOT_STEPS


def not_of_a_step(function: Function) -> str:
    """Return the message for a function that takes something else than a step."""
    names = format_choice(required_parameters(function), "and")
    return (
        f"{name_of(function)} needs {names}: give a function without arguments that returns the "
        "scheduler, or one from step to rate"
    )


def stand_in_of_sequence(values: Any, inputs: Inputs) -> StandIn | None:
    """Return the stand-in of a sequence of rates; None for any other object."""
    is_sequence = isinstance(values, Sequence) and not isinstance(values, str | bytes)
    if not (is_sequence or hasattr(values, "__array__")):
        return None
    try:
        count = len(values)
        rates = np.asarray(values, np.float64) if count <= MAX_RATES else None
    except (TypeError, ValueError):
        return None
    if rates is None:
        message = f"the object holds {count:,} rates; at most {MAX_RATES:,} are read"
        raise SpecError.of("", message, "too-large")
    if rates.ndim != 1 or not len(rates):
        return None
    rates = rates[inputs.start or 0 :]
    return StandIn("rates", ((rate,) for rate in rates.tolist()), length=len(rates))


def argument_count(function: Function) -> int:
    """Return how many arguments a call must have; 1 where Python cannot tell."""
    try:
        return len(required_parameters(function))
    except (TypeError, ValueError):
        return 1


def required_parameters(function: Function) -> list[str]:
    """Return the names of the positional parameters that have no default."""
    parameters = inspect.signature(function).parameters.values()
    return [
        parameter.name
        for parameter in parameters
        if parameter.default is parameter.empty and parameter.kind in POSITIONAL
    ]


def name_of(function: Function) -> str:
    """Return the name of a function, the expression of a lambda, or a callable object's class."""
    name = getattr(function, "__name__", type(function).__name__)
    if name != "<lambda>":
        return str(name)
    return one_line(expression_of(function.__code__), MAX_EXPRESSION_LENGTH) or "lambda"


def expression_of(code: CodeType) -> str:
    """Return the source of a lambda's expression in one line; empty where there is no source.

    It is what the instructions of its code span; those that begin it span nothing. In Python 3.12
    nothing spans a constant. In 3.13 the source of a program that was given as text is known under
    the name that compiled texts have as well.
    """
    if code.co_filename == TEXT:
        return ""
    lines = [line.encode() for line in linecache.getlines(code.co_filename)]
    places = [
        ((start or 0, left or 0), (stop or 0, right or 0))
        for start, stop, left, right in code.co_positions()
    ]
    places = [(start, stop) for start, stop in places if start != stop]
    if not places:
        return ""
    (first, left), (last, right) = min(places)[0], max(stop for _, stop in places)
    if not 0 < first <= last <= len(lines):
        return ""
    part = lines[first - 1 : last]
    part[-1] = part[-1][:right]
    part[0] = part[0][left:]
    return " ".join(b"".join(part).decode(errors="replace").split())


def function_rows(function: Function, start: int) -> Rows:
    """Yield the rates of a function from a step on, one call a step.

    A framework's function that takes arrays is called step by step, too: over an array XLA divides
    in another way, and a drop may come a step later.
    """
    for step in count(start):
        yield (function(step),)

"""Functions from step to rate, and sequences of rates."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import numpy as np

from lrviz.core.errors import SpecError
from lrviz.objects.copying import Copier
from lrviz.objects.reader import Inputs, Rows, StandIn

POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
MAX_RATES = 1_000_000
Function = Callable[[Any], Any]


def stand_in_of_function(function: Any, inputs: Inputs) -> StandIn | None:
    """Return the stand-in of a function from step to rate; None for any other object."""
    if not callable(function) or isinstance(function, type) or argument_count(function) != 1:
        return None
    rows = function_rows(Copier().copy(function), inputs.start or 0)
    return StandIn(name_of(function), rows)


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
    """Return the name of a function, or of the class of a callable object."""
    name = getattr(function, "__name__", type(function).__name__)
    return "function" if name == "<lambda>" else str(name)


def function_rows(function: Function, start: int) -> Rows:
    """Yield the rates of a function from a step on, one call a step.

    A framework's function that takes arrays is called step by step, too: over an array XLA divides
    in another way, and a drop may come a step later.
    """
    for step in count(start):
        yield (function(step),)

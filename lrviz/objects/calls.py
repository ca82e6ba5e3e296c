"""Functions from step to rate, and sequences of rates."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import numpy as np

from lrviz.core.errors import SpecError
from lrviz.objects.copying import Copier
from lrviz.objects.reader import Inputs, Rows, Running

POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
MAX_RATES = 1_000_000
Function = Callable[[Any], Any]


def begin_function(function: Any, inputs: Inputs) -> Running | None:
    """Return a function from step to rate, running; None for what takes no single argument."""
    if not callable(function) or isinstance(function, type) or required(function) != 1:
        return None
    rows = function_rows(Copier().copy(function), inputs.start or 0)
    return Running(name_of(function), rows)


def begin_sequence(values: Any, inputs: Inputs) -> Running | None:
    """Return a sequence of rates, running; None for what is no sequence of numbers."""
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
    return Running("rates", ((rate,) for rate in rates.tolist()), length=len(rates))


def required(function: Function) -> int:
    """Return how many arguments a call must have; 1 where Python cannot tell."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return 1
    return sum(item.default is item.empty and item.kind in POSITIONAL for item in parameters)


def name_of(function: Function) -> str:
    """Return the name of a function, or of the class of a callable object."""
    name = getattr(function, "__name__", type(function).__name__)
    return "function" if name == "<lambda>" else str(name)


def function_rows(function: Function, start: int) -> Rows:
    """Yield the rates of a function from a step on, one call a step.

    A framework's function of arrays is called step by step, too: over an array XLA divides in
    another way, and a drop may come a step later.
    """
    for step in count(start):
        yield (function(step),)

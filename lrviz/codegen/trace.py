"""A curve's function as a tree, by running it on one step that records what is done to it.

Where the function decides by the step's value (a mask, a table), the decision is the one for this
step; so the tree is valid for the steps around it with the same decisions.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from lrviz.codegen.nodes import OPERATIONS, STEP, UFUNC_ALIASES, Node, apply, number
from lrviz.core.errors import SpecError
from lrviz.core.segment import RateFunction


class Traced(np.ndarray[Any, Any]):
    """An array of one value, with the tree of the operations that made it."""

    node: Node | None

    def __new__(cls, value: Any, node: Node) -> Self:  # noqa: D102
        traced = np.array(value, ndmin=1).view(cls)
        traced.node = node
        return traced

    def __array_finalize__(self, source: Any) -> None:
        self.node = getattr(source, "node", None)

    def __pow__(self, exponent: Any, modulo: None = None) -> Any:
        """Return a power: numpy below 2 calls other functions for whole exponents."""
        del modulo
        is_root = isinstance(exponent, float) and exponent == 0.5
        return np.sqrt(self) if is_root else np.power(self, exponent)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        options.pop("out", None)
        result = getattr(ufunc, method)(*map(untraced, inputs), **options)
        name = UFUNC_ALIASES.get(ufunc.__name__, ufunc.__name__)
        nodes = [node_of(value) for value in inputs]
        if method != "__call__" or name not in OPERATIONS or None in nodes:
            return result
        return Traced(result, apply(name, *(node for node in nodes if node)))

    def __array_function__(self, function: Any, types: Any, inputs: Any, options: Any) -> Any:
        if function is np.where and len(inputs) == 3:
            nodes = [node_of(value) for value in inputs]
            result = np.where(*map(untraced, inputs))
            if None in nodes or result.size != 1:
                return result
            return Traced(result, apply("where", *(node for node in nodes if node)))
        if function is np.broadcast_to:
            return inputs[0]
        if function is np.clip:
            return np.minimum(np.maximum(inputs[0], inputs[1]), inputs[2])
        return function(*map(untraced, inputs), **{k: untraced(v) for k, v in options.items()})


def untraced(value: Any) -> Any:
    """Return the array without its tree."""
    return np.asarray(value) if isinstance(value, Traced) else value


def node_of(value: Any) -> Node | None:
    """Return the tree of a value, or None where it has none."""
    if isinstance(value, Traced):
        return value.node
    array = np.asarray(value)
    return number(float(array.item())) if array.size == 1 else None


def traced(curve: RateFunction, step: int) -> Node | None:
    """Return the tree of a curve that is valid at `step`, or None where it has none."""
    try:
        with np.errstate(all="ignore"):
            return node_of(curve(Traced(np.array([step]), STEP)))
    except (TypeError, ValueError, IndexError, NotImplementedError, SpecError):
        return None

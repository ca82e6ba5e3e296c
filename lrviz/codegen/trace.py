"""A schedule's formula as a tree, by running it on one step that remembers what was done to it.

Where the formula decides by the step's value (a phase, a mask, a table), the decision is the one
for this step; so the tree holds for the steps around it that decide alike.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from lrviz.codegen.nodes import OPERATIONS, SAME, TIME, Node, apply, number
from lrviz.core.schedule import Schedule


class Traced(np.ndarray[Any, Any]):
    """An array of one value, with the tree of the operations that made it."""

    node: Node | None

    def __new__(cls, value: Any, node: Node) -> Self:  # noqa: D102
        made = np.array(value, ndmin=1).view(cls)
        made.node = node
        return made

    def __array_finalize__(self, made_from: Any) -> None:
        self.node = getattr(made_from, "node", None)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        options.pop("out", None)
        plain = getattr(ufunc, method)(*map(untraced, inputs), **options)
        name = SAME.get(ufunc.__name__, ufunc.__name__)
        nodes = [node_of(each) for each in inputs]
        if method != "__call__" or name not in OPERATIONS or None in nodes:
            return plain
        return Traced(plain, apply(name, *(node for node in nodes if node)))

    def __array_function__(self, function: Any, types: Any, inputs: Any, options: Any) -> Any:
        if function is np.where and len(inputs) == 3:
            nodes = [node_of(each) for each in inputs]
            plain = np.where(*map(untraced, inputs))
            if None in nodes or plain.size != 1:
                return plain
            return Traced(plain, apply("where", *(node for node in nodes if node)))
        if function is np.broadcast_to:
            return inputs[0]
        if function is np.clip:
            return np.minimum(np.maximum(inputs[0], inputs[1]), inputs[2])
        return function(*map(untraced, inputs), **{k: untraced(v) for k, v in options.items()})


def untraced(value: Any) -> Any:
    """Return the plain array of a traced one."""
    return np.asarray(value) if isinstance(value, Traced) else value


def node_of(value: Any) -> Node | None:
    """Return the tree of a value, or None where it has none."""
    if isinstance(value, Traced):
        return value.node
    plain = np.asarray(value)
    return number(float(plain.reshape(-1)[0])) if plain.size == 1 else None


def traced_formula(schedule: Schedule, step: int, lr: float) -> Node | None:
    """Return the tree of a schedule's formula that holds at `step`, or None without one."""
    try:
        found = schedule.compute(Traced(np.array([step]), TIME), lr)
    except (TypeError, ValueError, IndexError, NotImplementedError):
        return None
    return node_of(found)

"""Arithmetic rewritten: simpler at some steps, as cases, or in terms of the peak."""

from __future__ import annotations

import numpy as np

from lrviz.codegen.names import Names
from lrviz.codegen.nodes import STEP, Node, apply, name_node
from lrviz.core.schedule import Steps64


def simplify_at(node: Node, t: Steps64) -> Node:
    """Return arithmetic without limits that are not met, and choices that are not taken, at `t`."""
    if not node.inputs:
        return node
    node = apply(node.operation, *(simplify_at(part, t) for part in node.inputs))
    values = [np.broadcast_to(part.at({STEP.name: t}), t.shape) for part in node.inputs]
    if node.operation in ("minimum", "maximum"):
        first_is_less = bool((values[0] <= values[1]).all())
        if first_is_less or bool((values[0] >= values[1]).all()):
            return node.inputs[first_is_less == (node.operation == "maximum")]
    if node.operation == "where" and (values[0].all() or not values[0].any()):
        return node.inputs[1 if values[0].all() else 2]
    return node


def is_defined(node: Node, step: int) -> bool:
    """Return whether every operation of arithmetic has a finite value at a step."""
    values = {STEP.name: np.float64(step)}
    return all(bool(np.isfinite(part.at(values))) for part in node.nodes())


def repeated_part(node: Node) -> Node | None:
    """Return the largest operation that arithmetic has more than once, or None."""
    operations = [part for part in node.nodes() if part.inputs and part != node]
    repeated = [part for part in operations if operations.count(part) > 1]
    return max(repeated, key=lambda part: len(list(part.nodes())), default=None)


def choices(node: Node) -> list[tuple[Node | None, Node]]:
    """Return the values of arithmetic that chooses, each with its test; the last one has none."""
    if node.operation == "where":
        test, then, other = node.inputs
        return [(test, then), *choices(other)]
    if node.operation not in ("add", "subtract", "multiply", "divide"):
        return [(None, node)]
    left, right = (choices(part) for part in node.inputs)
    if len(left) > 1 and len(right) > 1:
        return [(None, node)]
    return [
        (first or second, apply(node.operation, a, b)) for first, a in left for second, b in right
    ]


def relative_to_peak(node: Node, names: Names) -> Node:
    """Return arithmetic of rates in terms of the peak: the peak named, or factor_out_peak out."""
    scaled = factor_out_peak(node, names)
    if scaled is not None:
        return scaled
    if not names.is_factor or not names.peak:
        return node
    return apply("divide", node, name_node("PEAK"))


def factor_out_peak(node: Node, names: Names) -> Node | None:
    """Return a product with the peak as its factor PEAK, or without it; None where it has none."""
    if node.is_number:
        return names.rate(node.value) if names.peak else node
    if node.operation in ("multiply", "divide"):
        left = factor_out_peak(node.inputs[0], names)
        return None if left is None else apply(node.operation, left, node.inputs[1])
    if node.operation in ("minimum", "maximum"):
        return apply(node.operation, *(relative_to_peak(part, names) for part in node.inputs))
    if node.operation in ("add", "subtract"):
        sides = [factor_out_peak(part, names) for part in node.inputs]
        return None if None in sides else apply(node.operation, *(s for s in sides if s))
    return None

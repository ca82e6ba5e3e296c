"""Ways to write one part of a curve: from its shapes, or from its traced arithmetic."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from lrviz.codegen.cycles import Candidate, cycle_cases
from lrviz.codegen.function import Case, Local, both
from lrviz.codegen.names import Names
from lrviz.codegen.nodes import STEP, Node, apply, name_node, number
from lrviz.codegen.parts import Product
from lrviz.codegen.rewriting import (
    choices,
    is_defined,
    relative_to_peak,
    repeated_part,
    simplify_at,
)
from lrviz.codegen.samples import Samples
from lrviz.codegen.shapes import ShapeWriter
from lrviz.codegen.trace import traced
from lrviz.core.schedule import Steps64
from lrviz.core.segment import Cycles, Part, Shape


def candidates(
    part: Part, test: Node | None, samples: Samples, clamped: bool
) -> Iterator[Candidate]:
    """Yield ways to write a part, the best first; which one is right is to be tested.

    `test` selects the part's steps, and `samples` are its rates.
    """
    if isinstance(part, Cycles):
        yield from cycle_cases(part, test, clamped)
    elif part.shape:
        yield from_shape(part.shape, part.name, test, clamped)
    elif isinstance(part.curve, Product):
        yield from_product(part.curve, part.name, test, clamped)
    for step in samples.traced_steps():
        node = traced(part.curve, step)
        if node is None:
            continue
        node = simplify_at(node, steps_of_part(samples, test))
        write = from_node(node, part.name, test)
        first = int(samples.t[0])
        if not clamped and not is_defined(node, first):
            write = with_first_step(first, float(samples.rates[0]), write)
        yield write


def from_shape(shape: Shape, name: str, test: Node | None, clamped: bool) -> Candidate:
    """Return the way to write a shape."""

    def write(names: Names) -> list[Case]:
        arithmetic = ShapeWriter(names, clamped).write(shape, name)
        return [Case(name, test, arithmetic.value, variables=arithmetic.variables)]

    return write


def from_product(product: Product, name: str, test: Node | None, clamped: bool) -> Candidate:
    """Return the way to write a product whose factors are shapes."""

    def write(names: Names) -> list[Case]:
        value = names.rate(product.lr)
        local_names: list[Local] = []
        writer = ShapeWriter(names, clamped)
        for factor in product.factors:
            if not isinstance(factor, Shape):
                return []
            with names.shares():
                arithmetic = writer.write(factor, name)
            value = apply("multiply", value, arithmetic.value)
            local_names += arithmetic.variables
        return (
            [Case(name, test, value, variables=tuple(local_names))] if len(local_names) <= 1 else []
        )

    return write


def from_node(node: Node, name: str, test: Node | None) -> Candidate:
    """Return the way to write a part as arithmetic that was traced, its choices as cases."""

    def write(names: Names) -> list[Case]:
        shared: tuple[Local, ...] = ()
        arithmetic = node
        common = repeated_part(node)
        if common:
            variable = "position" if common.operation in ("remainder", "divide") else "x"
            shared = (Local(variable, common),)
            arithmetic = node.replace(common, name_node(variable))
        cases: list[Case] = []
        for condition, value in choices(arithmetic):
            cases.append(Case(name, both(test, condition), relative_to_peak(value, names), shared))
            shared = ()
        return cases

    return write


def steps_of_part(samples: Samples, test: Node | None) -> Steps64:
    """Return steps that a part has: its samples, and without a test far more after them."""
    later = samples.stop + 10 ** np.arange(7) if test is None else samples.t[:0]
    return np.concatenate([samples.t, later])


def with_first_step(step: int, rate: float, write: Candidate) -> Candidate:
    """Return a way to write a part whose arithmetic has no value at the first step."""

    def write_both(names: Names) -> list[Case]:
        first, *others = write(names)
        test = both(first.test, apply("equal", STEP, number(step)))
        return [replace(first, test=test, value=names.rate(rate), variables=()), first, *others]

    return write_both

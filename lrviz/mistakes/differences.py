"""What a mistake changes, in numbers."""

from __future__ import annotations

from lrviz.core.text import format_rounded
from lrviz.curves.column import Column
from lrviz.curves.facts import difference
from lrviz.curves.table import Table


def describe_differences(table: Table) -> list[str]:
    """Return lines that say where the second column of a table leaves the first."""
    plan, run = table.columns
    apart = difference(run, plan)
    if apart.first_step is None or apart.largest_step is None:
        return ["every step has the planned rate"]
    last = min(len(plan.steps), len(run.steps)) - 1
    axis = plan.curve.axis
    return [
        f"first differs at {axis} {apart.first_step:,}: {rates(plan, run, apart.first_step)}",
        f"differs most at {axis} {apart.largest_step:,}: {rates(plan, run, apart.largest_step)}",
        f"at {axis} {plan.steps[last]:,}, the last that both have: "
        f"{rates(plan, run, plan.steps[last])}",
    ]


def rates(plan: Column, run: Column, step: int) -> str:
    """Return both rates at a step, with as many digits as tell them apart."""
    index = plan.steps.index(step)
    pair = float(run.rates[index]), float(plan.rates[index])
    for digits in range(4, 18):
        actual, planned = (format_rounded(rate, digits) for rate in pair)
        if actual != planned:
            break
    return f"{actual} instead of {planned}"

"""How the length of a proposed schedule and its ticks are to the run of the log."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lrviz.audits.plan_rates import PlanRates
from lrviz.audits.rows import Rows
from lrviz.audits.run_length import RunLength
from lrviz.core.errors import SpecError
from lrviz.core.schedule import Array
from lrviz.core.text import format_count
from lrviz.mistakes.registry import find_mistake
from lrviz.mistakes.variants import length_of, with_length

PHASES = "phases"
"""The parameter of schedules that say in phases what a log has, up to its end."""


def tick_sentences(plan: PlanRates, ticks: int) -> Iterator[str]:
    """Yield what several ticks a step mean, and what mends it."""
    if ticks > 1:
        mistake = find_mistake("stepped-n-times")
        what = f"the steps of this schedule are ticks, {ticks:,} in each step of the run"
        values = {"n": ticks}
        yield f"{what}: {mistake.explain(plan.plan, values)}; {mistake.mend(plan.plan, values)}"


def lag_sentences(plan: PlanRates, lag: int) -> Iterator[str]:
    """Yield that steps at the beginning have no tick, and what mends it."""
    if lag:
        mistake, steps = find_mistake("skipped"), format_count(lag, "step")
        mend = mistake.mend(plan.plan, {"count": lag})
        yield f"the schedule begins {steps} late: ticks are missed before step {lag + 1:,}; {mend}"


def length_sentences(
    plan: PlanRates, rows: Rows, run: RunLength | None, ticks: int
) -> Iterator[str]:
    """Yield that a schedule has another length than the run by its log, and why it may have.

    A schedule of the run's length that gives the rows as well has that length.
    """
    schedule = plan.plan.schedule
    length = None if hasattr(schedule, PHASES) else length_of(schedule)
    if run is None or not length or length == run.steps * ticks or not np.ptp(plan.table):
        return
    rates = plan.at(rows.steps)
    if rows.share(rates_of_length(plan, rows, run.steps * ticks)) >= rows.share(rates):
        return
    whole = format_count(run.steps, "step")
    more, rest = divmod(run.steps * ticks, length)
    if length < run.steps * ticks:
        reason = f"the log's {run.key} is {run.steps:,}"
        if not rest:
            reason = (
                f"the scheduler ticks {more:,} times a step, or the schedule is made for "
                f"{length // ticks:,} steps"
            )
        yield f"the schedule reaches its end at step {length // ticks:,} of {run.steps:,}: {reason}"
        return
    fewer, rest = divmod(length, run.steps * ticks)
    reason = "" if rest else f": the scheduler ticks once in {fewer:,} steps, or it is too long"
    yield f"the schedule is made for {length // ticks:,} steps, and the run has {whole}{reason}"


def rates_of_length(plan: PlanRates, rows: Rows, length: int) -> Array:
    """Return the rates of rows with another length of the schedule, inf where it cannot have it."""
    try:
        other = PlanRates(with_length(plan.plan, length), plan.last)
        return other.at(rows.steps)
    except SpecError:
        return np.full(len(rows), np.inf)

"""What a log says of a run where its training config leaves it open."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from lrviz.audits.countings import CONVENTIONS
from lrviz.audits.log import Log, Series
from lrviz.audits.open_length import FEWEST, length_of_rows
from lrviz.audits.planned_column import nearest_plan
from lrviz.audits.rows import Rows
from lrviz.audits.run_length import RunLength, length_of_run
from lrviz.audits.spec_quality import matched_of, quality
from lrviz.audits.spec_rounding import rounded
from lrviz.audits.spec_search import GOOD
from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.text import format_value
from lrviz.curves.curve import Curve
from lrviz.curves.horizons import declares_length
from lrviz.specfile.contents import LoadedSpec
from lrviz.specfile.inline import flag_name

CLOSE = 0.02
"""Fitted parameters may differ from a config's by this share."""
FAR = 2
"""Where an epoch of so many times the steps fits as well, the log does not say how many it has."""
ROUND = (1000, 500, 100, 50, 10, 5)
DIVIDING = ("world_size", "grad_accum")
"""Settings that divide the steps of a run, the more likely ones first."""
Flags = Mapping[str, Any]
Load = Callable[[Flags, Flags], LoadedSpec]
"""Loads the plan with further flags: of the curve, and of how to read a training config."""


def load_for_log(load: Load, log: Log) -> tuple[LoadedSpec, Log]:
    """Return a run's plan, filled in by the log, and the log with a note on what it filled in.

    That is the length of the run, the steps of an epoch, and the rate. A note also says where the
    log is of a run of another length than the plan's.
    """
    loaded, length, trainer = load({}, {}), length_of_run(Path(log.path)), {}
    if loaded.curves[0].on_share:
        steps = length.steps if length else length_of_rows(log, partial(curve_of_length, load))
        trainer = {"total_steps": steps} if steps else {}
        loaded = load({}, trainer) if steps else loaded
        log = log if length or not steps else with_note_on_length(log, steps)
    elif length:
        log = with_length(log, length, loaded.curves[0], load)
    elif loaded.curves[0].is_typed and loaded.curves[0].run.length is None and not log.by_epoch:
        return with_steps_of_log(loaded, load, log)
    candidates = epoch_facts(log, loaded.curves[0]) if loaded.plan else []
    if not candidates:
        return loaded, log
    plans = [fill(load, facts, trainer) for facts in candidates]
    filled, facts = min(plans, key=lambda plan: share_apart(log, plan[0].curves[0]))
    least = share_apart(log, filled.curves[0])

    def fits(steps: int) -> bool:
        try:
            other, _ = fill(load, {**facts, "steps_per_epoch": steps}, trainer)
        except SpecError:  # a run of so many steps is too long
            return False
        return share_apart(log, other.curves[0]) <= min(least, 1 - GOOD)

    steps = facts["steps_per_epoch"]
    if fits(FAR * steps):  # the log's decimals do not tell long epochs apart
        return loaded, log
    steps = next((number for number in round_numbers(steps) if fits(number)), steps)
    filled, facts = fill(load, {**facts, "steps_per_epoch": steps}, trainer)
    about = "about " if any(fits(number) for number in (steps - 1, steps + 1) if number) else ""
    values = [f"{about}{steps:,} steps an epoch"]
    values += [f"a rate of {format_value(facts['lr'])}"] if "lr" in facts else []
    message = f"{' and '.join(values)}, which the config leaves open, are the log's"
    note = Finding("filled-by-log", message, place=log.path)
    return filled, replace(log, notes=(*log.notes, note))


def with_steps_of_log(loaded: LoadedSpec, load: Load, log: Log) -> tuple[LoadedSpec, Log]:
    """Return a typed name that has no length of its own over the log's, and a note on it.

    Too few rows may be those of a longer run.
    """
    if max(map(len, log.series)) < FEWEST:
        return loaded, log
    last = max(int(series.steps[-1]) for series in log.series) - log.first
    spacing = min(int(np.diff(series.steps[-2:]).min(initial=1)) for series in log.series)
    steps = max(last + max(spacing, 1), 1)
    try:
        if load({"steps": steps}, {}).curves[0].schedule == loaded.curves[0].schedule:
            return loaded, log
        fitting = length_of_rows(log, lambda steps: load({"steps": steps}, {}).curves[0])
        steps = fitting or steps
        message = f"{steps:,} steps, which the plan leaves open, are the log's"
        note = Finding("filled-by-log", message, place=log.path)
        return load({"steps": steps}, {}), replace(log, notes=(*log.notes, note))
    except SpecError:  # a run of so many steps is too long, or the schedule has no such length
        return loaded, log


def curve_of_length(load: Load, steps: int) -> Curve:
    """Return the plan of a run of so many steps."""
    return load({}, {"total_steps": steps}).curves[0]


def with_note_on_length(log: Log, steps: int) -> Log:
    """Return a log with a note on the length of its run, which the config leaves open."""
    message = f"a run of {steps:,} steps, whose number the config leaves open, has the log's rates"
    note = Finding("filled-by-log", message, place=log.path)
    return replace(log, notes=(*log.notes, note))


def with_length(log: Log, length: RunLength, curve: Curve, load: Load) -> Log:
    """Return a log with the steps of its run and a note on them, where the plan has others."""
    planned = curve.count()
    if curve.axis != "step" or not declares_length(curve) or planned == length.steps:
        return log
    ratio = round(planned / length.steps)
    flags = (
        f"{flag_name(name)} {ratio}"
        for name in DIVIDING
        if ratio > 1 and planned_steps(load, {name: ratio}) == length.steps
    )
    length = length._replace(flag=next(flags, ""))
    note = Finding("other-run-length", length.comparison(planned), place=log.path)
    return replace(log, run_length=length, notes=(*log.notes, note))


def planned_steps(load: Load, flags: Flags) -> int | None:
    """Return the steps of the plan with further flags, or None where it cannot have them."""
    try:
        return load(flags, {}).curves[0].count()
    except SpecError:
        return None


def round_numbers(number: int) -> Iterator[int]:
    """Yield the multiples of round numbers next to a number, the roundest first."""
    for unit in ROUND:
        below = number // unit * unit
        yield from (multiple for multiple in (below, below + unit) if multiple)


def fill(load: Load, facts: Flags, trainer: Flags) -> tuple[LoadedSpec, Flags]:
    """Return a plan that facts fill in, and those of them that its config leaves open."""
    filled = load(facts, trainer)
    if filled.plan and "lr" not in filled.plan.filled:  # the config says it
        facts = {name: value for name, value in facts.items() if name != "lr"}
        filled = load(facts, trainer)
    return filled, facts


def share_apart(log: Log, curve: Curve) -> float:
    """Return the share of rows that no rate of a plan explains, summed over a log's columns."""
    offsets = CONVENTIONS[log.counts_done].values()
    columns = (nearest_plan(log, series, curve, offsets) for series in log.series)
    return sum(column.distance(offsets)[0] for column in columns)


def epoch_facts(log: Log, curve: Curve) -> list[Flags]:
    """Return the steps of an epoch and the rate, of each column that has the plan's shape.

    A rate may be that of a group of parameters, so that the columns differ.
    """
    if not log.by_epoch or curve.steps_per_epoch:
        return []
    facts = [column_facts(series, log.first, curve) for series in log.series]
    return [item for item in facts if item]


def column_facts(series: Series, first: int, curve: Curve) -> dict[str, Any]:
    """Return the steps of an epoch and the rate of a column by a plan's schedule, or nothing."""
    schedule, kind = curve.schedule, type(curve.schedule)
    rows = Rows(series.steps - first, series.rates, series.tolerance)
    best = GOOD
    facts: dict[str, Any] = {}
    for guess in kind.guesses(rows.steps.astype(float), rows.rates):
        fields = {name: getattr(schedule, name) for name in guess if name in kind.model_fields}
        own = {name: value for name, value in fields.items() if value is not None}
        if not all(np.isclose(guess[name], value, rtol=CLOSE) for name, value in own.items()):
            continue
        spec = {"schedule": kind.title(), **guess, **own}
        share, _ = quality(spec, rows)
        if share > best:
            lr = rounded(spec, partial(matched_of, rows))["lr"]
            best, facts = share, {"steps_per_epoch": guess["steps_per_epoch"], "lr": lr}
    return facts

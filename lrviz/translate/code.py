"""A curve as code of a framework that gives the same rates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from textwrap import wrap
from typing import Any

import numpy as np
from pydantic import ValidationError

from lrviz.codegen.builder import write_function
from lrviz.codegen.plateau import Plateau
from lrviz.codegen.target import CodeWriter, Snippet, target_of, writer_of
from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.register import Dialect, Optimizer, register
from lrviz.core.schedule import Schedule
from lrviz.core.text import format_count
from lrviz.curves.curve import Curve, check_step_count, require_length
from lrviz.run import Run
from lrviz.translate.equivalents import CLOSE, Equivalent, find_equivalent

MAX_LINES = 40
"""A longer equivalent is compared with a function, and the shorter of the two is written."""


def write_code(curve: Curve, target: str) -> str:
    """Return a program of a framework that gives a curve's rates over its run.

    Comments at its start name the curve and the limits of the code. Raises SpecError for a target
    that code cannot be written for, for a run whose length is not known, and where the curve has no
    arithmetic and is too long for a table.
    """
    require_length([curve])
    with curve.arithmetic():
        snippet = write_snippet(curve, target)
    comments = [curve.call(), *(finding.message for finding in snippet.findings)]
    lines = [line for comment in comments for line in commented(comment)]
    return "\n".join([*lines, snippet.code.strip("\n")]) + "\n"


def write_snippet(curve: Curve, target: str) -> Snippet:
    """Return the code of a curve in a framework, and the notes on it.

    Raises SpecError as `write_code` does.
    """
    dialect, writer = target_of(target)
    changes_clock = (
        curve.ticks_by_epoch and writer.counts_steps and curve.schedule.clock_unit == "step"
    )
    if curve.schedule.dialect == target and not changes_clock:
        return Snippet(writer.write_schedule(curve, optimizer_of(curve)), tuple(clock_notes(curve)))
    check_step_count(curve, curve.count())
    plateau = read_plateau(curve)
    if plateau:
        return plateau_snippet(curve, plateau, dialect, writer)
    equivalent = equivalent_snippet(curve, dialect, writer)
    if equivalent and lines_of(equivalent) <= MAX_LINES:
        return equivalent
    try:
        function = function_snippet(curve, dialect, writer)
    except SpecError:
        if equivalent:
            return equivalent
        raise
    if equivalent and lines_of(equivalent) <= lines_of(function):
        return equivalent
    return function


def optimizer_of(curve: Curve) -> Optimizer:
    """Return what users of the schedule's library mostly train with; SGD where it is of none."""
    dialect = register.dialects.get(curve.schedule.dialect)
    return dialect.optimizer if dialect else "SGD"


def lines_of(snippet: Snippet) -> int:
    """Return the number of lines of a snippet."""
    return snippet.code.count("\n")


def equivalent_snippet(curve: Curve, dialect: Dialect, writer: CodeWriter) -> Snippet | None:
    """Return the code of a schedule that gives the curve: the target's own, or one that it runs."""
    notes = (*clock_notes(curve), *precision_notes(dialect, writer))
    for name in (dialect.name, *writer.runnable_dialects):
        if curve.schedule.dialect == name and name != dialect.name:
            return Snippet(writer.write_schedule(curve, optimizer_of(curve)), notes)
        equivalent = find_equivalent(curve, register.dialects[name])
        if equivalent:
            limits = equivalent_notes(equivalent)
            translated = equivalent_curve(curve, equivalent, writer)
            code = writer.write_schedule(translated, optimizer_of(curve))
            return Snippet(code, (*notes, *limits))
    return None


def equivalent_curve(curve: Curve, equivalent: Equivalent, writer: CodeWriter) -> Curve:
    """Return the curve of an equivalent schedule, by the step where the framework counts steps."""
    same_length = curve.with_steps(curve.count())
    translated = replace(same_length, schedule=equivalent.schedule, lr=equivalent.lr)
    if not (writer.counts_steps and curve.ticks_by_epoch):
        return translated
    return replace(translated, by="step", run=Run(steps=curve.count()))


def function_snippet(curve: Curve, dialect: Dialect, writer: CodeWriter) -> Snippet:
    """Return the code of a curve as a function of the step."""
    function = write_function(curve, writer.has_arrays, writer.is_factor, writer.counts_steps)
    notes = [*clock_notes(curve)]
    if function.is_table:
        message = f"No closed form: a table of the rates of these {curve.count():,} steps."
        notes.append(note("table", message))
        if curve.schedule.metric_trace(1, curve.lr) is not None:
            message = "The rates are those of this metric; another one gives other rates."
            notes.append(note("fixed-metric", message))
    notes += precision_notes(dialect, writer)
    return Snippet(writer.write_function(curve, function, optimizer_of(curve)), tuple(notes))


def read_plateau(curve: Curve) -> Plateau | None:
    """Return the rule of a curve that follows a plateau, else None."""
    dialect = register.dialects.get(curve.schedule.dialect)  # a user's object has none
    writer = writer_of(dialect) if dialect else None
    plateau = writer.read_plateau(curve.schedule, curve.lr) if writer else None
    if plateau and curve.ticks_by_epoch:
        return replace(plateau, values=curve.steps_per_tick)
    return plateau


def plateau_snippet(
    curve: Curve, plateau: Plateau, dialect: Dialect, writer: CodeWriter
) -> Snippet:
    """Return the code of a framework's own rule for a plateau, with how it differs."""
    translated = replace(curve, schedule=plateau_schedule(curve, plateau, writer))
    code = writer.write_schedule(translated, optimizer_of(curve))
    schedule = plateau_schedule(curve, replace(plateau, values=1), writer)
    messages = [f"Uses the plateau rule of {dialect.title} itself.", *writer.plateau_notes(plateau)]
    step = first_difference(curve, schedule)
    if step is not None:
        messages.append(f"With this spec's metric the rates differ from step {step} on.")
    return Snippet(code, tuple(note("plateau", message) for message in messages))


def plateau_schedule(curve: Curve, plateau: Plateau, writer: CodeWriter) -> Schedule:
    """Return a framework's schedule of the rule that is nearest to a plateau's."""
    spec: dict[str, Any] = dict(writer.plateau_spec(plateau, curve.lr))
    cls = register.find(spec.pop("schedule"))
    if cls is None:
        raise SpecError.of(curve.place or curve.label, "has no rule for a plateau")
    metric = getattr(curve.schedule, "metric", None)
    try:
        return cls.model_validate({**spec, "metric": metric})
    except ValidationError as error:
        problem = error.errors()[0]
        message = f"{cls.title()} refuses {problem['loc'][0]}: {problem['msg']}"
        raise SpecError.of(curve.place or curve.label, message) from None


def first_difference(curve: Curve, schedule: Schedule) -> int | None:
    """Return the first tick of the run at which a schedule's rate differs from the curve's."""
    ticks = range(curve.by_ticks().count())
    try:
        ours, theirs = curve.schedule.sample(ticks, curve.lr), schedule.sample(ticks, curve.lr)
    except SpecError:
        return None
    differs = ~np.isclose(theirs, ours, rtol=CLOSE, atol=0.0)
    return int(np.argmax(differs)) if differs.any() else None


def note(id: str, message: str) -> Finding:  # noqa: A002
    """Return a finding of severity note on the code."""
    return Finding(id, message, "note")


def clock_notes(curve: Curve) -> Iterator[Finding]:
    """Yield what a tick of the schedule is, where it is not a step."""
    if curve.ticks_by_epoch:
        steps = format_count(curve.steps_per_tick, "step")
        yield note("by-epoch", f"The schedule ticks once per epoch of {steps}.")


def precision_notes(dialect: Dialect, writer: CodeWriter) -> Iterator[Finding]:
    """Yield the framework's precision, where it is not this program's."""
    if writer.precision:
        yield note("precision", f"{dialect.title} computes in {writer.precision}.")


def equivalent_notes(equivalent: Equivalent) -> Iterator[Finding]:
    """Yield what is not expected of an equivalent schedule, and where it differs after the run."""
    if equivalent.note:
        yield note("unusual-parameters", equivalent.note)
    step = equivalent.differs_at
    if step is not None:
        yield note("differs-after", f"After the run the two differ, from step {step} on.")


def commented(text: str) -> list[str]:
    """Return text as comment lines of at most 88 columns, broken at spaces."""
    lines = wrap(text, 86, subsequent_indent="  ", break_on_hyphens=False)
    return [f"# {line}" for line in lines]

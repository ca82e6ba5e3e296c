"""Remedies: the exact change of a parameter, where the change of one parameter is enough."""

from __future__ import annotations

from lrviz.advice.ranges import RISE
from lrviz.checks.subject import Subject
from lrviz.core.roles import Length, WarmUp
from lrviz.core.text import format_count, format_number
from lrviz.curves.horizons import is_repeating, leaves, parts_of, planned_ticks
from lrviz.specfile.inline import flag_name

INLINE = ":"
"""What a name is followed by that has parameters."""
USUAL_WARMUP = 20
"""The run has so many times the steps of a usual warm-up."""


def setting(subject: Subject, name: str, value: object) -> str:
    """Return a parameter or a setting of a schedule with its value, as it is to be written.

    That is a key of a file, in a training config its own where it has one; beside a name that was
    typed a flag, and within it where it has others.
    """
    text = "true" if value is True else str(value)
    if not subject.curve.is_typed:
        return f"{subject.curve.own_keys.get(name, name)}: {text}"
    if INLINE in subject.curve.place:
        return f"{name}={text}"
    return flag_name(name) if value is True else f"{flag_name(name)} {text}"


def length_remedy(subject: Subject, steps: int) -> str:
    """Return the change that makes the schedule as long as the run."""
    ticks = subject.curve.ticks_in(steps)
    any_length = f"make the schedule {format_count(ticks, subject.curve.by)} long"
    (*others, (start, last)) = leaves(subject.schedule)
    length = last.parameter_with(Length)
    value = getattr(last, length[0]) if length else None
    if length is None or value is None or subject.runs_at_once or start >= ticks:
        return any_length
    before = (planned_ticks(last) or 0) - int(value)
    if is_repeating(parts_of(last)) and before:
        return any_length
    location = " in the last part" if others and not subject.curve.is_typed else ""
    return f"{setting(subject, length[0], max(ticks - start - before, 1))}{location}"


def warmup_remedy(subject: Subject) -> str:
    """Return the change that makes the warm-up as long as is usual for the run."""
    steps = max(subject.steps // USUAL_WARMUP, 1)
    warmup = subject.schedule.parameter_with(WarmUp)
    if warmup and warmup[1].share:
        share = 0.3 if RISE.applies(subject.schedule) else 1 / USUAL_WARMUP
        return setting(subject, warmup[0], format_number(share))
    return f"a warm-up of 1 to 10 % is usual, as {subject.length(steps)}"

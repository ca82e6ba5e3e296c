"""Rules about the curve itself: jumps, rises, cycles cut off, rates below 0."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

import numpy as np

from lrviz.advice.ranges import TUTORIAL
from lrviz.checks.remedies import setting
from lrviz.checks.rule import CheckRule, Match
from lrviz.checks.subject import Subject
from lrviz.core.composition import children_of
from lrviz.core.errors import SpecError
from lrviz.core.roles import Floor
from lrviz.core.schedule import Schedule
from lrviz.core.segment import expand
from lrviz.core.text import format_rounded
from lrviz.curves.horizons import declared_steps, leaves, parts_of

JUMP = 0.1
ABOVE_FLOOR = 0.1
NOT_REACHED = 0.01
SMALL = 1e-9


def mid_cycle(subject: Subject) -> Iterator[Match]:
    """Find a run that ends in the middle of a cycle, above the cycle's lowest rate."""
    if subject.is_metric_driven or not subject.peak or not subject.repeats:
        return
    segment = subject.segment_at(subject.steps - 1)
    starts = subject.cycle_starts()
    start = max(start for start in starts if start < subject.steps)
    ends = [s.start for s in subject.segments if s.start in starts or s.name == "floor"]
    end = min((step for step in ends if step > start), default=subject.steps)
    if end == subject.steps or segment.name == "floor":
        return
    last = float(subject.rates[-1])
    lowest = min(
        subject.rates[subject.warmup_end or 0 :].min(initial=last), subject.rate_at(end - 1)
    )
    if last - lowest > ABOVE_FLOOR * subject.peak:
        first = f"{subject.at(start)} or " if start else ""
        yield Match(
            f"the run ends at {subject.at(subject.steps)} in the middle of a cycle that began at "
            f"{subject.at(start)}: the last rate is {format_rounded(last)}, "
            f"{subject.share(last)} of the peak",
            f"end the run at {first}{subject.at(end)}, or choose cycles that fit it",
            subject.steps - 1,
            segment.name,
        )


def jump(subject: Subject) -> Iterator[Match]:
    """Find a boundary between parts at which the rate jumps without a drop or a restart."""
    schedule = subject.schedule
    parts, boundaries = children_of(schedule), declared_steps(schedule)
    if not subject.peak:
        return
    for part, begin, boundary in zip(parts, (0, *boundaries), boundaries, strict=False):
        step = subject.curve.first_step(boundary)
        starting = [s for s in subject.segments if s.start == step]
        if not 0 < step < subject.steps or not starting:
            continue
        if starting[0].name in ("drop", "restart"):
            continue
        before, after = float(subject.rates[step - 1]), float(subject.rates[step])
        expected = rate_of(part, boundary - begin, subject.curve.lr)
        if expected is None or abs(expected - before) > subject.peak:
            expected = before
        if abs(after - expected) > JUMP * subject.peak:
            yield Match(
                f"at {subject.at(step)}, where one part follows another, the rate jumps from "
                f"{format_rounded(before)} to {format_rounded(after)}",
                f"let the next part start at {format_rounded(expected)}, or the one before end at "
                f"{format_rounded(after)}",
                step,
                starting[0].name,
            )


def rate_of(part: Schedule, tick: int, lr: float) -> float | None:
    """Return the rate of a part at a tick, also after its end; None where it has no such tick."""
    try:
        rate = float(part.rate(tick, lr))
    except SpecError:
        return None
    return rate if isfinite(rate) else None


def rises(subject: Subject) -> Iterator[Match]:
    """Find a decay that grows."""
    if subject.is_metric_driven or not subject.peak or subject.runs_at_once:
        return
    previous: float | None = None
    for segment in subject.segments:
        if segment.start >= subject.steps:
            return
        end = min(subject.end_of(segment) or subject.steps, subject.steps)
        first, last = float(subject.rates[segment.start]), float(subject.rates[end - 1])
        grows = segment.name == "decay" and last > first + SMALL * subject.peak
        steps_up = segment.name == "drop" and previous is not None and first > previous >= 0
        if grows or steps_up:
            low, high = (first, last) if grows else (previous or 0.0, first)
            yield Match(
                f"a {segment.name} at {subject.at(segment.start)} rises from "
                f"{format_rounded(low)} to {format_rounded(high)}",
                drop_remedy(low, high) if steps_up else decay_remedy(subject, low),
                segment.start,
                segment.name,
            )
            return
        previous = None if segment.name == "warm-up" else last


def drop_remedy(low: float, high: float) -> str:
    """Return the change that makes a drop fall."""
    if not low:
        return "values that fall"
    up, down = format_rounded(high / low), format_rounded(low / high)
    return f"a factor below 1, as {down} instead of {up}"


def decay_remedy(subject: Subject, first: float) -> str:
    """Return the change that makes a decay fall from its first rate."""
    for _, leaf in leaves(subject.schedule):
        floor = leaf.parameter_with(Floor)
        value = getattr(leaf, floor[0]) if floor else None
        limit = 1.0 if floor and floor[1].share else first
        if floor and isinstance(value, float) and value > limit:
            return f"{floor[0]}: below {format_rounded(limit)} (it is {format_rounded(value)})"
    return "a factor below 1, or a positive power"


def negative_rate(subject: Subject) -> Iterator[Match]:
    """Find a rate below 0."""
    below = subject.rates < 0
    if below.any():
        step = subject.column.steps[int(np.argmax(below))]
        lowest = format_rounded(float(subject.rates.min()))
        yield Match(
            f"the rate is below 0 from {subject.at(step)} on (lowest {lowest})",
            f"factors and a floor of at least 0, or a run that ends before {subject.at(step)}",
            step,
        )


def overlaid_warmup(subject: Subject) -> Iterator[Match]:
    """Find a warm-up below a decay that already runs, so that the peak is not reached."""
    end = subject.warmup_end
    if end is None or not 0 < end < subject.steps:
        return
    parts = parts_of(subject.schedule, subject.curve.lr)
    if len(parts) < 2:
        return
    segments = expand(parts, parts[1].start + 1)
    first, after = segments[0], segments[-1]
    shape = first.shape
    if shape is None or after.name not in ("decay", "restart") or shape.last <= 0:
        return
    starts_before = after.shape is None or after.shape.begin < after.start - 1 - SMALL
    reached = float(subject.rates[end])
    if starts_before and reached < (1 - NOT_REACHED) * shape.last:
        yield Match(
            f"the decay already runs during the warm-up: at {subject.at(end)} the rate is "
            f"{format_rounded(reached)} instead of {format_rounded(shape.last)}",
            setting(subject, "warmup_prefix", True)
            if hasattr(subject.schedule, "warmup_prefix")
            else "let the decay start after the warm-up",
            end,
            after.name,
        )


def one_ahead(subject: Subject) -> Iterator[Match]:
    """Find a composite that its sequence runs one step ahead."""
    for finding in subject.findings_of_schedule("one-ahead"):
        yield Match(
            finding.message, "begin the sequence with a schedule that is not a composite", 0
        )


RULES = (
    CheckRule(
        "mid-cycle",
        "warning",
        "The run ends in the middle of a cycle, well above its floor.",
        "Loshchilov & Hutter 2017, arXiv:1608.03983",
        mid_cycle,
        explains=("never-lands",),
    ),
    CheckRule(
        "jump",
        "warning",
        "At a boundary between parts the rate jumps though no part means a drop or a restart.",
        "pytorch/pytorch#92007",
        jump,
    ),
    CheckRule(
        "rises",
        "warning",
        "A decay grows: a factor above 1, a floor above the peak, or a negative power.",
        f"tuning ranges of {TUTORIAL}",
        rises,
        causes=("grows", "rises"),
    ),
    CheckRule(
        "negative-rate",
        "warning",
        "A rate is below 0.",
        "gradient descent needs a positive rate",
        negative_rate,
        explains=("rises", "dead-tail"),
        causes=("changes-sign",),
    ),
    CheckRule(
        "overlaid-warmup",
        "warning",
        "The decay already runs during the warm-up, so that the peak is never reached.",
        "the library's own run",
        overlaid_warmup,
    ),
    CheckRule(
        "one-ahead",
        "warning",
        "A composite in the first place of a sequence runs one step ahead.",
        "the library's own run",
        one_ahead,
        explains=("jump",),
    ),
)

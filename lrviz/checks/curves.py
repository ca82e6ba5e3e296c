"""Rules about the curve itself: jumps, rises, cycles cut off, rates below 0."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lrviz.checks.rule import CheckRule, Match
from lrviz.checks.subject import REPEATING, Subject, declared_steps, parts_in_turn
from lrviz.core.text import format_rounded

JUMP = 0.1
ABOVE_FLOOR = 0.1
NOT_REACHED = 0.01
SMALL = 1e-9


def mid_cycle(subject: Subject) -> Iterator[Match]:
    """Find restarts or cycles that the run ends in the middle of."""
    if subject.is_metric_driven or not subject.peak:
        return
    segment = subject.segment_at(subject.steps - 1)
    names = {s.name for s in subject.segments if s.start < subject.steps}
    if not names & set(REPEATING) or segment.name == "floor":
        return
    start = max(s.start for s in subject.segments if s.start < subject.steps)
    end = subject.end_of(segment)
    rates = subject.rates
    above = float(rates[-1] - rates.min())
    if end in (None, subject.steps) or above <= ABOVE_FLOOR * subject.peak:
        return
    yield Match(
        f"the run ends at {subject.at(subject.steps)} in the middle of a cycle that began at "
        f"{subject.at(start)}: the last rate is {format_rounded(float(rates[-1]))}, "
        f"{subject.share(float(rates[-1]))} of the peak",
        f"end the run at {subject.at(start)} or {subject.at(end)}, or choose cycles that fit it",
        subject.steps - 1,
        segment.name,
    )


def jump(subject: Subject) -> Iterator[Match]:
    """Find a boundary between parts at which the rate jumps though no part means it."""
    schedule = subject.schedule
    if not parts_in_turn(schedule) or not subject.peak:
        return
    for boundary in declared_steps(schedule):
        step = subject.curve.first_step(boundary)
        starting = [s for s in subject.segments if s.start == step]
        if not 0 < step < subject.steps or not starting:
            continue
        if starting[0].name in ("drop", "restart"):
            continue
        before, after = expected_at(subject, step), float(subject.rates[step])
        if abs(after - before) > JUMP * subject.peak:
            yield Match(
                f"at {subject.at(step)}, where one part follows another, the rate jumps from "
                f"{format_rounded(float(subject.rates[step - 1]))} to {format_rounded(after)}",
                "let the next part start at the rate at which the one before ends",
                step,
                starting[0].name,
            )


def expected_at(subject: Subject, step: int) -> float:
    """Return the rate at which the segment before a step would have gone on."""
    before = [segment for segment in subject.segments if segment.start < step][-1]
    last = float(subject.rates[step - 1])
    rate = float(np.asarray(before.curve(np.array([step])), np.float64).flat[0])
    return rate if np.isfinite(rate) and abs(rate - last) <= abs(subject.peak) else last


def rises(subject: Subject) -> Iterator[Match]:
    """Find a decay that grows."""
    if subject.is_metric_driven or not subject.peak or parts_in_turn(subject.schedule):
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
                "a factor below 1, a floor below the peak, or a positive power makes it fall",
                segment.start,
                segment.name,
            )
            return
        previous = last


def negative_rate(subject: Subject) -> Iterator[Match]:
    """Find a rate below 0."""
    below = subject.rates < 0
    if below.any():
        step = subject.column.steps[int(np.argmax(below))]
        lowest = format_rounded(float(subject.rates.min()))
        yield Match(
            f"the rate is below 0 from {subject.at(step)} on (lowest {lowest})",
            "a step against the gradient's direction is rarely meant: check signs and lengths",
            step,
        )


def overlaid_warmup(subject: Subject) -> Iterator[Match]:
    """Find a warm-up below a decay that already runs, so that the peak is not reached."""
    end = subject.warmup_end
    if end is None or not 0 < end < subject.steps:
        return
    shape = subject.segments[0].shape
    after = subject.segment_at(end)
    if shape is None or after.name not in ("decay", "restart") or shape.last <= 0:
        return
    starts_before = after.shape is None or after.shape.begin < end - 1 - SMALL
    reached = float(subject.rates[end])
    if starts_before and reached < (1 - NOT_REACHED) * shape.last:
        yield Match(
            f"the decay already runs during the warm-up: at {subject.at(end)} the rate is "
            f"{format_rounded(reached)} instead of {format_rounded(shape.last)}",
            "let the decay start after the warm-up (warmup_prefix: true)",
            end,
            after.name,
        )


def one_ahead(subject: Subject) -> Iterator[Match]:
    """Find a composite that its sequence runs one step ahead."""
    for finding in subject.own_findings("one-ahead"):
        yield Match(finding.message, "write the composite's parts into one sequence", 0)


RULES = (
    CheckRule(
        "mid-cycle",
        "warning",
        "The run ends in the middle of a cycle, well above its floor.",
        "Loshchilov & Hutter 2017, arXiv:1608.03983",
        mid_cycle,
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
        "the article's tuning ranges",
        rises,
    ),
    CheckRule(
        "negative-rate",
        "warning",
        "A rate is below 0.",
        "gradient descent needs a positive rate",
        negative_rate,
        explains=("rises", "dead-tail"),
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

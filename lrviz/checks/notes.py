"""Rules whose findings are notes: unusual, but often intended."""

from __future__ import annotations

from collections.abc import Iterator
from math import isclose

import numpy as np

from lrviz.advice.ranges import EDGE, FACTOR, FLOOR, PERIOD, RISE, TUTORIAL, is_single_cycle
from lrviz.advice.tasks import TASKS
from lrviz.checks.remedies import USUAL_WARMUP, setting, warmup_remedy
from lrviz.checks.rule import CheckRule, Match
from lrviz.checks.subject import Subject
from lrviz.core.errors import SpecError
from lrviz.core.integers import int_if_whole
from lrviz.core.parameters import unit_name
from lrviz.core.roles import Floor, WarmUp
from lrviz.core.text import format_number, format_rounded

RECOMMENDED = "a tutorial recommends"
OTHERWISE_LOST = "otherwise one step is lost"


def zero_start(subject: Subject) -> Iterator[Match]:
    """Find a first step at rate 0, unless it is a trainer's, whose warm-ups usually start there."""
    if subject.rates[0] != 0 or subject.peak <= 0 or subject.curve.from_config:
        return
    parameter = first_rate_parameter(subject)
    remedy = "start the warm-up above 0"
    if parameter:
        second = float(subject.rates[subject.rates > 0][0])
        remedy = setting(subject, parameter, format_rounded(second))
    yield Match("the first step has rate 0 and trains nothing", f"{remedy}; {OTHERWISE_LOST}", 0)


def first_rate_parameter(subject: Subject) -> str | None:
    """Return the parameter that is the rate of the first step, or None where there is none.

    It is the one that the schedule starts at when it is another rate.
    """
    cls, values, rate = type(subject.schedule), dict(subject.schedule), subject.peak / 2
    for name in values:
        if unit_name(cls, name) != "rate":
            continue
        try:
            other = cls.model_validate({**values, name: rate})
            first = float(other.sample(range(1), subject.curve.lr)[0])
        except (SpecError, ValueError):
            continue
        if isclose(first, rate):
            return name
    return None


def abrupt_warmup(subject: Subject) -> Iterator[Match]:
    """Find a warm-up of a single tick."""
    every = subject.curve.steps_per_tick
    if subject.curve.on_share or subject.warmup_end != every or every >= subject.steps:
        return
    if subject.rates[0] == subject.rates[every]:
        return
    first, peak = (format_rounded(float(subject.rates[step])) for step in (0, every))
    remedy = warmup_remedy(subject)
    if subject.steps < 2 * USUAL_WARMUP:  # a usual warm-up is a single step, too
        remedy = "a longer run, or no warm-up"
    if every > 1:
        remedy = (
            f"warm up over more epochs, or {setting(subject, 'by', 'step')} over {every:,} steps"
        )
    yield Match(
        f"the warm-up has a single tick, so that the rate jumps from {first} to {peak} at "
        f"{subject.at(every)}",
        remedy,
        every,
        "warm-up",
    )


def never_drops(subject: Subject) -> Iterator[Match]:
    """Find a metric that never triggers its schedule."""
    if subject.is_metric_driven and subject.steps > 1 and (subject.rates == subject.rates[0]).all():
        yield Match(
            f"the metric never changes the rate in {subject.length(subject.steps)}",
            "check patience, threshold and mode against the metric",
        )


def outside_range(subject: Subject) -> Iterator[Match]:
    """Find numbers outside the tutorial's tuning ranges."""
    yield from drops_outside(subject)
    yield from floor_outside(subject)
    yield from rise_outside(subject)


def drops_outside(subject: Subject) -> Iterator[Match]:
    """Find drops whose factor or distance is outside the tutorial's ranges."""
    yield from factor_outside(subject)
    yield from period_outside(subject)


def factor_outside(subject: Subject) -> Iterator[Match]:
    """Find drops of which each one's factor is outside the tutorial's range."""
    starts = [s.start for s in subject.segments if s.name == "drop" and s.start < subject.steps]
    if subject.runs_at_once or not starts:
        return
    before, after = subject.rates[[s - 1 for s in starts]], subject.rates[starts]
    if not (np.isfinite(before) & np.isfinite(after) & (before > 0) & (after > 0)).all():
        return
    factors = after / before
    if any(factor >= 1 or factor in FACTOR for factor in factors.tolist()):
        return
    lowest, highest = (format_rounded(float(end)) for end in (factors.min(), factors.max()))
    factor = lowest if lowest == highest else f"{lowest} to {highest}"
    yield Match(
        f"each drop multiplies by {factor}; {RECOMMENDED} "
        f"{format_number(FACTOR.low)} to {format_number(FACTOR.high)}",
        f"a factor from {format_number(FACTOR.low)} to {format_number(FACTOR.high)}",
    )


def period_outside(subject: Subject) -> Iterator[Match]:
    """Find periodic drops that are closer to each other than the tutorial recommends."""
    for name, ticks in subject.periods if subject.has_run else ():
        period = int_if_whole(ticks * subject.curve.steps_per_tick)
        if name == "drop" and period / subject.steps < PERIOD.low - EDGE:
            yield Match(
                f"the rate drops every {period:,} of {subject.length(subject.steps)}; "
                f"{RECOMMENDED} 1/5 to 1/3 of the run",
                f"a period from {subject.steps // 5:,} to {subject.steps // 3:,}",
            )


def floor_outside(subject: Subject) -> Iterator[Match]:
    """Find a floor outside the tutorial's range."""
    floor = subject.schedule.parameter_with(Floor)
    value = getattr(subject.schedule, floor[0]) if floor else None
    if not floor or not isinstance(value, float) or value <= 0 or subject.peak <= 0:
        return
    schedule, lr = subject.schedule, subject.curve.lr  # which a warm-up may keep from its peak
    peak = subject.peak if schedule.sets_rate else max(subject.peak, lr)
    share = value if floor[1].share else value / peak
    if share < 1 and share not in FLOOR and not is_advised(share):
        yield Match(
            f"{floor[0]} is {format_rounded(share)} of the peak; {RECOMMENDED} "
            f"{format_number(FLOOR.low)} to {format_number(FLOOR.high)}",
            f"a floor from {format_rounded(FLOOR.low * subject.peak)} to "
            f"{format_rounded(FLOOR.high * subject.peak)}{', or 0' if share < FLOOR.low else ''}",
        )


def is_advised(floor: float) -> bool:
    """Return whether a floor, as a share of the peak, is one that is recommended for a task."""
    percents = [item.floor for task in TASKS for item in task.recommendations if item.floor]
    return any(abs(floor - percent / 100) <= EDGE for percent in percents)


def rise_outside(subject: Subject) -> Iterator[Match]:
    """Find a rising share of a single cycle outside the tutorial's range."""
    warmup = subject.schedule.parameter_with(WarmUp)
    if not warmup or not is_single_cycle(subject.schedule):
        return
    share = getattr(subject.schedule, warmup[0])
    if share not in RISE:
        yield Match(
            f"{warmup[0]} is {format_number(share)}; {RECOMMENDED} "
            f"{format_number(RISE.low)} to {format_number(RISE.high)}",
            f"{warmup[0]}: 0.3",
        )


RULES = (
    CheckRule(
        "zero-start",
        "note",
        "The first step has rate 0 and trains nothing.",
        "EleutherAI/gpt-neox#1373, torchtitan#1261",
        zero_start,
    ),
    CheckRule(
        "abrupt-warmup",
        "note",
        "The warm-up has a single tick, so that the rate jumps instead of rising.",
        "arXiv:1706.02677, section 2.2: the warm-up grows at each iteration",
        abrupt_warmup,
    ),
    CheckRule(
        "never-drops",
        "note",
        "The metric never triggers the schedule that follows it.",
        f"common mistakes in {TUTORIAL}",
        never_drops,
    ),
    CheckRule(
        "outside-range",
        "note",
        "A factor, period, floor or rising share is outside the range that a tutorial recommends.",
        f"tuning ranges of {TUTORIAL}",
        outside_range,
    ),
)

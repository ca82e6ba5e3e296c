"""Rules about lengths: the run against the schedule's warm-up, end and milestones."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lrviz.advice.ranges import RISE as CYCLE_RISE
from lrviz.advice.ranges import is_single_cycle
from lrviz.checks.remedies import length_remedy, setting, warmup_remedy
from lrviz.checks.rule import CheckRule, Match
from lrviz.checks.subject import Subject
from lrviz.core.composition import children_of
from lrviz.core.roles import Length, WarmUp
from lrviz.core.text import format_rounded as rate_text
from lrviz.curves.horizons import REPEATING

LANDED_SHARE = 0.9
"""The share of its length after which a schedule counts as finished."""
RISE = 0.01
LOW = 0.01
"""The share of the peak at which a decay has as good as ended."""
DEAD_LEVEL = 1e-3
DEAD_SHARE = 0.25
ZERO_SHARE = 0.02
LONG_WARMUP = 0.3
HIGH = 0.1
"""The share of the peak from which a rise ends high."""
WRONG_HORIZON = "ScrollPrize/villa#1495, pytorch/pytorch#65417, mmengine#361"
MAX_STEP = 1_000_000
"""The last step whose rate is looked up after the run."""


def never_peaks(subject: Subject) -> Iterator[Match]:
    """Find a run that ends before the warm-up does."""
    end = subject.warmup_end
    warmup = subject.schedule.parameter_with(WarmUp)
    declares_run = subject.has_run or warmup
    if declares_run and end is not None and end >= subject.steps > 1:
        is_share = warmup is not None and warmup[1].share
        remedy = length_remedy(subject, subject.steps) if is_share else warmup_remedy(subject)
        yield Match(
            f"the run has {subject.length(subject.steps)} and the warm-up ends at "
            f"{subject.at(end)}: the peak is never reached",
            f"{remedy}, or a longer run",
            subject.steps - 1,
            "warm-up",
        )


def never_lands(subject: Subject) -> Iterator[Match]:
    """Find a run that ends before its schedule does."""
    planned, steps = subject.planned, subject.steps
    if planned is None or not subject.has_run or steps >= LANDED_SHARE * planned:
        return
    last = float(subject.rates[-1])
    if subject.segment_at(steps - 1).name in ("warm-up", "floor") or not subject.peak:
        return
    yield Match(
        f"the run ends at {subject.at(steps)}, after {100 * steps / planned:.3g} % of the "
        f"schedule's {subject.length(planned)}: the last rate is {rate_text(last)}, "
        f"{subject.share(last)} of the peak",
        length_remedy(subject, steps),
        steps - 1,
    )


def cut_by_warmup(subject: Subject) -> Iterator[Match]:
    """Find a decay after a warm-up that is as long as the whole run, so that it does not end."""
    planned, steps, warmup = subject.planned, subject.steps, subject.warmup_before
    if not (subject.has_run and warmup) or planned != steps + warmup or not subject.peak:
        return
    last = float(subject.rates[-1])
    if last <= LOW * subject.peak:
        return
    yield Match(
        f"the decay is as long as the run, {subject.length(steps)}, and begins after the warm-up: "
        f"the run ends at {100 * steps / planned:.3g} % of the schedule with a rate of "
        f"{rate_text(last)}, {subject.share(last)} of the peak",
        length_remedy(subject, steps),
        steps - 1,
    )


def climbs_again(subject: Subject) -> Iterator[Match]:
    """Find a rate that rises after a decay though no restart was asked for."""
    yield from climbs_after_end(subject)
    yield from climbs_at_end(subject)


def climbs_at_end(subject: Subject) -> Iterator[Match]:
    """Find a schedule that ends in a rise: one of so many half waves that the last one climbs."""
    steps, last = subject.steps, float(subject.rates[-1])
    segment = subject.segment_at(steps - 1)
    names = [item.name for item in subject.segments if item.start < segment.start]
    if segment.name != "rise" or "decay" not in names or subject.planned != steps:
        return
    if subject.repeats or last < HIGH * subject.peak:
        return
    waves = "num_cycles"
    one_decay = "one decay, or a schedule of cycles that restart"
    has_waves = waves in type(subject.schedule).model_fields
    yield Match(
        f"from {subject.at(segment.start)} on the rate climbs again: the run ends at "
        f"{rate_text(last)}, {subject.share(last)} of the peak",
        f"{setting(subject, waves, 0.5)} is {one_decay}" if has_waves else one_decay,
        steps - 1,
        segment.name,
    )


def climbs_after_end(subject: Subject) -> Iterator[Match]:
    """Find a rate that rises after the end of its schedule."""
    end, steps = subject.decay_end, subject.steps
    if end is None or steps <= end + 1:
        return
    after = subject.rates[end:]
    names = {s.name for s in subject.segments if end <= s.start < steps}
    rise = float(after.max() - after[0])
    if names & {*REPEATING, "warm-up"} or rise <= RISE * subject.peak:
        return
    highest, noun = float(after.max()), "run" if subject.has_run else "curve"
    yield Match(
        f"the schedule ends at {subject.at(end)} and the {noun} at {subject.at(steps)}: from "
        f"there the rate climbs again to {rate_text(highest)}, {subject.share(highest)} of the "
        "peak",
        length_remedy(subject, steps),
        end,
    )


def dead_tail(subject: Subject) -> Iterator[Match]:
    """Find a rate under a thousandth of the peak for more than a quarter of the run.

    A schedule without a run, which is drawn beside a longer one, counts to its own end.
    """
    own_end = None if subject.has_run else subject.planned or None
    rates = subject.rates[:own_end]
    below = rates < DEAD_LEVEL * subject.peak * (1 - 1e-9)
    start = int(np.flatnonzero(~below)[-1]) + 1 if not below.all() else 0
    share = (len(rates) - start) / len(rates)
    if share > DEAD_SHARE:
        slower = length_remedy(subject, subject.steps) if subject.planned else "a slower decay"
        yield Match(
            f"from {subject.at(start)} on, {100 * share:.3g} % of the run, the rate is under a "
            "thousandth of the peak",
            f"{slower}, or end the run near {subject.at(start)}",
            start,
        )


def zero_tail(subject: Subject) -> Iterator[Match]:
    """Find a run that goes on at a rate of 0 after its schedule, for less than a dead tail."""
    planned, steps = subject.planned, subject.steps
    if not subject.has_run or planned is None or not ZERO_SHARE * steps < steps - planned < steps:
        return
    if subject.rates[planned + 1 :].any() or any(dead_tail(subject)):
        return
    share = 100 * (steps - planned) / steps
    yield Match(
        f"the schedule ends at {subject.at(planned)} and the run at {subject.at(steps)}: for "
        f"{share:.3g} % of it the rate is 0, and nothing is trained",
        length_remedy(subject, steps),
        planned,
    )


def long_warmup(subject: Subject) -> Iterator[Match]:
    """Find a warm-up that takes more than 30 % of the run."""
    end = subject.warmup_end
    max_share = CYCLE_RISE.high if is_single_cycle(subject.schedule) else LONG_WARMUP
    if end is None or end >= subject.steps or end <= max_share * subject.steps + 1:
        return
    amount = f"{end:,} of {subject.length(subject.steps)}, {100 * end / subject.steps:.3g} %"
    yield Match(
        f"the warm-up takes {subject.length(end) if subject.curve.on_share else amount}",
        warmup_remedy(subject),
        end,
        "warm-up",
    )


def late_milestone(subject: Subject) -> Iterator[Match]:
    """Find milestones, or a first drop, at or after the end of the run."""
    if not subject.has_run or subject.is_metric_driven:
        return
    only_drops = subject.schedule.parameter_with(Length) or children_of(subject.schedule)
    names = ("drop",) if only_drops else ("drop", "hold")
    drops = [s.start for s in subject.segments[1:] if s.name in names]
    drops = [step for step in drops if step < subject.steps or changes_at(subject, step)]
    # A library may leave out what it lists after the end; a composite's drops are not its own.
    after = [step for step in sorted(subject.declared) if step > subject.steps]
    changes = sorted({*drops, *after})
    if children_of(subject.schedule) and subject.declared:
        none_in_run = not any(step < subject.steps for step in drops)
        changes = sorted({*subject.declared, *(drops if none_in_run else ())})
    late = [step for step in changes if step >= subject.steps]
    early = [step for step in changes if step < subject.steps]
    if late and (subject.declared or not early):
        yield Match(
            f"{subject.at(late[0])}, at which the rate changes, is not before the end of the "
            f"run, {subject.length(subject.steps)}",
            f"move it before {subject.at(subject.steps)}",
            late[0],
        )


def changes_at(subject: Subject, step: int) -> bool:
    """Return whether the rate at a step, also one after the run, differs from the one before.

    A step too far away to compute quickly counts as a change.
    """
    if step > MAX_STEP:
        return True
    before, after = subject.curve.rates_at(np.array([step - 1, step]))
    return bool(before != after)


RULES = (
    CheckRule(
        "never-peaks",
        "warning",
        "The run ends before the warm-up does, so that the peak is never reached.",
        "EleutherAI/gpt-neox#1373",
        never_peaks,
        explains=("never-lands", "long-warmup", "late-milestone", "mid-cycle"),
    ),
    CheckRule(
        "never-lands",
        "warning",
        "The run ends while a schedule with an end is under way, before 90 % of its length.",
        WRONG_HORIZON,
        never_lands,
        explains=("long-warmup", "cut-by-warmup"),
    ),
    CheckRule(
        "cut-by-warmup",
        "note",
        "The decay after a warm-up is as long as the whole run, which ends before it does.",
        WRONG_HORIZON,
        cut_by_warmup,
    ),
    CheckRule(
        "climbs-again",
        "warning",
        "After its end, or at it, the rate rises again though no restart was asked for.",
        "Nerogar/OneTrainer#1604",
        climbs_again,
    ),
    CheckRule(
        "dead-tail",
        "warning",
        "The rate is under a thousandth of the peak for more than a quarter of the run.",
        WRONG_HORIZON,
        dead_tail,
    ),
    CheckRule(
        "zero-tail",
        "note",
        "After the end of its schedule the run goes on at a rate of 0.",
        WRONG_HORIZON,
        zero_tail,
    ),
    CheckRule(
        "long-warmup",
        "warning",
        "The warm-up takes more than 30 % of the run.",
        "Goyal et al. 2017, arXiv:1706.02677",
        long_warmup,
    ),
    CheckRule(
        "late-milestone",
        "warning",
        "A milestone, a boundary or the first drop is at or after the end of the run.",
        WRONG_HORIZON,
        late_milestone,
        explains=("never-lands",),
    ),
)

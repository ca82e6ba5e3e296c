"""Rules about the clock: a schedule counted in the wrong unit, or by the wrong number."""

from __future__ import annotations

from collections.abc import Iterator

from lrviz.advice.ranges import TUTORIAL
from lrviz.checks.remedies import length_remedy, setting
from lrviz.checks.rule import CheckRule, Match
from lrviz.checks.subject import Subject, is_close
from lrviz.core.integers import ceil_div, int_if_whole
from lrviz.core.text import format_count

CONSEQUENCES = (
    "climbs-again",
    "dead-tail",
    "never-lands",
    "never-peaks",
    "late-milestone",
    "mid-cycle",
    "long-warmup",
    "outside-range",
    "zero-start",
)
"""The rules whose findings are consequences of a wrong clock."""
MANY_DROPS = 12
"""More drops than these in a run suggest a period in epochs."""
DEAD_LEVEL = 1e-3
"""The share of the peak below which the last rate suggests a period in epochs."""
EARLY_SHARE = 1 / 3
"""Milestones that are all in this first share of the run are likely in epochs."""
COUNT_TOLERANCE = 0.02


def epochs_as_steps(subject: Subject) -> Iterator[Match]:
    """Find a schedule that counts steps and whose length fits the run's epochs."""
    epochs = subject.epochs
    if subject.curve.by != "step" or epochs is None or epochs == subject.steps:
        return
    evidence = fits_epochs(subject, epochs)
    if evidence:
        yield Match(
            f"{evidence} fits the run's {format_count(epochs, 'epoch')}, but the schedule counts "
            f"its {format_count(subject.steps, 'optimizer step')}",
            f"{clock_setting(subject, 'epoch', epochs)}, or {clock_remedy(subject, 'step')}",
        )


def steps_as_epochs(subject: Subject) -> Iterator[Match]:
    """Find a schedule that ticks by epoch and whose length fits the run's steps."""
    epochs = subject.epochs
    if subject.curve.by != "epoch" or epochs is None or epochs == subject.steps:
        return
    evidence = fits_steps(subject, epochs)
    if evidence:
        yield Match(
            f"{evidence} fits the run's {subject.steps:,} steps, but the schedule ticks once in "
            f"each of {format_count(epochs, 'epoch')}",
            f"{clock_setting(subject, 'step', epochs)}, or {clock_remedy(subject, 'epoch')}",
        )


def fits_epochs(subject: Subject, epochs: int) -> str:
    """Return the name of a number of steps that fits the run's epochs, or an empty text."""
    planned, steps, warmup = subject.planned, subject.steps, subject.warmup_before
    per_epoch = subject.run.steps_per_tick("epoch")
    if planned is not None:
        if warmup and is_close(planned, steps):
            return ""
        return fitting_length(planned, warmup, ceil_div(warmup, per_epoch), epochs)
    last = subject.last_declared - warmup
    if epochs / 10 <= last <= min(epochs, EARLY_SHARE * steps):
        return f"its last milestone, {last:,},"
    for name, period in subject.periods:
        too_many = steps / period > MANY_DROPS and subject.rates[-1] < DEAD_LEVEL * subject.peak
        fits = too_many if name == "drop" else period < per_epoch
        if fits and period <= epochs and period != per_epoch:
            return f"its period of {int_if_whole(period):,}"
    return ""


def fits_steps(subject: Subject, epochs: int) -> str:
    """Return the name of a number of epochs that fits the run's steps, or an empty text."""
    every, steps = subject.curve.steps_per_tick, subject.steps
    per_epoch = subject.run.steps_per_tick("epoch")
    if subject.planned is not None:
        ticks, warmup = subject.planned // every, subject.warmup_before // every
        if warmup and is_close(ticks, epochs):
            return ""
        return fitting_length(ticks, warmup, warmup * per_epoch, steps)
    last = subject.last_declared // every
    if 2 * epochs < last <= steps and last >= steps / 10:
        return f"its last milestone, {last:,},"
    for _, period in subject.periods:
        if 2 * epochs < period <= steps and period >= steps / 10:
            return f"its period of {int_if_whole(period):,}"
    return ""


def fitting_length(planned: int, warmup: int, converted: int, run: int) -> str:
    """Return the name of the schedule's length that fits the run's, or an empty text.

    A warm-up before the schedule may be in the schedule's unit, as part of `planned`, or in the
    run's, in which it is `converted` long.
    """
    if is_close(planned, run):
        return f"its length of {planned:,}"
    own = planned - warmup
    if warmup and (is_close(own, run) or is_close(own + converted, run)):
        return f"its length of {own:,} after the warm-up"
    return ""


def clock_setting(subject: Subject, by: str, epochs: int) -> str:
    """Return the setting of the other clock, and on it the warm-up that is in the run's unit."""
    text, steps = setting(subject, "by", by), subject.warmup_before
    warmup = steps // subject.curve.steps_per_tick
    if not warmup or (warmup > epochs) != (by == "epoch"):
        return text
    count = ceil_div(steps, subject.run.steps_per_tick(by))
    return f"{text} with a warm-up of {format_count(count, by)}"


def clock_remedy(subject: Subject, by: str) -> str:
    """Return the change with which the schedule counts correctly on the clock that it has."""
    if subject.planned is not None:
        return length_remedy(subject, subject.steps)
    per_epoch = subject.run.steps_per_tick("epoch")
    operation = "multiply" if by == "step" else "divide"
    return f"{operation} its numbers by the {format_count(per_epoch, 'step')} of an epoch"


def miscounted_steps(subject: Subject) -> Iterator[Match]:
    """Find a length that is the run's, times or divided by processes or accumulation."""
    planned, steps = subject.planned, subject.steps
    if planned is None or not subject.has_run or is_close(planned, steps, COUNT_TOLERANCE):
        return
    processes, accumulated = subject.run.world_size or 1, subject.run.grad_accum or 1
    counts = {
        f"world_size ({processes:,})": processes,
        f"grad_accum ({accumulated:,})": accumulated,
        f"world_size x grad_accum ({processes * accumulated:,})": processes * accumulated,
    }
    for name, count in counts.items():
        for operation, length in (("multiplied", steps * count), ("divided", steps / count)):
            if is_close(planned, length, COUNT_TOLERANCE):
                yield Match(
                    f"its length of {planned:,} is the run's {format_count(steps, 'step')} "
                    f"{operation} by {name}",
                    length_remedy(subject, steps),
                )
                return


RULES = (
    CheckRule(
        "epochs-as-steps",
        "warning",
        "The clock counts optimizer steps, but the schedule's length fits the run's epochs.",
        f"pairs of schedules in {TUTORIAL}; ScrollPrize/villa#1495",
        epochs_as_steps,
        explains=CONSEQUENCES,
    ),
    CheckRule(
        "steps-as-epochs",
        "warning",
        "The schedule ticks once per epoch, but its length fits the run's optimizer steps.",
        "mmengine#361, xtuner#386",
        steps_as_epochs,
        explains=CONSEQUENCES,
    ),
    CheckRule(
        "miscounted-steps",
        "warning",
        "The schedule's length is the run's, multiplied or divided by processes or accumulation.",
        "huggingface/accelerate#963, huggingface/accelerate#2926, diffusers#3954",
        miscounted_steps,
        explains=CONSEQUENCES,
    ),
)

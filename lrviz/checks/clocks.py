"""Rules about the clock: a schedule counted in the wrong unit, or by the wrong number."""

from __future__ import annotations

from collections.abc import Iterator

from lrviz.checks.lengths import length_remedy
from lrviz.checks.rule import CheckRule, Match
from lrviz.checks.subject import Subject, is_close, parts_of
from lrviz.core.segment import Cycles
from lrviz.core.text import format_count

FOLLOWING = (
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
"""The findings that a wrong clock brings with it."""
MANY_DROPS = 12
"""More drops than these in a run make a period that was meant in epochs likely."""
COUNTED = 0.02


def epochs_as_steps(subject: Subject) -> Iterator[Match]:
    """Find a schedule that counts steps and whose length fits the run's epochs."""
    epochs, per_epoch = subject.epochs, subject.run.epoch_steps
    if subject.curve.by != "step" or epochs is None or per_epoch is None or per_epoch < 2:
        return
    what = fits(subject, epochs, subject.steps)
    if what:
        yield Match(
            f"{what} fits the run's {format_count(epochs, 'epoch')}, but the schedule counts its "
            f"{format_count(subject.steps, 'optimizer step')}",
            f"by: epoch, or {length_remedy(subject, subject.steps)}",
        )


def steps_as_epochs(subject: Subject) -> Iterator[Match]:
    """Find a schedule that ticks by epoch and whose length fits the run's steps."""
    epochs, per_epoch = subject.epochs, subject.run.epoch_steps
    if subject.curve.by != "epoch" or epochs is None or per_epoch is None or per_epoch < 2:
        return
    every = subject.curve.steps_per_tick
    planned = subject.planned
    if planned is not None:
        what = f"its length of {planned // every:,}"
        wrong = is_close(planned // every, subject.steps)
    else:
        last = subject.last_declared // every
        what, wrong = f"its last milestone, {last:,},", epochs < last <= subject.steps
    if wrong:
        yield Match(
            f"{what} fits the run's {subject.steps:,} steps, but the schedule ticks once in each "
            f"of {format_count(epochs, 'epoch')}",
            f"by: step, or {length_remedy(subject, subject.steps)}",
        )


def fits(subject: Subject, epochs: int, steps: int) -> str:
    """Return what of a schedule that counts steps fits the run's epochs, or nothing."""
    if subject.planned is not None:
        wrong = is_close(subject.planned, epochs) and not is_close(subject.planned, steps)
        return f"its length of {subject.planned:,}" if wrong else ""
    last = subject.last_declared
    if last:
        return f"its last milestone, {last:,}," if epochs / 10 <= last <= epochs else ""
    per_epoch = subject.run.epoch_steps or 1
    for part in parts_of(subject.schedule, subject.curve.lr):
        if isinstance(part, Cycles) and part.name == "drop" and part.period:
            many = steps / part.period > MANY_DROPS
            wrong = many and part.period <= epochs and part.period != per_epoch
            return f"its period of {part.period:g}" if wrong else ""
    return ""


def miscounted_steps(subject: Subject) -> Iterator[Match]:
    """Find a length that is the run's, times or divided by processes or accumulation."""
    planned, steps = subject.planned, subject.steps
    if planned is None or not subject.has_run or is_close(planned, steps, COUNTED):
        return
    processes, accumulated = subject.run.world_size or 1, subject.run.grad_accum or 1
    counts = {
        f"world_size ({processes:,})": processes,
        f"grad_accum ({accumulated:,})": accumulated,
        f"world_size x grad_accum ({processes * accumulated:,})": processes * accumulated,
    }
    for name, count in counts.items():
        for word, length in (("multiplied", steps * count), ("divided", steps / count)):
            if count > 1 and is_close(planned, length, COUNTED):
                yield Match(
                    f"its length of {planned:,} is the run's {format_count(steps, 'step')} "
                    f"{word} by {name}",
                    length_remedy(subject, steps),
                )
                return


RULES = (
    CheckRule(
        "epochs-as-steps",
        "warning",
        "The clock counts optimizer steps, but the schedule's length fits the run's epochs.",
        "the article's pairs of schedules; ScrollPrize/villa#1495",
        epochs_as_steps,
        explains=FOLLOWING,
    ),
    CheckRule(
        "steps-as-epochs",
        "warning",
        "The schedule ticks once per epoch, but its length fits the run's optimizer steps.",
        "mmengine#361, xtuner#386",
        steps_as_epochs,
        explains=FOLLOWING,
    ),
    CheckRule(
        "miscounted-steps",
        "warning",
        "The schedule's length is the run's, multiplied or divided by processes or accumulation.",
        "huggingface/accelerate#963, huggingface/accelerate#2926, diffusers#3954",
        miscounted_steps,
        explains=FOLLOWING,
    ),
)

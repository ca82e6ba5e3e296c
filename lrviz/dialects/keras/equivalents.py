"""Which outlines keras has a schedule for; only its cosine has a warm-up."""

from __future__ import annotations

from collections.abc import Iterator

from lrviz.core.outline import Outline, ratio
from lrviz.core.patterns import (
    MAX_PARTS,
    Course,
    Proposal,
    Restarts,
    Stairs,
    course_of,
    restarts_of,
    stairs_of,
)


def propose(outline: Outline) -> Iterator[Proposal]:
    """Yield schedules of keras that may give an outline."""
    course, stairs, restarts = course_of(outline), stairs_of(outline), restarts_of(outline)
    if course and not course.hold and course.peak:
        yield from decays(course)
    if restarts:
        yield from cosine_restarts(restarts)
    if stairs:
        yield from constant_pieces(stairs)


def decays(course: Course) -> Iterator[Proposal]:
    """Yield the schedule of one decay, with a warm-up before a cosine."""
    decay = course.decay
    if decay is None:
        return
    initial = {"initial_learning_rate": decay.first, "decay_steps": decay.length}
    if decay.kind == "cosine":
        if course.warm_up:
            initial["initial_learning_rate"] = course.warm_up.first
        parameters = {**initial, "alpha": ratio(decay.last, decay.first)}
        if course.warm_up:
            parameters |= {"warmup_target": decay.first, "warmup_steps": course.warm_up.length}
        yield Proposal("keras.CosineDecay", parameters)
    if course.warm_up:
        return
    if decay.kind in ("linear", "polynomial"):
        end = {"end_learning_rate": decay.last, "power": decay.power}
        yield Proposal("keras.PolynomialDecay", {**initial, **end})
    if decay.kind == "exponential":
        rate = ratio(decay.last, decay.first)
        yield Proposal("keras.ExponentialDecay", {**initial, "decay_rate": rate})


def cosine_restarts(restarts: Restarts) -> Iterator[Proposal]:
    """Yield the restarts; m_mul acts on what is above alpha."""
    first = restarts.first
    height = first.first - first.last
    parameters = {
        "initial_learning_rate": first.first,
        "first_decay_steps": first.length,
        "t_mul": restarts.growth,
        "m_mul": ratio(first.first * restarts.shrink - first.last, height),
        "alpha": ratio(first.last, first.first),
    }
    yield Proposal("keras.CosineDecayRestarts", parameters, endless=True)


def constant_pieces(stairs: Stairs) -> Iterator[Proposal]:
    """Yield the stairs: by a rule where one factor acts at equal distances, else one by one."""
    if stairs.is_regular:
        parameters = {
            "initial_learning_rate": stairs.rates[0],
            "decay_steps": stairs.period,
            "decay_rate": stairs.factor,
            "staircase": stairs.period != 1,
        }
        yield Proposal("keras.ExponentialDecay", parameters, endless=True)
    if len(stairs.rates) <= MAX_PARTS:
        # Each boundary is the last step of its value.
        boundaries = [start - 1 for start in stairs.starts[1:]]
        values = {"boundaries": boundaries, "values": list(stairs.rates)}
        yield Proposal("keras.PiecewiseConstantDecay", values)

"""Which outlines keras has a schedule for; only its cosine has a warm-up."""

from __future__ import annotations

from collections.abc import Iterator

from lrviz.core.outline import Outline, simple_ratio
from lrviz.core.patterns import (
    MAX_PARTS,
    Phases,
    Proposal,
    Restarts,
    Stairs,
    phases_of,
    restarts_of,
    stairs_of,
)


def propose(outline: Outline) -> Iterator[Proposal]:
    """Yield schedules of keras that may give an outline."""
    phases, stairs, restarts = phases_of(outline), stairs_of(outline), restarts_of(outline)
    if phases and not phases.hold and phases.peak:
        yield from decays(phases)
    if restarts:
        yield from cosine_restarts(restarts)
    if stairs:
        yield from constant_pieces(stairs)


def decays(phases: Phases) -> Iterator[Proposal]:
    """Yield the schedule of one decay, with a warm-up before a cosine."""
    decay = phases.decay
    if decay is None:
        return
    initial = {"initial_learning_rate": decay.first, "decay_steps": decay.length}
    if decay.kind == "cosine":
        if phases.warm_up:
            initial["initial_learning_rate"] = phases.warm_up.first
        parameters = {**initial, "alpha": simple_ratio(decay.last, decay.first)}
        if phases.warm_up:
            parameters |= {"warmup_target": decay.first, "warmup_steps": phases.warm_up.length}
        yield Proposal("keras.CosineDecay", parameters)
    if phases.warm_up:
        return
    if decay.kind in ("linear", "polynomial"):
        end = {"end_learning_rate": decay.last, "power": decay.power}
        yield Proposal("keras.PolynomialDecay", {**initial, **end})
    if decay.kind == "exponential":
        rate = simple_ratio(decay.last, decay.first)
        yield Proposal("keras.ExponentialDecay", {**initial, "decay_rate": rate})


def cosine_restarts(restarts: Restarts) -> Iterator[Proposal]:
    """Yield the restarts; m_mul acts on what is above alpha."""
    first = restarts.first
    height = first.first - first.last
    parameters = {
        "initial_learning_rate": first.first,
        "first_decay_steps": first.length,
        "t_mul": restarts.growth,
        "m_mul": simple_ratio(first.first * restarts.shrink - first.last, height),
        "alpha": simple_ratio(first.last, first.first),
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

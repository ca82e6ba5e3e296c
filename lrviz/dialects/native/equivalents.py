"""Which outlines lrviz has a schedule for: piecewise takes any row of shapes."""

from __future__ import annotations

from collections.abc import Iterator

from lrviz.core.outline import Outline, simple_ratio
from lrviz.core.patterns import (
    MAX_PARTS,
    Phases,
    Proposal,
    Spec,
    end_of,
    highest,
    phases_of,
    without_floor,
)
from lrviz.core.segment import Shape


def propose(outline: Outline) -> Iterator[Proposal]:
    """Yield schedules of lrviz that may give an outline."""
    phases = phases_of(outline)
    if phases and phases.decay and phases.falls:
        yield from courses(phases, phases.decay)
    lr = highest(outline)
    if lr > 0 and len(outline) <= MAX_PARTS:
        yield from piecewise(outline, lr)


def courses(phases: Phases, decay: Shape) -> Iterator[Proposal]:
    """Yield the schedules of one decay after a warm-up and, for some, a hold."""
    warm_up: Spec = {"warmup_steps": phases.warm_up_steps, "warmup_init_lr": phases.warm_up_start}
    lr = phases.peak
    if decay.kind == "inverse_sqrt" and not phases.hold:
        parameters = {**warm_up, "timescale": decay.length}
        yield Proposal("lrviz.inverse_sqrt", parameters, lr)
        return
    run: Spec = {"total_steps": end_of(decay), **warm_up, "min_lr": decay.last}
    if decay.kind == "cosine" and not phases.hold:
        yield Proposal("lrviz.cosine_with_floor", run, lr)
    if decay.kind == "rex" and not phases.hold:
        yield Proposal("lrviz.rex", run, lr)
    if decay.kind in ("linear", "cosine", "exponential", "1-sqrt"):
        shape = {"decay_steps": decay.length, "decay_shape": decay.kind}
        parameters = {**run, **shape}
        yield Proposal("lrviz.warmup_stable_decay", parameters, lr)


def piecewise(outline: Outline, lr: float) -> Iterator[Proposal]:
    """Yield the phases of an outline, as factors on lr."""
    parts = without_floor(outline)
    last = parts[-1]
    if any(shape.kind in ("inverse_sqrt", "rex", "cosine-power") for shape in parts):
        return
    total = end_of(last) if last.length else last.begin + 1
    following = (*parts[1:], None)
    phases = [phase(shape, lr, after) for shape, after in zip(parts, following, strict=True)]
    parameters = {"total_steps": total, "phases": phases, "start": simple_ratio(parts[0].first, lr)}
    yield Proposal("lrviz.piecewise", parameters, lr)


def phase(shape: Shape, lr: float, after: Shape | None) -> Spec:
    """Return the phase of a shape, up to the one after it."""
    steps = after.begin - shape.begin if after else shape.length or 1
    to: Spec = {"steps": int(steps), "to": simple_ratio(shape.last, lr)}
    if shape.kind == "hold":
        return {**to, "curve": "constant"}
    if shape.kind == "polynomial":
        return {**to, "curve": "polynomial", "power": shape.power}
    return to if shape.kind == "linear" else {**to, "curve": shape.kind}

"""Which outlines timm has a schedule for: a warm-up before cycles or stairs, from lr down."""

from __future__ import annotations

from collections.abc import Iterator

from lrviz.core.outline import Outline, simple_number
from lrviz.core.patterns import (
    MAX_PARTS,
    Phases,
    Proposal,
    Restarts,
    Spec,
    Stairs,
    moved_to_start,
    phases_of,
    restarts_of,
    split_warm_up,
    stairs_of,
)
from lrviz.core.segment import Shape


def propose(outline: Outline) -> Iterator[Proposal]:
    """Yield schedules of timm that may give an outline."""
    phases = phases_of(outline)
    if phases and phases.falls:
        yield from courses(phases)
    warm_up, others = split_warm_up(outline)
    others = moved_to_start(others)
    restarts, stairs = restarts_of(others), stairs_of(others)
    if restarts:
        yield cycles(restarts, warm_up)
    if stairs and stairs.factor is not None:
        yield from drops(stairs, stairs.factor, warm_up)


def warm_up_of(warm_up: Shape | None, prefix: bool = True) -> Spec:
    """Return the parameters of a warm-up, and that it comes before the schedule."""
    if warm_up is None:
        return {}
    line = {"warmup_t": warm_up.length, "warmup_lr_init": warm_up.first}
    return {**line, "warmup_prefix": True} if prefix else line


def courses(phases: Phases) -> Iterator[Proposal]:
    """Yield the schedules of one decay at most."""
    decay, warm_up, lr = phases.decay, phases.warm_up, phases.peak
    if decay is None:
        yield Proposal("timm.constant", warm_up_of(warm_up, prefix=False), lr)
        return
    bottom = {"t_initial": decay.length, "lr_min": decay.last}
    if not phases.hold and decay.kind == "cosine":
        yield Proposal("timm.cosine", {**bottom, **warm_up_of(warm_up)}, lr)
    if not phases.hold and decay.kind in ("linear", "polynomial"):
        parameters = {**bottom, "power": decay.power, **warm_up_of(warm_up)}
        yield Proposal("timm.poly", parameters, lr)
    if decay.kind in ("linear", "cosine", "1-sqrt"):
        parameters = {
            "t_initial": phases.hold_steps + decay.length,
            "decay_t": decay.length,
            "lr_min": decay.last,
            "decay_fn": decay.kind,
            **warm_up_of(warm_up, prefix=False),
        }
        yield Proposal("timm.wsd", parameters, lr)


def cycles(restarts: Restarts, warm_up: Shape | None) -> Proposal:
    """Return the cosine with restarts."""
    parameters = {
        "t_initial": restarts.first.length,
        "lr_min": restarts.first.last,
        "cycle_mul": restarts.growth,
        "cycle_decay": restarts.shrink,
        "cycle_limit": restarts.count,
    }
    return Proposal("timm.cosine", {**parameters, **warm_up_of(warm_up)}, restarts.first.first)


def drops(stairs: Stairs, factor: float, warm_up: Shape | None) -> Iterator[Proposal]:
    """Yield stairs of one factor: at equal distances, else one by one."""
    lr = stairs.rates[0]
    rate = {"decay_rate": simple_number(factor), **warm_up_of(warm_up, prefix=False)}
    if stairs.is_regular:
        yield Proposal("timm.step", {"decay_t": stairs.period, **rate}, lr, endless=True)
    if len(stairs.rates) <= MAX_PARTS:
        # timm drops one before each milestone.
        milestones = [start + 1 for start in stairs.starts[1:]]
        yield Proposal("timm.multistep", {"decay_t": milestones, **rate}, lr)

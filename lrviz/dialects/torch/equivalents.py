"""Which outlines torch has a schedule for.

LinearLR cannot start at 0, so that a warm-up from 0 has no schedule here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from lrviz.core.outline import Outline, is_close, simple_number, simple_ratio
from lrviz.core.patterns import (
    MAX_PARTS,
    Proposal,
    Spec,
    end_of,
    highest,
    restarts_of,
    stairs_of,
    tile,
    without_floor,
)
from lrviz.core.segment import Shape

Single = Callable[[Outline, float], Spec | None]
"""From an outline and the optimizer's lr to the spec of one schedule."""
ENDLESS = (
    "torch.StepLR",
    "torch.ExponentialLR",
    "torch.CosineAnnealingLR",
    "torch.CosineAnnealingWarmRestarts",
)


def propose(outline: Outline) -> Iterator[Proposal]:
    """Yield schedules of torch that may give an outline."""
    yield from one_cycle(outline)
    for lr in dict.fromkeys((outline[0].first, highest(outline))):
        if lr <= 0:
            continue
        for single in (repeating, finite):
            yield from proposals(outline, lr, single)


def proposals(outline: Outline, lr: float, single: Single) -> Iterator[Proposal]:
    """Yield the one schedule that gives an outline, else a sequence of several."""
    spec = single(outline, lr)
    if spec:
        name = spec.pop("schedule")
        yield Proposal(name, spec, lr, endless=name in ENDLESS)
        return
    tiles = tile(outline, lambda part: single(part, lr))
    if tiles:
        schedules, milestones = tiles
        yield Proposal("torch.SequentialLR", {"schedules": schedules, "milestones": milestones}, lr)


def repeating(outline: Outline, lr: float) -> Spec | None:
    """Return the one schedule that gives an outline from the optimizer's lr and goes on so."""
    return regular_stairs(outline, lr) or finite(outline, lr)


def finite(outline: Outline, lr: float) -> Spec | None:
    """Return the one schedule that gives an outline from the optimizer's lr, or None."""
    return stairs(outline, lr) or cosines(outline, lr) or one_shape(outline, lr)


def one_shape(outline: Outline, lr: float) -> Spec | None:
    """Return the schedule of a single shape, and of the hold of its last rate."""
    shape, *others = without_floor(outline)
    if others:
        return None
    floored = len(outline) > 1
    match shape.kind:
        case "hold" if is_close(shape.first, lr):
            return {"schedule": "torch.ConstantLR", "factor": 1.0}
        case "linear":
            return {
                "schedule": "torch.LinearLR",
                "start_factor": simple_ratio(shape.first, lr),
                "end_factor": simple_ratio(shape.last, lr),
                "total_iters": shape.length,
            }
        case "polynomial" if is_close(shape.first, lr) and shape.last == 0:
            steps = {"total_iters": shape.length, "power": shape.power}
            return {"schedule": "torch.PolynomialLR", **steps}
        case "exponential" if is_close(shape.first, lr) and not floored:
            gamma = simple_number((shape.last / shape.first) ** (1 / shape.length))
            return {"schedule": "torch.ExponentialLR", "gamma": gamma}
    return None


def regular_stairs(outline: Outline, lr: float) -> Spec | None:
    """Return the schedule of stairs of one factor at equal distances."""
    stairs = stairs_of(outline)
    if stairs is None or not stairs.is_regular or not is_close(stairs.rates[0], lr):
        return None
    if stairs.period == 1:
        return {"schedule": "torch.ExponentialLR", "gamma": stairs.factor}
    parameters = {"step_size": stairs.period, "gamma": stairs.factor}
    return {"schedule": "torch.StepLR", **parameters}


def stairs(outline: Outline, lr: float) -> Spec | None:
    """Return the schedule of stairs of one factor, or of two of which the second is lr."""
    stairs = stairs_of(outline)
    if stairs is None:
        return None
    if len(stairs.rates) == 2 and is_close(stairs.rates[1], lr):
        factor = simple_ratio(stairs.rates[0], lr)
        return {"schedule": "torch.ConstantLR", "factor": factor, "total_iters": stairs.starts[1]}
    if stairs.factor is None or not is_close(stairs.rates[0], lr):
        return None
    if len(stairs.starts) > MAX_PARTS:
        return None
    drops = {"milestones": list(stairs.starts[1:]), "gamma": stairs.factor}
    return {"schedule": "torch.MultiStepLR", **drops}


def cosines(outline: Outline, lr: float) -> Spec | None:
    """Return the schedule of a cosine: once, down and up again, or with restarts."""
    first = outline[0]
    if first.kind != "cosine" or not is_close(first.first, lr):
        return None
    if len(outline) == 1 or is_wave(outline):
        parameters = {"T_max": first.length, "eta_min": first.last}
        return {"schedule": "torch.CosineAnnealingLR", **parameters}
    restarts = restarts_of(outline)
    if restarts is None or restarts.shrink != 1:
        return None
    return {
        "schedule": "torch.CosineAnnealingWarmRestarts",
        "T_0": first.length,
        "T_mult": restarts.growth,
        "eta_min": first.last,
    }


def is_wave(outline: Outline) -> bool:
    """Return whether an outline is half cosines that go down and up in turn."""
    return all(turns_at_the_end(a, b) for a, b in pairwise(outline))


def turns_at_the_end(a: Shape, b: Shape) -> bool:
    """Return whether a half cosine is the way back of the one before it."""
    same = b.kind == "cosine" and is_close(a.length, b.length) and is_close(end_of(a), b.begin)
    return same and (b.first, b.last) == (a.last, a.first)


def one_cycle(outline: Outline) -> Iterator[Proposal]:
    """Yield the one cycle of two phases, whose ends torch sets a step before the shares' ends."""
    if len(without_floor(outline)) != 2:
        return
    up, down = outline[:2]
    strategy = {"cosine": "cos", "linear": "linear"}.get(up.kind)
    if strategy is None or up.kind != down.kind or 0 in (up.first, down.last):
        return
    total = end_of(down) + 1
    parameters = {
        "max_lr": up.last,
        "total_steps": total,
        "pct_start": simple_ratio(up.length + 1, total),
        "anneal_strategy": strategy,
        "div_factor": simple_ratio(up.last, up.first),
        "final_div_factor": simple_ratio(up.first, down.last),
    }
    if up.first < up.last > down.last:
        yield Proposal("torch.OneCycleLR", parameters)

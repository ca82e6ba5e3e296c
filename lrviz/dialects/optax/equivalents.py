"""Which outlines optax has a schedule for; join_schedules puts any of them in a row."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from lrviz.core.outline import Outline, simple_ratio
from lrviz.core.patterns import (
    MAX_PARTS,
    Phases,
    Proposal,
    Spec,
    Stairs,
    end_of,
    factors_between,
    meets,
    phases_of,
    stairs_of,
    tile,
    without_floor,
)
from lrviz.core.segment import Shape

Single = Callable[[Outline], Spec | None]
"""From an outline to the spec of one schedule."""


def propose(outline: Outline) -> Iterator[Proposal]:
    """Yield schedules of optax that may give an outline."""
    phases = phases_of(outline)
    if phases and phases.warm_up:
        yield from warmed_up(phases, phases.warm_up)
    yield from one_cycle(outline)
    yield from cycles(outline)
    for single in (repeating, finite):
        yield from proposals(outline, single)


def proposals(outline: Outline, single: Single) -> Iterator[Proposal]:
    """Yield the one schedule that gives an outline, else several joined."""
    spec = single(outline)
    if spec:
        name = spec.pop("schedule")
        yield Proposal(name, spec, endless=name == "optax.exponential_decay")
        return
    tiles = tile(outline, single)
    if tiles and sum(map(count_boundaries, tiles[0])) <= MAX_PARTS:
        schedules, boundaries = tiles
        parameters = {"schedules": schedules, "boundaries": boundaries}
        yield Proposal("optax.join_schedules", parameters)


def count_boundaries(spec: Spec) -> int:
    """Return how many factors a spec lists."""
    return len(spec.get("boundaries_and_scales", ()))


def warmed_up(phases: Phases, warm_up: Shape) -> Iterator[Proposal]:
    """Yield the schedule of a warm-up and one decay."""
    initial = {
        "init_value": warm_up.first,
        "peak_value": warm_up.last,
        "warmup_steps": warm_up.length,
    }
    decay = phases.decay
    if decay is None:
        yield Proposal("optax.warmup_constant_schedule", initial)
    elif decay.kind in ("cosine", "cosine-power") and not phases.hold:
        parameters = {**initial, "decay_steps": end_of(decay), "end_value": decay.last}
        if decay.kind == "cosine-power":
            parameters["exponent"] = decay.power
        yield Proposal("optax.warmup_cosine_decay_schedule", parameters)
    elif decay.kind == "exponential":
        parameters = {**initial, **exponential(decay), "transition_begin": phases.hold_steps}
        if phases.is_floored:
            parameters["end_value"] = decay.last
        yield Proposal("optax.warmup_exponential_decay_schedule", parameters)


def repeating(outline: Outline) -> Spec | None:
    """Return the one schedule that gives an outline and goes on so, or None."""
    stairs = stairs_of(outline)
    return regular_stairs(stairs) if stairs and stairs.is_regular else finite(outline)


def finite(outline: Outline) -> Spec | None:
    """Return the one schedule that gives an outline, or None."""
    stairs = stairs_of(outline)
    return constant_pieces(stairs) if stairs else transition(outline)


def transition(outline: Outline) -> Spec | None:
    """Return the schedule of a single shape, after a hold where the shape may begin late."""
    hold = outline[0] if outline[0].kind == "hold" and len(outline) > 1 else None
    shape, *others = without_floor(outline[1:] if hold else outline)
    if others or (hold and (shape.kind == "hold" or not meets(hold, shape))):
        return None
    if shape.kind == "hold":
        return {"schedule": "optax.constant_schedule", "value": shape.first}
    if shape.kind in ("cosine", "cosine-power"):
        return None if hold or not shape.first else cosine(shape)
    spec = late_transition(shape)
    if spec and hold:
        spec["transition_begin"] = hold.length
    if spec and shape.kind == "exponential" and outline[-1].kind == "hold":
        spec["end_value"] = shape.last
    return spec


def late_transition(shape: Shape) -> Spec | None:
    """Return the schedule of a shape that optax lets begin at any step."""
    ends = {"init_value": shape.first, "end_value": shape.last}
    match shape.kind:
        case "linear":
            return {"schedule": "optax.linear_schedule", **ends, "transition_steps": shape.length}
        case "polynomial":
            curve = {**ends, "power": shape.power, "transition_steps": shape.length}
            return {"schedule": "optax.polynomial_schedule", **curve}
        case "exponential":
            first = {"init_value": shape.first}
            return {"schedule": "optax.exponential_decay", **first, **exponential(shape)}
    return None


def cosine(shape: Shape) -> Spec:
    """Return the schedule of half a cosine."""
    parameters: Spec = {
        "init_value": shape.first,
        "decay_steps": shape.length,
        "alpha": simple_ratio(shape.last, shape.first),
    }
    if shape.kind == "cosine-power":
        parameters["exponent"] = shape.power
    return {"schedule": "optax.cosine_decay_schedule", **parameters}


def exponential(shape: Shape) -> Spec:
    """Return the parameters of an exponential decay."""
    return {"transition_steps": shape.length, "decay_rate": simple_ratio(shape.last, shape.first)}


def regular_stairs(stairs: Stairs) -> Spec:
    """Return the schedule of stairs of one factor at equal distances."""
    return {
        "schedule": "optax.exponential_decay",
        "init_value": stairs.rates[0],
        "transition_steps": stairs.period,
        "decay_rate": stairs.factor,
        "staircase": stairs.period != 1,
    }


def constant_pieces(stairs: Stairs) -> Spec | None:
    """Return the schedule of stairs by their factors, or None where those are too many."""
    if len(stairs.rates) > MAX_PARTS or 0 in stairs.rates[:-1]:
        return None
    scales = dict(zip(stairs.starts[1:], factors_between(stairs.rates), strict=True))
    name = "optax.piecewise_constant_schedule"
    first = {"init_value": stairs.rates[0]}
    return {"schedule": name, **first, "boundaries_and_scales": scales}


def cycles(outline: Outline) -> Iterator[Proposal]:
    """Yield two or more cosines in a row, each with a warm-up or without, as SGDR."""
    arguments: list[Spec] = []
    shapes = list(without_floor(outline))
    while shapes and len(arguments) < MAX_PARTS:
        warm_up = shapes.pop(0) if shapes[0].kind == "linear" and len(shapes) > 1 else None
        decay = shapes.pop(0)
        if decay.kind != "cosine" or (warm_up and not meets(warm_up, decay)):
            return
        up = warm_up.length if warm_up else 0
        cycle = {
            "init_value": warm_up.first if warm_up else decay.first,
            "peak_value": decay.first,
            "warmup_steps": up,
            "decay_steps": up + decay.length,
        }
        arguments.append(cycle | ({"end_value": decay.last} if decay.last else {}))
    if len(arguments) > 1 and not shapes:
        yield Proposal("optax.sgdr_schedule", {"cosine_kwargs": arguments})


def one_cycle(outline: Outline) -> Iterator[Proposal]:
    """Yield the one cycle of two half cosines."""
    phases = without_floor(outline)
    if len(phases) != 2 or any(shape.kind != "cosine" for shape in phases):
        return
    up, down = phases
    total = end_of(down)
    if up.first and down.last and up.first < up.last > down.last:
        share = simple_ratio(up.length, total)
        parameters = {
            "transition_steps": total,
            "peak_value": up.last,
            # optax rounds share * total down.
            "pct_start": share if int(share * total) == up.length else math.nextafter(share, 1),
            "div_factor": simple_ratio(up.last, up.first),
            "final_div_factor": simple_ratio(up.first, down.last),
        }
        yield Proposal("optax.cosine_onecycle_schedule", parameters)

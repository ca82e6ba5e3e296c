"""Which outlines transformers has a schedule for: a warm-up, a hold, a decay, from lr down."""

from __future__ import annotations

from collections.abc import Iterator

from lrviz.core.outline import Outline, simple_ratio
from lrviz.core.patterns import (
    Phases,
    Proposal,
    Spec,
    end_of,
    phases_of,
    restarts_of,
    split_warm_up,
)
from lrviz.core.segment import Shape


def propose(outline: Outline) -> Iterator[Proposal]:
    """Yield schedules of transformers that may give an outline."""
    phases = phases_of(outline)
    if phases and phases.falls:
        for name, parameters in single(phases):
            yield Proposal(f"transformers.{name}", parameters, phases.peak)
        late = one_ahead(phases)
        if late:
            yield late
    warm_up, others = split_warm_up(outline)
    restarts = restarts_of(others)
    if restarts:
        total = int(others[0].begin + restarts.count * restarts.first.length)
        parameters = {**warm_up_of(warm_up), "num_training_steps": total}
        cycles = {"num_cycles": restarts.count}
        name = "transformers.cosine_with_restarts"
        yield Proposal(name, {**parameters, **cycles}, restarts.first.first)


def warm_up_of(warm_up: Shape | None) -> Spec:
    """Return the steps of the warm-up."""
    return {"num_warmup_steps": warm_up.length if warm_up else 0}


def single(phases: Phases) -> Iterator[tuple[str, Spec]]:
    """Yield the names of schedules of one decay at most, with their parameters."""
    decay, warm_up = phases.decay, phases.warm_up
    steps = warm_up_of(warm_up)
    if decay is None:
        if warm_up:
            yield "constant_with_warmup", steps
        else:
            yield "constant", {}
        return
    if decay.kind == "inverse_sqrt":
        scale = {} if decay.length == phases.warm_up_steps else {"timescale": decay.length}
        yield "inverse_sqrt", {**steps, **scale}
        return
    steps["num_training_steps"] = end_of(decay)
    if not phases.hold:
        yield from whole_decay(decay, steps)
    if decay.kind in ("linear", "cosine", "1-sqrt"):
        parameters = {
            "num_warmup_steps": steps["num_warmup_steps"],
            "num_decay_steps": decay.length,
            "num_training_steps": steps["num_training_steps"],
            "decay_type": decay.kind,
            "min_lr_ratio": simple_ratio(decay.last, phases.peak),
        }
        yield "warmup_stable_decay", parameters


def whole_decay(decay: Shape, steps: Spec) -> Iterator[tuple[str, Spec]]:
    """Yield the schedules that decay from the warm-up's end on."""
    if decay.kind == "linear" and decay.last == 0:
        yield "linear", steps
    if decay.kind in ("linear", "polynomial"):
        yield "polynomial", {**steps, "lr_end": decay.last, "power": decay.power}
    if decay.kind != "cosine":
        return
    if decay.last == 0:
        yield "cosine", steps
    else:
        yield "cosine_with_min_lr", {**steps, "min_lr": decay.last}


def one_ahead(phases: Phases) -> Proposal | None:
    """Return the cosine whose clock is one ahead: its warm-up is done at its last step."""
    warm_up, decay = phases.warm_up, phases.decay
    if warm_up is None or decay is None or decay.kind != "cosine":
        return None
    name, steps, total = "cosine_warmup_with_min_lr", warm_up.length, end_of(decay)
    parameters = {
        "num_warmup_steps": steps + 1,
        "num_training_steps": total + 1,
        "min_lr": decay.last,
        "warmup_lr_rate": simple_ratio(warm_up.first, phases.peak),
    }
    usual = "cosine_with_min_lr" if decay.last else "cosine"
    note = (
        f"{name} is one step ahead, so a warm-up of {steps} and an end at {total} need one more "
        f"each; {usual} takes {steps} and {total}, with a warm-up from 0."
    )
    return Proposal(f"transformers.{name}", parameters, phases.peak, note=note)

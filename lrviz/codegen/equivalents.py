"""Which schedule of another library draws the same curve: proposed here, held against the rates.

A proposal only counts where its sampled rates agree over the whole run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from lrviz.core.errors import SpecError
from lrviz.core.register import register
from lrviz.core.schedule import Schedule
from lrviz.curves.curve import Curve

Proposal = Callable[[Any, float], Mapping[str, Any]]
"""From a schedule and its lr to a spec in another dialect."""

CLOSE = 1e-9


def steps_to(values: Callable[[Any], list[int]], gamma: str) -> Callable[[Any, float], Any]:
    """Return the values between drops, for libraries that name them instead of a factor."""
    return lambda s, lr: [lr * getattr(s, gamma) ** k for k in range(len(values(s)) + 1)]


def milestones(schedule: Any) -> list[int]:
    """Return a schedule's milestones in order."""
    return sorted(schedule.milestones)


def alpha(schedule: Any, lr: float) -> float:
    """Return a floor as the share of the rate that keras and optax take."""
    return float(schedule.eta_min / lr) if lr else 0.0


PROPOSALS: dict[tuple[str, str], Proposal] = {
    ("torch.StepLR", "keras"): lambda s, lr: {
        "schedule": "keras.ExponentialDecay", "initial_learning_rate": lr,
        "decay_steps": s.step_size, "decay_rate": s.gamma, "staircase": True,
    },
    ("torch.StepLR", "optax"): lambda s, lr: {
        "schedule": "optax.exponential_decay", "init_value": lr,
        "transition_steps": s.step_size, "decay_rate": s.gamma, "staircase": True,
    },
    ("torch.StepLR", "timm"): lambda s, lr: {
        "schedule": "timm.step", "decay_t": s.step_size, "decay_rate": s.gamma, "lr": lr,
    },
    ("torch.ExponentialLR", "keras"): lambda s, lr: {
        "schedule": "keras.ExponentialDecay", "initial_learning_rate": lr,
        "decay_steps": 1, "decay_rate": s.gamma,
    },
    ("torch.ExponentialLR", "optax"): lambda s, lr: {
        "schedule": "optax.exponential_decay", "init_value": lr,
        "transition_steps": 1, "decay_rate": s.gamma,
    },
    ("torch.MultiStepLR", "keras"): lambda s, lr: {
        "schedule": "keras.PiecewiseConstantDecay",
        "boundaries": [step - 1 for step in milestones(s)],
        "values": steps_to(milestones, "gamma")(s, lr),
    },
    ("torch.MultiStepLR", "optax"): lambda s, lr: {
        "schedule": "optax.piecewise_constant_schedule", "init_value": lr,
        "boundaries_and_scales": {str(step): s.gamma for step in milestones(s)},
    },
    ("torch.CosineAnnealingLR", "keras"): lambda s, lr: {
        "schedule": "keras.CosineDecay", "initial_learning_rate": lr,
        "decay_steps": s.T_max, "alpha": alpha(s, lr),
    },
    ("torch.CosineAnnealingLR", "optax"): lambda s, lr: {
        "schedule": "optax.cosine_decay_schedule", "init_value": lr,
        "decay_steps": s.T_max, "alpha": alpha(s, lr),
    },
    ("torch.CosineAnnealingLR", "timm"): lambda s, lr: {
        "schedule": "timm.cosine", "t_initial": s.T_max, "lr_min": s.eta_min, "lr": lr,
    },
    ("torch.CosineAnnealingWarmRestarts", "keras"): lambda s, lr: {
        "schedule": "keras.CosineDecayRestarts", "initial_learning_rate": lr,
        "first_decay_steps": s.T_0, "t_mul": float(s.T_mult), "alpha": alpha(s, lr),
    },
    ("torch.LinearLR", "keras"): lambda s, lr: {
        "schedule": "keras.PolynomialDecay", "initial_learning_rate": lr * s.start_factor,
        "decay_steps": s.total_iters, "end_learning_rate": lr * s.end_factor, "power": 1.0,
    },
    ("torch.LinearLR", "optax"): lambda s, lr: {
        "schedule": "optax.linear_schedule", "init_value": lr * s.start_factor,
        "end_value": lr * s.end_factor, "transition_steps": s.total_iters,
    },
    ("torch.PolynomialLR", "keras"): lambda s, lr: {
        "schedule": "keras.PolynomialDecay", "initial_learning_rate": lr,
        "decay_steps": s.total_iters, "end_learning_rate": 0.0, "power": s.power,
    },
    ("torch.PolynomialLR", "optax"): lambda s, lr: {
        "schedule": "optax.polynomial_schedule", "init_value": lr, "end_value": 0.0,
        "power": s.power, "transition_steps": s.total_iters,
    },
    ("keras.ExponentialDecay", "torch"): lambda s, lr: {
        "schedule": "torch.StepLR" if s.staircase else "torch.ExponentialLR",
        **({"step_size": s.decay_steps} if s.staircase else {}),
        "gamma": s.decay_rate if s.staircase else s.decay_rate ** (1 / s.decay_steps),
        "lr": s.initial_learning_rate,
    },
    ("keras.CosineDecay", "torch"): lambda s, lr: {
        "schedule": "torch.CosineAnnealingLR", "T_max": s.decay_steps,
        "eta_min": s.alpha * s.initial_learning_rate, "lr": s.initial_learning_rate,
    },
    ("keras.CosineDecay", "optax"): lambda s, lr: {
        "schedule": "optax.cosine_decay_schedule", "init_value": s.initial_learning_rate,
        "decay_steps": s.decay_steps, "alpha": s.alpha,
    },
    ("keras.ExponentialDecay", "optax"): lambda s, lr: {
        "schedule": "optax.exponential_decay", "init_value": s.initial_learning_rate,
        "transition_steps": s.decay_steps, "decay_rate": s.decay_rate, "staircase": s.staircase,
    },
    ("optax.exponential_decay", "keras"): lambda s, lr: {
        "schedule": "keras.ExponentialDecay", "initial_learning_rate": s.init_value,
        "decay_steps": s.transition_steps, "decay_rate": s.decay_rate, "staircase": s.staircase,
    },
    ("optax.cosine_decay_schedule", "keras"): lambda s, lr: {
        "schedule": "keras.CosineDecay", "initial_learning_rate": s.init_value,
        "decay_steps": s.decay_steps, "alpha": s.alpha,
    },
    ("optax.cosine_decay_schedule", "torch"): lambda s, lr: {
        "schedule": "torch.CosineAnnealingLR", "T_max": s.decay_steps,
        "eta_min": s.alpha * s.init_value, "lr": s.init_value,
    },
    ("transformers.cosine", "optax"): lambda s, lr: {
        "schedule": "optax.warmup_cosine_decay_schedule", "init_value": 0.0, "peak_value": lr,
        "warmup_steps": s.warmup(), "decay_steps": s.num_training_steps,
    },
    ("optax.warmup_cosine_decay_schedule", "transformers"): lambda s, lr: {
        "schedule": "transformers.cosine", "num_warmup_steps": s.warmup_steps,
        "num_training_steps": s.decay_steps, "lr": s.peak_value,
    },
    ("timm.cosine", "torch"): lambda s, lr: {
        "schedule": "torch.CosineAnnealingLR", "T_max": s.t_initial, "eta_min": s.lr_min, "lr": lr,
    },
}  # fmt: skip


def equivalent(curve: Curve, dialect: str) -> tuple[Schedule, float, int | None] | None:
    """Return a schedule of a dialect with its lr that gives the curve, and where it parts.

    That is the first step behind the run at which the two differ, or None where they never do
    over three runs.
    """
    steps = curve.by_ticks().count()
    real = curve.schedule.sample(range(steps), curve.lr)
    for schedule, lr in proposed(curve, dialect):
        try:
            theirs = schedule.sample(range(steps), lr)
        except SpecError:
            continue
        if np.allclose(theirs, real, rtol=CLOSE, atol=1e-14 * np.abs(real).max()):
            return schedule, lr, parting(curve, schedule, lr, 3 * steps)
    return None


def proposed(curve: Curve, dialect: str) -> Iterator[tuple[Schedule, float]]:
    """Yield the proposal for a curve in a dialect, if it can be built."""
    proposal = PROPOSALS.get((curve.schedule.title(), dialect))
    if proposal is None:
        return
    spec = dict(proposal(curve.schedule, curve.lr))
    lr = float(spec.pop("lr", curve.lr))
    cls = register.find(str(spec.pop("schedule")))
    try:
        if cls:
            yield cls.model_validate(spec), lr
    except ValueError:
        return


def parting(curve: Curve, schedule: Schedule, lr: float, stop: int) -> int | None:
    """Return the first step before `stop` at which a schedule leaves the curve."""
    ends = [each.last + 1 for each in (curve.schedule.end(), schedule.end()) if each]
    span = range(min([stop, *ends]))
    ours, theirs = curve.schedule.sample(span, curve.lr), schedule.sample(span, lr)
    apart = ~np.isclose(theirs, ours, rtol=CLOSE, atol=1e-14 * float(np.abs(ours).max()))
    return int(np.argmax(apart)) if apart.any() else None


def at_lr(curve: Curve, schedule: Schedule, lr: float) -> Curve:
    """Return the curve with another schedule and rate."""
    return replace(curve, schedule=schedule, lr=lr)

"""Code of timm: its schedulers, which are stepped with the epoch or the update."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lrviz.codegen.calls import Group, call, parameters_of
from lrviz.codegen.function import Function
from lrviz.codegen.plateau import Plateau
from lrviz.core.register import Optimizer
from lrviz.core.schedule import Schedule
from lrviz.core.text import format_number
from lrviz.curves.curve import Curve
from lrviz.dialects.timm.decays import Step
from lrviz.dialects.timm.plateau import PlateauLR
from lrviz.dialects.torch.code import (
    factor_definition,
    scheduler_call,
    total_of,
    training_loop,
)

CLASSES = {
    "cosine": "CosineLRScheduler",
    "tanh": "TanhLRScheduler",
    "step": "StepLRScheduler",
    "multistep": "MultiStepLRScheduler",
    "constant": "StepLRScheduler",
    "poly": "PolyLRScheduler",
    "plateau": "PlateauLRScheduler",
    "wsd": "WSDLRScheduler",
    "rsqrt": "WSDLRScheduler",
}
"""timm's classes by the names that `--sched` takes."""
FIXED: dict[str, dict[str, str]] = {
    "constant": {"decay_t": "1", "decay_rate": "1.0"},
    "rsqrt": {"stable_fn": '"rsqrt"', "decay_fn": '"linear"'},
}
"""What a name sets where another name of the same class does not."""
SUBCLASS = """


class FactorScheduler(Scheduler):
    def _get_lr(self, t):
        return [lr * factor(t) for lr in self.base_values]"""


def constructor(schedule: Schedule) -> Group:
    """Return the constructor of timm's scheduler."""
    parameters = {**FIXED.get(schedule.name, {}), **parameters_of(schedule)}
    if isinstance(schedule, Step) and schedule.decay_t.is_integer():
        parameters["decay_t"] = str(int(schedule.decay_t))
    return call(CLASSES[schedule.name], "optimizer", **parameters)


def starts_at_peak(function: Function) -> bool:
    """Return whether the first factor is 1, which is what timm's constructor leaves."""
    return bool(function.at(np.zeros(1, np.int64))[0] == 1.0)


class TimmCode:
    """Writes code of timm."""

    counts_steps = False
    is_factor = True
    has_arrays = False
    precision = ""
    runnable_dialects = ("torch",)

    def write_schedule(self, curve: Curve, optimizer: Optimizer) -> str:
        del optimizer
        schedule = curve.schedule
        if schedule.dialect in self.runnable_dialects:
            return training_loop(curve, scheduler_call(schedule))
        by_update = not getattr(schedule, "t_in_epochs", True)
        has_metric = schedule.metric_trace(1, curve.lr) is not None
        metric = ", {metric}" if has_metric else ""
        step = f"scheduler.{'step_update' if by_update else 'step'}({{clock}} + 1{metric})"
        imports = f"from timm.scheduler import {CLASSES[schedule.name]}"
        return training_loop(curve, constructor(schedule), imports, step=step)

    def write_function(self, curve: Curve, function: Function, optimizer: Optimizer) -> str:
        del optimizer
        return training_loop(
            curve,
            call("FactorScheduler", "optimizer", '"lr"'),
            "from timm.scheduler.scheduler import Scheduler",
            definitions=factor_definition(function) + SUBCLASS,
            lr="PEAK",
            step="scheduler.step({clock} + 1)",
            notes="" if starts_at_peak(function) else "scheduler.step(0)",
            total=total_of(function),
        )

    def read_plateau(self, schedule: Schedule, lr: float) -> Plateau | None:
        del lr
        if not isinstance(schedule, PlateauLR) or schedule.warmup_t or schedule.noise_range_t:
            return None
        return Plateau(
            schedule.mode,
            schedule.decay_rate,
            schedule.patience_t,
            schedule.threshold,
            True,
            schedule.cooldown_t,
            schedule.lr_min,
        )

    def plateau_spec(self, plateau: Plateau, lr: float) -> Mapping[str, Any]:
        del lr
        return {
            "schedule": "timm.plateau",
            "decay_rate": plateau.factor,
            "patience_t": plateau.patience,
            "threshold": plateau.threshold if plateau.is_relative else 0.0,
            "cooldown_t": plateau.cooldown,
            "lr_min": plateau.min_lr,
            "mode": plateau.mode,
        }

    def plateau_notes(self, plateau: Plateau) -> list[str]:
        if plateau.is_relative or not plateau.threshold:
            return []
        return [
            "timm's threshold is always relative to the best value: the absolute one "
            f"({format_number(plateau.threshold)}) is left out."
        ]


WRITER = TimmCode()

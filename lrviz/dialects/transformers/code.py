"""Code of transformers: get_scheduler in a training loop, and the Trainer's arguments."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from lrviz.codegen.calls import Group, call, float_text, mapping, parameters_of, render
from lrviz.codegen.function import Function
from lrviz.codegen.plateau import Plateau
from lrviz.core.register import Optimizer
from lrviz.core.schedule import Schedule
from lrviz.curves.curve import Curve
from lrviz.dialects.torch.code import (
    factor_definition,
    plateau_parameters,
    read_plateau,
    scheduler_call,
    total_of,
    training_loop,
)

RUN = ("num_warmup_steps", "num_training_steps")
IMPORT = "from transformers import get_scheduler"
RUN_DIFFERS = "# max_steps sets the run and num_training_steps in one, and here they differ:"
TRAINER = "# Trainer(model, args, optimizers=(optimizer, scheduler), ...) steps it for you."
BY_EPOCH = "# Not for the Trainer, which would step it once per batch: this one counts epochs."


def run_parameters(schedule: Schedule) -> dict[str, str]:
    """Return the steps of the warm-up, whole, and those of the run."""
    own = parameters_of(schedule)
    steps = {name: own[name] for name in RUN if name in own}
    if "num_warmup_steps" in type(schedule).model_fields:
        steps["num_warmup_steps"] = str(warmup_steps(schedule))
    return steps


def warmup_steps(schedule: Schedule) -> int:
    """Return the whole steps of the warm-up; below 1 it is a share of the run."""
    value = getattr(schedule, "num_warmup_steps", 0)
    total = getattr(schedule, "num_training_steps", None) or 0
    return math.ceil(value * total) if 0 < value < 1 else int(value)


def own_parameters(schedule: Schedule) -> dict[str, Any]:
    """Return the parameters that only this type of schedule has."""
    return parameters_of(schedule, *RUN)


def get_scheduler(schedule: Schedule) -> Group:
    """Return the call of transformers.get_scheduler."""
    own = own_parameters(schedule)
    kwargs = {"scheduler_specific_kwargs": mapping(own)} if own else {}
    return call(
        "get_scheduler", f'"{schedule.name}"', "optimizer", **run_parameters(schedule), **kwargs
    )


def loop_comment(curve: Curve) -> str:
    """Return whether the Trainer, which steps a scheduler once per batch, can take it."""
    return BY_EPOCH if curve.by == "epoch" else TRAINER


def trainer_comment(curve: Curve) -> str:
    """Return the Trainer's arguments that say the same, as a comment."""
    schedule = curve.schedule
    has_metric = schedule.metric_trace(1, curve.lr) is not None
    if curve.by == "epoch" and not has_metric:
        return loop_comment(curve)
    steps, run = run_parameters(schedule), str(curve.count())
    if not has_metric and steps.get("num_training_steps", run) != run:
        return f"{RUN_DIFFERS}\n{TRAINER}"
    arguments = {
        "learning_rate": float_text(float(curve.lr)),
        "lr_scheduler_type": f'"{schedule.name}"',
    }
    if "num_warmup_steps" in steps:
        arguments["warmup_steps"] = steps["num_warmup_steps"]
    if not has_metric:
        arguments["max_steps"] = run
    own = own_parameters(schedule)
    kwargs = {"lr_scheduler_kwargs": mapping(own)} if own else {}
    lines = render("", call("TrainingArguments", **arguments, **kwargs), indent=2)
    return "\n".join(["# For the Trainer:", *(f"#{line[1:]}" for line in lines)])


class TransformersCode:
    """Writes code of transformers."""

    counts_steps = False
    is_factor = True
    has_arrays = False
    precision = ""
    runnable_dialects = ("torch",)

    def write_schedule(self, curve: Curve, optimizer: Optimizer) -> str:
        del optimizer
        if curve.schedule.dialect in self.runnable_dialects:
            scheduler = scheduler_call(curve.schedule)
            return training_loop(curve, scheduler, notes=loop_comment(curve))
        notes = trainer_comment(curve)
        scheduler = get_scheduler(curve.schedule)
        return training_loop(curve, scheduler, IMPORT, notes=notes)

    def write_function(self, curve: Curve, function: Function, optimizer: Optimizer) -> str:
        del optimizer
        return training_loop(
            curve,
            call("lr_scheduler.LambdaLR", "optimizer", "factor"),
            definitions=factor_definition(function),
            lr="PEAK",
            notes=loop_comment(curve),
            total=total_of(function),
        )

    def read_plateau(self, schedule: Schedule, lr: float) -> Plateau | None:
        del lr
        return read_plateau(schedule)

    def plateau_spec(self, plateau: Plateau, lr: float) -> Mapping[str, Any]:
        del lr
        return {"schedule": "transformers.reduce_lr_on_plateau", **plateau_parameters(plateau)}

    def plateau_notes(self, plateau: Plateau) -> list[str]:
        del plateau
        return []


WRITER = TransformersCode()

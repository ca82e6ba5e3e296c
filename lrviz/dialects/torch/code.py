"""PyTorch's code: schedulers on an optimizer, stepped in a training loop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lrviz.codegen.bodies import constant_lines, python_function
from lrviz.codegen.calls import Group, array, call, float_text, parameters_of, render
from lrviz.codegen.function import Function
from lrviz.codegen.plateau import Plateau
from lrviz.core.register import Optimizer
from lrviz.core.schedule import Schedule
from lrviz.curves.curve import Curve
from lrviz.dialects.torch.composites import ChainedScheduler, Composite
from lrviz.dialects.torch.plateau import TorchPlateau

SGD = "torch.optim.SGD(model.parameters(), lr={lr}, momentum=0.9)"
ADAMW = "torch.optim.AdamW(model.parameters(), lr={lr})"
OPTIMIZERS: Mapping[Optimizer, str] = {"SGD": SGD, "AdamW": ADAMW}
IMPORT = "from torch.optim import lr_scheduler"
EVALUATE = """def evaluate(model):
    return 1.0  # your validation metric"""


def scheduler_call(schedule: Schedule) -> Group:
    """Return the constructor of a scheduler of torch, those of its children inside."""
    name = f"lr_scheduler.{schedule.name}"
    if not isinstance(schedule, Composite):
        return call(name, "optimizer", **parameters_of(schedule))
    children = array(scheduler_call(child) for child in schedule.schedules)
    if isinstance(schedule, ChainedScheduler):
        return call(name, children)
    parameters = parameters_of(schedule, "schedules")
    return call(name, "optimizer", schedulers=children, **parameters)


def clock_of(curve: Curve) -> str:
    """Return what the training loop counts: step or epoch."""
    return "epoch" if curve.by == "epoch" else "step"


def training_loop(
    curve: Curve,
    scheduler: Group,
    imports: str = IMPORT,
    definitions: str = "",
    optimizer: str = ADAMW,
    lr: str = "",
    step: str = "scheduler.step({metric})",
    notes: str = "",
    total: str = "",
) -> str:
    """Return a program that trains with a scheduler.

    `definitions` precede the optimizer, `notes` follow the scheduler; `lr` and `total` are the
    names of constants, where there are such. `{metric}` in `step` is the validation metric.
    """
    clock, ticks = clock_of(curve), curve.by_ticks().count()
    has_metric = curve.schedule.metric_trace(1, curve.lr) is not None and not definitions
    definitions = definitions or (EVALUATE if has_metric else "")
    constructed = "\n".join(render("scheduler = ", scheduler))
    header = f"{modules_of(definitions + constructed)}import torch\n{imports}\n"
    before = 2 if definitions.startswith("def") else 1
    header += blank(before) + definitions + blank(3) if definitions else blank(1)
    body = [
        "model = torch.nn.Linear(1, 1)  # your model",
        f"optimizer = {optimizer.format(lr=lr or float_text(float(curve.lr)))}",
        constructed,
        *([notes] if notes else []),
        "",
        f"for {clock} in range({total or ticks}):",
    ]
    indent = "    "
    if curve.ticks_by_epoch:
        body.append(f"    for batch in range({curve.steps_per_epoch}):")
        indent = " " * 8
    body += [f"{indent}...  # forward and backward", f"{indent}optimizer.step()"]
    metric = "evaluate(model)" if has_metric else ""
    body.append("    " + step.format(metric=metric, clock=clock))
    return header + "\n".join(body) + "\n"


def blank(lines: int) -> str:
    """Return line ends."""
    return "\n" * lines


def modules_of(code: str) -> str:
    """Return the imports of the standard library that code uses."""
    imports = [f"import {name}\n" for name in ("bisect", "math") if f"{name}." in code]
    return "".join([*imports, "\n"]) if imports else ""


def factor_definition(function: Function) -> str:
    """Return a function of factors on the optimizer's lr, with its constants."""
    constants = {"PEAK": function.peak, **function.used_constants()}
    lines = [*constant_lines(constants), "", "", *python_function(function, "factor")]
    return "\n".join(lines)


def total_of(function: Function) -> str:
    """Return the name of the constant that is the run's length, or nothing."""
    return "TOTAL" if function.used_constants().get("TOTAL") == function.total else ""


class TorchCode:
    """Writes code of PyTorch."""

    counts_steps = False
    is_factor = True
    has_arrays = False
    precision = ""
    runnable_dialects: tuple[str, ...] = ()

    def write_schedule(self, curve: Curve, optimizer: Optimizer) -> str:
        scheduler = scheduler_call(curve.schedule)
        return training_loop(curve, scheduler, optimizer=OPTIMIZERS[optimizer])

    def write_function(self, curve: Curve, function: Function, optimizer: Optimizer) -> str:
        scheduler = call("lr_scheduler.LambdaLR", "optimizer", "factor")
        definition = factor_definition(function)
        return training_loop(
            curve,
            scheduler,
            definitions=definition,
            optimizer=OPTIMIZERS[optimizer],
            lr="PEAK",
            total=total_of(function),
        )

    def read_plateau(self, schedule: Schedule, lr: float) -> Plateau | None:
        del lr
        return read_plateau(schedule)

    def plateau_spec(self, plateau: Plateau, lr: float) -> Mapping[str, Any]:
        del lr
        return {"schedule": "torch.ReduceLROnPlateau", **plateau_parameters(plateau)}

    def plateau_notes(self, plateau: Plateau) -> list[str]:
        del plateau
        return []


def read_plateau(schedule: Schedule) -> Plateau | None:
    """Return the rule of torch's ReduceLROnPlateau and of those that wrap it, else None."""
    if not isinstance(schedule, TorchPlateau):
        return None
    return Plateau(
        schedule.mode,
        schedule.factor,
        schedule.patience,
        schedule.threshold,
        schedule.threshold_mode == "rel",
        schedule.cooldown,
        schedule.min_lr,
    )


def plateau_parameters(plateau: Plateau) -> dict[str, Any]:
    """Return the parameters of torch's ReduceLROnPlateau."""
    return {
        "mode": plateau.mode,
        "factor": plateau.factor,
        "patience": plateau.patience,
        "threshold": plateau.threshold,
        "threshold_mode": "rel" if plateau.is_relative else "abs",
        "cooldown": plateau.cooldown,
        "min_lr": plateau.min_lr,
    }


WRITER = TorchCode()

"""Code of Keras: schedule objects of the optimizer, and callbacks of `fit`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lrviz.codegen.bodies import array_body, constant_value
from lrviz.codegen.calls import WIDTH, Group, call, float_text, parameters_of, render
from lrviz.codegen.function import Function
from lrviz.codegen.languages import Language
from lrviz.codegen.nodes import Node
from lrviz.codegen.plateau import Plateau
from lrviz.core.register import Optimizer
from lrviz.core.schedule import Schedule
from lrviz.core.text import format_number
from lrviz.curves.curve import Curve
from lrviz.dialects.keras.callbacks import ReduceLROnPlateau


@dataclass(frozen=True)
class KerasOps(Language):
    """keras.ops: what all its backends have in common."""

    def lookup(self, node: Node) -> str:
        values, index = (self.text(part) for part in node.inputs)
        if node.operation == "passed":
            return f'ops.sum(ops.cast({index} >= ops.array({values}), "int32"))'
        position = index if node.inputs[1].operation == "passed" else f'ops.cast({index}, "int32")'
        return f"ops.take(ops.array({values}), {position})"


OPS = KerasOps("ops.", "math.pi", arrays=True, attributes=True)
SCHEDULES = "keras.optimizers.schedules"
BY_STEP = "# model.compile(optimizer=optimizer, loss=...): each batch is a step"


def optimizer_call(rate: str) -> str:
    """Return the call of the optimizer with a rate or a schedule."""
    return f"keras.optimizers.SGD(learning_rate={rate})"


def use_of_schedule(curve: Curve) -> list[str]:
    """Return the lines that give Keras a schedule: to the optimizer, which counts batches.

    One by epoch is called by a callback instead.
    """
    if curve.axis != "epoch":
        return [f"optimizer = {optimizer_call('schedule')}", BY_STEP]
    by_epoch = "lambda epoch, lr: float(schedule(epoch))"
    callback = render("callback = ", call("keras.callbacks.LearningRateScheduler", by_epoch))
    return use_of_callback(curve, callback)


def use_of_callback(curve: Curve, callback: list[str]) -> list[str]:
    """Return the lines that give `fit` a callback, which Keras calls once per epoch."""
    epochs = curve.by_ticks().count()
    return [
        f"optimizer = {optimizer_call(float_text(float(curve.lr)))}",
        *callback,
        "# model.compile(optimizer=optimizer, loss=...)",
        f"# model.fit(..., epochs={epochs}, callbacks=[callback])",
    ]


def constructor(schedule: Schedule) -> Group:
    """Return the constructor of a schedule or callback."""
    parameters = parameters_of(schedule)
    first = getattr(schedule, "initial_learning_rate", None)
    if isinstance(first, int):  # keras takes its dtype from it, and an int makes whole numbers
        parameters["initial_learning_rate"] = float_text(float(first))
    if "function" in parameters:
        parameters["schedule"] = parameters.pop("function")
    module = "keras.callbacks" if schedule.clock_unit == "epoch" else SCHEDULES
    return call(f"{module}.{schedule.name}", **parameters)


def class_name(schedule: Schedule) -> str:
    """Return the name of the class that is written for a schedule."""
    stem = re.sub(r"(LR|Scheduler|_schedule|Schedule)$", "", schedule.name)
    words = re.split(r"[_\W]+", stem)
    return "".join(word[:1].upper() + word[1:] for word in words) + "Schedule"


def class_line(name: str, base: str) -> list[str]:
    """Return the head of a class, on three lines where one would be too long."""
    line = f"class {name}({base}):"
    return [line] if len(line) <= WIDTH else [f"class {name}(", f"    {base}", "):"]


class KerasCode:
    """Writes code of Keras."""

    counts_steps = True
    is_factor = False
    has_arrays = True
    precision = "float32"
    runnable_dialects: tuple[str, ...] = ()

    def write_schedule(self, curve: Curve, optimizer: Optimizer) -> str:
        del optimizer
        schedule = curve.schedule
        constructed = constructor(schedule)
        if schedule.clock_unit != "epoch":
            lines = [
                "import keras",
                "",
                *render("schedule = ", constructed),
                *use_of_schedule(curve),
            ]
            return "\n".join(lines) + "\n"
        callback = render("callback = ", constructed)
        math = ["import math", ""] if any("math." in line for line in callback) else []
        lines = [*math, "import keras", "", *use_of_callback(curve, callback)]
        return "\n".join(lines) + "\n"

    def write_function(self, curve: Curve, function: Function, optimizer: Optimizer) -> str:
        del optimizer
        rate = function.constant()
        if rate is not None:
            return f"import keras\n\noptimizer = {optimizer_call(float_text(rate))}\n{BY_STEP}\n"
        name = class_name(curve.schedule)
        constants = {
            key.lower(): constant_value(value) for key, value in function.used_constants().items()
        }
        body = array_body(function, OPS, 8)
        math = ["import math", ""] if any("math." in line for line in body) else []
        assigned = [f"        self.{key} = {key}" for key in constants]
        config = Group("{", tuple((f'"{key}": ', f"self.{key}") for key in constants), "}")
        init = render("def __init__", Group("(", tuple(("", k) for k in ("self", *constants)), ")"),
                      ":", 4)  # fmt: skip
        casts = any("step" in line for line in body)
        lines = [
            *math,
            "import keras",
            "from keras import ops",
            "",
            "",
            "@keras.saving.register_keras_serializable()",
            *class_line(name, f"{SCHEDULES}.LearningRateSchedule"),
            *([*init, *assigned, ""] if constants else []),
            "    def __call__(self, step):",
            *(['        step = ops.cast(step, "float32")'] if casts else []),
            *body,
            "",
            "    def get_config(self):",
            *render("return ", config, indent=8),
            "",
            "",
            *render("schedule = ", call(name, **constants)),
            *use_of_schedule(curve),
        ]
        return "\n".join(lines) + "\n"

    def read_plateau(self, schedule: Schedule, lr: float) -> Plateau | None:
        del lr
        if not isinstance(schedule, ReduceLROnPlateau):
            return None
        return Plateau(
            "max" if schedule.higher_is_better else "min",
            schedule.factor,
            max(schedule.patience - 1, 0),
            abs(schedule.min_delta),
            False,
            max(schedule.cooldown - 1, 0),
            schedule.min_lr,
        )

    def plateau_spec(self, plateau: Plateau, lr: float) -> Mapping[str, Any]:
        del lr
        return {
            "schedule": "keras.ReduceLROnPlateau",
            "factor": plateau.factor,
            "patience": plateau.patience + 1,
            "mode": plateau.mode,
            "min_delta": 0.0 if plateau.is_relative else plateau.threshold,
            "cooldown": plateau.cooldown + 1 if plateau.cooldown else 0,
            "min_lr": plateau.min_lr,
        }

    def plateau_notes(self, plateau: Plateau) -> list[str]:
        waits = plateau.patience + 1
        notes = [f"Keras drops after {waits} epochs without improvement, so patience is {waits}."]
        if plateau.is_relative and plateau.threshold:
            notes.append(
                "Keras' min_delta is absolute: the relative threshold "
                f"({format_number(plateau.threshold)}) "
                "is left out."
            )
        return notes


WRITER = KerasCode()

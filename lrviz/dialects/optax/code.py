"""Code of optax: schedules as functions of the count, and its transformation on a plateau."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lrviz.codegen.bodies import array_body, constant_value
from lrviz.codegen.calls import (
    Group,
    array,
    call,
    float_text,
    literal,
    mapping,
    parameters_of,
    render,
)
from lrviz.codegen.function import Constant, Function
from lrviz.codegen.languages import Language
from lrviz.codegen.plateau import Plateau
from lrviz.core.composition import children_of
from lrviz.core.register import Optimizer
from lrviz.core.schedule import Schedule
from lrviz.curves.curve import Curve
from lrviz.dialects.optax.joined import SgdrSchedule
from lrviz.dialects.optax.plateau import ReduceOnPlateau

JAX = Language("jnp.", "jnp.pi", arrays=True, select=True)
SMALLEST = 1e-12
"""The threshold for a rule that has none: optax refuses 0."""
OPTIMIZER = "optimizer = optax.adamw(learning_rate=schedule)"


def use_of_schedule(curve: Curve) -> list[str]:
    """Return the lines that give the optimizer a schedule, which it calls with its steps."""
    if curve.axis != "epoch":
        return [OPTIMIZER]
    by_epoch = "lambda step: schedule(step // steps_per_epoch)"
    return [
        "steps_per_epoch = 1  # yours: the schedule counts epochs, the optimizer steps",
        *render("optimizer = ", call("optax.adamw", learning_rate=by_epoch)),
    ]


def schedule_call(schedule: Schedule) -> Group:
    """Return the call of optax' function, those of its children inside."""
    name = f"optax.{schedule.name}"
    children = children_of(schedule)
    if isinstance(schedule, SgdrSchedule):
        cycles = [cycle_arguments(cycle.model_dump()) for cycle in schedule.cosine_kwargs]
        return call(name, array(cycles))
    if not children:
        return call(name, **parameters_of(schedule))
    inside = array(schedule_call(child) for child in children)
    return call(name, inside, **parameters_of(schedule, "schedules"))


def constant_lines(name: str, value: Constant) -> list[str]:
    """Return the assignment of a constant; a list is an array."""
    code = constant_value(value)
    return render(f"{name} = ", code if isinstance(code, str) else call("jnp.array", code))


def cycle_arguments(cycle: Mapping[str, Any]) -> Group:
    """Return the arguments of a cycle that are not at optax' defaults."""
    defaults = {"end_value": 0.0, "exponent": 1.0}
    values = {name: value for name, value in cycle.items() if value != defaults.get(name)}
    return mapping({name: literal(value) for name, value in values.items()})


class OptaxCode:
    """Writes code of optax."""

    counts_steps = True
    is_factor = False
    has_arrays = True
    precision = "float32"
    runnable_dialects: tuple[str, ...] = ()

    def write_schedule(self, curve: Curve, optimizer: Optimizer) -> str:
        del optimizer
        schedule = curve.schedule
        if not isinstance(schedule, ReduceOnPlateau):
            definition = render("schedule = ", schedule_call(schedule))
            return "\n".join(["import optax", "", *definition, *use_of_schedule(curve)]) + "\n"
        plateau = call(f"optax.contrib.{schedule.name}", **parameters_of(schedule))
        lines = [
            "import optax",
            "import optax.contrib",
            "",
            *render("plateau = ", plateau),
            f"optimizer = optax.chain(optax.adamw({float_text(float(curve.lr))}), plateau)",
            "# updates, state = optimizer.update(grads, state, params, value=loss)",
        ]
        return "\n".join(lines) + "\n"

    def write_function(self, curve: Curve, function: Function, optimizer: Optimizer) -> str:
        del optimizer
        rate = function.constant()
        if rate is not None:
            return f"import optax\n\noptimizer = optax.adamw(learning_rate={float_text(rate)})\n"
        body = array_body(function, JAX, 4)
        constants = [
            line for item in function.used_constants().items() for line in constant_lines(*item)
        ]
        needs_jax = any("jnp." in line for line in (*body, *constants))
        lines = [
            *(["import jax.numpy as jnp"] if needs_jax else []),
            "import optax",
            *(["", *constants] if constants else []),
            "",
            "",
            "def schedule(step):",
            *body,
            "",
            "",
            *use_of_schedule(curve),
        ]
        return "\n".join(lines) + "\n"

    def read_plateau(self, schedule: Schedule, lr: float) -> Plateau | None:
        if not isinstance(schedule, ReduceOnPlateau):
            return None
        return Plateau(
            "min",
            schedule.factor,
            max(schedule.patience - 1, 0),
            schedule.rtol or schedule.atol,
            schedule.rtol > 0,
            max(schedule.cooldown, 0),
            schedule.min_scale * lr,
            schedule.accumulation_size,
        )

    def plateau_spec(self, plateau: Plateau, lr: float) -> Mapping[str, Any]:
        relative = plateau.threshold if plateau.is_relative else 0.0
        absolute = 0.0 if plateau.is_relative else plateau.threshold
        if relative == absolute == 0.0:
            absolute = SMALLEST
        return {
            "schedule": "optax.reduce_on_plateau",
            "factor": plateau.factor,
            "patience": plateau.patience + 1,
            "rtol": relative,
            "atol": absolute,
            "cooldown": plateau.cooldown,
            "accumulation_size": plateau.values,
            "min_scale": plateau.min_lr / lr if lr else 0.0,
        }

    def plateau_notes(self, plateau: Plateau) -> list[str]:
        waits = plateau.patience + 1
        notes = [
            f"Optax drops at evaluation {waits} without improvement, so patience is {waits}.",
            "Optax scales the update that gets the value: a drop comes one step earlier.",
        ]
        if plateau.mode == "max":
            notes.append("Optax takes lower values as better: pass the negative metric.")
        return notes


WRITER = OptaxCode()

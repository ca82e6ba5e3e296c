"""A schedule as its own library's call, with the parameters that are not the defaults."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from lrviz.core.expression import CONSTANTS, FUNCTIONS, TIME, Expression
from lrviz.core.schedule import Schedule

TIMM = {
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

TIMM_FIXED: dict[str, dict[str, Any]] = {
    "constant": {"decay_t": 1, "decay_rate": 1.0},
    "rsqrt": {"stable_fn": "rsqrt", "decay_fn": "linear"},
}
"""What a name of timm's sets where another name of the same class does not."""

BUILT_IN = ("min", "max", "abs")
NO_PARAMETER = ("metric", "schedules")
WITH_LR = ("epoch", "lr")


class Pythonic(ast.NodeTransformer):
    """Turns an expression's names into Python's: one name for the step, functions of `math`."""

    def __init__(self, step: str) -> None:
        self.step = step

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """Return the name as plain Python knows it."""
        if node.id in TIME or node.id == "x":
            return ast.Name(self.step)
        if node.id in CONSTANTS or (node.id in FUNCTIONS and node.id not in BUILT_IN):
            return ast.Attribute(ast.Name("math"), node.id)
        return node


def python_lambda(expression: Expression) -> str:
    """Return an expression as a Python lambda in `t` (keras' callback has `epoch, lr`)."""
    tree = ast.parse(expression.text.strip(), mode="eval").body
    argument = tree.args.args[0].arg if isinstance(tree, ast.Lambda) else None
    body = tree.body if isinstance(tree, ast.Lambda) else tree
    step = "epoch" if "lr" in expression.names else argument or "t"
    text = ast.unparse(Pythonic(step).visit(body))
    return f"lambda {step}, lr: {text}" if "lr" in expression.names else f"lambda {step}: {text}"


def literal(value: Any) -> str:
    """Return a value as Python writes it; tuples as lists."""
    if isinstance(value, Expression):
        return python_lambda(value)
    if hasattr(value, "spec"):
        return literal(value.spec())
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(literal, value)) + "]"
    if isinstance(value, Mapping):
        pairs = (f"{literal(number_key(key))}: {literal(item)}" for key, item in value.items())
        return "{" + ", ".join(pairs) + "}"
    return repr(value)


def number_key(key: Any) -> Any:
    """Return a mapping's key as a number where it is one."""
    return int(key) if isinstance(key, str) and key.isdecimal() else key


def own_parameters(schedule: Schedule) -> dict[str, Any]:
    """Return the parameters that are not the defaults, as the library's call takes them."""
    given = {}
    for name, field in type(schedule).model_fields.items():
        value = getattr(schedule, name)
        default = field.get_default(call_default_factory=True)
        if name in NO_PARAMETER or (not field.is_required() and value == default):
            continue
        given[name] = value
    return given


def arguments(parameters: Mapping[str, Any]) -> str:
    """Return a call's keyword arguments."""
    return ", ".join(f"{name}={literal(value)}" for name, value in parameters.items())


def torch_call(schedule: Schedule) -> str:
    """Return the constructor of torch's scheduler; those of its children stand inside."""
    inside = [torch_call(child) for child in getattr(schedule, "schedules", ())]
    given = arguments(own_parameters(schedule))
    name = f"lr_scheduler.{schedule.name}"
    if schedule.name == "ChainedScheduler":
        return f"{name}([{', '.join(inside)}], optimizer=optimizer)"
    if inside:
        return f"{name}(optimizer, schedulers=[{', '.join(inside)}], {given})"
    return f"{name}(optimizer, {given})" if given else f"{name}(optimizer)"


def keras_call(schedule: Schedule) -> str:
    """Return the constructor of keras' schedule or callback."""
    given = own_parameters(schedule)
    rate = given.get("initial_learning_rate")
    if isinstance(rate, int):  # keras takes its dtype from it, and an int makes whole numbers
        given["initial_learning_rate"] = float(rate)
    if schedule.clock_unit == "epoch":
        given = {"schedule" if name == "function" else name: given[name] for name in given}
        return f"keras.callbacks.{schedule.name}({arguments(given)})"
    return f"keras.optimizers.schedules.{schedule.name}({arguments(given)})"


def optax_call(schedule: Schedule) -> str:
    """Return the call of optax' function."""
    if schedule.name == "join_schedules":
        inside = ", ".join(optax_call(child) for child in getattr(schedule, "schedules", ()))
        return f"optax.join_schedules([{inside}], {arguments(own_parameters(schedule))})"
    place = "optax.contrib." if schedule.name == "reduce_on_plateau" else "optax."
    return f"{place}{schedule.name}({arguments(own_parameters(schedule))})"


def transformers_call(schedule: Schedule) -> str:
    """Return the call of transformers.get_scheduler."""
    given = own_parameters(schedule)
    own = {name: given.pop(name) for name in list(given) if name not in RUN}
    if "num_warmup_steps" in given or "num_warmup_steps" in type(schedule).model_fields:
        given["num_warmup_steps"] = getattr(schedule, "warmup", lambda: 0)()
    words = [repr(schedule.name), "optimizer", arguments(given)]
    words += [f"scheduler_specific_kwargs={literal_kwargs(own)}"] if own else []
    return f"get_scheduler({', '.join(word for word in words if word)})"


RUN = ("num_warmup_steps", "num_training_steps")


def literal_kwargs(given: Mapping[str, Any]) -> str:
    """Return keyword arguments as a dict."""
    return "{" + ", ".join(f'"{name}": {literal(value)}' for name, value in given.items()) + "}"


def timm_call(schedule: Schedule) -> str:
    """Return the constructor of timm's scheduler."""
    given = arguments({**TIMM_FIXED.get(schedule.name, {}), **own_parameters(schedule)})
    return f"{TIMM[schedule.name]}(optimizer{', ' if given else ''}{given})"


CALLS = {
    "torch": torch_call,
    "keras": keras_call,
    "optax": optax_call,
    "transformers": transformers_call,
    "timm": timm_call,
}

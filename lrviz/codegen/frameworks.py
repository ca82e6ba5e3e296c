"""Complete snippets: imports, optimizer, schedule, and where to call it, for each framework."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import indent

from lrviz.codegen.constructors import CALLS, literal
from lrviz.codegen.equivalents import at_lr, equivalent
from lrviz.codegen.languages import JAX, KERAS, PYTHON, Language
from lrviz.codegen.pieces import MOST_RATES, Pieces, pieces_of
from lrviz.core.errors import SpecError
from lrviz.core.numbers import brief
from lrviz.curves.curve import Curve

TARGETS = ("torch", "keras", "optax", "transformers", "timm")
STEP_COUNTERS = ("keras", "optax")
"""Frameworks whose schedules are asked at each optimizer step, and never by epoch."""
RUN_ON_TORCH = ("transformers", "timm")
"""Frameworks whose training loops take any scheduler of torch."""


def write_code(curve: Curve, target: str) -> str:
    """Return a snippet of a framework that gives the curve's rates over its run.

    Above it stand comments: what the spec is, and what the code cannot give. Raises SpecError
    where the framework cannot be written for at all.
    """
    head = [f"# {curve.call()}" + (f" ({curve.label})" if "=" in curve.label else "")]
    schedule = curve.schedule
    if curve.ticks_by_epoch:
        head.append(f"# A tick of the schedule is an epoch of {curve.steps_per_epoch} steps.")
    counts_steps = target in STEP_COUNTERS and schedule.clock_unit == "step"
    if schedule.dialect == target and not (curve.ticks_by_epoch and counts_steps):
        return assembled(head, own_code(curve, target))
    found = None if curve.ticks_by_epoch and target in STEP_COUNTERS else equivalent(curve, target)
    if found:
        same, lr, parts = found
        told = f"# The same curve in {target}"
        head.append(told + ("." if parts is None else f" up to step {parts - 1}; then they part."))
        return assembled(head + width(target), own_code(at_lr(curve, same, lr), target))
    if schedule.dialect == "torch" and target in RUN_ON_TORCH:
        head.append(f"# {target}'s training loop takes torch's scheduler as it is.")
        return assembled(head, own_code(curve, target))
    return assembled([*head, *limits(curve, target)], foreign_code(curve, target))


def assembled(head: Sequence[str], body: str) -> str:
    """Return the snippet with its comments above."""
    return "\n".join(head) + "\n" + body.strip("\n") + "\n"


def width(target: str) -> list[str]:
    """Return the comment on the framework's numbers."""
    return ["# Computed in float32 there."] if target in STEP_COUNTERS else []


def limits(curve: Curve, target: str) -> list[str]:
    """Return comments on what a translation cannot give."""
    lines = []
    if "metric" in type(curve.schedule).model_fields:
        lines.append(f"# Not exact for another metric: {target} gets the rates for this one.")
    if pieces_of(curve).rates:
        lines.append(f"# Exact for these {curve.count()} steps only: a table of the rates.")
    return lines + width(target)


def own_code(curve: Curve, target: str) -> str:
    """Return the snippet of a schedule in its own library."""
    schedule = curve.schedule
    made = CALLS[schedule.dialect](schedule)
    if schedule.dialect == "keras":
        return keras_code(curve, made)
    if schedule.dialect == "optax":
        return optax_code(curve, made)
    imports = {
        "torch": "from torch.optim import lr_scheduler",
        "transformers": "from transformers import get_scheduler",
        "timm": f"from timm.scheduler import {made.partition('(')[0]}",
    }[schedule.dialect]
    return torch_loop(curve, imports, "", made, repr(float(curve.lr)), target)


def foreign_code(curve: Curve, target: str) -> str:
    """Return the snippet of a curve as a function of the step."""
    pieces = pieces_of(curve if target in STEP_COUNTERS else curve.by_ticks())
    if len(pieces.rates) > MOST_RATES:
        words = (
            f"cannot be written for {target}: no closed form, and its {len(pieces.rates):,} rates "
            f"are more than a table of {MOST_RATES:,}; take fewer --steps"
        )
        raise SpecError.of(curve.place or curve.label, words)
    if target == "keras":
        made = KERAS_CLASS.format(body=indent(body(pieces, KERAS), " " * 8))
        return f"import math\n\n{made.lstrip()}" if "math." in made else made
    if target == "optax":
        return OPTAX_FUNCTION.format(body=indent(body(pieces, JAX), " " * 4))
    rate = f"def rate(t):\n{indent(body(pieces, PYTHON), '    ')}\n"
    if target == "timm":
        define = f"{rate}\n\n{TIMM_CLASS}"
        return torch_loop(curve, TIMM_IMPORT, define, 'Rates(optimizer, "lr")', "rate(0)", target)
    made = "lr_scheduler.LambdaLR(optimizer, lr_lambda=rate)"
    return torch_loop(curve, "from torch.optim import lr_scheduler", rate, made, "1.0", target)


def body(pieces: Pieces, language: Language) -> str:
    """Return the lines of the function of `t`: its arithmetic, or a table."""
    if pieces.pieces:
        return "\n".join(language.body(pieces.pieces))
    table = literal(list(pieces.rates))
    last = len(pieces.rates) - 1
    if language is PYTHON:
        return f"return {table}[min(int(t), {last})]"
    if language is JAX:
        return f"return jnp.array({table})[jnp.minimum(t, {last}).astype(int)]"
    return (
        f'rates = ops.convert_to_tensor({table}, "float32")\n'
        f'return ops.take(rates, ops.cast(ops.minimum(t, {last}), "int32"))'
    )


def torch_loop(curve: Curve, imports: str, define: str, made: str, lr: str, target: str) -> str:
    """Return a training loop on torch's optimizer, with the scheduler stepped where it is due."""
    math = "import math\n\n" if "math." in define + made else ""
    losses, call = metric_lines(curve, target)
    defined = f"\n\n{define}\n\n" if define else "\n"
    others = TRAINER if target == "transformers" else ""
    return (
        f"{math}import torch\n{imports}\n{defined}"
        f"model = torch.nn.Linear(1, 1)  # your model\n"
        f"optimizer = torch.optim.SGD(model.parameters(), lr={lr}, momentum=0.9)\n"
        f"scheduler = {made}\n{losses}{others}\n"
        f"for step in range({curve.by_ticks().count()}):\n{batches(curve)}    {call}\n"
    )


def batches(curve: Curve) -> str:
    """Return what is done between two calls of the scheduler: one batch, or an epoch of them."""
    work = "...  # forward and backward\noptimizer.step()\n"
    if not curve.ticks_by_epoch:
        return indent(work, "    ")
    return f"    for batch in range({curve.steps_per_epoch}):\n" + indent(work, " " * 8)


TRAINER = "# Trainer(model, args, optimizers=(optimizer, scheduler), ...) steps it for you.\n"


def metric_lines(curve: Curve, target: str) -> tuple[str, str]:
    """Return the line that has the metric, if there is one, and the call that steps."""
    timm = target == "timm" and curve.schedule.dialect != "torch"
    updates = curve.schedule.dialect == "timm" and not getattr(curve.schedule, "t_in_epochs", True)
    seen = curve.schedule.metric_trace(curve.by_ticks().count(), curve.lr)
    own = curve.schedule.dialect in (target, "torch")
    if seen is None or not own:
        after = "step_update(step + 1)" if updates else "step(step + 1)"
        return "", f"scheduler.{after if timm else 'step()'}"
    values = literal([float(value) for value in seen[1]] + [float(seen[1][-1])])
    losses = f"losses = {values}  # the metric after each step: yours\n"
    return losses, f"scheduler.step({'step + 1, ' if timm else ''}losses[step])"


def keras_code(curve: Curve, made: str) -> str:
    """Return the snippet of a schedule or callback of keras."""
    if curve.schedule.clock_unit != "epoch":
        return KERAS_SCHEDULE.format(made=made)
    math = "import math\n\n" if "math." in made else ""
    return math + KERAS_CALLBACK.lstrip().format(
        made=made, lr=float(curve.lr), epochs=curve.by_ticks().count()
    )


def optax_code(curve: Curve, made: str) -> str:
    """Return the snippet of a schedule of optax, or of its transformation on a plateau."""
    if "metric" in type(curve.schedule).model_fields:
        return OPTAX_PLATEAU.format(made=made, lr=brief(curve.lr))
    return OPTAX_SCHEDULE.format(made=made)


KERAS_SCHEDULE = """
import keras

schedule = {made}
optimizer = keras.optimizers.SGD(learning_rate=schedule)
# model.compile(optimizer=optimizer, loss=...): each batch is a step
"""
KERAS_CALLBACK = """
import keras

optimizer = keras.optimizers.SGD(learning_rate={lr})
callback = {made}
# model.compile(optimizer=optimizer, loss=...)
# model.fit(..., epochs={epochs}, callbacks=[callback])
"""
KERAS_CLASS = """
import keras
from keras import ops


class Rates(keras.optimizers.schedules.LearningRateSchedule):
    def __call__(self, step):
        return ops.cast(self.rate(ops.cast(step, "float32")), "float32")

    def rate(self, t):
{body}

    def get_config(self):
        return {{}}


schedule = Rates()
optimizer = keras.optimizers.SGD(learning_rate=schedule)
# model.compile(optimizer=optimizer, loss=...): each batch is a step
"""
OPTAX_SCHEDULE = """
import optax

schedule = {made}
optimizer = optax.sgd(learning_rate=schedule)
# optimizer.update(...) counts the steps
"""
OPTAX_FUNCTION = """
import jax.numpy as jnp
import optax


def schedule(count):
    t = jnp.asarray(count, jnp.result_type(float))
    return jnp.asarray(rate(t), t.dtype)


def rate(t):
{body}


optimizer = optax.sgd(learning_rate=schedule)
# optimizer.update(...) counts the steps
"""
OPTAX_PLATEAU = """
import optax
import optax.contrib

plateau = {made}
optimizer = optax.chain(optax.sgd(learning_rate={lr}), plateau)
# updates, state = optimizer.update(grads, state, params, value=loss): the rate is lr * scale
"""
TIMM_IMPORT = "from timm.scheduler.scheduler import Scheduler"
TIMM_CLASS = """class Rates(Scheduler):
    def _get_lr(self, t):
        return [rate(t) for _ in self.base_values]
"""

"""The formula of every schedule: evaluated against its rates, or prose that a person checked."""

from __future__ import annotations

import sys
from math import floor
from typing import Any

import numpy as np
import pytest

from lrviz.core.expression import Expression, ExpressionError
from lrviz.core.register import register
from lrviz.core.roles import Length, WarmUp
from lrviz.core.schedule import Schedule
from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "tests" / "oracle"))

from sides import RUN, random_specs

LR = 0.1
RUNS, SEED, STEPS = 600, 8, 160
PHASES = (
    "lr * (t + 1) / (W + 1) up to step W, lr until step H = W + hold_steps, then {0} up to T, "
    "then min_lr; without a hold H is 0"
)
PROSE = {
    "detectron2.WarmupMultiStepLR": (
        "lr * gamma ** (number of milestones <= t), after a line from lr * warmup_factor"
    ),
    "axolotl.jagged_restarts": (
        "inner(t + 1) * (m + (1 - m) * c), where c falls to 0 at each restart and rises to 1 in "
        "the warm-up after it, and m = min_lr_scale"
    ),
    "megatron.WSD": (
        "the warm-up, then lr until T - lr_wsd_decay_iters, then min_lr + (lr - min_lr) * c(r) "
        "with r the share of the decay that has passed and c(r) = 2 * 0.5 ** r - 1 (exponential), "
        "1 - r (linear), (1 + cos(pi * r)) / 2 (cosine) or 1 - sqrt(r) (minus_sqrt)"
    ),
    "composer.multistep_with_warmup": (
        "lr * t / W if t < W else lr * gamma ** (number of milestones <= t)"
    ),
    "nemo.WarmupHoldPolicy": PHASES.format("lr"),
    "nemo.WarmupHoldAnnealLinear": PHASES.format("lr - (lr - min_lr) * (t - H) / (T - H)"),
    "nemo.WarmupHoldAnnealOneMinusSquareRoot": PHASES.format(
        "max(min_lr, lr * (1 - sqrt((t - H) / (T - H))))"
    ),
    "nemo.PolynomialHoldDecayAnnealing": PHASES.format(
        "min_lr + (lr - min_lr) * (1 - min(1, (t - H) / (T - max(W, H)))) ** power"
    ),
    "nemo.NoamHoldAnnealing": PHASES.format(
        "max(min_lr, lr * W ** decay_rate / (t - H + W) ** decay_rate)"
    ),
    "mmengine.param_scheduler": (
        "at each step of its clock from begin to end, every scheduler in order changes the rate "
        "that the one before leaves"
    ),
    "tf_model_garden.linear_warmup": (
        "warmup_learning_rate + t / W * (after(W) - warmup_learning_rate) until W, then after(t), "
        "with after(t) the other schedule at t - offset"
    ),
    "tf_model_garden.polynomial_warmup": (
        "after(W) * (max(t, 1) / W) ** power until W, then after(t), with after(t) the other "
        "schedule at t - offset"
    ),
    "tf_model_garden.step_cosine_with_offset": (
        "values[i + 1] + (values[i] - values[i + 1]) * (1 + cos(pi * p)) / 2, with p the share of "
        "the way from boundaries[i] to boundaries[i + 1] that has passed"
    ),
    "ignite.PiecewiseLinear": (
        "between the rates of two milestones in a line, before and after them their rates"
    ),
    "ignite.ConcatScheduler": (
        "the rate of schedulers[i] at event t - durations[0] - ... - durations[i - 1]"
    ),
    "ignite.create_lr_scheduler_with_warmup": (
        "warmup_start_value + (warmup_end_value - warmup_start_value) * t / (W - 1) until W - 1, "
        "then the rate of lr_scheduler, whose event 0 is W - 1, or W if it starts elsewhere"
    ),
    "paddle.PiecewiseDecay": (
        "values[number of the first boundary > t], and after all boundaries values[-1]"
    ),
    "paddle.MultiStepDecay": "learning_rate * gamma ** (number of milestones <= t)",
    "paddle.LambdaDecay": "learning_rate * lr_lambda(t)",
    "paddle.MultiplicativeDecay": "learning_rate * lr_lambda(1) * ... * lr_lambda(t)",
    "paddle.CosineAnnealingWarmRestarts": (
        "eta_min + (learning_rate - eta_min) * (1 + cos(pi * t_cur / T_i)) / 2, t_cur steps into "
        "cycle i, which has T_i = T_0 * T_mult ** i steps"
    ),
    "paddle.LinearWarmup": (
        "start_lr + (end_lr - start_lr) * t / warmup_steps if t < warmup_steps, then the rate of "
        "learning_rate at t - warmup_steps"
    ),
    "mxnet.MultiFactorScheduler": "base_lr * factor ** (number of step <= t)",
    "t5x.create_learning_rate_scheduler": (
        "the product of factors at max(0, t - step_offset), at least min_learning_rate"
    ),
    "fastai.combine_scheds": (
        "scheds[i] at the share of phase i that has passed, which is pcts[i] of the training"
    ),
    "fastai.fit_sgdr": (
        "lr_max * (1 + cos(pi * t_cur / T_i)) / 2, t_cur batches into cycle i, which has "
        "T_i = cycle_len * cycle_mult ** i epochs"
    ),
    "olmo.wsds": (
        "the warm-up, then in each period its multiple of lr, and in its last D steps a line from "
        "it to decay_min_lr; D is t_decay, or decay_fraction of the period"
    ),
    "olmo.composable": (
        "stage by stage, a line or half a cosine from start_lr, or the end of the stage before, to "
        "end_lr; the clock is one step ahead, and override_decay replaces what is after its start"
    ),
    "olmo.sequential": (
        "schedulers[i] at t less the steps of those before, with their last rate for lr; the clock "
        "is one step ahead, and override_decay replaces what is after its start"
    ),
    "torch.MultiStepLR": "lr * gamma ** (number of milestones <= t)",
    "torch.CosineAnnealingWarmRestarts": (
        "eta_min + (lr - eta_min) * (1 + cos(pi * t_cur / T_i)) / 2, t_cur steps into cycle i, "
        "which has T_i = T_0 * T_mult ** i steps"
    ),
    "torch.LambdaLR": "lr * lr_lambda(t)",
    "torch.MultiplicativeLR": "lr * lr_lambda(1) * ... * lr_lambda(t)",
    "torch.ReduceLROnPlateau": "rate * factor after more than patience steps without improvement",
    "torch.SequentialLR": (
        "the rate of schedules[i] at step t - milestones[i - 1], with i milestones <= t"
    ),
    "torch.ChainedScheduler": (
        "at each step, every schedule in order changes the rate that the one before returns"
    ),
    "timm.cosine": (
        "lr_min + (lr * cycle_decay**i - lr_min) * (1 + cos(pi * t_cur**k / t_i**k)) / 2, t_cur "
        "steps into cycle i of t_i steps"
    ),
    "timm.tanh": (
        "lr_min + (lr * cycle_decay**i - lr_min) * (1 - tanh(lb * (1 - x) + ub * x)) / 2, with x "
        "the share of cycle i that has passed"
    ),
    "timm.poly": (
        "lr_min + (lr * cycle_decay**i - lr_min) * (1 - t_cur**k / t_i**k) ** power, t_cur steps "
        "into cycle i of t_i steps"
    ),
    "timm.multistep": "lr * decay_rate ** (number of decay_t <= t + 1)",
    "timm.wsd": (
        "lr_min + (lr * stable(t - W) - lr_min) * decay((t - W - t_initial + decay_t) / decay_t)"
    ),
    "timm.rsqrt": (
        "lr_min + (lr * stable(t - W) - lr_min) * decay((t - W - t_initial + decay_t) / decay_t)"
    ),
    "timm.plateau": "rate * decay_rate after more than `patience_t` epochs without improvement",
    "transformers.warmup_stable_decay": (
        "lr * (m + (1 - m) * warmup(t / W)), then lr, then lr * (m + (1 - m) * decay((t-W-S) / "
        "D)), then lr * m, with m = min_lr_ratio"
    ),
    "transformers.reduce_lr_on_plateau": (
        "rate * factor after more than `patience` evaluations without improvement"
    ),
    "transformers.greedy": (
        "rate / factor after more than `patience` improvements, rate * factor after as many not"
    ),
    "lrviz.power": (
        "min(lr, batch_size * a * n ** b) with n = t * batch_size * sequence_length tokens, after "
        "a linear warm-up of warmup_steps and before a decay of decay_steps to min_lr"
    ),
    "lrviz.piecewise": (
        "phase by phase, lr * (to + (before - to) * (1 - p)) for a linear one, with p the share "
        "of the phase that has passed and before the factor at its first step"
    ),
    "espnet.piecewiselinearwarmuplr": (
        "between the rates of warmup_lr_list at t + 1 in warmup_steps_list, in lines, then "
        "lr * sqrt(last step / (t + 1))"
    ),
    "espnet.tristagelr": (
        "with n = min(t + 1, max_steps): lr * (init_lr_scale + (1 - init_lr_scale) * n / W) "
        "up to step W = warmup_ratio * max_steps, lr for hold_ratio * max_steps steps, then "
        "lr * final_lr_scale ** (share of the rest that has passed)"
    ),
    "espnet.CosineAnnealingWarmupRestarts": (
        "min_lr + (max_lr * gamma ** i - min_lr) * r with r = s / W in the warm-up of cycle i, "
        "then (1 + cos(pi * (s - W) / (T - W))) / 2, s steps into the cycle, which has T steps: "
        "T - W grows by cycle_mult from cycle to cycle, rounded down"
    ),
    "fairseq.cosine": (
        "s * (min_lr + (lr - min_lr) * (1 + cos(pi * t_cur / t_i)) / 2) with s = lr_shrink ** i, "
        "t_cur updates into period i, which has t_i = lr_period_updates * t_mult ** i updates"
    ),
    "fairseq.triangular": (
        "min + (max - min) * max(0, 1 - abs(t / h - 2 * i - 1)) with h = lr_period_updates // 2, "
        "i = floor(t / (2 * h)), max = max_lr * lr_shrink ** i and min = lr, which shrinks with it "
        "if shrink_min"
    ),
    "keras.PiecewiseConstantDecay": "values[number of boundaries < t]",
    "keras.CosineDecayRestarts": (
        "initial_learning_rate * ((1 - alpha) * m_mul ** i * (1 + cos(pi * t_cur / T_i)) / "
        "2 + alpha), t_cur steps into cycle i, which has T_i = first_decay_steps * t_mul ** "
        "i steps"
    ),
    "keras.ReduceLROnPlateau": (
        "rate * factor at the end of `patience` epochs without improvement"
    ),
    "keras.LearningRateScheduler": (
        "rate(n) = function(n, rate(n - 1)), and before epoch 0 the rate is lr"
    ),
    "optax.exponential_decay": (
        "init_value * decay_rate ** (max(t - transition_begin, 0) / transition_steps), "
        "bounded by end_value; in stairs the exponent is rounded down"
    ),
    "optax.piecewise_constant_schedule": "init_value * product of the factors whose step <= t",
    "optax.piecewise_interpolate_schedule": (
        "between init_value * factors up to each step, in a line or half a cosine"
    ),
    "optax.linear_onecycle_schedule": (
        "lines from peak_value / div_factor to peak_value, back, and down to peak_value / "
        "div_factor / final_div_factor"
    ),
    "optax.cosine_onecycle_schedule": (
        "half cosines from peak_value / div_factor to peak_value, then to peak_value / "
        "(div_factor * final_div_factor)"
    ),
    "optax.warmup_exponential_decay_schedule": (
        "a line to peak_value at warmup_steps, then peak_value * decay_rate ** ((t - "
        "warmup_steps - transition_begin) / transition_steps)"
    ),
    "optax.sgdr_schedule": (
        "warmup_cosine_decay_schedule(**cosine_kwargs[i]), each for its own decay_steps"
    ),
    "optax.join_schedules": (
        "schedules[i] at t - boundaries[i-1], for the last boundary in the list that is <= t"
    ),
    "optax.reduce_on_plateau": (
        "lr * scale; scale * factor at the `patience`-th evaluation in a row without improvement"
    ),
}
"""The formulas that are not arithmetic in the parameters."""
SYMBOLS = {"W": WarmUp, "T": Length}
"""The letters that a formula may have for the parameters of a role."""
MEANINGS: dict[str, dict[str, str]] = {
    "transformers.inverse_sqrt": {"timescale": "num_warmup_steps"},
    "transformers.cosine_with_min_lr": {"F": "min_lr_rate * lr"},
    "transformers.cosine_warmup_with_min_lr": {"F": "min_lr_rate * lr"},
    "axolotl.cosine_with_warmup_decay_constant": {
        "C": "floor(num_training_steps * constant_lr_ratio)"
    },
    "composer.inv_sqrt_with_warmup": {
        "D": "alpha_f_decay",
        "C": "max(t_max - t_cooldown, t_warmup)",
    },
    "torchtitan.linear_warmup_stable_decay": {"D": "total_steps - warmup_steps"},
    "nanotron.learning_rate_scheduler": {
        "S": "lr_warmup_steps",
        "D": "train_steps - lr_warmup_steps",
        "min_decay_lr": "lr",
    },
    "fastai.fit_one_cycle": {"lr_max": "lr"},
    "deepspeed.WarmupLR": {"warmup_max_lr": "lr"},
    "deepspeed.OneCycle": {"cycle_second_step_size": "cycle_first_step_size"},
    "torch.CyclicLR": {"step_size_down": "step_size_up"},
    "paddle.CyclicLR": {"step_size_down": "step_size_up"},
    "keras.CosineDecay": {"warmup_target": "initial_learning_rate"},
    "lrviz.tri_stage": {"decay_steps": "total_steps - warmup_steps - hold_steps"},
    "lrviz.cosine_with_floor": {"decay_steps": "total_steps - warmup_steps"},
    "lrviz.inverse_sqrt": {"timescale": "warmup_steps"},
}
MEANINGS |= {cls.title(): {"M": "0.1 * lr"} for cls in register.all() if cls.dialect == "olmo"}
"""What a parameter that is not set means, as arithmetic in the others."""


def number(name: str, value: Any, schedule: Schedule, lr: float) -> float | None:
    """Return a parameter as a number; a share as the steps, or the rate, that it means."""
    if isinstance(value, str) and value.endswith("%"):
        share = float(value[:-1]) / 100
        steps = getattr(schedule, "total_steps", 1)
        return share * lr if name == "min_lr" else floor(share * steps + 1e-9)
    return float(value) if isinstance(value, int | float) else None


def values_of(schedule: Schedule, lr: float) -> dict[str, float]:
    """Return the numbers that the formula may name."""
    names = type(schedule).model_fields
    numbers = {name: number(name, getattr(schedule, name), schedule, lr) for name in names}
    values = {name: value for name, value in numbers.items() if value is not None} | {"lr": lr}
    for symbol, role in SYMBOLS.items():
        parameter = schedule.parameter_with(role)
        if parameter and parameter[0] in values:
            values[symbol] = values[parameter[0]]
    for name, meaning in MEANINGS.get(schedule.title(), {}).items():
        if name not in values:
            values[name] = float(Expression(meaning, ("t", *values))(0.0, **values))
    return values


def check_formula(schedule: Schedule, lr: float, stop: int) -> None:
    """Fail where the formula does not give the rates of steps 0 to stop - 1."""
    values = values_of(schedule, lr)
    end = schedule.end()
    t = np.arange(min(stop, end.last + 1) if end else stop)
    rates = schedule.rate(t, lr)
    formula = Expression(schedule.formula, ("t", *values))(t, **values)
    np.testing.assert_allclose(formula, rates, rtol=1e-9, atol=1e-12 * abs(rates).max())


@pytest.mark.parametrize("cls", register.all(), ids=lambda cls: cls.title())
def test_formula_gives_the_rates_of_the_example(cls: type[Schedule]) -> None:
    schedule = cls.model_validate(cls.example_values())
    try:
        Expression(cls.formula, ("t", *values_of(schedule, LR)))
    except ExpressionError:
        assert PROSE.get(cls.title()) == cls.formula
        return
    assert cls.title() not in PROSE
    check_formula(schedule, LR, max(schedule.natural_length() or 100, 20) * 5 // 4)


def is_whole_or_rate(item: tuple[str, Any]) -> bool:
    """Return whether a parameter of a spec is no fractional number of steps."""
    name, value = item
    counts = any(word in name for word in ("steps", "iters", "step_size", "T_max", "warmup_steps"))
    return not counts or value is None or value == int(float(str(value).rstrip(" %")))


def is_usual(schedule: Schedule, lr: float) -> bool:
    """Return whether the formula is meant for a schedule: no special mode, no edge."""
    fields = type(schedule).model_fields.items()
    modes = [
        getattr(schedule, name) == field.get_default(call_default_factory=True)
        for name, field in fields
        if not field.is_required()
        and (isinstance(field.default, bool) or number(name, field.default, schedule, lr) is None)
        and field.default is not None
    ]
    values = values_of(schedule, lr)
    lengths = [value for name, value in values.items() if name.endswith("_steps")]
    lengths.append(values.get("total_steps", np.inf) - values.get("warmup_steps", 0.0))
    return all(modes) and all(lengths) and not list(schedule.findings(lr))


@pytest.mark.parametrize("dialect", ["torch", "lrviz", "keras", "optax"])
def test_formula_gives_the_rates_of_random_parameters(dialect: str) -> None:
    checked = set()
    for spec in random_specs(dialect, RUNS, SEED):
        cls = register.find(spec["schedule"])
        assert cls is not None
        parameters = {key: value for key, value in spec.items() if key not in RUN}
        if cls.title() in PROSE or not all(map(is_whole_or_rate, parameters.items())):
            continue
        try:
            schedule = cls.model_validate(parameters)
        except ValueError:
            continue
        if is_usual(schedule, spec["lr"]):
            checked.add(cls.title())
            check_formula(schedule, spec["lr"], STEPS)
    arithmetic = {cls.title() for cls in register.all() if cls.dialect == dialect} - set(PROSE)
    assert checked == arithmetic

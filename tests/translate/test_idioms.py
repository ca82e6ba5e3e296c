"""One intent in every dialect: the idioms, their rates, and what makes them differ."""

from __future__ import annotations

from typing import get_args

import pytest

from lrviz.core.intent import IntentShape
from lrviz.curves.table import tabulate
from lrviz.translate.conventions import measure_convention
from lrviz.translate.intents import Intent, curve_of, idioms
from tests.conftest import Shell

INTENT = Intent(peak=1, warmup=10, total=100)

MEASURED = {
    "torch LinearLR, CosineAnnealingLR": ".3333 .9333 1 .58682 .00030 .117",
    "keras CosineDecay": "0 .9 1 .65451 .02956 0",
    "optax warmup_cosine_decay_schedule": "0 .9 1 .58682 .00030 0",
    "transformers cosine": "0 .9 1 .58682 .00030 .117",
    "transformers cosine_warmup_with_min_lr": ".1 1 .9997 .56959 0 .128",
    "timm cosine, warmup_prefix=False": "0 .9 .97553 .5 .00025 0",
    "timm cosine, warmup_prefix=True": "0 .9 1 .65451 .02956 0",
}
"""Rates that the real libraries gave at steps 0, 9, 10, 50, 99 and 120, run in each."""

CONVENTIONS = {
    "torch LinearLR, CosineAnnealingLR": ("from 0.3333", "included", "3e-4 above floor", "climbs"),
    "keras CosineDecay": ("t/W", "added", "0.03 above floor", "holds"),
    "optax warmup_cosine_decay_schedule": ("t/W", "included", "3e-4 above floor", "holds"),
    "transformers cosine": ("t/W", "included", "3e-4 above floor", "climbs"),
    "transformers cosine_warmup_with_min_lr": ("(t+1)/W", "included", "at floor", "climbs"),
    "timm cosine, warmup_prefix=False": ("t/W", "overlaid", "2.5e-4 above floor", "holds"),
    "timm cosine, warmup_prefix=True": ("t/W", "added", "0.03 above floor", "holds"),
}

COMMANDS = {
    ("cosine", 10, 0.0): [
        "torch.SequentialLR(schedules=[torch.LinearLR(total_iters=10), "
        "torch.CosineAnnealingLR(T_max=50)], milestones=[10]), lr=0.3",
        "keras.CosineDecay(initial_learning_rate=0, decay_steps=60, warmup_target=0.3, "
        "warmup_steps=10)",
        "optax.warmup_cosine_decay_schedule(init_value=0, peak_value=0.3, warmup_steps=10, "
        "decay_steps=60)",
        "transformers.cosine(num_warmup_steps=10, num_training_steps=60), lr=0.3",
        "transformers.cosine_warmup_with_min_lr(num_warmup_steps=10, num_training_steps=60, "
        "min_lr=0), lr=0.3",
        "timm.cosine(t_initial=60, warmup_t=10, warmup_prefix=false, t_in_epochs=false), lr=0.3",
        "timm.cosine(t_initial=60, warmup_t=10, warmup_prefix=true, t_in_epochs=false), lr=0.3",
    ],
    ("cosine", 0, 0.03): [
        "torch.CosineAnnealingLR(T_max=60, eta_min=0.03), lr=0.3",
        "keras.CosineDecay(initial_learning_rate=0.3, decay_steps=60, alpha=0.1)",
        "optax.cosine_decay_schedule(init_value=0.3, decay_steps=60, alpha=0.1)",
        "transformers.cosine_with_min_lr(num_warmup_steps=0, num_training_steps=60, min_lr=0.03), "
        "lr=0.3",
        "transformers.cosine_warmup_with_min_lr(num_warmup_steps=0, num_training_steps=60, "
        "min_lr=0.03), lr=0.3",
        "timm.cosine(t_initial=60, lr_min=0.03, t_in_epochs=false), lr=0.3",
    ],
    ("linear", 0, 0.0): [
        "torch.LinearLR(start_factor=1, end_factor=0, total_iters=60), lr=0.3",
        "keras.PolynomialDecay(initial_learning_rate=0.3, decay_steps=60, end_learning_rate=0)",
        "optax.linear_schedule(init_value=0.3, end_value=0, transition_steps=60)",
        "transformers.linear(num_warmup_steps=0, num_training_steps=60), lr=0.3",
        "timm.poly(t_initial=60, power=1, t_in_epochs=false), lr=0.3",
    ],
    ("linear", 10, 0.03): [
        "torch.SequentialLR(schedules=[torch.LinearLR(total_iters=10), "
        "torch.LinearLR(start_factor=1, end_factor=0.1, total_iters=50)], milestones=[10]), lr=0.3",
        "optax.join_schedules(schedules=[optax.linear_schedule(init_value=0, end_value=0.3, "
        "transition_steps=10), optax.linear_schedule(init_value=0.3, end_value=0.03, "
        "transition_steps=50)], boundaries=[10])",
        "transformers.polynomial(num_warmup_steps=10, num_training_steps=60, lr_end=0.03), lr=0.3",
        "timm.poly(t_initial=60, power=1, lr_min=0.03, warmup_t=10, warmup_prefix=false, "
        "t_in_epochs=false), lr=0.3",
        "timm.poly(t_initial=60, power=1, lr_min=0.03, warmup_t=10, warmup_prefix=true, "
        "t_in_epochs=false), lr=0.3",
    ],
    ("polynomial", 0, 0.03): [
        "torch.PolynomialLR(total_iters=60, power=2), lr=0.3",
        "keras.PolynomialDecay(initial_learning_rate=0.3, decay_steps=60, end_learning_rate=0.03, "
        "power=2)",
        "optax.polynomial_schedule(init_value=0.3, end_value=0.03, power=2, transition_steps=60)",
        "transformers.polynomial(num_warmup_steps=0, num_training_steps=60, lr_end=0.03, power=2), "
        "lr=0.3",
        "timm.poly(t_initial=60, power=2, lr_min=0.03, t_in_epochs=false), lr=0.3",
    ],
    ("exponential", 0, 0.03): [
        "torch.ExponentialLR(gamma=0.9623506263980885), lr=0.3",
        "keras.ExponentialDecay(initial_learning_rate=0.3, decay_steps=60, decay_rate=0.1)",
        "optax.exponential_decay(init_value=0.3, transition_steps=60, decay_rate=0.1, "
        "end_value=0.03)",
    ],
    ("exponential", 10, 0.03): [
        "torch.SequentialLR(schedules=[torch.LinearLR(total_iters=10), "
        "torch.ExponentialLR(gamma=0.954992586021436)], milestones=[10]), lr=0.3",
        "optax.warmup_exponential_decay_schedule(init_value=0, peak_value=0.3, warmup_steps=10, "
        "transition_steps=50, decay_rate=0.1, end_value=0.03)",
    ],
    ("constant", 0, 0.0): [
        "optax.constant_schedule(value=0.3)",
        "transformers.constant(), lr=0.3",
    ],
    ("constant", 10, 0.0): [
        "torch.LinearLR(total_iters=10), lr=0.3",
        "optax.warmup_constant_schedule(init_value=0, peak_value=0.3, warmup_steps=10)",
        "transformers.constant_with_warmup(num_warmup_steps=10, num_training_steps=60), lr=0.3",
    ],
}


def test_the_usual_intent_has_the_rates_that_were_measured() -> None:
    assert INTENT.steps_of_interest() == [0, 9, 10, 50, 99, 120]
    by_label = {idiom.label: idiom for idiom in idioms(INTENT)}
    assert list(by_label) == list(MEASURED)
    for label, line in MEASURED.items():
        rates = curve_of(by_label[label], INTENT).sample(range(121))
        for step, text in zip(INTENT.steps_of_interest(), line.split(), strict=True):
            digits = len(text.partition(".")[2])
            assert f"{rates[step]:.{digits}f}".removeprefix("0") in (text, text.strip("0")), label


def test_conventions_are_measured_on_the_rates() -> None:
    found = {
        idiom.label: measure_convention(INTENT, curve_of(idiom, INTENT)) for idiom in idioms(INTENT)
    }
    assert {label: tuple(vars(value).values()) for label, value in found.items()} == CONVENTIONS


@pytest.mark.parametrize(("shape", "warmup", "floor"), COMMANDS)
def test_each_idiom_is_typed_so(shape: str, warmup: int, floor: float) -> None:
    intent = Intent(peak=0.3, warmup=warmup, total=60, floor=floor, shape=shape)
    commands = [idiom.command(intent) for idiom in idioms(intent)]
    assert commands == COMMANDS[shape, warmup, floor]


@pytest.mark.parametrize("shape", get_args(IntentShape))
@pytest.mark.parametrize("warmup", [0, 1, 10])
@pytest.mark.parametrize("floor", [0.0, 0.01])
def test_every_idiom_peaks_at_the_peak(shape: str, warmup: int, floor: float) -> None:
    if shape == "exponential" and not floor:
        return
    intent = Intent(peak=0.3, warmup=warmup, total=60, floor=floor, shape=shape)
    found = idioms(intent)
    assert len(found) >= 2
    curves = [curve_of(idiom, intent) for idiom in found]
    table = tabulate(curves, range(intent.steps_of_interest()[-1] + 1))
    for column in table.columns:
        overlaid = measure_convention(intent, column.curve).in_total == "overlaid"
        least = 0.9 if overlaid else 1 - 1e-2
        assert 0.3 * least <= column.rates.max() <= 0.3 * (1 + 1e-9), column.label


def test_the_title_says_the_intent() -> None:
    assert INTENT.title == "Peak 1, 10 warm-up steps, cosine, 100 steps"
    intent = Intent(peak=3e-4, warmup=0, total=60, floor=1e-5, shape="linear")
    assert intent.title == "Peak 3e-4, linear to 1e-5, 60 steps"


@pytest.mark.parametrize(
    ("warmup", "total", "steps"),
    [(0, 60, [0, 30, 59, 72]), (1, 4, [0, 1, 2, 3, 5]), (0, 1, [0, 2])],
)
def test_steps_of_interest(warmup: int, total: int, steps: list[int]) -> None:
    assert Intent(warmup=warmup, total=total).steps_of_interest() == steps


def test_the_command(shell: Shell) -> None:
    done = shell("dialects", "--peak", "1", "--warmup", "10", "--total", "100", "--width", "100")
    assert done.returncode == 0, done.stderr
    rates = "0      0.9        1  0.65451  0.02956        0"
    assert f"keras CosineDecay                             {rates}" in done.stdout
    assert "idiom " in done.stdout
    assert "warm-up  in total           last step  after the end" in done.stdout
    assert (shell.folder / "dialects.png").exists()
    narrow = shell("dialects", "--no-image", "-q", "--width", "70").stdout
    assert "  0.33333" in narrow


def test_intents_that_cannot_be_are_refused_with_their_flag(shell: Shell) -> None:
    done = shell("dialects", "--warmup", "9", "--total", "9")
    assert done.stderr == "error: --warmup: must be less than total, 9 (got 9)\n"
    done = shell("dialects", "--peak", "1e-4", "--floor", "1e-4")
    assert done.stderr == "error: --floor: must be less than peak, 1e-4 (got 1e-4)\n"
    done = shell("dialects", "--shape", "exponential")
    assert done.stderr == "error: --floor: must be above 0 for shape exponential, as 0.01\n"
    assert "--shape" in shell("dialects", "--shape", "cosin").stderr

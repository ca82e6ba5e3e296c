"""A plateau in each framework: patience, cool-down and thresholds converted."""

from __future__ import annotations

import re
from itertools import product

import numpy as np
import pytest

import lrviz
from lrviz.codegen.target import target_of, targets
from lrviz.core.errors import SpecError
from lrviz.curves.curve import Curve
from lrviz.run import Run
from lrviz.translate.code import plateau_schedule, read_plateau, write_code, write_snippet

METRIC = [1.0, 0.9, 0.9, 0.95, 0.9, 0.9, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.4, 0.4, 0.4]
RULES = {
    "torch": "torch.ReduceLROnPlateau:patience={p},cooldown={c},threshold=0,factor=0.5",
    "transformers": (
        "transformers.reduce_lr_on_plateau:patience={p},cooldown={c},threshold=0,factor=0.5"
    ),
    "timm": "timm.plateau:patience_t={p},cooldown_t={c},threshold=0,decay_rate=0.5,mode=min",
    "keras": (
        "keras.ReduceLROnPlateau:patience={p1},cooldown={kc},min_delta=0,factor=0.5,mode=min"
    ),
}


def curve_of(dialect: str, patience: int, cooldown: int) -> Curve:
    spec = RULES[dialect].format(
        p=patience, c=cooldown, p1=patience + 1, kc=cooldown + 1 if cooldown else 0
    )
    (curve,) = lrviz.load(f"{spec},metric={METRIC}".replace(" ", ""))
    return curve


@pytest.mark.parametrize(("source", "target"), list(product(RULES, RULES)))
@pytest.mark.parametrize(("patience", "cooldown"), [(0, 0), (1, 0), (2, 1), (1, 3)])
def test_rates_are_the_same(source: str, target: str, patience: int, cooldown: int) -> None:
    curve = curve_of(source, patience, cooldown)
    plateau = read_plateau(curve)
    assert plateau is not None
    assert (plateau.patience, plateau.cooldown) == (patience, cooldown)
    schedule = plateau_schedule(curve, plateau, target_of(target)[1])
    span = range(len(METRIC))
    rates = curve.schedule.sample(span, 0.1)
    assert rates[-1] < 0.1
    np.testing.assert_allclose(schedule.sample(span, 0.1), rates)


@pytest.mark.parametrize(("patience", "cooldown"), [(0, 0), (1, 0), (2, 1), (1, 3)])
def test_in_optax_a_drop_comes_one_step_earlier(patience: int, cooldown: int) -> None:
    curve = curve_of("torch", patience, cooldown)
    plateau = read_plateau(curve)
    assert plateau is not None
    schedule = plateau_schedule(curve, plateau, target_of("optax")[1])
    theirs = schedule.sample(range(len(METRIC) - 1), 0.1)
    np.testing.assert_allclose(theirs, curve.schedule.sample(range(len(METRIC)), 0.1)[1:])
    again = read_plateau(Curve("x", schedule, 0.1))
    assert again is not None
    assert (again.patience, again.cooldown) == (patience, cooldown)


CALLS = {
    "torch": "lr_scheduler.ReduceLROnPlateau(optimizer, mode=\"max\", patience=4, "
    "threshold=0.01, threshold_mode=\"abs\", cooldown=2, min_lr=0.001)",
    "keras": "keras.callbacks.ReduceLROnPlateau(patience=5, mode=\"max\", min_delta=0.01, "
    "cooldown=3, min_lr=0.001)",
    "optax": "optax.contrib.reduce_on_plateau(patience=5, rtol=0.0, atol=0.01, cooldown=2, "
    "min_scale=0.01)",
    "transformers": 'get_scheduler("reduce_lr_on_plateau", optimizer, scheduler_specific_kwargs='
    '{"mode": "max", "patience": 4, "threshold": 0.01, "threshold_mode": "abs", "cooldown": 2, '
    '"min_lr": 0.001})',
    "timm": "PlateauLRScheduler(optimizer, patience_t=4, threshold=0.0, cooldown_t=2, "
    "lr_min=0.001)",
}  # fmt: skip


@pytest.mark.parametrize("target", CALLS)
def test_calls(target: str) -> None:
    (curve,) = lrviz.load(
        "torch.ReduceLROnPlateau:mode=max,patience=4,threshold=0.01,threshold_mode=abs,cooldown=2,"
        "min_lr=0.001"
    )
    code = re.sub(r"\s*\n\s*", " ", write_code(curve, target))
    code = code.replace("( ", "(").replace(", )", ")").replace(" )", ")")
    code = code.replace("{ ", "{").replace(", }", "}")
    assert CALLS[target] in code


NOTES = {
    "keras": [
        "Uses the plateau rule of Keras itself.",
        "Keras drops after 11 epochs without improvement, so patience is 11.",
        "Keras' min_delta is absolute: the relative threshold (1e-4) is left out.",
    ],
    "optax": [
        "Uses the plateau rule of Optax itself.",
        "Optax drops at evaluation 11 without improvement, so patience is 11.",
        "Optax scales the update that gets the value: a drop comes one step earlier.",
        "Optax takes lower values as better: pass the negative metric.",
    ],
    "transformers": ["Uses the plateau rule of Transformers itself."],
    "timm": ["Uses the plateau rule of timm itself."],
}


@pytest.mark.parametrize("target", NOTES)
def test_caveats_are_notes(target: str) -> None:
    (curve,) = lrviz.load("torch.ReduceLROnPlateau:mode=max,metric=[1,2,3,4,5]")
    messages = [item.message for item in write_snippet(curve, target).findings]
    assert messages == NOTES[target]


def test_difference_with_the_metric_of_the_spec_is_a_note() -> None:
    metric = [1.0, *[0.99995] * 14]
    (curve,) = lrviz.load(f"torch.ReduceLROnPlateau:metric={metric}".replace(" ", ""))
    note = write_snippet(curve, "keras").findings[-1]
    assert note.message == "With this spec's metric the rates differ from step 12 on."
    assert note.id == "plateau"


def test_by_epoch_an_evaluation_of_optax_is_the_mean_of_an_epoch() -> None:
    (curve,) = lrviz.load("torch.ReduceLROnPlateau")
    curve = Curve("x", curve.schedule, 0.1, Run(steps=400, steps_per_epoch=20), "epoch")
    assert "accumulation_size=20" in write_code(curve, "optax")


def test_every_target_has_a_rule() -> None:
    assert set(targets()) == set(CALLS)


def test_rule_that_a_framework_refuses() -> None:
    (curve,) = lrviz.load("timm.plateau:decay_rate=-0.5,mode=min")
    with pytest.raises(SpecError) as caught:
        write_code(curve, "optax")
    assert str(caught.value) == (
        "timm.plateau:decay_rate=-0.5,mode=min: optax.reduce_on_plateau refuses factor: "
        "optax.reduce_on_plateau: factor must be in the range (0, 1) (got -0.5)"
    )


def test_threshold_of_optax_is_relative_or_absolute() -> None:
    for parameters, expected in (
        ("rtol=0,atol=0.02", (0.02, False)),
        ("rtol=0.01,atol=0.02", (0.01, True)),
        ("cooldown=-3", (1e-4, True)),
    ):
        (curve,) = lrviz.load(f"optax.reduce_on_plateau:min_scale=0.5,{parameters}")
        plateau = read_plateau(curve)
        assert plateau is not None
        assert (plateau.threshold, plateau.is_relative) == expected
        assert (plateau.cooldown, plateau.min_lr, plateau.values) == (0, 0.05, 1)
        assert plateau.patience == 9

"""PaddlePaddle's schedulers: segments, roles, the warm-up before others, refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lrviz.core.composition import schedule_from
from lrviz.core.errors import SpecError
from lrviz.core.register import register
from lrviz.core.roles import Target
from lrviz.specfile.source import load_named

RATE = {"learning_rate": 0.1}
STEP = {"schedule": "paddle.StepDecay", **RATE, "step_size": 2, "gamma": 0.5}
RESTARTS = {"schedule": "paddle.CosineAnnealingWarmRestarts", **RATE, "T_0": 10, "T_mult": 2}


def parts_of(spec: dict[str, Any], stop: int = 20) -> list[tuple[str, int]]:
    return [(part.name, part.start) for part in schedule_from(spec).expand(0.1, stop)]


def rates_of(spec: dict[str, Any], *steps: int) -> list[float]:
    return [float(rate) for rate in schedule_from(spec).rate(np.array(steps), 9.9)]


def warmed(after: Any, **values: Any) -> dict[str, Any]:
    spec = {"schedule": "paddle.LinearWarmup", "learning_rate": after, "warmup_steps": 4}
    return {**spec, "start_lr": 0.0, "end_lr": 0.4, **values}


def test_noam() -> None:
    spec = {"schedule": "paddle.NoamDecay", "d_model": 4, "warmup_steps": 4, "learning_rate": 2.0}
    assert rates_of(spec, 0, 1, 4, 16) == pytest.approx([0.0, 0.125, 0.5, 0.25])
    assert parts_of(spec) == [("warm-up", 0), ("decay", 4)]
    assert schedule_from(spec).natural_length() == 20


def test_noam_follows_the_run() -> None:
    cls = register.find("NoamDecay")
    assert cls
    values = cls.complete({"d_model": 4}, Target(peak=0.5, warmup=4))
    assert values == {"warmup_steps": 4, "learning_rate": 2.0}
    assert cls.complete({"d_model": 4, "warmup_steps": 9}, Target(peak=0.5)) == {
        "learning_rate": 3.0
    }
    assert cls.complete({"learning_rate": 3}, Target(peak=0.5)) == cls.example_values()
    assert "learning_rate" not in cls.complete({}, Target(warmup=4))


def test_boundaries() -> None:
    spec = {"schedule": "paddle.PiecewiseDecay", "boundaries": [3, 5], "values": [0.3, 0.2, 0.1]}
    assert rates_of(spec, 0, 2, 3, 4, 5, 9) == pytest.approx([0.3, 0.3, 0.2, 0.2, 0.1, 0.1])
    assert parts_of(spec) == [("hold", 0), ("drop", 3), ("drop", 5)]
    assert schedule_from(spec).natural_length() == 7
    unsorted = {**spec, "boundaries": [5, 3, 7], "values": [0.4, 0.3, 0.2, 0.7, 0.1]}
    assert rates_of(unsorted, 4, 5, 6, 7) == pytest.approx([0.4, 0.2, 0.2, 0.1])
    at_once = {**spec, "boundaries": [0], "values": [0.3, 0.2]}
    assert rates_of(at_once, 0) == [0.2]
    assert parts_of(at_once) == [("hold", 0)]
    assert schedule_from(at_once).natural_length() is None


def test_decays() -> None:
    natural = {"schedule": "paddle.NaturalExpDecay", **RATE, "gamma": 0.5}
    assert rates_of(natural, 0, 2) == pytest.approx([0.1, 0.1 / np.e])
    (part,) = schedule_from(natural).expand(0.1, 5)
    assert part.name == "decay"
    assert part.shape
    assert part.shape.rates(np.array([2])) == pytest.approx([0.1 / np.e])
    inverse = {"schedule": "paddle.InverseTimeDecay", **RATE, "gamma": 0.5}
    assert rates_of(inverse, 0, 2) == pytest.approx([0.1, 0.05])
    stops = {**inverse, "gamma": -0.5}
    with pytest.raises(SpecError, match=r"paddle\.InverseTimeDecay has no finite rate at step 2"):
        schedule_from(stops).rate(2)
    assert rates_of(STEP, 1, 2, 4) == pytest.approx([0.1, 0.05, 0.025])
    several = {"schedule": "paddle.MultiStepDecay", **RATE, "milestones": [2, 4], "gamma": 0.5}
    assert rates_of(several, 1, 2, 4) == pytest.approx([0.1, 0.05, 0.025])
    assert schedule_from(several).natural_length() == 5
    power = {"schedule": "paddle.ExponentialDecay", **RATE, "gamma": 0.5}
    assert rates_of(power, 0, 2) == pytest.approx([0.1, 0.025])
    function = {"schedule": "paddle.LambdaDecay", **RATE, "lr_lambda": "1 / (t + 1)"}
    assert rates_of(function, 0, 3) == pytest.approx([0.1, 0.025])
    product = {"schedule": "paddle.MultiplicativeDecay", **RATE, "lr_lambda": "1 / (t + 1)"}
    assert rates_of(product, 0, 2) == pytest.approx([0.1, 0.1 / 6])


def test_a_polynomial_may_start_again() -> None:
    spec = {"schedule": "paddle.PolynomialDecay", **RATE, "decay_steps": 4, "end_lr": 0.02}
    assert rates_of(spec, 0, 2, 4, 9) == pytest.approx([0.1, 0.06, 0.02, 0.02])
    assert parts_of(spec) == [("decay", 0), ("floor", 4)]
    again = {**spec, "cycle": True, "power": 2.0}
    assert rates_of(again, 2, 4, 6, 8) == pytest.approx([0.04, 0.02, 0.025, 0.02])
    assert parts_of(again, 10) == [("decay", 0), ("restart", 5), ("restart", 9)]
    assert schedule_from(again).natural_length() == 12


def test_ramps() -> None:
    wave = {"schedule": "paddle.CosineAnnealingDecay", **RATE, "T_max": 4, "eta_min": 0.02}
    assert rates_of(wave, 0, 2, 4, 8) == pytest.approx([0.1, 0.06, 0.02, 0.1])
    line = {"schedule": "paddle.LinearLR", **RATE, "total_steps": 4, "end_factor": 0.5}
    assert rates_of({**line, "start_factor": 1.0}, 0, 2, 9) == pytest.approx([0.1, 0.075, 0.05])
    assert schedule_from(line).natural_length() == 4


def test_triangles() -> None:
    spec = {
        "schedule": "paddle.CyclicLR",
        "base_learning_rate": 0.1,
        "max_learning_rate": 0.5,
        "step_size_up": 2,
        "step_size_down": 4,
        "mode": "triangular2",
    }
    assert rates_of(spec, 0, 1, 2, 4, 8) == pytest.approx([0.1, 0.3, 0.5, 0.3, 0.3])
    custom = {**spec, "scale_fn": "x", "scale_mode": "cycle"}
    assert rates_of(custom, 2, 8) == pytest.approx([0.5, 0.9])
    steps = {**spec, "mode": "exp_range", "exp_gamma": 0.5}
    assert rates_of(steps, 2) == pytest.approx([0.2])


def test_one_cycle() -> None:
    spec = {
        "schedule": "paddle.OneCycleLR",
        "max_learning_rate": 0.4,
        "total_steps": 10,
        "divide_factor": 4.0,
        "end_learning_rate": 0.2,
        "phase_pct": 0.5,
        "anneal_strategy": "linear",
    }
    assert rates_of(spec, 0, 2, 4, 9) == pytest.approx([0.1, 0.25, 0.4, 0.2])
    assert rates_of({**spec, "end_learning_rate": 0.0}, 4, 9) == pytest.approx([0.4, 0.0])
    assert rates_of({**spec, "phase_pct": 0.3, "three_phase": True}, 4) == pytest.approx([0.1])
    schedule = schedule_from(spec)
    assert schedule.natural_length() == 10
    assert schedule.end() is not None
    with pytest.raises(SpecError, match=r"paddle\.OneCycleLR ends"):
        schedule.rate(11)


def test_a_warm_up_before_a_rate() -> None:
    spec = warmed(0.3)
    assert rates_of(spec, 0, 1, 3, 4, 9) == pytest.approx([0.0, 0.1, 0.3, 0.3, 0.3])
    assert parts_of(spec) == [("warm-up", 0), ("hold", 4)]
    assert schedule_from(spec).natural_length() is None
    assert schedule_from(spec).end() is None
    assert schedule_from(spec).spec()["learning_rate"] == 0.3
    assert list(schedule_from(spec).findings(0.1)) == []


def test_a_warm_up_before_a_scheduler() -> None:
    spec = warmed(STEP)
    assert rates_of(spec, 3, 4, 6, 8) == pytest.approx([0.3, 0.1, 0.05, 0.025])
    assert parts_of(spec, 9) == [("warm-up", 0), ("hold", 4), ("drop", 6), ("drop", 8)]
    inner = {"schedule": "paddle.CosineAnnealingDecay", **RATE, "T_max": 7}
    assert schedule_from(warmed(inner)).natural_length() == 4 + 7
    assert rates_of(warmed(warmed(STEP)), 4, 5, 8, 10) == pytest.approx([0.0, 0.1, 0.1, 0.05])
    product = {"schedule": "paddle.MultiplicativeDecay", **RATE, "lr_lambda": "0.5"}
    assert rates_of(warmed(product), 3, 4, 6) == pytest.approx([0.3, 0.1, 0.025])
    assert parts_of(warmed(product)) == [("warm-up", 0), ("custom", 4)]
    one = {"schedule": "paddle.OneCycleLR", "max_learning_rate": 0.4, "total_steps": 10}
    end = schedule_from(warmed(one)).end()
    assert end
    assert end.last == 4 + 10


def test_restarts_that_the_logarithm_misses() -> None:
    spec = {**RESTARTS, "T_0": 1, "T_mult": 10, "eta_min": 0.02}  # log(1000, 10) is below 3
    assert parts_of(spec, 200) == [("decay", 0), ("restart", 1), ("restart", 11), ("restart", 111)]
    assert rates_of(spec, 111) == pytest.approx([0.1])
    after = warmed(spec)
    late = [("warm-up", 0), ("decay", 4), ("restart", 5), ("restart", 15), ("restart", 116)]
    assert parts_of(after, 200) == late
    before, following = rates_of(spec, 110, 112)
    assert rates_of(after, 114, 115, 116) == pytest.approx([before, 0.02, following])
    assert rates_of(after, 115) == pytest.approx([0.02])
    assert rates_of(warmed({**RESTARTS, "T_mult": 1}), 4, 14, 24) == pytest.approx([0.1] * 3)
    assert rates_of(warmed(RESTARTS), 4, 14, 34) == pytest.approx([0.1] * 3)


def test_a_warm_up_follows_the_run() -> None:
    cls = register.find("paddle.LinearWarmup")
    assert cls
    values = cls.complete({}, Target(steps=100, peak=0.2, warmup=20, floor=0.02))
    cosine = {"schedule": "paddle.CosineAnnealingDecay", "learning_rate": 0.2, "T_max": 80}
    assert values == {
        "warmup_steps": 20,
        "start_lr": 0.0,
        "end_lr": 0.2,
        "learning_rate": {**cosine, "eta_min": 0.02},
    }
    assert cls.complete({}, Target(steps=5))["learning_rate"]["T_max"] == 1
    assert cls.complete({}, Target())["learning_rate"]["T_max"] == 100
    typed = load_named("paddle.LinearWarmup", {"learning_rate": 0.3}).curves[0].schedule
    assert typed == schedule_from(
        {"schedule": cls.title(), "learning_rate": 0.3, "warmup_steps": 10, "start_lr": 0.0,
         "end_lr": 0.1}
    )  # fmt: skip


def test_findings_are_those_of_the_scheduler() -> None:
    assert list(schedule_from(warmed(STEP)).findings(0.1)) == []


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({**STEP, "gamma": 1.0}, "less than 1"),
        ({**STEP, "learning_rate": -0.1}, "greater than or equal to 0"),
        ({**STEP, "last_epoch": 5}, "last_epoch must be -1: a curve starts at step 0"),
        (
            {"schedule": "paddle.PiecewiseDecay", "boundaries": [], "values": [0.1]},
            "boundaries cannot be empty",
        ),
        (
            {"schedule": "paddle.PiecewiseDecay", "boundaries": [1, 2], "values": [0.1, 0.2]},
            r"must be more than boundaries \(got 2 values and 2 boundaries\)",
        ),
        (
            {"schedule": "paddle.NaturalExpDecay", **RATE, "gamma": 0.0},
            "greater than 0",
        ),
        (
            {
                "schedule": "paddle.OneCycleLR",
                "max_learning_rate": 0.1,
                "total_steps": 10,
                "phase_pct": 0.5,
                "three_phase": True,
            },
            r"must be less than 0.5 with three_phase \(got 0.5\)",
        ),
        (
            {
                "schedule": "paddle.OneCycleLR",
                "max_learning_rate": 0.1,
                "total_steps": 10,
                "phase_pct": 0.1,
            },
            "divides by zero at step 0 where phase_pct [*] total_steps is 1",
        ),
        (warmed(0.1, end_lr=0.0), r"must be greater than start_lr, 0 \(got 0\)"),
        (warmed(0.1, start_lr=-0.1), "greater than or equal to 0"),
        (warmed(0.1, warmup_steps=0), "greater than 0"),
        (warmed(True), "must be a mapping"),
        (warmed("paddle.Nothing"), "unknown schedule 'paddle.Nothing'"),
        (
            warmed({"schedule": "torch.ConstantLR"}),
            r"must be a rate or a scheduler of paddle \(got torch.ConstantLR\)",
        ),
    ],
)
def test_refusals(spec: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        schedule_from(spec)

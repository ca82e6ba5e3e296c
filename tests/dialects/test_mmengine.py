"""MMEngine's schedulers: segments, clocks, refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import lrviz
from lrviz.core.composition import schedule_from
from lrviz.core.segment import Segment, evaluate

WARM_UP = {"type": "LinearLR", "start_factor": 0.1, "by_epoch": False, "end": 10}
STEPS = {"type": "MultiStepLR", "milestones": [4, 6], "end": 8}


def spec_of(*entries: dict[str, Any], **values: Any) -> dict[str, Any]:
    return {"schedule": "mmengine.param_scheduler", "schedulers": list(entries), **values}


def parts_of(spec: dict[str, Any], stop: int = 200) -> list[tuple[str, int]]:
    return [(part.name, part.start) for part in schedule_from(spec).expand(0.1, stop)]


def rates_of(spec: dict[str, Any], *steps: int) -> list[float]:
    return [float(rate) for rate in schedule_from(spec).rate(np.array(steps), 0.1)]


def test_schedulers_by_iteration_and_by_epoch() -> None:
    spec = spec_of(WARM_UP, STEPS, epoch_length=20)
    expected = [0.01, 0.02, 0.1, 0.1, 0.1, 0.01, 0.001]
    assert rates_of(spec, 0, 1, 9, 10, 79, 80, 120) == pytest.approx(expected)
    assert parts_of(spec) == [("warm-up", 0), ("hold", 9), ("drop", 80), ("drop", 120)]
    assert schedule_from(spec).natural_length() == 160


def test_without_an_epoch_length_an_iteration_is_an_epoch() -> None:
    assert rates_of(spec_of(STEPS), 3, 4, 6) == pytest.approx([0.1, 0.01, 0.001])
    assert parts_of(spec_of(STEPS)) == [("hold", 0), ("drop", 4), ("drop", 6)]


def test_a_scheduler_acts_from_its_begin_to_its_end() -> None:
    step = {"type": "StepLR", "step_size": 3, "gamma": 0.5, "begin": 2, "end": 9}
    assert rates_of(spec_of(step), 4, 5, 8, 11) == pytest.approx([0.1, 0.05, 0.025, 0.025])
    assert parts_of(spec_of(step)) == [("hold", 0), ("drop", 5), ("drop", 8)]
    by_epoch = spec_of(step, epoch_length=4)
    assert rates_of(by_epoch, 19, 20, 31, 32, 99) == pytest.approx([0.1, 0.05, 0.05, 0.025, 0.025])
    endless = {"type": "ExponentialLR", "gamma": 0.5}
    assert rates_of(spec_of(endless), 0, 1, 3) == pytest.approx([0.1, 0.05, 0.0125])
    assert schedule_from(spec_of(endless)).natural_length() is None


def test_conversion_to_iterations() -> None:
    cosine = {"type": "CosineAnnealingLR", "begin": 1, "end": 3, "convert_to_iter_based": True}
    spec = spec_of(cosine, epoch_length=10)
    assert rates_of(spec, 9, 10, 20, 29) == pytest.approx([0.1, 0.1, 0.05, 0.000615582970243117])
    assert parts_of(spec) == [("hold", 0), ("decay", 10)]
    assert schedule_from(spec).natural_length() == 30
    several = {"type": "MultiStepLR", "milestones": [1, 2], "convert_to_iter_based": True}
    assert rates_of(spec_of(several, epoch_length=5), 4, 5, 10) == pytest.approx([0.1, 0.01, 0.001])


def test_a_cycle_takes_its_length_from_where_it_begins_and_ends() -> None:
    cycle = {"type": "OneCycleLR", "eta_max": 1.0, "begin": 5, "end": 25}
    steps = np.arange(30)
    assert rates_of(spec_of(cycle), *steps) == rates_of(
        spec_of({**cycle, "total_steps": 20}), *steps
    )
    assert rates_of(spec_of(cycle), 5, 10, 24) == pytest.approx([0.04, 1.0, 4e-6])


def test_a_quadratic_warm_up_reaches_the_rate_at_its_last_step() -> None:
    spec = spec_of({"type": "QuadraticWarmupLR", "end": 5})
    expected = [0.004, 0.016, 0.036, 0.064, 0.1, 0.1]
    assert rates_of(spec, 0, 1, 2, 3, 4, 5) == pytest.approx(expected)


BY_STEP = {"by_epoch": False}
COSINE = {"type": "CosineAnnealingLR", "begin": 10, "end": 90, **BY_STEP}
DROPS = {"type": "MultiStepLR", "milestones": [30, 40], **BY_STEP}
POWER = {"type": "PolyLR", "begin": 10, "end": 90, "power": 0.9, "eta_min": 1e-3, **BY_STEP}
LATER = {"type": "LinearLR", "start_factor": 0.5, "end_factor": 0.0, "begin": 50, "end": 90}


@pytest.mark.parametrize(
    ("entries", "names"),
    [
        ((WARM_UP, STEPS), ["warm-up", "hold", "drop", "drop"]),
        ((WARM_UP, COSINE), ["warm-up", "hold", "decay", "hold"]),
        ((WARM_UP, COSINE, DROPS), ["warm-up", "hold", "decay", "drop", "drop", "hold"]),
        ((WARM_UP, POWER, DROPS), ["warm-up", "hold", "decay", "drop", "drop", "hold"]),
        (({**COSINE, "eta_min_ratio": 0.1, "T_max": 100},), ["hold", "decay", "hold"]),
        (({**LATER, **BY_STEP}, DROPS), ["hold", "drop", "drop", "warm-up", "hold"]),
        (({"type": "ConstantLR", "end": 5, **BY_STEP},), ["warm-up", "hold"]),
        (({"type": "ExponentialLR", "gamma": 0.9, **BY_STEP}, DROPS), ["decay", "drop", "drop"]),
        (({"type": "StepLR", "step_size": 3, "gamma": 0.5, "end": 9},), ["hold", "drop", "drop"]),
    ],
)
def test_shapes_have_the_rates_of_the_run(
    entries: tuple[dict[str, Any], ...], names: list[str]
) -> None:
    schedule, t = schedule_from(spec_of(*entries, epoch_length=20)), np.arange(250)
    segments = list(schedule.segments(0.1))
    assert [part.name for part in segments if isinstance(part, Segment) and part.shape] == names
    assert evaluate(segments, t) == pytest.approx(schedule.compute(t, 0.1), rel=1e-11, abs=1e-17)


@pytest.mark.parametrize(
    "entries",
    [
        (WARM_UP, {**COSINE, "begin": 0}),
        ({**COSINE, "by_epoch": True},),
        ({**COSINE, "T_max": 40},),
        ({"type": "StepLR", "step_size": 3},),
        ({"type": "MultiStepLR", "milestones": list(range(1, 103))},),
        ({"type": "QuadraticWarmupLR", "end": 5, **BY_STEP},),
        ({**POWER, "power": 1e9}, DROPS),
    ],
)
def test_what_changes_at_once_has_no_shape(entries: tuple[dict[str, Any], ...]) -> None:
    with pytest.raises(NotImplementedError):
        schedule_from(spec_of(*entries, epoch_length=20)).segments(0.1)


def test_code_of_a_long_run_is_no_table() -> None:
    drops = {"type": "MultiStepLR", "milestones": [8, 11], "end": 12}
    schedulers = [{**WARM_UP, "end": 500}, drops]
    schedule = lrviz.schedule("mmengine.param_scheduler", schedulers=schedulers, epoch_length=7330)
    code = lrviz.code(schedule, "torch")
    assert "WARMUP = 499\nDROP_START = 58640\nDROP_START_2 = 80630\n" in str(code)


def test_spec_is_what_was_given() -> None:
    schedule = schedule_from(spec_of(WARM_UP, STEPS, epoch_length=20))
    assert schedule.spec()["schedulers"] == [WARM_UP, STEPS]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"gamma": 0.5}, "LinearLR does not take gamma"),
        ({"begin": 10}, r"end must be greater than begin, 10 \(got 10\)"),
        ({"start_factor": 0}, "greater than 0"),
        ({"end_factor": 1.5}, "less than or equal to 1"),
        ({"type": "StepLR", "start_factor": None}, "StepLR needs step_size"),
        ({"type": "Linear"}, "Input should be 'ConstantLR'"),
    ],
)
def test_refusals(change: dict[str, Any], message: str) -> None:
    entry = {key: value for key, value in {**WARM_UP, **change}.items() if value is not None}
    with pytest.raises(ValueError, match=message):
        schedule_from(spec_of(entry))


def test_restarts_have_a_weight_each() -> None:
    entry = {"type": "CosineRestartLR", "periods": [3, 4], "eta_min": 0.0}
    with pytest.raises(ValueError, match="restart_weights must be as many as periods, 2"):
        schedule_from(spec_of(entry))

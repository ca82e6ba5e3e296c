"""MMEngine's schedulers: segments, clocks, refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lrviz.core.composition import schedule_from

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

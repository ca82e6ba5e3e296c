"""TF Model Garden's schedules: segments, lengths, offsets, refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lrviz.core.composition import schedule_from

STAIRS = {
    "schedule": "keras.ExponentialDecay",
    "initial_learning_rate": 0.1,
    "decay_steps": 4,
    "decay_rate": 0.5,
    "staircase": True,
}
COSINE = {"schedule": "keras.CosineDecay", "initial_learning_rate": 0.1, "decay_steps": 20}


def linear(child: dict[str, Any], **values: Any) -> dict[str, Any]:
    schedule = {"schedule": "tf_model_garden.linear_warmup", "after_warmup_lr_sched": child}
    return {**schedule, "warmup_steps": 5, **values}


def parts_of(spec: dict[str, Any], stop: int = 30) -> list[tuple[str, int]]:
    return [(part.name, part.start) for part in schedule_from(spec).expand(0.1, stop)]


def test_the_warm_up_ends_at_the_rate_of_the_schedule_after_it() -> None:
    rates = schedule_from(linear(COSINE)).rate([0, 1, 5, 10, 20, 25])
    top = 0.05 * (1 + np.cos(np.pi / 4))
    assert rates.tolist() == pytest.approx([0.0, top / 5, top, 0.05, 0.0, 0.0], abs=1e-17)


def test_an_offset_shifts_the_clock_of_the_schedule_only() -> None:
    rates = schedule_from(linear(COSINE, offset=5)).rate([0, 1, 5, 15, 25])
    assert rates.tolist() == pytest.approx([0.0, 0.02, 0.1, 0.05, 0.0], abs=1e-17)
    shifted = schedule_from(linear(COSINE, warmup_steps=0, offset=5)).rate([0, 5, 15])
    assert shifted.tolist() == pytest.approx([0.05 * (1 + np.cos(np.pi / 4)), 0.1, 0.05])


def test_segments() -> None:
    assert parts_of(linear(COSINE)) == [("warm-up", 0), ("decay", 5), ("floor", 20)]
    stairs = [("warm-up", 0), ("hold", 5), ("drop", 8), ("drop", 12)]
    assert parts_of(linear(STAIRS), 16) == stairs
    assert parts_of(linear(STAIRS, warmup_steps=0), 9) == [("hold", 0), ("drop", 4), ("drop", 8)]
    constant = linear({"schedule": "transformers.constant"})
    assert parts_of(constant) == [("warm-up", 0), ("hold", 5)]


def test_natural_length() -> None:
    assert schedule_from(linear(COSINE)).natural_length() == 20
    assert schedule_from(linear(COSINE, offset=7)).natural_length() == 27
    assert schedule_from(linear(COSINE, warmup_steps=40)).natural_length() == 40
    constant = linear({"schedule": "transformers.constant"})
    assert schedule_from(constant).natural_length() is None


def test_a_polynomial_warm_up_starts_at_the_rate_of_step_1() -> None:
    spec = {**linear(COSINE, offset=5, power=2), "schedule": "tf_model_garden.polynomial_warmup"}
    rates = schedule_from(spec).rate([0, 1, 2, 5])
    assert rates.tolist() == pytest.approx([0.004, 0.004, 0.016, 0.1])


def test_a_line_ends_the_power() -> None:
    spec = {
        "schedule": "tf_model_garden.power_linear",
        "initial_learning_rate": 1.0,
        "total_decay_steps": 20,
        "linear_decay_fraction": 0.5,
        "offset": 5,
    }
    assert parts_of(spec) == [("decay", 0), ("drop", 15), ("floor", 25)]
    rates = schedule_from(spec).rate([0, 6, 9, 15, 21, 24, 25])
    expected = [1.0, 1.0, 0.5, 10**-0.5, 0.1, 0.1 * 19**-0.5, 0.0]
    assert rates.tolist() == pytest.approx(expected)
    endless = {**spec, "linear_decay_fraction": 0.0}
    assert parts_of(endless) == [("decay", 0)]
    assert schedule_from(endless).rate([5, 6, 30]).tolist() == pytest.approx([1.0, 1.0, 0.2])


def test_a_rate_is_held_before_the_power() -> None:
    spec = {
        "schedule": "tf_model_garden.power_with_offset",
        "initial_learning_rate": 1.0,
        "offset": 3,
        "pre_offset_learning_rate": 0.5,
    }
    assert parts_of(spec) == [("hold", 0), ("decay", 4)]
    rates = schedule_from(spec).rate([3, 4, 7, 12])
    assert rates.tolist() == pytest.approx([0.5, 0.5, 0.5, 1 / 3])
    assert parts_of({**spec, "offset": -1}) == [("decay", 0)]


def test_cosines_from_value_to_value() -> None:
    spec = {
        "schedule": "tf_model_garden.step_cosine_with_offset",
        "boundaries": [0, 10, 30],
        "values": [1.0, 0.5, 0.1],
        "offset": 2,
    }
    assert parts_of(spec, 40) == [("decay", 0), ("decay", 12), ("floor", 32)]
    rates = schedule_from(spec).rate([2, 7, 12, 22, 32])
    assert rates.tolist() == pytest.approx([1.0, 0.75, 0.5, 0.3, 0.0])
    assert schedule_from(spec).natural_length() == 32


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"values": [1.0, 0.5]}, r"values must be as many as boundaries, 3 \(got 2\)"),
        ({"boundaries": [0], "values": [1.0]}, "boundaries must be at least two"),
        ({"boundaries": [0, 10, 10]}, "must be in ascending order, each once"),
    ],
)
def test_refusals(change: dict[str, Any], message: str) -> None:
    spec = {"schedule": "tf_model_garden.step_cosine_with_offset", "boundaries": [0, 10, 30]}
    with pytest.raises(ValueError, match=message):
        schedule_from({**spec, "values": [1.0, 0.5, 0.1], **change})


def test_a_schedule_without_segments_is_refused() -> None:
    child = {"schedule": "torch.MultiplicativeLR", "lr_lambda": "0.9"}
    with pytest.raises(ValueError, match="after_warmup_lr_sched must be a function of the step"):
        schedule_from(linear(child))

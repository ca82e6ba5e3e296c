"""T5X's product of factors: segments, roles, clocks, refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lrviz.core.composition import schedule_from
from lrviz.core.errors import SpecError
from lrviz.core.register import register
from lrviz.core.roles import Target

NAME = "t5x.create_learning_rate_scheduler"


def spec_of(factors: str, **values: Any) -> dict[str, Any]:
    spec = {"schedule": NAME, "factors": factors, "base_learning_rate": 0.4, "warmup_steps": 4}
    return {**spec, **values}


def parts_of(spec: dict[str, Any], stop: int = 20) -> list[tuple[str, int, str | None]]:
    parts = schedule_from(spec).expand(0.1, stop)
    return [(part.name, part.start, part.shape and part.shape.kind) for part in parts]


def rates_of(spec: dict[str, Any], *steps: int) -> list[float]:
    return [float(rate) for rate in schedule_from(spec).rate(np.array(steps), 9.9)]


ROOT = "constant * linear_warmup * rsqrt_decay"


def test_a_warm_up_and_the_root() -> None:
    assert rates_of(spec_of(ROOT), 0, 1, 2, 4, 16) == pytest.approx([1e-8, 0.05, 0.1, 0.2, 0.1])
    assert parts_of(spec_of(ROOT)) == [
        ("warm-up", 0, "hold"), ("warm-up", 1, "linear"), ("decay", 4, "inverse_sqrt"),
    ]  # fmt: skip
    assert schedule_from(spec_of(ROOT)).natural_length() == 20
    normalized = spec_of("constant*linear_warmup*rsqrt_normalized_decay")
    assert rates_of(normalized, 2, 4, 16) == pytest.approx([0.2, 0.4, 0.2])
    assert parts_of(normalized)[2] == ("decay", 4, "inverse_sqrt")
    without = spec_of("constant * rsqrt_decay")
    assert rates_of(without, 0, 4, 16) == pytest.approx([0.2, 0.2, 0.1])
    assert parts_of(without) == [("hold", 0, "hold"), ("decay", 4, "inverse_sqrt")]


def test_shapes_are_the_rates() -> None:
    for factors in (ROOT, "linear_decay", "constant * linear_warmup * cosine_decay"):
        spec = spec_of(factors, decay_factor=0.1, steps_per_cycle=6, step_offset=3)
        for part in schedule_from(spec).expand(0.1, 14):
            assert part.shape
            steps = (part.start, part.start + 1)[: 1 + (part.shape.kind != "hold")]
            rates = part.shape.rates(np.array(steps)).tolist()
            assert rates == pytest.approx(rates_of(spec, *steps)), (factors, part.name)


def test_the_lowest_rate() -> None:
    spec = spec_of(ROOT, min_learning_rate=0.12)
    assert rates_of(spec, 0, 2, 3, 4, 16) == pytest.approx([0.12, 0.12, 0.15, 0.2, 0.12])
    assert parts_of(spec)[:2] == [("warm-up", 0, "hold"), ("warm-up", 3, "linear")]
    assert parts_of(spec_of(ROOT, min_learning_rate=0.05))[1] == ("warm-up", 1, "linear")
    assert parts_of(spec_of(ROOT, min_learning_rate=0.0))[0] == ("warm-up", 0, "linear")
    high = spec_of(ROOT, min_learning_rate=0.2)
    assert rates_of(high, 0, 3, 9) == [0.2, 0.2, 0.2]
    assert parts_of(high) == [("warm-up", 0, "hold"), ("decay", 4, "hold")]


def test_a_decay_stops_at_the_lowest_rate() -> None:
    root = spec_of("constant * rsqrt_decay", min_learning_rate=0.1)
    assert rates_of(root, 15, 16, 25) == pytest.approx([0.4 / 15**0.5, 0.1, 0.1])
    assert parts_of(root)[1:] == [("decay", 4, "inverse_sqrt"), ("floor", 16, "hold")]
    wave = spec_of("constant * cosine_decay", min_learning_rate=0.1, steps_per_cycle=6)
    assert rates_of(wave, 4, 6, 8, 9, 10) == pytest.approx([0.4, 0.3, 0.1, 0.1, 0.4])
    assert parts_of(wave, 14) == [
        ("hold", 0, "hold"), ("decay", 4, "cosine"), ("floor", 8, "hold"),
        ("restart", 10, "cosine"),
    ]  # fmt: skip
    below = spec_of("constant * cosine_decay", min_learning_rate=0.5, steps_per_cycle=6)
    assert parts_of(below, 9) == [("hold", 0, "hold"), ("decay", 4, "hold")]
    negative = spec_of("constant * linear_warmup", base_learning_rate=-0.4, min_learning_rate=-0.1)
    assert rates_of(negative, 0, 1, 2, 9) == pytest.approx([0.0, -0.1, -0.1, -0.1])
    assert parts_of(negative)[:2] == [("warm-up", 0, "linear"), ("floor", 1, "hold")]


def test_a_cosine_restarts() -> None:
    spec = spec_of("constant * linear_warmup * cosine_decay", steps_per_cycle=6)
    assert rates_of(spec, 2, 4, 7, 10, 13) == pytest.approx([0.2, 0.4, 0.2, 0.4, 0.2])
    assert parts_of(spec, 12)[2:] == [("decay", 4, "cosine"), ("restart", 10, "cosine")]
    assert schedule_from(spec).natural_length() == 10
    both = spec_of("constant * cosine_decay * rsqrt_decay", steps_per_cycle=6)
    assert parts_of(both) == [("hold", 0, "hold"), ("decay", 4, None)]


def test_a_line_down() -> None:
    spec = spec_of("linear_decay", decay_factor=0.25)
    assert rates_of(spec, 2, 4, 6, 8, 20) == pytest.approx([0.2, 0.4, 0.2, 1e-8, 1e-8])
    assert parts_of(spec)[1:] == [
        ("warm-up", 1, "linear"), ("decay", 4, "linear"), ("floor", 8, "hold"),
    ]  # fmt: skip
    assert schedule_from(spec).natural_length() == 8
    assert schedule_from({**spec, "decay_factor": 0.3}).natural_length() == 8
    rising = spec_of("linear_decay", decay_factor=-0.1)
    assert parts_of(rising) == [("warm-up", 0, None), ("decay", 4, None)]
    assert schedule_from(rising).natural_length() == 20


def test_drops() -> None:
    spec = spec_of("constant * decay_every", steps_per_decay=6)
    assert rates_of(spec, 0, 5, 6, 12) == pytest.approx([0.4, 0.4, 0.2, 0.1])
    assert parts_of(spec) == [
        ("hold", 0, "hold"), ("drop", 6, "hold"), ("drop", 12, "hold"), ("drop", 18, "hold"),
    ]  # fmt: skip
    assert schedule_from(spec).natural_length() == 24
    warm = {**spec, "factors": "constant * linear_warmup * decay_every"}
    assert rates_of(warm, 2, 4, 6) == pytest.approx([0.2, 0.4, 0.2])
    assert parts_of(warm, 7) == [("warm-up", 0, None), ("hold", 4, "hold"), ("drop", 6, "hold")]


def test_an_offset_moves_the_clock() -> None:
    spec = spec_of("constant * linear_warmup", step_offset=3)
    assert rates_of(spec, 0, 3, 5, 7) == pytest.approx([1e-8, 1e-8, 0.2, 0.4])
    assert parts_of(spec) == [
        ("hold", 0, "hold"), ("warm-up", 3, "hold"), ("warm-up", 4, "linear"), ("hold", 7, "hold"),
    ]  # fmt: skip
    assert schedule_from(spec).natural_length() == 3 + 20
    before = spec_of("constant * linear_warmup", step_offset=-2)
    assert rates_of(before, 0, 1, 2) == pytest.approx([0.2, 0.3, 0.4])
    assert parts_of(before) == [("warm-up", 0, "linear"), ("hold", 2, "hold")]
    passed = spec_of("constant * linear_warmup", step_offset=-9)
    assert parts_of(passed) == [("hold", 0, "hold")]


def test_without_a_warm_up() -> None:
    assert parts_of(spec_of("constant")) == [("hold", 0, "hold")]
    constant = spec_of("constant", warmup_steps=0)
    assert rates_of(constant, 0, 9) == [0.4, 0.4]
    wave = spec_of("constant * cosine_decay", warmup_steps=0, steps_per_cycle=6)
    assert parts_of(wave, 7) == [("decay", 0, "cosine"), ("restart", 6, "cosine")]
    assert schedule_from(constant).natural_length() is None
    for factors in ("constant * linear_warmup", "linear_decay", "rsqrt_normalized_decay"):
        with pytest.raises(SpecError, match=f"{NAME} has no finite rate at step 0: t5x gives nan"):
            schedule_from(spec_of(factors, warmup_steps=0)).rate(0)
    with pytest.raises(SpecError, match=f"{NAME} has no finite rate at step 0: t5x gives inf"):
        schedule_from(spec_of("rsqrt_decay", warmup_steps=0)).rate(0)
    assert rates_of(spec_of("constant * rsqrt_decay", warmup_steps=0), 4) == pytest.approx([0.2])


def test_roles_follow_the_run() -> None:
    cls = register.find(NAME)
    assert cls
    target = Target(steps=100, peak=0.2, warmup=25, floor=0.01)
    values = cls.complete({}, target)
    assert values == {
        "base_learning_rate": pytest.approx(1.0), "warmup_steps": 25, "min_learning_rate": 0.01,
    }  # fmt: skip
    cosine = {"factors": "constant * linear_warmup * cosine_decay"}
    values = cls.complete(cosine, target)
    assert (values["base_learning_rate"], values["steps_per_cycle"]) == (0.2, 75)
    line = {"factors": "linear_decay", "decay_factor": 0.5}
    assert "decay_factor" not in cls.complete(line, target)
    assert cls.complete({"factors": "linear_decay"}, target)["decay_factor"] == 1 / 75
    assert cls.complete({}, Target(peak=0.5))["base_learning_rate"] == pytest.approx(
        0.5 * 1000**0.5
    )
    assert cls.complete({"base_learning_rate": 1.0}, Target(peak=0.5)) == {}


def test_unknown_factors_are_refused() -> None:
    message = (
        "must be factors of T5X between [*]: unknown factor 'linear_warm_up'; did you mean "
        "'linear_warmup'?"
    )
    with pytest.raises(ValueError, match=message):
        schedule_from(spec_of("constant * linear_warm_up"))

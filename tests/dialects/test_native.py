"""lrviz's own schedules: segments, lengths, findings and messages, as a person wrote them down."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lrviz.core.composition import schedule_from
from lrviz.core.roles import Target
from lrviz.core.schedule import Schedule
from lrviz.dialects.native.shares import Share, rate_of, whole_steps
from tests.dialects.descriptions import (
    Described,
    described_segments,
    filled_parameters,
    findings_of,
)


def native(name: str, **parameters: Any) -> Schedule:
    return schedule_from({"schedule": f"lrviz.{name}", **parameters})


SEGMENTS: list[tuple[Schedule, int, Described]] = [
    (
        native("warmup_stable_decay", total_steps=100),
        120,
        [("warm-up", 0, "linear", 0, 1), ("hold", 10, "hold", 1, 1), ("decay", 80, "1-sqrt", 1, 0),
         ("floor", 100, "hold", 0, 0)],
    ),
    (
        native("wsd", total_steps=100, warmup_steps=0, decay_steps=0),
        120,
        [("hold", 0, "hold", 1, 1)],
    ),
    (
        native("wsd", total_steps=100, warmup_steps=100, decay_steps=0, warmup_init_lr=0.5),
        120,
        [("warm-up", 0, "linear", 0.5, 1), ("hold", 100, "hold", 1, 1)],
    ),
    (
        native("wsd", total_steps=10, warmup_steps=0, decay_steps=10, decay_shape="exponential",
               min_lr="25%"),
        20,
        [("decay", 0, "exponential", 1, 0.25), ("floor", 10, "hold", 0.25, 0.25)],
    ),
    (
        native("trapezoid", total_steps=100, warmup_steps=30, decay_steps=70),
        120,
        [("warm-up", 0, "linear", 0, 1), ("decay", 30, "linear", 1, 0),
         ("floor", 100, "hold", 0, 0)],
    ),
    (
        native("trapezoid", total_steps=100, warmup_steps=30, decay_steps=0),
        120,
        [("warm-up", 0, "linear", 0, 1), ("hold", 30, "hold", 1, 1)],
    ),
    (
        native("tri_stage", total_steps=100, hold_steps=30, decay_steps=20, init_lr_scale=0.5),
        120,
        [("warm-up", 0, "linear", 0.5, 1), ("hold", 10, "hold", 1, 1),
         ("decay", 40, "exponential", 1, 0.01), ("floor", 60, "hold", 0.01, 0.01)],
    ),
    (
        native("tri_stage", total_steps=100),
        120,
        [("warm-up", 0, "linear", 0.01, 1), ("hold", 10, "hold", 1, 1),
         ("decay", 50, "exponential", 1, 0.01), ("floor", 100, "hold", 0.01, 0.01)],
    ),
    (
        native("tri_stage", total_steps=100, warmup_steps=60, hold_steps=40),
        120,
        [("warm-up", 0, "linear", 0.01, 1), ("hold", 60, "hold", 1, 1)],
    ),
    (
        native("cosine_with_floor", total_steps=100),
        120,
        [("warm-up", 0, "linear", 0, 1), ("decay", 10, "cosine", 1, 0.1),
         ("floor", 100, "hold", 0.1, 0.1)],
    ),
    (
        native("cosine_with_floor", total_steps=100, decay_steps=20, min_lr=0.25),
        120,
        [("warm-up", 0, "linear", 0, 1), ("decay", 10, "cosine", 1, 0.25),
         ("floor", 30, "hold", 0.25, 0.25)],
    ),
    (
        native("rex", total_steps=100, warmup_steps=20, warmup_init_lr=0.25, min_lr=0.5),
        120,
        [("warm-up", 0, "linear", 0.25, 1), ("decay", 20, "rex", 1, 0.5),
         ("floor", 100, "hold", 0.5, 0.5)],
    ),
    (
        native("noam", d_model=4, warmup_steps=16),
        120,
        [("warm-up", 0, "linear", 0, 0.125), ("decay", 15, "inverse_sqrt", 0.125, 0)],
    ),
    (native("noam", d_model=4, warmup_steps=1), 9, [("decay", 0, "inverse_sqrt", 0.5, 0)]),
    (
        native("inverse_sqrt", warmup_steps=16, warmup_init_lr=0.5),
        120,
        [("warm-up", 0, "linear", 0.5, 1), ("decay", 16, "inverse_sqrt", 1, 0)],
    ),
    (
        native("inverse_sqrt", warmup_steps=0, timescale=9),
        120,
        [("decay", 0, "inverse_sqrt", 1, 0)],
    ),
    (
        native("power", total_steps=1000, warmup_steps=0, decay_steps=0, a=4, b=0),
        1200,
        [("decay", 0, "", 0, 0), ("hold", 1000, "hold", 1, 1)],
    ),
    (
        native("power", total_steps=1000, a=4, b=0, min_lr=0.5, decay_shape="cosine"),
        1200,
        [("warm-up", 0, "linear", 0, 1), ("decay", 10, "", 0, 0), ("decay", 900, "cosine", 1, 0.5),
         ("floor", 1000, "hold", 0.5, 0.5)],
    ),
    (
        native("lr_range_test", min_lr=0.1, max_lr=2),
        120,
        [("rise", 0, "exponential", 0.1, 2), ("hold", 100, "hold", 2, 2)],
    ),
    (
        native("lr_range_test", min_lr=0, max_lr=2, shape="linear", total_steps=5),
        6,
        [("rise", 0, "linear", 0, 2), ("hold", 5, "hold", 2, 2)],
    ),
    (
        native("piecewise", total_steps=100, phases=[
            {"steps": "10%", "to": 1}, {"to": 1}, {"to": 1.5, "steps": 10},
            {"to": 0.5, "curve": "constant", "steps": 5}, {"to": 0.25, "curve": "polynomial"}]),
        120,
        [("warm-up", 0, "linear", 0, 1), ("hold", 10, "hold", 1, 1),
         ("rise", 47, "linear", 1, 1.5), ("hold", 57, "hold", 0.5, 0.5),
         ("decay", 62, "polynomial", 0.5, 0.25), ("floor", 100, "hold", 0.25, 0.25)],
    ),
    (
        native("piecewise", total_steps=100, start=1, phases=[
            {"steps": 0, "to": 0.5}, {"to": 0.25, "steps": 40}]),
        120,
        [("decay", 0, "linear", 0.5, 0.25), ("floor", 40, "hold", 0.25, 0.25)],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("schedule", "stop", "expected"), SEGMENTS)
def test_segments(schedule: Schedule, stop: int, expected: Described) -> None:
    described = described_segments(schedule, stop, lr=1.0)
    assert [part[:3] for part in described] == [part[:3] for part in expected]
    np.testing.assert_allclose([p[3:] for p in described], [p[3:] for p in expected], rtol=1e-12)
    assert schedule.marks(stop, 1.0) == [start for _, start, *_ in expected[1:]]


def test_factors_of_phases_scale_with_lr() -> None:
    phases = [{"steps": 10, "to": 1}, {"to": 0.5, "curve": "polynomial", "power": 3}]
    schedule = native("piecewise", total_steps=30, phases=phases, start=0.5)
    rates = schedule.rate([0, 5, 10, 20, 30], lr=0.2)
    np.testing.assert_allclose(rates, [0.1, 0.15, 0.2, 0.1 + 0.1 * 0.5**3, 0.1], rtol=1e-15)
    shapes = [part.shape for part in schedule.expand(0.2, 40)]
    assert [shape.power for shape in shapes if shape] == [1.0, 3.0, 1.0]


@pytest.mark.parametrize(
    ("schedule", "length"),
    [
        (native("wsd", total_steps=100, decay_steps=0), 100),
        (native("cosine_with_floor", total_steps=100, decay_steps=5), 100),
        (native("noam", warmup_steps=40), 200),
        (native("inverse_sqrt", warmup_steps=40, timescale=7), 200),
        (native("inverse_sqrt", warmup_steps=0, timescale=7), 35),
        (native("lr_range_test"), 100),
        (native("piecewise", total_steps=50, phases=[{"steps": 5, "to": 1}]), 50),
    ],
)
def test_natural_length(schedule: Schedule, length: int) -> None:
    assert schedule.natural_length() == length


FALLS = "falling-warm-up: warmup_init_lr (0.5) is above lr (0.1): the rate falls to lr"
RISES = "rises: min_lr (0.5) is above lr (0.1): the rate rises"


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (native("rex", total_steps=9, warmup_init_lr=0.5, min_lr=0.5), [FALLS, RISES]),
        (native("rex", total_steps=9, warmup_init_lr=0.1, min_lr=0.1), []),
        (native("rex", total_steps=9, min_lr="100%"), []),
        (native("lr_range_test", min_lr=0.5), []),
        (native("power", total_steps=10_000, min_lr=0.05), [
            "rises: min_lr (0.05) is above the rate before the decay (0.0165249): the rate rises "
            "to it"]),
        (native("power", total_steps=10_000, min_lr=0.5), [RISES]),
        (native("power", total_steps=10_000, min_lr=0.001), []),
    ],
)  # fmt: skip
def test_findings(schedule: Schedule, expected: list[str]) -> None:
    assert findings_of(schedule) == expected


LENGTH = "must be a whole number of steps from 0, or a share from 0% to 100% as '10%'"
FLOOR = "must be a rate from 0, or a share of lr from 0% to 100% as '10%'"


@pytest.mark.parametrize(
    ("spec", "messages"),
    [
        ({"schedule": "wsd", "total_steps": 100, "warmup_steps": 90},
         ["warmup_steps 90 + decay_steps 20 is more than total_steps (100)"]),
        ({"schedule": "wsd", "total_steps": 1000, "warmup_steps": 2000, "decay_steps": 0},
         ["warmup_steps 2,000 is more than total_steps (1,000)"]),
        ({"schedule": "wsd", "total_steps": 100, "decay_shape": "exponential", "min_lr": "0%"},
         ["min_lr must be greater than 0 where decay_shape is exponential"]),
        ({"schedule": "wsd", "total_steps": 100, "warmup_steps": -1}, [LENGTH]),
        ({"schedule": "wsd", "total_steps": 100, "warmup_steps": 2**53 + 1}, [LENGTH]),
        ({"schedule": "wsd", "total_steps": 100, "warmup_steps": "101%"}, [LENGTH]),
        ({"schedule": "wsd", "total_steps": 100, "warmup_steps": "ten"}, [LENGTH]),
        ({"schedule": "wsd", "total_steps": 100, "warmup_steps": "1.5.5%"}, [LENGTH]),
        ({"schedule": "wsd", "total_steps": 100, "warmup_steps": ".%"}, [LENGTH]),
        ({"schedule": "wsd", "total_steps": 100, "min_lr": -0.1}, [FLOOR]),
        ({"schedule": "wsd", "total_steps": 100, "min_lr": float("inf")}, [FLOOR]),
        ({"schedule": "wsd", "total_steps": 100, "min_lr": True}, [FLOOR]),
        ({"schedule": "lrviz.inverse_sqrt", "warmup_steps": 0},
         ["warmup_steps 0 leaves the decay without a time scale: set timescale too"]),
        ({"schedule": "lr_range_test", "min_lr": 2, "max_lr": 2},
         ["max_lr must be above min_lr (2)"]),
        ({"schedule": "lr_range_test", "min_lr": 0},
         ["min_lr must be greater than 0 where shape is exponential"]),
        ({"schedule": "piecewise", "total_steps": 100, "phases": [{"to": 1, "power": 2}]},
         ["power is of curve polynomial only (curve: linear)"]),
        ({"schedule": "piecewise", "total_steps": 1000, "phases": [{"steps": 2000, "to": 1}]},
         ["phases take 2,000 steps, more than total_steps (1,000)"]),
        ({"schedule": "piecewise", "total_steps": 10, "phases": [
            {"steps": 9, "to": 1}, {"to": 1}, {"to": 0}]},
         ["phases without steps share the rest of the run: 1 steps remain for 2"]),
        ({"schedule": "piecewise", "total_steps": 10, "phases": [
            {"to": 1, "curve": "exponential"}, {"to": 0, "curve": "exponential"}]},
         ["curve exponential needs both ends above 0 (phases[0] begins at 0)",
          "curve exponential needs both ends above 0 (phases[1] ends at 0)"]),
    ],
)  # fmt: skip
def test_refusals(spec: dict[str, Any], messages: list[str]) -> None:
    with pytest.raises(ValueError) as caught:
        schedule_from(spec)
    errors = getattr(caught.value, "errors", lambda: [])()
    assert [error["msg"] for error in errors] == messages
    assert {error["loc"][0] for error in errors} <= {*spec, "decay_steps", "power"}


def test_lengths_that_just_fit() -> None:
    native("wsd", total_steps=100, warmup_steps=80, decay_steps=20)
    native("piecewise", total_steps=10, phases=[{"steps": 8, "to": 1}, {"to": 1}, {"to": 0}])
    native("piecewise", total_steps=10, phases=[{"steps": 10, "to": 1}])


def test_shares_are_exact() -> None:
    assert whole_steps(Share("29%"), 100) == 29
    assert whole_steps(Share("0.57%"), 10_000) == 57
    assert whole_steps(Share("33.3%"), 100) == 33
    assert whole_steps(7, 100) == 7
    assert rate_of(Share("10%"), 0.5) == 0.05
    assert rate_of(0.2, 0.5) == 0.2
    assert Share(" 010.50 % ") == "10.5%"
    assert Share("100%").spec() == "100%"
    assert Share("0." + "0" * 17 + "1%") == "0." + "0" * 17 + "1%"
    for text in ("10", "-1%", "1e1%", "100.1%", "0." + "0" * 19 + "%"):
        with pytest.raises(ValueError) as caught:
            Share(text)
        assert str(caught.value) == text


@pytest.mark.parametrize(
    ("name", "parameters", "target", "expected"),
    [
        ("wsd", {}, Target(steps=5000, warmup=2000, floor=0.01, peak=0.5),
         {"total_steps": 5000, "warmup_steps": 2000, "min_lr": 0.01}),
        ("wsd", {"warmup_steps": "10%"}, Target(steps=5000, warmup=2000), {"total_steps": 5000}),
        ("trapezoid", {}, Target(steps=5000, floor=0.01), {"total_steps": 5000}),
        ("tri_stage", {}, Target(warmup=20), {"warmup_steps": 20}),
        ("cosine_with_floor", {"min_lr": "5%"}, Target(floor=0.1, warmup=3), {"warmup_steps": 3}),
        ("rex", {}, Target(steps=7, warmup=3), {"total_steps": 7, "warmup_steps": 3}),
        ("noam", {}, Target(steps=7, warmup=3, peak=0.1), {"warmup_steps": 3}),
        ("lrviz.inverse_sqrt", {}, Target(steps=7, warmup=3), {"warmup_steps": 3}),
        ("power", {}, Target(steps=7, warmup=3, floor=0.1),
         {"total_steps": 7, "warmup_steps": 3, "min_lr": 0.1}),
        ("lr_range_test", {}, Target(steps=7, peak=3), {"total_steps": 7, "max_lr": 3}),
        ("piecewise", {}, Target(steps=7, floor=0.1), {"total_steps": 7}),
    ],
)  # fmt: skip
def test_roles_follow_the_run(
    name: str, parameters: dict[str, Any], target: Target, expected: dict[str, Any]
) -> None:
    assert filled_parameters(name, parameters, target) == expected


def test_the_rate_of_the_paper_at_its_peak() -> None:
    """The two terms of the formula may differ in the last bit there: the lower one is the rate."""
    differing = 0
    for warmup in range(1, 200):
        spec = {"schedule": "noam", "d_model": 1, "warmup_steps": warmup}
        falling, rising = 1 / np.sqrt(warmup), warmup * float(warmup) ** -1.5
        differing += rising < falling
        assert schedule_from(spec).rate(warmup - 1, 1.0) == min(falling, rising)
    assert differing

"""timm's schedules: segments, lengths, ends, findings, roles and order of parameters."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lrviz.core.composition import schedule_from
from lrviz.core.register import register
from lrviz.core.roles import Target
from lrviz.dialects.timm.noise import Noise
from tests.dialects.descriptions import segments_of

COSINE = {"schedule": "timm.cosine", "t_initial": 20}
STEP = {"schedule": "timm.step", "decay_t": 10, "decay_rate": 0.5}
MULTI = {"schedule": "timm.multistep", "decay_t": [10, 20], "decay_rate": 0.5}
WSD = {"schedule": "timm.wsd", "t_initial": 20, "decay_t": 5}
NOISE = ["noise_range_t", "noise_pct", "noise_std", "noise_seed"]
WARM_UP = ["warmup_t", "warmup_lr_init", "warmup_prefix", "t_in_epochs"]
STABLE = ["stable_fn", "stable_timescale", "stable_power", "decay_fn", "decay_power", "decay_ratio"]
CYCLES = ["lr_min", "cycle_mul", "cycle_decay", "cycle_limit", *WARM_UP, *NOISE]
WITHOUT_PREFIX = [name for name in WARM_UP if name != "warmup_prefix"]
SIGNATURES = {
    "cosine": ["t_initial", *CYCLES, "k_decay"],
    "tanh": ["t_initial", "lb", "ub", *CYCLES],
    "poly": ["t_initial", "power", *CYCLES, "k_decay"],
    "step": ["decay_t", "decay_rate", *WARM_UP, *NOISE],
    "multistep": ["decay_t", "decay_rate", *WARM_UP, *NOISE],
    "constant": [*WARM_UP, *NOISE],
    "wsd": ["t_initial", "decay_t", "lr_min", *STABLE, *WITHOUT_PREFIX, *NOISE],
    "rsqrt": ["t_initial", "decay_t", "lr_min", *STABLE, *WITHOUT_PREFIX, *NOISE],
    "plateau": [
        *["decay_rate", "patience_t", "threshold", "cooldown_t", "warmup_t", "warmup_lr_init"],
        *["lr_min", "mode", "noise_range_t", "noise_type", *NOISE[1:], "metric"],
    ],
}
SEGMENTS: list[tuple[dict[str, Any], int, list[tuple[str, int, str]]]] = [
    (COSINE, 100, [("decay", 0, "cosine"), ("floor", 20, "hold")]),
    (
        {**COSINE, "warmup_t": 5},
        100,
        [("warm-up", 0, "linear"), ("decay", 5, "cosine"), ("floor", 20, "hold")],
    ),
    (
        {**COSINE, "warmup_t": 5, "warmup_prefix": True},
        100,
        [("warm-up", 0, "linear"), ("decay", 5, "cosine"), ("floor", 25, "hold")],
    ),
    (
        {**COSINE, "warmup_t": 2.5, "warmup_prefix": True},
        100,
        [("warm-up", 0, "linear"), ("decay", 3, "cosine"), ("floor", 23, "hold")],
    ),
    (
        {**COSINE, "cycle_limit": 3},
        100,
        [
            ("decay", 0, "cosine"),
            ("restart", 20, "cosine"),
            ("restart", 40, "cosine"),
            ("floor", 60, "hold"),
        ],
    ),
    (
        {**COSINE, "cycle_limit": 3, "cycle_mul": 2},
        200,
        [
            ("decay", 0, "cosine"),
            ("restart", 20, "cosine"),
            ("restart", 60, "cosine"),
            ("floor", 140, "hold"),
        ],
    ),
    (
        {**COSINE, "cycle_limit": 2, "warmup_t": 25},
        100,
        [("warm-up", 0, "linear"), ("restart", 25, "cosine"), ("floor", 40, "hold")],
    ),
    ({**COSINE, "cycle_limit": 0}, 100, [("hold", 0, "hold"), ("floor", 1, "hold")]),
    ({**COSINE, "k_decay": 2}, 100, [("decay", 0, ""), ("floor", 20, "hold")]),
    (
        {"schedule": "timm.poly", "t_initial": 20, "power": 2},
        100,
        [("decay", 0, "polynomial"), ("floor", 20, "hold")],
    ),
    (
        {"schedule": "timm.tanh", "t_initial": 20},
        100,
        [("hold", 0, "hold"), ("decay", 1, ""), ("floor", 20, "hold")],
    ),
    (STEP, 25, [("hold", 0, "hold"), ("drop", 10, "hold"), ("drop", 20, "hold")]),
    ({**STEP, "decay_rate": 1}, 25, [("hold", 0, "hold")]),
    ({**STEP, "decay_t": 0.5}, 25, [("decay", 0, "")]),
    (
        {**STEP, "warmup_t": 4},
        25,
        [("warm-up", 0, "linear"), ("hold", 4, "hold"), ("drop", 14, "hold"), ("drop", 24, "hold")],
    ),
    (
        {**STEP, "warmup_t": 12, "warmup_prefix": False},
        25,
        [("warm-up", 0, "linear"), ("drop", 12, "hold"), ("drop", 20, "hold")],
    ),
    (MULTI, 100, [("hold", 0, "hold"), ("drop", 9, "hold"), ("drop", 19, "hold")]),
    (
        {**MULTI, "warmup_t": 3},
        100,
        [("warm-up", 0, "linear"), ("hold", 3, "hold"), ("drop", 12, "hold"), ("drop", 22, "hold")],
    ),
    ({"schedule": "timm.constant"}, 100, [("hold", 0, "hold")]),
    (
        {"schedule": "timm.constant", "warmup_t": 3},
        100,
        [("warm-up", 0, "linear"), ("hold", 3, "hold")],
    ),
    (WSD, 100, [("hold", 0, "hold"), ("decay", 16, "1-sqrt"), ("floor", 20, "hold")]),
    (
        {**WSD, "warmup_t": 4, "decay_fn": "linear"},
        100,
        [
            ("warm-up", 0, "linear"),
            ("hold", 4, "hold"),
            ("decay", 20, "linear"),
            ("floor", 24, "hold"),
        ],
    ),
    (
        {"schedule": "timm.rsqrt", "t_initial": 20, "decay_t": 5, "warmup_t": 4},
        100,
        [
            ("warm-up", 0, "linear"),
            ("decay", 4, "inverse_sqrt"),
            ("decay", 20, ""),
            ("floor", 24, "hold"),
        ],
    ),
]


@pytest.mark.parametrize(("spec", "stop", "expected"), SEGMENTS)
def test_segments(spec: dict[str, Any], stop: int, expected: list[tuple[str, int, str]]) -> None:
    assert segments_of(schedule_from(spec), stop) == expected


@pytest.mark.parametrize("name", SIGNATURES)
def test_parameters_have_the_order_of_the_signature(name: str) -> None:
    cls = register.find(f"timm.{name}")
    assert cls
    assert list(cls.model_fields) == SIGNATURES[name]


LENGTHS: list[tuple[dict[str, Any], int | None]] = [
    (COSINE, 20),
    ({**COSINE, "warmup_t": 5}, 20),
    ({**COSINE, "warmup_t": 5, "warmup_prefix": True}, 25),
    ({**COSINE, "cycle_limit": 3}, 60),
    ({**COSINE, "cycle_limit": 3, "cycle_mul": 2}, 140),
    ({**COSINE, "cycle_limit": 0}, 20),
    (MULTI, 25),
    ({**MULTI, "warmup_t": 3}, 28),
    ({**MULTI, "decay_t": []}, None),
    (WSD, 20),
    ({**WSD, "warmup_t": 4}, 24),
    (STEP, None),
]


@pytest.mark.parametrize(("spec", "length"), LENGTHS)
def test_natural_length(spec: dict[str, Any], length: int | None) -> None:
    assert schedule_from(spec).natural_length() == length


ENDS = [
    (
        {**COSINE, "cycle_mul": 0.5, "cycle_limit": 9},
        39,
        "takes the logarithm of 0 or less at step 40: math domain error",
    ),
    (
        {**COSINE, "k_decay": -1, "warmup_t": 5, "warmup_prefix": True},
        4,
        "raises 0 to power k_decay (-1) at step 5, where a cycle starts: ZeroDivisionError",
    ),
    (
        {**COSINE, "k_decay": -1, "cycle_limit": 2},
        19,
        "raises 0 to power k_decay (-1) at step 20, where a cycle starts: ZeroDivisionError",
    ),
    (
        {**COSINE, "cycle_decay": 1e100},
        79,
        "raises cycle_decay to power 4 at step 80: OverflowError",
    ),
]


@pytest.mark.parametrize(("spec", "last", "message"), ENDS)
def test_end(spec: dict[str, Any], last: int, message: str) -> None:
    end = schedule_from(spec).end()
    assert end
    assert (end.last, end.message) == (last, message)


@pytest.mark.parametrize("spec", [COSINE, STEP, MULTI, WSD, {**COSINE, "k_decay": -1}])
def test_no_end(spec: dict[str, Any]) -> None:
    assert schedule_from(spec).end() is None


PLATEAU = {"schedule": "timm.plateau", "metric": {"simulate": {}}}
FINDINGS: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    (COSINE, []),
    (
        {**COSINE, "warmup_t": 5},
        [
            (
                "overlaid-warmup",
                "warmup_prefix is false: the decay already runs during warm-up and is at 0.08536 "
                "at epoch 5; lr is not reached",
            )
        ],
    ),
    ({**COSINE, "warmup_t": 5, "warmup_prefix": True}, []),
    ({**COSINE, "t_initial": 1000, "warmup_t": 5}, []),
    (
        {"schedule": "timm.constant", "noise_range_t": 5},
        [("noise", "noise as timm draws it with seed 42")],
    ),
    (
        {**COSINE, "cycle_limit": 0},
        [("no-cycle", "cycle_limit is 0: timm holds lr_min from step 1 on")],
    ),
    ({**COSINE, "lr_min": 0.2}, [("rises", "lr_min (0.2) is above lr (0.1): the rate rises")]),
    (
        {"schedule": "timm.tanh", "t_initial": 9, "lb": -1},
        [("below-peak", "lb -1 starts the curve at 0.881 of the way, below lr")],
    ),
    (
        {**STEP, "decay_rate": 1},
        [("never-drops", "decay_rate is 1 (timm's default): the rate never drops")],
    ),
    (
        {**STEP, "decay_t": -5},
        [("negative-length", "decay_t is negative (-5): each drop divides by decay_rate")],
    ),
    (MULTI, [("early-milestones", "timm drops one epoch before each milestone")]),
    (
        {**MULTI, "decay_t": [20, 10], "t_in_epochs": False},
        [
            ("early-milestones", "timm drops one step before each milestone"),
            ("unsorted-milestones", "decay_t does not rise, and timm bisects it as if it did"),
        ],
    ),
    (
        {**MULTI, "decay_rate": 1},
        [("never-drops", "decay_rate is 1 (timm's default): the rate never drops")],
    ),
    (
        WSD,
        [
            (
                "above-floor",
                "the last epoch of the run, 19, is still at 0.0106; timm reaches lr_min one epoch "
                "later",
            )
        ],
    ),
    ({**WSD, "t_initial": 2000, "decay_t": 1900}, []),
    (
        PLATEAU,
        [
            (
                "wrong-direction",
                "mode is max (timm's default) and the simulated loss falls; use mode: min",
            )
        ],
    ),
    (
        {**PLATEAU, "mode": "min", "warmup_t": 5},
        [("ignored-metric", "the metric of the first 5 epochs is ignored")],
    ),
]


@pytest.mark.parametrize(("spec", "expected"), FINDINGS)
def test_findings(spec: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert [(each.id, each.message) for each in schedule_from(spec).findings(0.1)] == expected


FOLLOWING: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("cosine", {}, {"t_initial": 100, "warmup_t": 10, "lr_min": 0.01}),
    ("cosine", {"warmup_prefix": True}, {"t_initial": 90, "warmup_t": 10, "lr_min": 0.01}),
    ("wsd", {}, {"t_initial": 90, "warmup_t": 10, "lr_min": 0.01, "decay_t": 18}),
    ("step", {}, {"warmup_t": 10, "decay_t": 30}),
]


@pytest.mark.parametrize(("name", "parameters", "expected"), FOLLOWING)
def test_roles_follow_the_run(
    name: str, parameters: dict[str, Any], expected: dict[str, Any]
) -> None:
    cls = register.find(f"timm.{name}")
    assert cls
    target = Target(steps=100, peak=0.1, warmup=10, floor=0.01)
    assert cls.complete(parameters, target) == expected


REFUSALS = [
    ({**STEP, "decay_t": 0}, "timm.step divides by decay_t, which is 0"),
    ({**COSINE, "t_initial": 0}, "greater than 0"),
    ({**COSINE, "cycle_mul": 0.5, "warmup_t": 60}, "takes the logarithm of 0 or less at step 40"),
    ({**WSD, "decay_t": 30}, r"timm.wsd: invalid decay_t \(30\), must be in \(0, t_initial=20\]"),
    (
        {**WSD, "stable_fn": "rsqrt"},
        "requires a positive stable_timescale, it defaults to warmup_t \\(0\\)",
    ),
    ({"schedule": "timm.tanh", "t_initial": 9, "lb": 3}, r"lb \(3\) must be less than ub \(3\)"),
    (
        {"schedule": "timm.tanh", "t_initial": 9, "cycle_limit": -1},
        "cycle_limit must be at least 0",
    ),
    (
        {**COSINE, "noise_range_t": 0, "noise_pct": 0},
        "noise_pct 0 with noise_std 1: timm draws until the noise is below noise_pct, so that "
        "training would hang",
    ),
    ({**COSINE, "noise_range_t": [1, 2, 3]}, "must be a finite number, or a list of two"),
]


@pytest.mark.parametrize(("spec", "message"), REFUSALS)
def test_refusals(spec: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        schedule_from(spec)


def test_noise_takes_a_whole_lr() -> None:
    rates = schedule_from({"schedule": "timm.constant", "noise_range_t": 0}).rate(range(4), lr=3)
    assert rates[0] == 3
    assert len(set(rates.tolist())) == 4


def test_noise_is_on_from_its_first_step_to_before_its_last() -> None:
    clean = schedule_from(STEP).rate(range(9))
    noisy = schedule_from({**STEP, "noise_range_t": [3, 5]}).rate(range(9))
    assert np.flatnonzero(clean != noisy).tolist() == [3, 4]


@pytest.mark.parametrize("warmup", [0, 5, 40])
def test_shrinking_cycles_end_later_with_a_warm_up_before_them(warmup: int) -> None:
    spec = {"schedule": "timm.cosine", "t_initial": 10, "cycle_mul": 0.5, "cycle_limit": 9}
    end = schedule_from({**spec, "warmup_t": warmup, "warmup_prefix": True}).end()
    assert end
    assert end.last == 19 + warmup


def test_noise_has_its_range() -> None:
    spec = {"schedule": "timm.plateau", "metric": [1.0] * 20}
    noisy = schedule_from({**spec, "noise_range_t": [3, 5]})
    assert [noisy.is_noisy(epoch) for epoch in (2, 3, 4, 5)] == [False, True, True, False]
    open_ended = schedule_from({**spec, "noise_range_t": 3})
    assert [open_ended.is_noisy(epoch) for epoch in (2, 3, 9)] == [False, True, True]
    assert not schedule_from(spec).is_noisy(3)


def test_uniform_noise_is_between_both_ends_of_its_range() -> None:
    noise = Noise(pct=0.5, std=1.0, seed=1, uniform=True)
    words = np.array([0, 0x800000, 0xFFFFFF, 0x1000000], np.uint32)
    assert noise.flat(words).tolist() == [-0.5, 0.0, 0.5 - 2.0**-24, -0.5]


def test_a_time_scale_takes_the_place_of_a_warm_up() -> None:
    cls = register.find("timm.wsd")
    assert cls
    scale = {"stable_timescale": 5.0}
    assert "warmup_t" not in cls.complete(scale, Target(steps=100))
    assert cls.complete(scale, Target(steps=100, warmup=10))["warmup_t"] == 10

"""torch's schedules: marks, lengths, ends, findings and formulas, as a person wrote them down."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import lrviz
from lrviz.core.composition import schedule_from
from lrviz.core.roles import Target
from lrviz.core.segment import Cycles, evaluate
from lrviz.dialects.torch.execution import scan
from tests.dialects.descriptions import filled_parameters, findings_of, segments_of

LINEAR = {"schedule": "linear", "start_factor": 0.1, "total_iters": 10}
COSINE = {"schedule": "cosine", "T_max": 90}
CHAIN = {"schedule": "chained", "schedules": [LINEAR, {"schedule": "step", "step_size": 20}]}


SEGMENTS: list[tuple[dict[str, Any], int, list[tuple[str, int, str]]]] = [
    (
        {"schedule": "step", "step_size": 30},
        100,
        [("hold", 0, "hold"), ("drop", 30, "hold"), ("drop", 60, "hold"), ("drop", 90, "hold")],
    ),
    ({"schedule": "step", "step_size": 30}, 30, [("hold", 0, "hold")]),
    (
        {"schedule": "step", "step_size": 2.5},
        11,
        [("hold", 0, "hold"), ("drop", 5, "hold"), ("drop", 10, "hold")],
    ),
    (
        {"schedule": "multistep", "milestones": [60, 30, 60]},
        100,
        [("hold", 0, "hold"), ("drop", 30, "hold"), ("drop", 60, "hold")],
    ),
    (
        {"schedule": "multistep", "milestones": [0, 5]},
        100,
        [("hold", 0, "hold"), ("drop", 5, "hold")],
    ),
    ({"schedule": "multistep", "milestones": []}, 100, [("hold", 0, "hold")]),
    ({"schedule": "exponential", "gamma": 0.9}, 100, [("decay", 0, "exponential")]),
    ({"schedule": "exponential", "gamma": 0}, 100, [("decay", 0, "")]),
    (
        {"schedule": "constant", "total_iters": 5},
        100,
        [("hold", 0, "hold"), ("hold", 5, "hold")],
    ),
    ({"schedule": "constant", "total_iters": 2.5}, 100, [("hold", 0, "hold")]),
    ({"schedule": "constant", "total_iters": 0}, 100, [("hold", 0, "hold")]),
    (LINEAR, 100, [("warm-up", 0, "linear"), ("hold", 10, "hold")]),
    (
        {**LINEAR, "start_factor": 1, "end_factor": 0.5},
        100,
        [("decay", 0, "linear"), ("floor", 10, "hold")],
    ),
    ({**LINEAR, "total_iters": 0}, 100, [("hold", 0, "hold")]),
    (
        {**LINEAR, "total_iters": 2.5},
        100,
        [("warm-up", 0, "linear"), ("hold", 2, "hold")],
    ),
    (
        {"schedule": "poly", "total_iters": 50, "power": 2},
        100,
        [("decay", 0, "polynomial"), ("floor", 50, "hold")],
    ),
    (
        {"schedule": "poly", "total_iters": 50},
        100,
        [("decay", 0, "linear"), ("floor", 50, "hold")],
    ),
    ({"schedule": "poly", "total_iters": 0}, 100, [("hold", 0, "hold")]),
    ({"schedule": "poly", "total_iters": 50, "power": -1}, 50, [("decay", 0, "polynomial")]),
    (
        {"schedule": "cosine", "T_max": 40},
        100,
        [("decay", 0, "cosine"), ("rise", 40, "cosine"), ("decay", 80, "cosine")],
    ),
    (
        {"schedule": "cosine", "T_max": 2.5},
        8,
        [("decay", 0, "cosine"), ("rise", 3, "cosine"), ("decay", 5, "cosine")],
    ),
    (
        {"schedule": "sgdr", "T_0": 10, "T_mult": 2},
        71,
        [("decay", 0, "cosine"), ("restart", 10, "cosine"), ("restart", 30, "cosine"),
         ("restart", 70, "cosine")],
    ),
    (
        {"schedule": "sgdr", "T_0": 10},
        21,
        [("decay", 0, "cosine"), ("restart", 10, "cosine"), ("restart", 20, "cosine")],
    ),
    (
        {"schedule": "cyclic", "base_lr": 0.1, "max_lr": 1, "step_size_up": 3, "step_size_down": 4},
        14,
        [("rise", 0, "linear"), ("fall", 4, "linear"), ("rise", 7, "linear"),
         ("fall", 11, "linear")],
    ),
    (
        {"schedule": "cyclic", "base_lr": 0.1, "max_lr": 1, "step_size_up": 3,
         "mode": "exp_range", "gamma": 0.9},
        6,
        [("rise", 0, ""), ("fall", 4, "")],
    ),
    (
        {"schedule": "onecycle", "max_lr": 1, "total_steps": 100},
        101,
        [("warm-up", 0, "cosine"), ("decay", 30, "cosine")],
    ),
    (
        {"schedule": "onecycle", "max_lr": 1, "total_steps": 100, "three_phase": True,
         "anneal_strategy": "linear"},
        101,
        [("warm-up", 0, "linear"), ("decay", 30, "linear"), ("decay", 59, "linear")],
    ),
    (
        {"schedule": "sequential", "schedules": [LINEAR, COSINE], "milestones": [10]},
        101,
        [("warm-up", 0, "linear"), ("decay", 10, "cosine"), ("rise", 100, "cosine")],
    ),
    (
        {"schedule": "sequential", "schedules": [LINEAR, COSINE], "milestones": [0]},
        101,
        [("decay", 0, "cosine"), ("rise", 90, "cosine")],
    ),
    (
        {"schedule": "sequential", "milestones": [25], "schedules": [CHAIN, COSINE]},
        60,
        [("warm-up", 0, ""), ("hold", 10, ""), ("drop", 20, ""), ("decay", 25, "cosine")],
    ),
    (
        {"schedule": "sequential", "milestones": [25], "schedules": [
            {"schedule": "sequential", "schedules": [LINEAR, COSINE], "milestones": [10]}, COSINE]},
        60,
        [("warm-up", 0, ""), ("decay", 9, ""), ("decay", 25, "cosine")],
    ),
    (
        {"schedule": "sequential", "milestones": [5], "schedules": [
            LINEAR, {"schedule": "constant", "total_iters": 0}]},
        60,
        [("warm-up", 0, "linear"), ("hold", 5, "hold")],
    ),
    (
        {"schedule": "sequential", "milestones": [5], "schedules": [
            LINEAR, {"schedule": "multiplicative", "lr_lambda": 0.9}]},
        60,
        [("warm-up", 0, "linear"), ("custom", 5, "")],
    ),
    (CHAIN, 45, [("warm-up", 0, ""), ("hold", 10, ""), ("drop", 20, ""), ("drop", 40, "")]),
    ({"schedule": "lambda", "lr_lambda": "1 / (t + 1)"}, 60, [("custom", 0, "")]),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "stop", "expected"), SEGMENTS)
def test_segments(spec: dict[str, Any], stop: int, expected: list[tuple[str, int, str]]) -> None:
    assert segments_of(schedule_from(spec), stop) == expected
    assert schedule_from(spec).marks(stop) == [start for _, start, _ in expected[1:]]


@pytest.mark.parametrize(
    ("spec", "length"),
    [
        ({"schedule": "step", "step_size": 30}, None),
        ({"schedule": "multistep", "milestones": [30, 60, 90]}, 113),
        ({"schedule": "multistep", "milestones": [10, 4]}, 13),
        ({"schedule": "multistep", "milestones": [0]}, None),
        ({"schedule": "multistep", "milestones": []}, None),
        ({"schedule": "exponential", "gamma": 0.9}, None),
        ({"schedule": "constant", "total_iters": 5}, 20),
        ({"schedule": "constant", "total_iters": 2.6}, 11),
        ({"schedule": "constant", "total_iters": 0}, None),
        ({"schedule": "linear", "total_iters": 7}, 7),
        ({"schedule": "linear", "total_iters": 2.5}, 3),
        ({"schedule": "linear", "total_iters": 0}, None),
        ({"schedule": "poly", "total_iters": 50}, 50),
        ({"schedule": "poly", "total_iters": 0}, None),
        ({"schedule": "cosine", "T_max": 40}, 40),
        ({"schedule": "sgdr", "T_0": 10}, 30),
        ({"schedule": "sgdr", "T_0": 10, "T_mult": 2}, 70),
        ({"schedule": "cyclic", "base_lr": 0.1, "max_lr": 1, "step_size_up": 3}, 18),
        ({"schedule": "cyclic", "base_lr": 0.1, "max_lr": 1, "step_size_up": 3,
          "step_size_down": 4}, 21),
        ({"schedule": "onecycle", "max_lr": 1, "total_steps": 100}, 100),
        ({"schedule": "onecycle", "max_lr": 1, "epochs": 5, "steps_per_epoch": 7}, 35),
        ({"schedule": "sequential", "schedules": [LINEAR, COSINE], "milestones": [10]}, 100),
        ({"schedule": "sequential", "schedules": [LINEAR], "milestones": []}, 10),
        ({"schedule": "sequential", "milestones": [10],
          "schedules": [LINEAR, {"schedule": "exponential", "gamma": 0.9}]}, 110),
        ({"schedule": "chained", "schedules": [LINEAR, COSINE]}, 90),
        ({"schedule": "chained", "schedules": [{"schedule": "exponential", "gamma": 0.9}]}, None),
        ({"schedule": "lambda", "lr_lambda": "1"}, None),
        ({"schedule": "multiplicative", "lr_lambda": "1"}, None),
        ({"schedule": "plateau", "metric": [1.0] * 7}, 7),
        ({"schedule": "plateau", "metric": {"simulate": {}}}, None),
    ],
)  # fmt: skip
def test_natural_length(spec: dict[str, Any], length: int | None) -> None:
    assert schedule_from(spec).natural_length() == length


POLY = {"schedule": "poly", "total_iters": 0}


@pytest.mark.parametrize(
    ("spec", "last", "message"),
    [
        ({"schedule": "constant", "factor": 0, "total_iters": 5}, 4,
         "divides by factor 0 at step 5: float division by zero"),
        ({"schedule": "poly", "total_iters": 5, "power": -0.5}, 4,
         "raises 0 to power -0.5 at step 5: ZeroDivisionError"),
        ({"schedule": "onecycle", "max_lr": 1, "total_steps": 100}, 100,
         "ends: Tried to step 101 times. The specified number of total steps is 100"),
        ({"schedule": "onecycle", "max_lr": 1, "total_steps": 100, "pct_start": 1}, 99,
         "divides by zero at step 100, past its last phase"),
        ({"schedule": "sequential", "schedules": [LINEAR, POLY], "milestones": [10]}, 9,
         "fails when a PolynomialLR takes over (index 1): divides by total_iters, which is 0"),
        ({"schedule": "sequential", "schedules": [LINEAR, CHAIN], "milestones": [10]}, 9,
         "raises NotImplementedError when a ChainedScheduler takes over (index 1): it can only "
         "come first; write its parts into one list"),
        ({"schedule": "sequential", "milestones": [10], "schedules": [
            LINEAR, {"schedule": "constant", "factor": 0, "total_iters": 5}]}, 14,
         "at step 15: ConstantLR divides by factor 0 at step 5: float division by zero"),
        ({"schedule": "chained", "schedules": [
            {"schedule": "constant", "factor": 0, "total_iters": 7},
            {"schedule": "constant", "factor": 0, "total_iters": 5}]}, 4,
         "at step 5: ConstantLR divides by factor 0 at step 5: float division by zero"),
    ],
)  # fmt: skip
def test_end(spec: dict[str, Any], last: int, message: str) -> None:
    end = schedule_from(spec).end()
    assert end is not None
    assert (end.last, end.message) == (last, message)


@pytest.mark.parametrize(
    "spec",
    [
        {"schedule": "constant", "factor": 0, "total_iters": 2.5},
        {"schedule": "poly", "total_iters": 2.5, "power": -1},
        {"schedule": "poly", "total_iters": 5},
        {"schedule": "sequential", "milestones": [5], "schedules": [
            {"schedule": "constant", "factor": 0, "total_iters": 5}, LINEAR]},
        {"schedule": "chained", "schedules": [LINEAR]},
    ],
)  # fmt: skip
def test_no_end(spec: dict[str, Any]) -> None:
    assert schedule_from(spec).end() is None


FINDINGS: list[tuple[dict[str, Any], list[str]]] = [
    ({"schedule": "step", "step_size": 5, "gamma": -0.5},
     ["changes-sign: gamma is negative (-0.5): the rate changes sign at each drop"]),
    ({"schedule": "exponential", "gamma": 0}, []),
    ({"schedule": "exponential", "gamma": 1}, []),
    ({"schedule": "exponential", "gamma": 1.5},
     ["grows: gamma is above 1 (1.5): the rate grows"]),
    ({"schedule": "step", "step_size": 1001.5},
     ["fractional-period: step_size 1001.5 is not whole: torch drops every 2,003 steps, where "
      "the step is a multiple of it"]),
    ({"schedule": "multistep", "milestones": [60, 30]},
     ["unsorted-milestones: milestones are not in ascending order: torch sorts them"]),
    ({"schedule": "multistep", "milestones": [30, 30]},
     ["repeated-milestones: a milestone is listed twice: torch drops once for each"]),
    ({"schedule": "multistep", "milestones": [30, 60]}, []),
    ({"schedule": "constant", "total_iters": 2.5},
     ["never-changes: with total_iters 2.5 the full rate never comes: torch holds factor * lr"]),
    ({"schedule": "constant"}, []),
    ({"schedule": "linear", "total_iters": 0},
     ["never-changes: with total_iters 0 torch stays at start_factor * lr"]),
    ({"schedule": "linear", "total_iters": 1}, []),
    ({"schedule": "poly", "total_iters": 0},
     ["never-changes: with total_iters 0 torch never changes the rate"]),
    ({"schedule": "poly", "total_iters": 5, "power": -1},
     ["grows: power is negative (-1): the rate grows"]),
    ({"schedule": "poly", "total_iters": 5, "power": 0}, []),
    ({"schedule": "cosine", "T_max": 5, "eta_min": 0.1}, []),
    ({"schedule": "cosine", "T_max": 5, "eta_min": 0.2},
     ["rises: eta_min (0.2) is above lr (0.1): the rate rises"]),
    ({"schedule": "sgdr", "T_0": 5, "eta_min": 0.2},
     ["rises: eta_min (0.2) is above lr (0.1): the rate rises"]),
    ({"schedule": "onecycle", "max_lr": 1, "total_steps": 9, "epochs": 1, "steps_per_epoch": 9},
     ["unused-parameter: torch.OneCycleLR uses total_steps; epochs and steps_per_epoch are "
      "ignored"]),
    ({"schedule": "onecycle", "max_lr": 1, "total_steps": 9, "epochs": 1}, []),
    ({"schedule": "sequential", "schedules": [LINEAR, COSINE], "milestones": [0]},
     ["skipped-schedule: milestone 0 skips the first schedule"]),
    ({"schedule": "sequential", "schedules": [CHAIN, COSINE], "milestones": [5]},
     []),
    ({"schedule": "sequential", "schedules": [
        {"schedule": "chained", "schedules": [{"schedule": "exponential", "gamma": 0.9}]}, COSINE],
      "milestones": [5]}, ["one-ahead: torch calls step() once more on a ChainedScheduler in the "
      "first place of a SequentialLR, before step 0; the curve includes that step"]),
    ({"schedule": "sequential", "schedules": [{"schedule": "sequential",
        "schedules": [LINEAR, COSINE], "milestones": [2]}], "milestones": []},
     ["one-ahead: torch calls step() once more on a SequentialLR in the first place of a "
      "SequentialLR, before step 0; the curve includes that step"]),
    ({"schedule": "sequential", "schedules": [LINEAR, POLY], "milestones": [5]},
     ["never-changes: with total_iters 0 torch never changes the rate",
      "stops: torch.SequentialLR fails when a PolynomialLR takes over (index 1): divides by "
      "total_iters, which is 0"]),
    ({"schedule": "chained", "schedules": [LINEAR, {"schedule": "exponential", "gamma": 2}]},
     ["grows: gamma is above 1 (2): the rate grows"]),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "expected"), FINDINGS)
def test_findings(spec: dict[str, Any], expected: list[str]) -> None:
    assert findings_of(schedule_from(spec)) == expected


@pytest.mark.parametrize(("name", "way_out"), [
    ("torch.ReduceLROnPlateau", "lrviz show torch.ReduceLROnPlateau lists its parameters"),
    ("torch.ChainedScheduler", "it has schedules"),
    ("transformers.reduce_lr_on_plateau",
     "lrviz show transformers.reduce_lr_on_plateau lists its parameters"),
])  # fmt: skip
def test_parameters_of_other_schedulers_are_unknown(name: str, way_out: str) -> None:
    message = f"unknown parameter 'last_epoch' for {name}; {way_out}$"
    with pytest.raises(lrviz.SpecError, match=message):
        lrviz.schedule(name, last_epoch=-1)
    assert lrviz.schedule("torch.SequentialLR", last_epoch=-1, milestones=[5], schedules=[
        LINEAR, COSINE]).title() == "torch.SequentialLR"  # fmt: skip


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"schedule": "step", "step_size": 5, "last_epoch": 50},
     "last_epoch must be -1: a curve starts at step 0; remove last_epoch, and read the rates of "
     "a resumed run from the step at which it resumes (got 50)"),
    ({"schedule": "cyclic", "base_lr": 0.1, "max_lr": 1, "step_size_down": -2},
     "step_size_down must be at least 0 (got -2)"),
    ({"schedule": "onecycle", "max_lr": 1},
     "torch.OneCycleLR: you must define either total_steps OR (epochs AND steps_per_epoch)"),
    ({"schedule": "onecycle", "max_lr": 1, "total_steps": 9, "final_div_factor": 0},
     "torch.OneCycleLR divides by final_div_factor, which is 0"),
    ({"schedule": "onecycle", "max_lr": 1, "total_steps": 10, "pct_start": 0.1},
     "torch.OneCycleLR divides by zero at step 0 where pct_start * total_steps is 1; take "
     "another pct_start"),
    ({"schedule": "sequential", "schedules": [], "milestones": []},
     "SequentialLR expects at least one scheduler, but got no scheduler"),
    ({"schedule": "chained", "schedules": []},
     "ChainedScheduler expects at least one scheduler, but got no scheduler"),
    ({"schedule": "sequential", "schedules": [LINEAR, COSINE], "milestones": []},
     "SequentialLR expects one milestone less than schedules (got 2 schedules and 0 milestones)"),
    ({"schedule": "chained", "schedules": [{"schedule": "plateau", "metric": [1.0]}]},
     "ChainedScheduler does not support ReduceLROnPlateau, which needs a metric at each step (got "
     "one at index 0)"),
    ({"schedule": "chained", "schedules": [{"schedule": "lrviz.rex", "total_steps": 9}]},
     "torch.ChainedScheduler runs schedules of torch only (got lrviz.rex)"),
    ({"schedule": "sequential", "milestones": [],
      "schedules": [{"schedule": "chained", "schedules": [POLY]}]},
     "torch.PolynomialLR divides by total_iters, which is 0, when it runs first in a composite"),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "message"), REFUSED)
def test_refusals(spec: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError) as caught:
        schedule_from(spec)
    errors = getattr(caught.value, "errors", lambda: [])()
    assert [error["msg"] for error in errors] == [message]


FOLLOWING: list[tuple[str, dict[str, Any], Target, dict[str, Any]]] = [
    ("cosine", {}, Target(steps=80), {"T_max": 80}),
    ("cosine", {}, Target(steps=80, warmup=30, floor=0.01), {"T_max": 50, "eta_min": 0.01}),
    ("cosine", {"T_max": 9}, Target(steps=80), {}),
    ("linear", {}, Target(steps=80, floor=0.01), {"total_iters": 80}),
    ("poly", {}, Target(steps=80), {"total_iters": 80}),
    ("sgdr", {}, Target(steps=80, floor=0.01), {"eta_min": 0.01}),
    ("cyclic", {}, Target(steps=80, peak=0.5, floor=0.01), {"base_lr": 0.01, "max_lr": 0.5}),
    ("onecycle", {}, Target(steps=80, peak=0.5, warmup=20),
     {"max_lr": 0.5, "total_steps": 80, "pct_start": 0.25}),
    ("onecycle", {"max_lr": 0.5}, Target(steps=80, floor=0.001),
     {"total_steps": 80, "final_div_factor": 0.5 / 25 / 0.001}),
    ("onecycle", {"epochs": 2, "steps_per_epoch": 3}, Target(steps=80), {}),
    ("step", {}, Target(steps=80, peak=0.5, warmup=20, floor=0.1), {}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "parameters", "target", "expected"), FOLLOWING)
def test_roles_follow_the_run(
    name: str, parameters: dict[str, Any], target: Target, expected: dict[str, Any]
) -> None:
    assert filled_parameters(name, parameters, target) == expected


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"schedule": "step", "step_size": 2.5, "gamma": 0.5}, ("drop", 5, 1.0, 0.5, None)),
        ({"schedule": "multistep", "milestones": [0, 5, 5, 9], "gamma": 0.5},
         ("drop", 0, 1.0, 0.5, 3)),
        ({"schedule": "cosine", "T_max": 7}, ("decay", 14, 1.0, 1.0, None)),
        ({"schedule": "sgdr", "T_0": 7, "T_mult": 3}, ("restart", 7, 3, 1.0, None)),
        ({"schedule": "cyclic", "base_lr": 0.1, "max_lr": 1, "step_size_up": 3},
         ("cycle", 6, 1.0, 1.0, None)),
        ({"schedule": "cyclic", "base_lr": 0.1, "max_lr": 1, "step_size_up": 3,
          "mode": "triangular2"}, ("cycle", 6, 1.0, 0.5, None)),
        ({"schedule": "cyclic", "base_lr": 0.1, "max_lr": 1, "step_size_up": 3,
          "mode": "triangular2", "scale_fn": "1"}, ("cycle", 6, 1.0, 1.0, None)),
    ],
)  # fmt: skip
def test_cycles(spec: dict[str, Any], expected: tuple[Any, ...]) -> None:
    (cycles,) = schedule_from(spec).segments(0.1)
    assert isinstance(cycles, Cycles)
    assert cycles.start == 0
    shape = (cycles.name, cycles.period, cycles.growth, cycles.ratio, cycles.count)
    assert shape == expected


@pytest.mark.parametrize(("mode", "heights"), [("cycle", [1, 2]), ("iterations", [2, 6])])
def test_a_custom_scale_counts_cycles_or_steps(mode: str, heights: list[float]) -> None:
    cyclic = schedule_from(
        {"schedule": "cyclic", "base_lr": 1, "max_lr": 2, "step_size_up": 2, "scale_fn": "x",
         "scale_mode": mode}
    )  # fmt: skip
    assert cyclic.rate([2, 6]).tolist() == [1.0 + height for height in heights]


def test_a_chain_of_factors_is_their_product() -> None:
    step = {"schedule": "step", "step_size": 3, "gamma": 0.5}
    chain = schedule_from({"schedule": "chained", "schedules": [LINEAR, step]})
    t = np.arange(30)
    np.testing.assert_allclose(evaluate(chain.segments(0.2), t), chain.rate(t, 0.2), rtol=1e-12)


@pytest.mark.parametrize(
    "child",
    [
        {"schedule": "sgdr", "T_0": 5},
        {"schedule": "cosine", "T_max": 5, "eta_min": 0.1},
        {"schedule": "multiplicative", "lr_lambda": "0.5"},
        {"schedule": "onecycle", "max_lr": 1, "total_steps": 9},
        CHAIN,
    ],
)
def test_a_chain_of_others_is_not_a_product(child: dict[str, Any]) -> None:
    with pytest.raises(NotImplementedError):
        schedule_from({"schedule": "chained", "schedules": [LINEAR, child]}).segments(0.1)


def test_sequences_inside_sequences_run_one_step_further_ahead_each() -> None:
    inner: dict[str, Any] = {"schedule": "sequential", "schedules": [LINEAR, COSINE],
                             "milestones": [10]}  # fmt: skip
    middle = {"schedule": "sequential", "schedules": [inner, COSINE], "milestones": [20]}
    outer = {"schedule": "sequential", "schedules": [middle, COSINE], "milestones": [30]}
    assert schedule_from(outer).marks(40) == [8, 19, 30]
    chain = {"schedule": "chained", "schedules": [middle]}
    in_chain = {"schedule": "sequential", "schedules": [chain, COSINE], "milestones": [30]}
    assert schedule_from(in_chain).marks(40) == [8, 19, 30]
    assert schedule_from(chain).marks(40) == [9, 20]


def test_a_part_of_a_run_is_the_run() -> None:
    plateau = schedule_from({"schedule": "plateau", "metric": [1.0] * 30, "patience": 3})
    whole = plateau.sample(range(31), 0.1)
    assert plateau.sample(range(5, 31, 4), 0.1).tolist() == whole[5:31:4].tolist()
    assert plateau.sample(range(0), 0.1).tolist() == []
    assert len(set(whole)) > 3


def test_maps_that_only_multiply_are_run_through_as_any_others() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.uniform(0.5, 1.5, 60), rng.uniform(0, 1, 60) * (np.arange(60) % 20 > 14)
    rate, expected = 0.3, []
    for scale, shift in zip(a.tolist(), b.tolist(), strict=True):
        rate = scale * rate + shift
        expected.append(rate)
    assert scan((a, b), 0.3).tolist() == expected
    assert scan((a[:0], b[:0]), 0.3).tolist() == []


def test_the_parameters_of_a_cyclic_scheduler() -> None:
    from lrviz.dialects.torch.objects import cyclic

    scheduler = SimpleNamespace(
        _scale_fn_custom=None, total_size=40, step_ratio=0.25, base_lrs=[0.1, 0.2],
        max_lrs=[1.0, 2.0], mode="exp_range", gamma=0.9,
    )  # fmt: skip
    assert cyclic(scheduler, 1) == {
        "base_lr": 0.2, "max_lr": 2.0, "step_size_up": 10, "step_size_down": 30,
        "mode": "exp_range", "gamma": 0.9,
    }  # fmt: skip
    scheduler._scale_fn_custom = abs
    with pytest.raises(ValueError, match="a custom scale_fn is a function"):
        cyclic(scheduler, 0)


@pytest.mark.parametrize(("milestones", "notes"), [([0, 5], 1), ([1, 5], 0)])
def test_a_first_milestone_of_0_skips_a_schedule(milestones: list[int], notes: int) -> None:
    children = [{"schedule": "exponential", "gamma": 0.9}] * 3
    spec = {"schedule": "sequential", "schedules": children, "milestones": milestones}
    findings = [f.id for f in schedule_from(spec).findings(0.1)]
    assert findings.count("skipped-schedule") == notes


@pytest.mark.parametrize(("eps", "rates"), [(0.25, [0.5, 0.5]), (0.24, [0.5, 0.25])])
def test_a_plateau_makes_no_smaller_change_than_eps(eps: float, rates: list[float]) -> None:
    spec = {"schedule": "plateau", "metric": [1.0, 1.0], "patience": 0, "factor": 0.5, "eps": eps}
    assert schedule_from(spec).sample(range(3), 0.5).tolist() == [0.5, *rates]

"""transformers' schedules: segments, lengths, ends, findings, roles and order of parameters."""

from __future__ import annotations

from typing import Any

import pytest

from lrviz.core.composition import schedule_from
from lrviz.core.errors import SpecError
from lrviz.core.register import register
from lrviz.core.roles import Target
from tests.dialects.descriptions import segments_of

RUN = {"num_warmup_steps": 10, "num_training_steps": 100}
LINEAR = {"schedule": "transformers.linear", **RUN}
COSINE = {"schedule": "transformers.cosine", **RUN}
RESTARTS = {"schedule": "transformers.cosine_with_restarts", **RUN}
FLOOR = {"schedule": "transformers.cosine_with_min_lr", **RUN, "min_lr_rate": 0.1}
AHEAD = {"schedule": "transformers.cosine_warmup_with_min_lr", **RUN, "min_lr_rate": 0.1}
POLYNOMIAL = {"schedule": "transformers.polynomial", **RUN, "power": 2}
STABLE = {"schedule": "transformers.warmup_stable_decay", **RUN, "num_decay_steps": 20}
SQRT = {"schedule": "transformers.inverse_sqrt", "num_warmup_steps": 10}
WARM_UP = ("warm-up", 0, "linear")
SEGMENTS: list[tuple[dict[str, Any], list[tuple[str, int, str]]]] = [
    (LINEAR, [WARM_UP, ("decay", 10, "linear"), ("floor", 100, "hold")]),
    ({**LINEAR, "num_warmup_steps": 0}, [("decay", 0, "linear"), ("floor", 100, "hold")]),
    ({**LINEAR, "num_warmup_steps": 0.05}, [("warm-up", 0, "linear"), ("decay", 5, "linear"),
                                            ("floor", 100, "hold")]),
    ({**LINEAR, "num_warmup_steps": 100}, [WARM_UP, ("floor", 100, "hold")]),
    (COSINE, [WARM_UP, ("decay", 10, "cosine"), ("rise", 100, "cosine"), ("decay", 190, "cosine")]),
    ({**COSINE, "num_cycles": 1.5}, [WARM_UP, ("decay", 10, "cosine"), ("rise", 40, "cosine"),
                                     ("decay", 70, "cosine"), ("rise", 100, "cosine"),
                                     ("decay", 130, "cosine"), ("rise", 160, "cosine"),
                                     ("decay", 190, "cosine")]),
    ({**COSINE, "num_cycles": 0}, [WARM_UP, ("decay", 10, "")]),
    (RESTARTS, [WARM_UP, ("decay", 10, "cosine"), ("floor", 100, "hold")]),
    ({**RESTARTS, "num_cycles": 3}, [WARM_UP, ("decay", 10, "cosine"), ("restart", 40, "cosine"),
                                     ("restart", 70, "cosine"), ("floor", 100, "hold")]),
    ({**RESTARTS, "num_cycles": -1}, [WARM_UP, ("decay", 10, ""), ("floor", 100, "hold")]),
    (FLOOR, [WARM_UP, ("decay", 10, "cosine"), ("rise", 100, "cosine"), ("decay", 190, "cosine")]),
    (AHEAD, [WARM_UP, ("decay", 10, "cosine"), ("rise", 99, "cosine"), ("decay", 189, "cosine")]),
    ({**FLOOR, "min_lr_rate": -0.1}, [WARM_UP, ("decay", 10, "")]),
    (POLYNOMIAL, [WARM_UP, ("decay", 10, "polynomial"), ("floor", 100, "hold")]),
    ({**POLYNOMIAL, "power": 0}, [WARM_UP, ("decay", 10, ""), ("floor", 101, "hold")]),
    ({**POLYNOMIAL, "num_training_steps": 5}, [WARM_UP, ("floor", 10, "hold")]),
    ({"schedule": "transformers.constant"}, [("hold", 0, "hold")]),
    (
        {"schedule": "transformers.constant_with_warmup", "num_warmup_steps": 10},
        [WARM_UP, ("hold", 10, "hold")],
    ),
    (SQRT, [WARM_UP, ("decay", 10, "inverse_sqrt")]),
    ({**SQRT, "timescale": -50}, [WARM_UP, ("decay", 10, "")]),
    (STABLE, [WARM_UP, ("hold", 10, "hold"), ("decay", 80, "cosine"), ("floor", 100, "hold")]),
    (
        {**STABLE, "decay_type": "1-sqrt", "warmup_type": "1-sqrt"},
        [("warm-up", 0, ""), ("hold", 10, "hold"), ("decay", 80, "1-sqrt"), ("floor", 100, "hold")],
    ),
    (
        {**STABLE, "num_decay_steps": 95, "warmup_type": "cosine"},
        [("warm-up", 0, "cosine"), ("decay", 10, "cosine"), ("floor", 100, "hold")],
    ),
    (
        {**STABLE, "min_lr_ratio": -0.1},
        [("warm-up", 0, ""), ("hold", 10, "hold"), ("decay", 80, ""), ("floor", 100, "hold")],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "expected"), SEGMENTS)
def test_segments(spec: dict[str, Any], expected: list[tuple[str, int, str]]) -> None:
    assert segments_of(schedule_from(spec), 200) == expected


RUN_NAMES = ["num_warmup_steps", "num_training_steps"]
SIGNATURES = {
    "linear": RUN_NAMES,
    "cosine": [*RUN_NAMES, "num_cycles"],
    "cosine_with_restarts": [*RUN_NAMES, "num_cycles"],
    "polynomial": [*RUN_NAMES, "lr_end", "power"],
    "constant": [],
    "constant_with_warmup": RUN_NAMES,
    "inverse_sqrt": ["num_warmup_steps", "timescale", "num_training_steps"],
    "cosine_with_min_lr": [*RUN_NAMES, "num_cycles", "min_lr", "min_lr_rate"],
    "cosine_warmup_with_min_lr": [
        *RUN_NAMES, "num_cycles", "min_lr", "min_lr_rate", "warmup_lr_rate",
    ],
    "warmup_stable_decay": [
        "num_warmup_steps", "num_decay_steps", "num_training_steps", "num_stable_steps",
        "warmup_type", "decay_type", "min_lr_ratio", "num_cycles",
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", SIGNATURES)
def test_parameters_have_the_order_of_the_signature(name: str) -> None:
    cls = register.find(f"transformers.{name}")
    assert cls
    assert list(cls.model_fields) == SIGNATURES[name]


LENGTHS: list[tuple[dict[str, Any], int | None]] = [
    (LINEAR, 100),
    (SQRT, 100),
    ({**SQRT, "num_training_steps": 70}, 70),
    ({**SQRT, "num_warmup_steps": 0}, None),
    (STABLE, 100),
    ({**STABLE, "num_stable_steps": 30}, 60),
    ({"schedule": "transformers.constant"}, None),
]


@pytest.mark.parametrize(("spec", "length"), LENGTHS)
def test_natural_length(spec: dict[str, Any], length: int | None) -> None:
    assert schedule_from(spec).natural_length() == length


ENDS = [
    (
        {**POLYNOMIAL, "num_warmup_steps": 100},
        99,
        "divides by zero at step 100, where the warm-up ends",
    ),
    ({**POLYNOMIAL, "power": -0.5}, 99, "raises 0 to power -0.5 at step 100: ZeroDivisionError"),
    ({**SQRT, "timescale": -50}, 59, "has no square root at step 60 (timescale -50)"),
    ({**SQRT, "timescale": -2.5}, 12, "has no square root at step 13 (timescale -2.5)"),
    ({**SQRT, "timescale": 0}, 9, "has no square root at step 10 (timescale 0)"),
]


@pytest.mark.parametrize(("spec", "last", "message"), ENDS)
def test_end(spec: dict[str, Any], last: int, message: str) -> None:
    end = schedule_from(spec).end()
    assert end
    assert (end.last, end.message) == (last, message)


def test_polynomial_stops_after_the_warm_up_where_lr_is_zero() -> None:
    schedule = schedule_from({**POLYNOMIAL, "lr_end": -0.1})
    assert schedule.sample(range(10), 0.0).tolist() == [0.0] * 10
    with pytest.raises(SpecError, match=r"divides by lr, which is 0, at step 10"):
        schedule.sample(range(11), 0.0)


GREEDY = {"schedule": "transformers.greedy", "metric": {"simulate": {}}}
FINDINGS: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    (LINEAR, []),
    ({**LINEAR, "num_warmup_steps": 99}, []),
    (
        {**LINEAR, "num_warmup_steps": 100},
        [
            (
                "only-warm-up",
                "the warm-up (100 steps) takes the whole run (num_training_steps 100)",
            )
        ],
    ),
    (
        {**SQRT, "timescale": -50},
        [("grows", "timescale is negative (-50): the rate rises")],
    ),
    (
        {**FLOOR, "min_lr_rate": 1.5},
        [("rises", "the floor (0.15) is above lr (0.1): the rate rises")],
    ),
    (
        {**FLOOR, "min_lr_rate": -0.5},
        [("clipped", "the floor is below 0: transformers clips the rate at 0")],
    ),
    (STABLE, []),
    (
        {**STABLE, "num_stable_steps": 30},
        [
            (
                "unused-parameter",
                "transformers uses num_stable_steps: the decay ends at step 60, not at "
                "num_training_steps (100)",
            )
        ],
    ),
    (
        {**STABLE, "num_decay_steps": 95, "min_lr_ratio": -0.1},
        [
            (
                "overlong-phases",
                "warm-up and decay together (105 steps) are longer than the run (100): the decay "
                "starts partway down",
            ),
            ("negative-floor", "min_lr_ratio is negative (-0.1): so is the last rate"),
        ],
    ),
    (
        {**GREEDY, "min_lr": 0.2},
        [("never-drops", "min_lr (0.2) is above lr (0.1): the rate is never lowered")],
    ),
    (
        {**GREEDY, "max_lr": 0.05},
        [("never-rises", "max_lr (0.05) is below lr (0.1): the rate is never raised")],
    ),
]


@pytest.mark.parametrize(("spec", "expected"), FINDINGS)
def test_findings(spec: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert [(each.id, each.message) for each in schedule_from(spec).findings(0.1)] == expected


SHARE = 0.01 / 0.1
FOLLOWING: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("cosine", {}, RUN),
    ("linear", {"num_training_steps": 70}, {"num_warmup_steps": 10}),
    ("cosine_with_min_lr", {}, {**RUN, "min_lr": 0.01}),
    ("cosine_with_min_lr", {"min_lr_rate": 0.2}, RUN),
    ("warmup_stable_decay", {}, {**RUN, "min_lr_ratio": SHARE, "num_decay_steps": 20}),
    ("warmup_stable_decay", {"num_stable_steps": 5, "num_decay_steps": 3},
     {"num_warmup_steps": 10, "min_lr_ratio": SHARE}),
    ("polynomial", {}, {**RUN, "lr_end": 0.01}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "parameters", "expected"), FOLLOWING)
def test_roles_follow_the_run(
    name: str, parameters: dict[str, Any], expected: dict[str, Any]
) -> None:
    cls = register.find(f"transformers.{name}")
    assert cls
    values = cls.complete(parameters, Target(steps=100, peak=0.1, warmup=10, floor=0.01))
    assert values == expected


def test_the_function_names_of_the_library_are_aliases() -> None:
    cls = register.find("transformers.get_cosine_schedule_with_warmup")
    assert cls is register.find("transformers.cosine")
    assert register.find("get_wsd_schedule") is register.find("transformers.warmup_stable_decay")


def test_warmup_ratio_is_a_share_of_the_run() -> None:
    spec = {"schedule": "transformers.linear", "warmup_ratio": 0.1, "num_training_steps": 100}
    assert schedule_from(spec).rate(10) == schedule_from(LINEAR).rate(10)


REFUSALS = [
    ({**LINEAR, "num_warmup_steps": 2.5}, "must be a whole number of steps, or a share"),
    ({**LINEAR, "last_epoch": 50}, "last_epoch must be -1: lrviz draws a schedule from its start"),
    (
        {"schedule": "transformers.inverse_sqrt", "num_warmup_steps": 0.1},
        "num_warmup_steps 0.1 is a share of num_training_steps, which is not given",
    ),
    ({**FLOOR, "min_lr": 0.1}, "only one of min_lr or min_lr_rate should be set"),
    ({**FLOOR, "min_lr_rate": None}, ": one of min_lr or min_lr_rate should be set"),
    (
        {**POLYNOMIAL, "num_warmup_steps": 0, "num_training_steps": 0},
        "divides by zero with num_training_steps 0",
    ),
    ({**SQRT, "num_warmup_steps": 0, "timescale": 0}, "divides by timescale, which is 0"),
    ({**STABLE, "num_training_steps": None}, "either num_training_steps or num_stable_steps"),
]


@pytest.mark.parametrize(("spec", "message"), REFUSALS)
def test_refusals(spec: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        schedule_from(spec)


@pytest.mark.parametrize(("warmup", "steps"), [(0, 1), (1, 0), (1, 1)])
def test_a_polynomial_has_a_step_or_a_warm_up(warmup: int, steps: int) -> None:
    spec = {**POLYNOMIAL, "num_warmup_steps": warmup, "num_training_steps": steps}
    assert schedule_from(spec).rate(0, 0.1) == (0.0 if warmup else 0.1)


@pytest.mark.parametrize("warmup", [0, 1])
def test_a_whole_warm_up_is_no_share(warmup: int) -> None:
    spec = {"schedule": "transformers.inverse_sqrt", "num_warmup_steps": warmup}
    assert [part.start for part in schedule_from(spec).expand(0.1, 9)][1:] == [1] * warmup

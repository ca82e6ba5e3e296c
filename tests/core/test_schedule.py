"""What every schedule shares: sampling, ends, roles, parameters, lookup."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lrviz.core import shapes
from lrviz.core.composition import schedule_from
from lrviz.core.errors import SpecError
from lrviz.core.metric_driven import refuse_long_runs
from lrviz.core.parameter_model import ParameterModel
from lrviz.core.register import register
from lrviz.core.schedule import CHUNK, Schedule
from lrviz.core.segment import Segment, expand, hold, linear, segments_of_rates

COSINE = schedule_from({"schedule": "cosine", "T_max": 10})
ONE_CYCLE = schedule_from({"schedule": "onecycle", "max_lr": 1, "total_steps": 10})


@pytest.mark.parametrize(
    ("steps", "lr", "message"),
    [
        ([0, 1.5], 0.1, "steps must be whole numbers from 0"),
        ([-1], 0.1, "steps must be whole numbers from 0"),
        (["a"], 0.1, "steps must be numbers (got <U1)"),
        ([True], 0.1, "steps must be numbers (got bool)"),
        ([0], -0.1, "lr must be a number, at least 0 (got -0.1)"),
        ([0], float("nan"), "lr must be a number, at least 0 (got nan)"),
        ([0], True, "lr must be a number, at least 0 (got True)"),
        ([0], "1", "lr must be a number, at least 0 (got '1')"),
    ],
)
def test_rate_refuses(steps: Any, lr: Any, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        COSINE.rate(steps, lr)
    assert str(caught.value) == f"torch.CosineAnnealingLR: {message}"


def test_rate_takes_any_shape_and_order() -> None:
    steps = np.array([[9, 0], [5, 30]])
    rates = COSINE.rate(steps, 1)
    assert rates.shape == (2, 2)
    assert rates.dtype == np.float64
    assert rates[0, 1] == 1.0
    assert rates[1, 0] == COSINE.rate(5, 1.0)
    assert COSINE.rate([], 1.0).shape == (0,)
    assert COSINE.rate(0, 0).item() == 0.0


def test_parameters_are_in_the_order_of_the_call() -> None:
    class Base(ParameterModel):
        one: int = 1
        two: int = 2

    class Usual(Base):
        three: int = 3
        four: int = 4

    class Between(Base, inherit_after="three"):
        three: int = 3
        four: int = 4

    class Within(Base, insert_after="one"):
        three: int = 3

    assert [*Usual.model_fields] == ["one", "two", "three", "four"]
    assert [*Between.model_fields] == ["three", "one", "two", "four"]
    assert [*Within.model_fields] == ["one", "three", "two"]


def test_steps_are_in_any_order_up_to_the_end() -> None:
    assert ONE_CYCLE.rate([10, 0], 0.1).shape == (2,)
    for steps in ([11, 0], [0, 11]):
        with pytest.raises(SpecError, match=r"torch\.OneCycleLR ends"):
            ONE_CYCLE.rate(steps, 0.1)


def test_rates_beyond_the_end() -> None:
    message = (
        "torch.OneCycleLR ends: Tried to step 11 times. The specified number of total steps is 10"
    )
    assert ONE_CYCLE.sample(range(11), 0.1).shape == (11,)
    for beyond in (lambda: ONE_CYCLE.sample(range(12), 0.1), lambda: ONE_CYCLE.rate([11])):
        with pytest.raises(SpecError) as caught:
            beyond()
        assert str(caught.value) == message
        assert [finding.id for finding in caught.value.findings] == ["past-the-end"]


def test_rates_up_to_the_last_value_of_a_metric() -> None:
    spec = {"schedule": "plateau", "metric": [3, 3, 3], "patience": 0, "cooldown": 0}
    schedule = schedule_from(spec)
    assert schedule.rate([3, 1]).tolist() == pytest.approx([0.001, 0.1])
    with pytest.raises(SpecError, match="metric has 3 values, and 5 steps use 4"):
        schedule.rate([4])


def test_the_most_steps_that_are_computed_one_by_one() -> None:
    refuse_long_runs("a", 1_000_000)
    with pytest.raises(SpecError, match="a is computed step by step, for at most 1,000,000 steps"):
        refuse_long_runs("a", 1_000_001)


@pytest.mark.parametrize("count", [0, 1, CHUNK, CHUNK + 1, 2 * CHUNK + 5])
def test_samples_are_computed_in_pieces(count: int) -> None:
    whole = COSINE.sample(range(count), 0.3)
    assert whole.tolist() == COSINE.rate(range(count), 0.3).tolist()


def test_keys_in_any_spelling() -> None:
    cls = type(ONE_CYCLE)
    assert cls.find_parameter("MAX-LR") == "max_lr"
    assert cls.find_parameter("nothing") is None
    assert cls.is_ignored("Base-Momentum")
    assert cls.is_ignored("last_epoch")
    assert not cls.is_ignored("max_lr")
    same = schedule_from({"Schedule": "One-Cycle", "MAX-LR": 1, "total-steps": 10, "verbose": 1})
    assert same == ONE_CYCLE
    chain = schedule_from({"schedule": "chained", "schedulers": ["exponential:"[:-1]]} | {
        "schedulers": [{"schedule": "exponential", "gamma": 0.5}]})  # fmt: skip
    assert chain.spec()["schedules"] == [{"schedule": "torch.ExponentialLR", "gamma": 0.5}]


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (5, "must be a mapping with the key 'schedule'"),
        ({"gamma": 1}, "needs the key 'schedule'"),
        ({"schedule": 3}, "schedule must be a name (got 3)"),
        ("StepLRR", "unknown schedule 'StepLRR'; did you mean 'StepLR'?"),
    ],
)
def test_specs_without_a_schedule(spec: Any, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        schedule_from(spec)
    errors = getattr(caught.value, "errors", lambda: [{"msg": str(caught.value)}])()
    assert [error["msg"] for error in errors] == [message]


@pytest.mark.parametrize(
    ("schedule", "parameter", "depth", "only"),
    [
        ("multistep", "milestones", 1, True),
        ("plateau", "metric", 1, False),
        ("cosine", "T_max", 0, False),
        ("onecycle", "total_steps", 0, False),
        ("timm.cosine", "noise_range_t", 1, False),
        ("sequential", "schedules", 1, True),
        ("ignite.PiecewiseLinear", "milestones_values", 2, True),
    ],
)
def test_lists_of_a_parameter(schedule: str, parameter: str, depth: int, only: bool) -> None:
    cls = register.find(schedule)
    assert cls is not None
    assert cls.list_depth(parameter) == depth
    assert cls.takes_only_lists(parameter) is only


def test_names_of_the_register() -> None:
    linear_classes = register.candidates("linear")
    libraries = [
        cls.title() for cls in linear_classes if not register.dialects[cls.dialect].trainer
    ]
    assert libraries == ["torch.LinearLR", "transformers.linear"]
    assert register.find("linear") is linear_classes[0]
    assert register.find("torch.nothing") is None
    assert register.find("nothing.StepLR") is None
    step = register.find(" Step ")
    assert step is not None
    assert step.title() == "torch.StepLR"
    spellings = list(register.spellings())
    assert "cosine" in spellings
    assert "torch.StepLR" in spellings
    assert len(register.all()) == len(set(register.all()))
    assert next(iter(register.dialects)) == "torch"


def test_several_schedules_of_one_name_need_the_dialect() -> None:
    assert len(register.candidates("constant")) > 1
    found = register.find("inverse_sqrt")
    assert found is None or len(register.candidates("inverse_sqrt")) == 1


def test_expand_leaves_out_what_has_no_step() -> None:
    parts = [
        Segment("warm-up", -3, linear(0, 1, -3, 3)),
        Segment("hold", 0, hold(1)),
        Segment("decay", 4, linear(1, 0, 4, 4)),
        Segment("floor", 4, hold(0)),
        Segment("hold", 9, hold(2)),
    ]
    assert [(part.name, part.start) for part in expand(parts, 9)] == [("hold", 0), ("floor", 4)]
    assert [part.start for part in expand(parts, 10)] == [0, 4, 9]
    assert [part.start for part in expand(parts, 10, limit=2)] == [0, 4]
    assert [part.start for part in expand(parts[:1], 10)] == [0]
    assert expand(parts, 0) == []


def test_cycles_are_listed_up_to_the_stop() -> None:
    assert COSINE.marks(20) == [10]
    assert COSINE.marks(21) == [10, 20]
    many = schedule_from({"schedule": "step", "step_size": 1})
    assert len(many.expand(0.1, 10**7)) == 1000


def test_runs_of_equal_rates() -> None:
    rates = np.array([1.0, 1.0, 0.5, 0.5, 0.25])
    assert [(part.name, part.start) for part in segments_of_rates(rates)] == [
        ("hold", 0), ("drop", 2), ("drop", 4)]  # fmt: skip
    assert segments_of_rates(np.empty(0)) == []
    changing = np.arange(1002.0)
    (segment,) = segments_of_rates(changing)
    assert (segment.name, segment.start) == ("decay", 0)
    assert segment.curve(np.array([3, 7])).tolist() == [3.0, 7.0]
    assert len(segments_of_rates(np.arange(1001.0))) == 1001


def test_shapes_at_their_edges() -> None:
    half = np.array([0.5])
    assert shapes.geometric_between(4.0, 1.0, half).tolist() == [2.0]
    assert shapes.geometric_between(0.0, 1.0, half).tolist() == [0.0]
    assert shapes.geometric_between(1.0, 0.0, half).tolist() == [0.0]
    exponents = np.array([0, 1, 2, 310, 10_000])
    with np.errstate(all="ignore"):
        exact = np.power(0.1, exponents)
    assert shapes.powers(0.1, exponents).tolist() == np.where(exponents <= 300, exact, 0).tolist()
    assert shapes.powers(0.5, exponents[:3]).tolist() == [1.0, 0.5, 0.25]
    assert shapes.powers(1.0, exponents).tolist() == [1.0] * 5
    assert shapes.powers(-2.0, exponents[:3]).tolist() == [1.0, -2.0, 4.0]
    assert shapes.powers(0.0, exponents[:2]).tolist() == [1.0, 0.0]
    assert shapes.raise_to(np.array([-1.0, 4.0]), 0.5)[1] == 2.0


def test_later_segments_have_the_same_curve() -> None:
    for schedule in (COSINE, ONE_CYCLE, schedule_from({"schedule": "lambda", "lr_lambda": "t"})):
        parts = schedule.segments(0.3)
        later = [part.later(7) for part in parts]
        t = np.arange(9)
        for part, moved in zip(parts, later, strict=True):
            assert moved.start == part.start + 7
            assert moved.curve(t + 7).tolist() == part.curve(t).tolist()
    moved_cycles = [part.start for part in expand([COSINE.segments(1.0)[0].later(7)], 30)]
    assert moved_cycles == [7, 17, 27]


def test_a_schedule_is_a_value() -> None:
    assert str(COSINE) == repr(COSINE)
    assert isinstance(COSINE, Schedule)
    assert COSINE.spec() == {"schedule": "torch.CosineAnnealingLR", "T_max": 10, "eta_min": 0.0}
    assert COSINE.clock() == "step"


def test_a_floor_above_the_default_rate_has_a_length() -> None:
    spec = {"schedule": "megatron.cosine", "lr_decay_iters": 100, "min_lr": 0.2}
    cosine = schedule_from(spec)
    assert cosine.natural_length() == 100

"""Curves on their clocks, what their rates give reason to note, and tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pydantic_core import PydanticCustomError

import lrviz
from lrviz.core.errors import SpecError
from lrviz.core.metric import Recorded
from lrviz.core.schedule import Array, Schedule, Steps64
from lrviz.core.segment import Part
from lrviz.curves.call import is_short
from lrviz.curves.column import Column
from lrviz.curves.curve import Curve
from lrviz.curves.facts import rate_findings
from lrviz.curves.figure_settings import as_size
from lrviz.curves.table import tabulate
from lrviz.specfile.source import load_spec

MARGIN = 1e-15


def curve_of(spec: str) -> Curve:
    return load_spec(spec).curves[0]


def test_segments_of_a_clock_by_epoch_have_the_rates_of_the_steps() -> None:
    curve = curve_of("cosine:T_max=4,by=epoch,steps_per_epoch=3,epochs=5")
    (segment, *_) = curve.segments(12)
    steps = np.arange(12)
    assert np.abs(segment.curve(steps) - curve.sample(range(12))).max() < MARGIN
    assert curve.by_ticks().count() == 5
    assert (curve.axis, curve.by_ticks().axis) == ("step", "epoch")


@pytest.mark.parametrize(("skipped", "rows"), [(0, None), (1, "1 row"), (2, "2 rows")])
def test_rows_of_a_metric_with_an_empty_cell(skipped: int, rows: str | None) -> None:
    curve = curve_of("plateau:metric=[3,2,1]")
    metric = Recorded(values=(3.0, 2.0), source="log.csv:loss", skipped=skipped)
    schedule = curve.schedule.model_copy(update={"metric": metric})
    messages = [item.message for item in replace(curve, schedule=schedule).findings()]
    assert messages == ([f"metric leaves out {rows} with an empty cell"] if rows else [])


class Overflowing(Schedule, abstract=True):
    """A schedule whose rates are too large for Python."""

    def segments(self, lr: float) -> Sequence[Part]:
        raise OverflowError(34, "Result too large")

    def compute(self, t: Steps64, lr: float) -> Array:
        raise OverflowError(34, "Result too large")


@pytest.mark.parametrize(("place", "where"), [("", "plan"), ("a.yaml:1:1", "a.yaml:1:1")])
def test_numbers_that_cannot_be_computed_with(place: str, where: str) -> None:
    curve = Curve("plan", Overflowing(), 0.1, place=place)
    for call in (lambda: curve.rates_at(np.array([1])), lambda: curve.segments(9)):
        with pytest.raises(SpecError) as error:
            call()
        assert str(error.value) == (
            f"{where}: has numbers that cannot be computed with: Result too large"
        )


def test_the_rates_of_some_steps_of_a_clock_by_epoch() -> None:
    curve = curve_of("onecycle:total_steps=10,max_lr=1,by=epoch,steps_per_epoch=2,epochs=11")
    rates = curve.sample(range(22))
    assert rates.tolist() == np.repeat(curve.schedule.sample(range(11), 1.0), 2).tolist()
    assert curve.sample(range(0, 22, 2)).tolist() == rates[::2].tolist()
    assert curve.sample(range(5, 6)).tolist() == rates[5:6].tolist()
    assert curve.sample(range(0)).shape == (0,)


@pytest.mark.parametrize("clock", ["", ",by=epoch,steps_per_epoch=1"])
def test_segments_start_before_a_step(clock: str) -> None:
    curve = curve_of(f"wsd:total_steps=100{clock}")
    assert [segment.start for segment in curve.segments(10)] == [0]
    assert [segment.start for segment in curve.segments(11)] == [0, 10]
    assert (curve.marks(10), curve.marks(11)) == ([], [10])


def test_short_values_of_a_call() -> None:
    assert is_short([1] * 12)
    assert not is_short([1] * 13)
    assert not is_short([1, {}])
    assert not is_short({})
    assert is_short(1)


@pytest.mark.parametrize("size", ["2x1.5", "100x100", [2, 1.5]])
def test_the_smallest_and_the_largest_picture(size: Any) -> None:
    assert as_size(size) in ((2.0, 1.5), (100.0, 100.0))


@pytest.mark.parametrize("size", ["1.99x9", "9x1.49", "100.1x9", "9x100.1"])
def test_a_picture_of_another_size_is_refused(size: str) -> None:
    with pytest.raises(PydanticCustomError, match=r"^must be between 2x1\.5 and 100x100 inches"):
        as_size(size)


def test_how_far_a_schedule_can_be_sampled() -> None:
    assert curve_of("plateau:metric=[3,2,1]").longest() == 4
    assert curve_of("onecycle:total_steps=9,max_lr=1").longest() == 10
    assert curve_of("onecycle:total_steps=9,max_lr=1,by=epoch,steps_per_epoch=3").longest() == 30
    assert curve_of("cosine:T_max=9").longest() is None


ENDS = "torch.OneCycleLR ends: Tried to step {} times. The specified number of total steps is {}"


@pytest.mark.parametrize(
    ("run", "advice"),
    [
        ("steps=11", ""),
        ("steps=13", "; the run has 13 steps: set total_steps to 13"),
        ("epochs=13", "; the run has 13 epochs: set total_steps to 13"),
        (
            "epochs=11,steps_per_epoch=3",
            "; the run has 33 steps: set total_steps to 33, or by to epoch if it steps once per "
            "epoch",
        ),
        ("epochs=12,steps_per_epoch=3", "; the run has 36 steps: set total_steps to 36"),
        (
            "epochs=12,steps_per_epoch=3,by=epoch",
            "; the run has 12 epochs: set total_steps to 12",
        ),
        ("lr=1", ""),
    ],
)
def test_the_advice_on_a_schedule_that_ends_before_its_run(run: str, advice: str) -> None:
    curve = curve_of(f"onecycle:total_steps=11,max_lr=1,{run}")
    with pytest.raises(SpecError) as caught:
        curve.sample(range(0, 60))
    (finding,) = caught.value.findings
    assert finding.message == ENDS.format(12, 11) + advice


def test_the_advice_names_no_parameter_that_a_schedule_does_not_have() -> None:
    curve = curve_of("plateau:metric=[3,2,1],steps=9")
    with pytest.raises(SpecError) as caught:
        curve.sample(range(9))
    assert str(caught.value).endswith("metric has 3 values, and 9 steps use 8")
    chained = "chained:schedules=[{schedule: onecycle,total_steps: 3,max_lr: 1}],steps=9"
    with pytest.raises(SpecError) as caught:
        curve_of(chained).sample(range(9))
    ends = ENDS.format(4, 3).removeprefix("torch.")
    assert str(caught.value).endswith(f": {ends}; the run has 9 steps")


def test_a_natural_number_of_steps() -> None:
    assert curve_of("exponential:gamma=0.5").count() == 100
    assert curve_of("exponential:gamma=0.5,by=epoch,steps_per_epoch=3").count() == 300
    assert curve_of("cosine:T_max=9,steps=4").with_steps(None).count() == 9


def test_calls() -> None:
    assert curve_of("cosine:T_max=9").call() == "torch.CosineAnnealingLR(T_max=9), lr=0.1"
    assert curve_of("cosine:T_max=9,warmup=3").call() == (
        "torch.SequentialLR([LinearLR(start_factor=0.001,total_iters=3), "
        "CosineAnnealingLR(T_max=9)], milestones=[3]), lr=0.1"
    ).replace("001,total", "001, total")
    thirteen = ",".join(map(str, range(1, 14)))
    assert curve_of("noam").call() == "lrviz.noam(d_model=512, warmup_steps=4000, factor=1)"
    assert curve_of("noam:warmup_steps=9").call() == "lrviz.noam(warmup_steps=9)"
    assert curve_of("plateau").call() == (
        "torch.ReduceLROnPlateau(mode=min, factor=0.1, patience=10, threshold=1e-4, "
        "threshold_mode=rel, cooldown=0, min_lr=0, eps=1e-8), lr=0.1"
    )
    assert curve_of("exponential:gamma=0.123456789").call() == (
        "torch.ExponentialLR(gamma=0.123457), lr=0.1"
    )
    assert curve_of("cosine:T_max=9").arguments() == "T_max=9, lr=0.1"
    assert curve_of("noam:warmup_steps=9").arguments() == "warmup_steps=9"
    assert lrviz.curve(lambda step: 0.1, steps=9).arguments() == ""
    assert curve_of(f"multistep:milestones=[{thirteen}]").call() == (
        "torch.MultiStepLR(gamma=0.1), lr=0.1"
    )


def column(rates: list[float], start: int = 0) -> Column:
    steps = range(start, start + len(rates))
    return Column(curve_of("cosine:T_max=9"), steps, np.array(rates))


NEGATIVE = "rates below 0 from step 12 (lowest -0.75 at step 13)"
INFINITE = "the rate overflows at step 11; it is left out there"
RATES = [
    ([1.0, 0.0, 0.5], []),
    ([1.0, 0.0, -0.5, -0.75], [("negative-rate", 12, NEGATIVE)]),
    ([1.0, np.inf, np.inf], [("not-finite-rate", 11, INFINITE)]),
]


@pytest.mark.parametrize(("rates", "expected"), RATES)
def test_findings_of_rates(rates: list[float], expected: list[tuple]) -> None:
    findings = list(rate_findings(column(rates, 10)))
    assert [(item.id, item.step, item.message) for item in findings] == expected
    assert all((item.curve, item.place) == ("cosine", "cosine:T_max=9") for item in findings)


def test_tables_as_plain_data_and_as_a_frame() -> None:
    table = tabulate([curve_of("step:step_size=1,steps=2"), curve_of("cosine:T_max=2,steps=3")])
    first = table.to_dict()["curves"][0]
    assert first["params"] == {"step_size": 1, "gamma": 0.1}
    assert (first["label"], first["schedule"], first["step"]) == ("step", "torch.StepLR", [0, 1])
    assert first["lr"] == [0.1, 0.1 * 0.1]
    pandas = pytest.importorskip("pandas")
    frame = table.to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    assert frame["cosine"].tolist() == table.columns[1].rates.tolist()
    assert frame["step"].isna().tolist() == [False, False, True]


def test_the_call_of_a_run_of_unknown_length_has_shares() -> None:
    spec = "transformers.polynomial:num_warmup_steps=125,num_training_steps=1000,power=2,steps=1000"
    assert replace(curve_of(spec), on_share=True).call() == (
        "transformers.polynomial(num_warmup_steps=12.5%, num_training_steps=100%, power=2), lr=0.1"
    )
    steps = replace(curve_of("multistep:milestones=[30],steps=60"), on_share=True)
    assert steps.call() == "torch.MultiStepLR(milestones=[30]), lr=0.1"

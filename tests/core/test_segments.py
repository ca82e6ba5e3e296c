"""Segments of every schedule: its example, and random specs, against its own rates."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import pairwise
from math import ceil
from typing import Any

import numpy as np
import pytest

from lrviz.core.errors import SpecError
from lrviz.core.register import register
from lrviz.core.schedule import Schedule
from lrviz.core.segment import MAX_SEGMENTS, Array, Cycles, Segment, hold
from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "tests" / "oracle"))

from sides import RUN, dialects, random_specs

STEPS = 160
TOLERANCE = 1e-9
RUNS, SEED = 150, 11


def example(cls: type[Schedule]) -> Schedule:
    return cls.model_validate(cls.example_values())


def random_schedules(dialect: str) -> Iterator[tuple[dict[str, Any], Schedule, float]]:
    """Yield the specs that lrviz accepts, as schedules, each with its lr."""
    for spec in random_specs(dialect, RUNS, SEED):
        cls = register.find(spec["schedule"])
        assert cls is not None
        parameters = {key: value for key, value in spec.items() if key not in RUN}
        try:
            yield spec, cls.model_validate(parameters), spec.get("lr", 0.1)
        except ValueError:
            continue


def check_segments(schedule: Schedule, lr: float, stop: int) -> None:
    """Fail where the segments are not the schedule's curve on steps 0 to stop - 1."""
    end = schedule.end()
    stop = min(stop, end.last + 1) if end else stop
    try:
        rates = schedule.sample(range(stop), lr)
    except SpecError:
        return
    segments = schedule.expand(lr, stop)
    starts = [segment.start for segment in segments]
    assert starts[0] == 0
    assert all(start < later for start, later in pairwise(starts))
    assert starts[-1] < stop
    if type(schedule).marks is Schedule.marks:
        assert schedule.marks(stop, lr) == starts[1:]
    limit = TOLERANCE * float(np.abs(rates).max(initial=0.0))
    complete = len(segments) < MAX_SEGMENTS
    for segment, after in zip(segments, [*starts[1:], stop if complete else None], strict=True):
        if after is not None:
            check_segment(segment, rates[segment.start : after], limit)


def check_segment(segment: Segment, rates: np.ndarray, limit: float) -> None:
    """Fail where the curve, or the generic formula of its shape, is not these rates."""
    t = np.arange(segment.start, segment.start + len(rates))
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(segment.curve(t), rates, rtol=0, atol=limit)
        if segment.shape:
            np.testing.assert_allclose(segment.shape.rates(t), rates, rtol=0, atol=limit)


@pytest.mark.parametrize("cls", register.all(), ids=lambda cls: cls.title())
def test_segments_of_the_example_are_its_curve(cls: type[Schedule]) -> None:
    schedule = example(cls)
    length = min(schedule.natural_length() or STEPS, 20_000)
    check_segments(schedule, 0.1, length + length // 4 + 2)


def can_start(schedule: Schedule, lr: float) -> bool:
    try:
        schedule.sample(range(260), lr)
    except SpecError:
        return False
    return True


@pytest.mark.parametrize("dialect", dialects())
def test_segments_of_random_specs_are_their_curves(dialect: str) -> None:
    failures = []
    for spec, schedule, lr in random_schedules(dialect):
        try:
            check_segments(schedule, lr, STEPS)
        except SpecError:  # the library fails at this lr from the first step on
            assert not can_start(schedule, lr)
        except AssertionError as error:
            failures.append(f"{spec}: {error}")
    assert not failures, "\n\n".join([f"{len(failures)} fail", *failures[:5]])


@pytest.mark.parametrize("cls", register.all(), ids=lambda cls: cls.title())
def test_the_rule_of_cycles_is_theirs(cls: type[Schedule]) -> None:
    try:
        parts = example(cls).segments(0.1)
    except NotImplementedError:
        return
    for part in parts:
        if isinstance(part, Cycles) and part.period and (part.count or 4) >= 4:
            starts = [part.cycle(index)[0].start for index in range(4)]
            _, second, third = np.diff(starts)
            assert second == pytest.approx(part.period * part.growth, abs=1.01)
            assert third == pytest.approx(part.period * part.growth**2, abs=1.01)


def test_cycles_shorter_than_a_step_are_one_segment() -> None:
    def waves(t: Array) -> Array:
        return np.cos(t)

    def cycle(index: int) -> list[Segment]:
        return [Segment("decay", ceil(2 + index * period), hold(0.1))]

    for period, count in ((0.5, 1), (1.0, 4), (1.5, 3)):
        cycles = Cycles("decay", 2, waves, cycle, period=period)
        assert len(list(cycles.segments(6))) == count
    period = 0.5
    (whole,) = Cycles("decay", 2, waves, cycle, period=period).segments(6)
    assert (whole.name, whole.start, whole.curve) == ("decay", 2, waves)
    growing = Cycles("decay", 2, waves, cycle, period=period, growth=2.0)
    assert len(list(growing.segments(6))) == 7

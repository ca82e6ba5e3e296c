"""Where the pointer of a page stops, and that the rates there are exact."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import lrviz
from lrviz.curves.column import Column, Envelope
from lrviz.curves.table import Table, tabulate
from lrviz.page.samples import MAX_STEPS, MIN_STEPS, notable, sample_table
from lrviz.render.lines import Line

ALL = MAX_STEPS


def curve_column(rates: list[float] | np.ndarray) -> Column:
    (curve,) = lrviz.load("cosine")
    return Column(curve, range(len(rates)), np.asarray(rates, dtype=np.float64))


def rate_at(line: Line, step: float) -> float:
    return float(line.y[np.flatnonzero(line.x == step)[-1]])


@pytest.mark.parametrize("count", [1, 2, 100, ALL])
def test_every_step_is_a_stop(count: int) -> None:
    table = sample_of("cosine:t_max=500", count)
    samples = sample_table(table)
    assert samples.steps.tolist() == list(range(count))
    assert [rate_at(samples.lines[0], step) for step in range(count)] == list(
        table.columns[0].rates
    )


def test_of_more_steps_every_second_is_a_stop_and_those_that_matter() -> None:
    rates = np.linspace(1.0, 0.0, ALL + 1)
    rates[777] = 9.0
    samples = sample_table(Table((curve_column(rates),)))
    assert samples.steps.tolist() == sorted({*range(0, ALL + 1, 2), 776, 777, 778, ALL})
    for step in samples.steps:
        assert rate_at(samples.lines[0], step) == rates[int(step)]


def test_the_pointer_stops_at_the_steps_of_stretched_curves() -> None:
    short, long = curve_column([5.0, 6.0, 3.0]), curve_column([9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0])
    samples = sample_table(Table((replace(short, stretch=2.5), long)))
    assert samples.steps.tolist() == [0, 1, 2, 2.5, 3, 4, 5, 6]
    assert samples.lines[0].x.tolist() == [0, 2.5, 5]


def test_a_stretched_curve_keeps_the_rates_that_it_has_at_the_stops() -> None:
    values = np.random.default_rng(0).uniform(1.0, 2.0, 6 * ALL)
    short = replace(curve_column(values[: 4 * ALL]), stretch=1.5)
    samples = sample_table(Table((short, curve_column(values))))
    line = samples.lines[0]
    inside = samples.steps[samples.steps <= line.x[-1]]
    for stop in inside:
        index = np.searchsorted(line.x, stop + 1e-6) - 1
        assert line.y[index] == values[int(stop / 1.5 + 1e-9)]


def test_many_curves_have_fewer_stops() -> None:
    curves = [curve_column(np.linspace(1.0, 0.5, 5 * MIN_STEPS)) for _ in range(1000)]
    samples = sample_table(Table(tuple(curves)))
    assert len(samples.steps) == MIN_STEPS + 1
    hundred = sample_table(Table(tuple(curves[:100])))
    assert len(hundred.steps) == 5 * MIN_STEPS // 2 + 1
    ten = sample_table(Table(tuple(curves[:10])))
    assert len(ten.steps) == 5 * MIN_STEPS


def test_a_curve_that_ends_early_has_no_rate_after_its_end() -> None:
    long, short = curve_column([3.0, 2.0, 1.0]), curve_column([5.0, 4.0])
    samples = sample_table(Table((short, long)))
    assert samples.steps.tolist() == [0, 1, 2]
    assert samples.lines[0].x.tolist() == [0, 1]


def test_a_long_curve_that_ends_at_a_stop_of_another() -> None:
    columns = curve_column(np.linspace(1.0, 0.0, 8001)), curve_column(np.linspace(1.0, 0.5, 6000))
    samples = sample_table(Table(columns))
    assert 6000 in samples.steps
    assert samples.lines[1].x[-1] == 5999


def test_notable_steps() -> None:
    assert set(notable(curve_column([1.0, 5.0, 5.0, 0.5, 0.5, 0.5, 0.4]))) == {0, 1, 2, 3, 5, 6}
    assert set(notable(curve_column([np.nan, np.inf, -1.0, 0.0]))) >= {1, 2, 3}


def test_a_very_long_curve_keeps_its_exact_extremes() -> None:
    (curve,) = lrviz.load("cosine:t_max=6_000_000")
    column = Envelope.of(curve, range(6_000_000))
    samples = sample_table(Table((column,)))
    line = samples.lines[0]
    assert (line.y.max(), line.y.min()) == (column.rates.max(), column.rates.min())
    assert samples.steps[-1] == 5_999_999
    exact = curve.rates_at(samples.steps.astype(np.int64))
    assert [rate_at(line, step) for step in samples.steps] == pytest.approx(exact, rel=1e-12)
    assert len(line.x) < 4 * ALL


def sample_of(spec: str, steps: int) -> Table:
    return tabulate(lrviz.load(spec), range(steps))

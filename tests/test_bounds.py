"""What would take too much memory or time is refused before the cost, or takes another way."""

from __future__ import annotations

import time
import tracemalloc

import numpy as np
import pytest

import lrviz
from lrviz.curves.column import Envelope, ends_of_blocks
from lrviz.curves.facts import facts
from lrviz.curves.spans import spans_of
from lrviz.curves.table import tabulate
from lrviz.render.lines import line_of
from tests.conftest import Shell

REFUSED = {
    "text of 5 MB": ("#" * 5_000_001, "s.yaml: is larger than 5 MB"),
    "100,000 values": (
        "schedule: multistep\nmilestones: [" + "1," * 100_000 + "1]\n",
        "s.yaml: has more than 100,000 values",
    ),
    "pixels": (
        "schedule: cosine\nT_max: 9\nsize: 100x100\ndpi: 101\n",
        "s.yaml:4:6: the picture has 10,100 x 10,100 pixels; at most 100,000,000",
    ),
    "steps of a metric": (
        "{schedule: plateau, metric: {simulate: }, steps: 1000001}",
        "s.yaml:1:1: torch.ReduceLROnPlateau is computed step by step, for at most "
        "1,000,000 steps (got 1,000,001)",
    ),
    "steps of a metric in optax": (
        "{schedule: optax.reduce_on_plateau, metric: {simulate: }, steps: 1000001}",
        "s.yaml:1:1: optax.reduce_on_plateau is computed step by step, for at most "
        "1,000,000 steps (got 1,000,001)",
    ),
    "curves of a list": (
        "curves:" + " [" + "{schedule: no}," * 1_001 + "]",
        "s.yaml:1:9: has 1,001 curves; at most 1,000 are drawn in one run",
    ),
    "schedules in a schedule": (
        "{schedule: chained, schedules: [" + "{schedule: no}," * 1_001 + "]}",
        "s.yaml:1:32: schedules must be a list of at most 1,000 schedules (got "
        "[{schedule: 'no'}, {schedule: 'no'}, {schedule: 'no'}, {schedule: 'no'}, {sch...)",
    ),
    "keys of a curve": (
        "schedule: cosine\n" + "".join(f"k{i}: 1\n" for i in range(1_000)),
        "s.yaml:1:1: a curve has 1,001 keys; at most 1,000 are read",
    ),
    "rates of several curves": (
        "{schedule: linear, steps: 1e8, sweep: {total_iters: [1, 2]}}",
        "2 curves have 200,000,000 rates; at most 50,000,000 are held at once: "
        "--range START:STOP:EVERY takes fewer",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_before_the_cost(case: str, shell: Shell) -> None:
    text, message = REFUSED[case]
    shell.write("s.yaml", text)
    start = time.process_time()
    done = shell("plot", "s.yaml", "--no-image")
    assert done.returncode == 2
    assert done.stderr == f"error: {message}\n"
    assert time.process_time() - start < 15


def test_as_many_as_are_read(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.write("s.yaml", "schedule: cosine\n" + "".join(f"k{i}: 1\n" for i in range(999)))
    done = shell("plot", "s.yaml", "--no-image")
    assert done.stderr.splitlines()[-1] == "error: ... and 980 more problems"
    monkeypatch.setattr("lrviz.core.composition.MAX_CHILDREN", 3)
    shell.write("s.yaml", "{schedule: chained, steps: 2, schedules: [constant, constant, step]}")
    assert shell("measure", "s.yaml").stderr.startswith("error: s.yaml:1:63: torch.StepLR needs")
    monkeypatch.setattr("lrviz.specfile.contents.MAX_CURVES", 3)
    shell.write("s.yaml", "curves: [linear, linear, linear]")
    assert shell("measure", "s.yaml").returncode == 0


def test_pixels_of_a_file_and_a_flag(shell: Shell) -> None:
    shell.write("s.yaml", "schedule: cosine\nT_max: 9\nsize: 50x50\n")
    assert shell("plot", "s.yaml", "--no-image", "--dpi", "200").returncode == 0
    done = shell("plot", "s.yaml", "--no-image", "--dpi", "201")
    assert done.returncode == 2
    assert done.stderr == (
        "error: --dpi: the picture has 10,050 x 10,050 pixels; at most 100,000,000\n"
    )


def test_a_label_of_100_kb(shell: Shell) -> None:
    shell.write("s.yaml", f"schedule: step\nstep_size: 3\nlabel: {'x' * 100_000}\n")
    start = time.process_time()
    done = shell("plot", "s.yaml", "-o", "x.svg")
    assert done.returncode == 0
    assert max(map(len, done.stderr.splitlines())) < 350
    assert time.process_time() - start < 8


def test_the_envelope_of_a_long_curve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lrviz.curves.column.MAX_COLUMN_RATES", 999)
    monkeypatch.setattr("lrviz.curves.column.MAX_BLOCKS", 100)
    monkeypatch.setattr("lrviz.curves.column.PIECE", 250)
    curves = lrviz.load("onecycle:max_lr=1,total_steps=1003")
    whole, thin = tabulate(curves).columns[0], tabulate(curves, for_picture=True).columns[0]
    assert isinstance(thin, Envelope)
    assert 100 < len(thin.rates) <= 404
    np.testing.assert_array_equal(thin.rates, whole.rates[thin.indices])
    exact, kept = facts(whole), facts(thin)
    assert kept.area == pytest.approx(exact.area, rel=1e-12)
    assert (kept.peak, kept.peak_step) == (exact.peak, exact.peak_step)
    assert (kept.floor, kept.floor_step, kept.last) == (exact.floor, exact.floor_step, exact.last)
    assert [(s.name, s.start, s.stop) for s in spans_of(thin)] == [
        (s.name, s.start, s.stop) for s in spans_of(whole)
    ]
    assert np.concatenate([*thin.pieces()]).tolist() == whole.rates.tolist()
    lines = line_of(thin, 10), line_of(whole, 10)
    assert lines[0].x[[0, -1]].tolist() == lines[1].x[[0, -1]].tolist() == [0, 1002]
    assert thin.index_of(500) == int(np.searchsorted(thin.indices, 500))
    assert not isinstance(tabulate(curves, range(999), for_picture=True).columns[0], Envelope)
    assert not isinstance(tabulate([*curves, *curves], for_picture=True).columns[0], Envelope)


def test_a_spike_is_in_the_envelope() -> None:
    rates = np.zeros(1003)
    rates[555], rates[556] = 9, -9
    kept = ends_of_blocks(rates, 100)
    assert {0, 99, 100, 555, 556, 999, 1000, 1002} <= set(kept.tolist())
    assert len(kept) == 24


def test_memory_of_a_long_picture() -> None:
    tracemalloc.start()
    try:
        tabulate(lrviz.load("cosine:T_max=6000000,steps=6000000"), for_picture=True)
        assert tracemalloc.get_traced_memory()[1] < 48_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "text", ['{"a": ' + "/*" * 100_000, '{"' + '\\"' * 100_000, "{" + '"' * 200_001]
)
def test_comments_and_texts_that_never_close(text: str, shell: Shell) -> None:
    shell.write("s.json", text)
    begin = time.process_time()
    assert shell("plot", "s.json", "--no-image").returncode == 2
    assert time.process_time() - begin < 8

"""Metrics: numbers, CSV columns, the simulated loss, and their messages."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lrviz.core.composition import schedule_from
from lrviz.core.errors import SpecError
from lrviz.core.metric import Recorded, Simulation, read_metric


def message_of(value: Any, folder: Path = Path()) -> str:
    with pytest.raises(ValueError) as caught:
        read_metric(value, folder)
    return str(caught.value)


def test_values_of_a_spec() -> None:
    assert read_metric([1, 2.5], Path()) == Recorded(values=(1.0, 2.5))
    assert read_metric(np.array([1, 2.5]), Path()) == Recorded(values=(1.0, 2.5))
    assert read_metric({"simulate": None}, Path()) == Simulation()
    assert read_metric("simulate", Path()) == Simulation()
    assert read_metric({"simulate": True}, Path()) == Simulation()
    assert read_metric({"simulate": {"seed": 3}}, Path()) == Simulation(seed=3)
    metric = Recorded(values=(1.0,))
    assert read_metric(metric, Path()) is metric
    assert metric.title == "metric"
    assert metric.spec() == [1.0]
    assert Simulation(seed=3, noise=2.0).spec() == {"simulate": {"seed": 3, "noise": 2.0}}


SHAPES = "must be a list of numbers, FILE.csv:COLUMN or {simulate: {...}}"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("loss", SHAPES),
        ("loss.csv:", SHAPES),
        ("loss.txt:a", SHAPES),
        (".csv.gz", SHAPES),
        ({"csv": "a.csv", "row": 1}, SHAPES),
        ({"simulate": {}, "csv": "a.csv"}, SHAPES),
        ([1, "a"], "must contain only numbers (got 'a')"),
        ([True], "must contain only numbers (got True)"),
        ([math.inf], "must contain only finite numbers (got inf)"),
    ],
)
def test_messages(value: Any, message: str) -> None:
    assert message_of(value) == message


def test_csv_columns(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("step,loss\n0,1.5\n1,\n2, 2.5\n", encoding="utf-8")
    metric = read_metric({"csv": "log.csv", "column": "loss"}, tmp_path)
    assert metric == Recorded(values=(1.5, 2.5), source="log.csv:loss", skipped=1)
    assert metric.title == "loss"
    assert read_metric("log.csv:loss", tmp_path) == metric
    (tmp_path / "one.csv").write_text("\ufeffloss\n3\n", encoding="utf-8")
    assert read_metric({"csv": "one.csv"}, tmp_path).values == (3.0,)  # type: ignore[union-attr]
    assert read_metric("one.csv", tmp_path).values == (3.0,)  # type: ignore[union-attr]
    (tmp_path / "a.csv:b.csv").write_text("loss,b\n4,5\n", encoding="utf-8")
    assert read_metric("a.csv:b.csv:b", tmp_path).values == (5.0,)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("a,b\n1,2\n", None, "needs the column of {path}, as {path}:b (it has: a, b)"),
        ("", None, "needs the column of {path}, as {path}:COLUMN (it has: no rows)"),
        ("a,a\n1,2\n", "a", "{path} has more than one column 'a'"),
        ("loss,b\n1,2\n", "los",
         "{path} has no column 'los' (it has: loss, b); did you mean 'loss'?"),
        ("a,b\n1,2\n3,x\n", "b", "{path}:3: must be a finite number (got 'x')"),
        ("a,b\n1,inf\n", "b", "{path}:2: must be a finite number (got 'inf')"),
        ("a\n" + "x" * 50 + "\n", None,
         "{path}:2: must be a finite number (got '" + "x" * 40 + "')"),
    ],
)  # fmt: skip
def test_messages_of_csv_files(text: str, column: Any, message: str, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(text, encoding="utf-8")
    value = {"csv": "log.csv"} if column is None else {"csv": "log.csv", "column": column}
    assert message_of(value, tmp_path) == message.format(path=path)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    message = message_of({"csv": "log.csv"}, tmp_path)
    assert message == f"{path} cannot be read: No such file or directory"
    path.write_bytes(b"\xff\xfe\x00")
    assert message_of({"csv": "log.csv"}, tmp_path) == f"{path} is not a CSV file in UTF-8"


def test_a_simulation_follows_its_model() -> None:
    feed = Simulation(start=3.0, curvature=2.0, noise=0.5, jitter=0.0).feed()
    distance = 2 * 3.0 / 2.0
    for rate in (0.1, 0.4, 0.2):
        distance = (1 - rate * 2.0) ** 2 * distance + rate**2 * 0.5
        assert feed(rate) == pytest.approx(2.0 * distance / 2, rel=1e-14)


def test_a_simulation_scatters_by_its_seed() -> None:
    quiet, same, other = (
        Simulation(jitter=0.0).feed()(0.1),
        Simulation(jitter=0.1, seed=1).feed()(0.1),
        Simulation(jitter=0.1, seed=2).feed()(0.1),
    )
    scatter = np.random.default_rng(1).standard_normal()
    assert same == pytest.approx(quiet * math.exp(0.1 * scatter), rel=1e-14)
    assert same != other
    assert math.isfinite(Simulation(curvature=1e3, jitter=0.0).feed()(1e200))


def test_a_metric_that_is_too_short() -> None:
    plateau = schedule_from({"schedule": "plateau", "metric": [1.0] * 3})
    assert plateau.sample(range(4), 0.1).tolist() == [0.1] * 4
    with pytest.raises(SpecError) as caught:
        plateau.sample(range(5), 0.1)
    assert str(caught.value) == "metric has 3 values, and 5 steps use 4"
    name, values = plateau.metric_trace(4, 0.1) or ("", np.empty(0))
    assert name == "metric"
    assert values.tolist() == [1.0] * 3


def test_a_simulated_loss_is_bounded() -> None:
    quiet = {"noise": 0.0, "jitter": 0.0}
    far = Simulation(start=1e300, curvature=1e-9, **quiet).feed()
    assert far(0.0) == pytest.approx(1e-9 * 1e300 / 2)
    steep = Simulation(start=1e150, **quiet).feed()
    assert steep(1e140) == pytest.approx(1e300 / 2)
    scattered = Simulation(start=1e300, curvature=1e9, noise=0.0, jitter=1e9).feed()
    assert max(scattered(0.0) for _ in range(9)) == pytest.approx(1e300)

"""A range test: fastai's own suggestions, the cut, the smoothing, and what cannot be read."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lrviz
from lrviz.audits.range_rules import RULES, valley
from lrviz.audits.range_test import divergence, lag_of, smoothed_losses
from lrviz.core.errors import SpecError
from lrviz.render.range_test_lines import cut_text
from tests.conftest import Shell

RECORDED = json.loads((Path(__file__).parent / "range_tests.json").read_text())
NAMES = {"valley": "valley", "steepest": "steep", "minimum": "minimum"}


def write(path: Path, rates: Any, losses: Any) -> Path:
    rows = "".join(f"{r!r},{v!r}\n" for r, v in zip(rates, losses, strict=True))
    path.write_text("lr,loss\n" + rows, encoding="utf-8")
    return path


@pytest.mark.parametrize("case", RECORDED, ids=range(len(RECORDED)))
def test_the_suggestions_are_those_of_fastai(case: dict[str, Any], tmp_path: Path) -> None:
    test = lrviz.find_lr(write(tmp_path / "a.csv", case["lr"], case["loss"]))
    suggested = {item.rule.name: item.lr for item in test.suggestions}
    expected = {name: pytest.approx(case[own], rel=1e-12) for name, own in NAMES.items()}
    assert suggested == expected


def test_smoothing() -> None:
    assert smoothed_losses(np.array([1.0, 3.0]), 0.5).tolist() == [1.0, (0.25 + 1.5) / 0.75]
    assert smoothed_losses(np.array([1.0, 3.0]), 0.0).tolist() == [1.0, 3.0]


def test_divergence() -> None:
    assert divergence(np.array([2.0, 1.0, 4.0, 4.1, 1.0])) == 3
    assert divergence(np.array([2.0, 1.0, 4.0])) is None
    assert divergence(np.array([-2.0, -1.0, 4.0])) is None
    assert divergence(np.array([0.0, 4.0])) is None


def test_valley_of_a_rise_alone() -> None:
    assert valley(np.ones(5), np.arange(5.0)) == 0


def test_rows_that_are_read(tmp_path: Path) -> None:
    rates = np.geomspace(1e-6, 1, 40)
    losses = np.r_[np.linspace(3, 1, 30), [2, 3, 4, 4.1, 9, 9, 9, 9, 9, 9]]
    test = lrviz.find_lr(write(tmp_path / "a.csv", rates.tolist(), losses.tolist()), smoothing=0)
    assert (test.start, test.stop, test.diverged) == (4, 29, 33)
    assert test.suggestions[2].at == rates[28]
    data = test.to_dict()
    assert (data["first_row"], data["last_row"], data["rows"]) == (4, 28, 40)
    assert data["diverged_at"] == rates[33]
    assert [item["name"] for item in data["suggestions"]] == [rule.name for rule in RULES]
    assert data["suggestions"][2]["lr"] == data["suggestions"][2]["read_at"] / 10


ERRORS = {
    "falling": (
        "lr,loss\n1,2\n2,2\n1,2\n",
        "a.csv: is no range test: the rate must rise from row to row (row 3: 1 after 2)",
    ),
    "short": (
        "lr,loss\n1,2\n2,2\n",
        "a.csv: has 2 rows with a rate and a loss, 2 of them before the loss diverges: too few "
        "for a suggestion",
    ),
    "header only": ("lr,loss\n", "a.csv: has no rows"),
    "no loss": (
        "step,lr\n1,2\n",
        "a.csv: has no column of losses; name it with --loss-column (columns: step, lr)",
    ),
    "no rate": (
        "step,loss\n1,2\n",
        "a.csv: has no column of rates; name it with --lr-column (columns: step, loss)",
    ),
    "no finite loss": (
        "lr,loss\n1,nan\n2,inf\n0,1\n",
        "a.csv: has no row with a rate above 0 and a finite loss",
    ),
    "six equal losses": (
        "lr,loss\n1,2.5\n2,2.5\n3,2.5\n4,2.5\n5,2.5\n6,2.5\n",
        "a.csv: is no range test: the loss is 2.5 in all 6 rows",
    ),
    "five equal losses": (
        "lr,loss\n1,2.5\n2,2.5\n3,2.5\n4,2.5\n5,2.5\n",
        "a.csv: has 5 rows with a rate and a loss, 5 of them before the loss diverges: too few "
        "for a suggestion",
    ),
    "two losses": (
        "lr,a_loss,b_loss\n1,2,3\n",
        "a.csv: has more than one column of losses (a_loss, b_loss); choose with --loss-column",
    ),
}


@pytest.mark.parametrize("case", ERRORS.values(), ids=ERRORS)
def test_error(case: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.csv").write_text(case[0], encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        lrviz.find_lr("a.csv")
    assert caught.value.lines() == [case[1]]


def test_columns(tmp_path: Path) -> None:
    rates = np.geomspace(1e-6, 1, 30).tolist()
    path = tmp_path / "a.csv"
    rows = "".join(f"{i},{r!r},{i + 30},{30 - i},\n" for i, r in enumerate(rates))
    path.write_text("step,lr,val_loss,train_loss,other\n" + rows + "31,2,,,\n")
    test = lrviz.find_lr(path, smoothing=0)
    assert (test.lr_column, test.loss_column) == ("lr", "train_loss")
    assert [note.message for note in test.notes] == [
        "1 row without a rate or a finite loss is left out"
    ]
    rising = lrviz.find_lr(path, loss_column="VAL_LOSS", smoothing=0.98)
    assert rising.loss_column == "val_loss"


LATE = (
    "note: the suggestions may be too high: with a smoothing of {}, the loss lags {} of 15, a "
    "factor of {} in the rate"
)


def test_an_average_that_lags() -> None:
    assert lag_of(0.5, 1) == 0.0
    assert lag_of(0.5, 2) == pytest.approx(1 / 3)  # weights 1/3 and 2/3
    assert lag_of(0.98, 10_000) == pytest.approx(49)
    assert lag_of(0.0, 5) == 0.0


@pytest.mark.parametrize(
    ("smoothing", "last", "notes"),
    [
        (0.5, 3.0**19, []),
        (0.5, 3.1**19, [f"{LATE.format(0.5, '1 row', 3.1)}; --smoothing 0.26 lags less"]),
        (0.7, 1.7**19, []),
        (0.7, 1.8**19, [f"{LATE.format(0.7, '2 rows', 3.2)}; --smoothing 0.4 lags less"]),
        (0.0, 9.0**19, []),
    ],
)
def test_the_note_on_an_average_that_lags(
    smoothing: float, last: float, notes: list[str], tmp_path: Path
) -> None:
    rates = np.geomspace(2, 2 * last, 20)
    path = write(tmp_path / "a.csv", rates.tolist(), np.linspace(3, 1, 20).tolist())
    test = lrviz.find_lr(path, smoothing=smoothing)
    assert [f"{note.severity}: {note.message}" for note in test.notes] == notes


def test_losses_that_are_not_finite_at_the_end(shell: Shell) -> None:
    rates = np.geomspace(1e-6, 1, 25).tolist()
    losses = [float(30 - i) for i in range(20)] + [math.nan, 5.0, math.inf, math.nan, math.nan]
    write(shell.folder / "a.csv", rates, losses)
    done = shell("find-lr", "a.csv", "--no-image", "--width", "200", "--smoothing", "0")
    assert done.stderr == "note: 4 rows without a rate or a finite loss are left out\n"
    assert "the loss diverges at 0.3162, where it is not finite any more; read from" in done.stdout
    data = json.loads(shell("find-lr", "a.csv", "--json", "-q").stdout)
    assert (data["rows"], data["diverged_at"]) == (21, rates[22])
    write(shell.folder / "b.csv", rates[:22], losses[:22])
    assert lrviz.find_lr(shell.folder / "b.csv", smoothing=0).diverged_at is None


def test_losses_that_never_fall(tmp_path: Path) -> None:
    rates = np.geomspace(1e-6, 1, 25).tolist()
    rising = write(tmp_path / "a.csv", rates, np.linspace(1, 3, 25).tolist())
    assert [note.message for note in lrviz.find_lr(rising, smoothing=0).notes] == [
        "the smoothed loss never falls below its first value, so that the suggestions say "
        "little; begin at lower rates"
    ]
    falling = write(tmp_path / "b.csv", rates, [2.0, 1.0, *np.linspace(1.5, 3, 23).tolist()])
    assert lrviz.find_lr(falling, smoothing=0).notes == ()


def test_the_command(shell: Shell) -> None:
    case = RECORDED[2]
    write(shell.folder / "rt.csv", case["lr"], case["loss"])
    done = shell("find-lr", "rt.csv", "--no-image", "--width", "200")
    assert done.returncode == 0
    assert done.stderr.startswith(
        "note: the suggestions may be too high: with fastai 2.8's smoothing of 0.98, the loss lags "
    )
    assert shell("find-lr", "rt.csv", "--no-image", "-q").stderr == ""
    lines = done.stdout.splitlines()
    assert lines[0] == "LR range test of rt.csv"
    assert (
        lines[2]
        == "loss over lr: 100 rows, 1e-7 to 8.318; smoothed with weight 0.98 as in fastai 2.8"
    )
    assert lines[3].startswith("the loss diverges at ")
    assert lines[3].endswith(", without the first tenth and the last 5 rows")
    assert lines[5].startswith("valley   ")
    assert lines[5].endswith(
        "half-way down the longest fall of the loss (fastai 2.8, callback/schedule.py, valley)"
    )
    data = json.loads(shell("find-lr", "rt.csv", "--json").stdout)
    assert data["suggestions"][0]["lr"] == pytest.approx(case["valley"])
    narrow = shell("find-lr", "rt.csv", "--no-image", "--width", "40").stdout
    assert max(map(len, narrow.splitlines())) <= 40
    raw = shell("find-lr", "rt.csv", "--no-image", "--smoothing", "0").stdout
    assert "; not smoothed" in " ".join(raw.split())


def test_the_picture(shell: Shell) -> None:
    case = RECORDED[2]
    write(shell.folder / "rt.csv", case["lr"], case["loss"])
    done = shell("find-lr", "rt.csv", "-o", "rt.svg", "--smoothing", "0")
    assert done.stderr == "wrote rt.svg\n"
    text = (shell.folder / "rt.svg").read_text(encoding="utf-8")
    assert all(rule.name in text for rule in RULES)
    assert "learning rate (log)" in text


@pytest.mark.parametrize("value", ["1", "-0.1", "x", "true"])
def test_smoothing_out_of_range(value: str, shell: Shell) -> None:
    shell.write("rt.csv", "lr,loss\n1,2\n")
    done = shell("find-lr", "rt.csv", "--smoothing", value)
    message = f"error: --smoothing: must be from 0 to below 1 (got {value})\n"
    assert (done.returncode, done.stderr) == (2, message)
    with pytest.raises(SpecError, match="must be from 0 to below 1"):
        lrviz.find_lr(shell.folder / "rt.csv", smoothing=1)


@pytest.mark.parametrize(
    ("smoothing", "last", "sentence"),
    [
        (0.9, 4.1, "the smoothed loss does not diverge, but the loss itself is above 4 times its "
                   "lowest at 1: a lower --smoothing does not hide that; read from"),
        (0.9, 4.0, "the smoothed loss does not diverge; read from"),
        (0.0, 4.0, "the loss does not diverge; read from"),
        (0.0, 4.1, "the loss diverges at 1, at 4 times its lowest; read from"),
    ],
)  # fmt: skip
def test_a_divergence_that_smoothing_hides(
    smoothing: float, last: float, sentence: str, tmp_path: Path
) -> None:
    losses = [*np.linspace(3, 1, 29).tolist(), last]
    path = write(tmp_path / "a.csv", np.geomspace(1e-6, 1, 30).tolist(), losses)
    test = lrviz.find_lr(path, smoothing=smoothing)
    assert cut_text(test).startswith(sentence)


def test_the_names_that_fastai_gives_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = "".join(f"{1e-5 * 1.1**n!r},{2.0 - n / 60!r}\n" for n in range(60))
    path.write_text("lrs,losses\n" + rows, encoding="utf-8")
    assert lrviz.find_lr(path).loss_column == "losses"

"""Logs that are too large, endless or hostile: refused before the cost, or read in bounded time."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import time
import warnings
from pathlib import Path

import pytest

from lrviz.audits.factor import roundest
from lrviz.audits.log import read_log
from lrviz.audits.log_rows import NameTest, one_of_names
from lrviz.audits.range_rules import valley
from lrviz.audits.range_test import read_range_test
from lrviz.audits.reading import read_rows
from lrviz.audits.run_length import length_of_run
from lrviz.core.errors import SpecError
from tests.conftest import Shell

NONE: NameTest = one_of_names(())
HEAD = "step,lr\n"


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def refusal(path: Path) -> tuple[str, str]:
    with pytest.raises(SpecError) as caught:
        read_log(path)
    (finding,) = caught.value.findings
    assert finding.place == str(path)
    return finding.message, finding.id


def test_files_that_are_none_of_a_log(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lrviz.core.files.PIPE_TIMEOUT", 0.05)
    os.mkfifo(here / "pipe")
    (here / "loop").symlink_to("loop")
    assert refusal(here / "pipe") == (
        "cannot be read: no program writes to this pipe",
        "unreadable-file",
    )
    assert refusal(here) == ("cannot be read: Is a directory", "no-file")
    assert refusal(here / "no.csv") == ("cannot be read: No such file or directory", "no-file")
    assert refusal(Path("\ud83d")) == ("cannot be read: the name is none of a file", "no-file")
    assert refusal(Path("a\0")) == ("cannot be read: the name is none of a file", "no-file")
    assert refusal(Path("/dev/zero")) == ("is larger than 400 MB", "too-large")
    assert refusal(here / "loop")[1] == "unreadable-file"


def test_a_log_in_a_pipe(here: Path) -> None:
    os.mkfifo(here / "pipe")
    rows = "".join(f"{10**-n},{n}\\n" for n in range(30, 0, -1))
    with subprocess.Popen(["sh", "-c", f"printf 'lr,loss\n{rows}' > pipe"], cwd=here):
        assert len(read_range_test(here / "pipe").rates) == 30


def test_the_size_of_a_log(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lrviz.audits.reading.MAX_LOG_BYTES", len(HEAD) + 4)
    path = write(here / "a.csv", f"{HEAD}0,1\n")
    assert len(read_log(path).series[0]) == 1
    assert refusal(write(path, f"{HEAD}0,10\n")) == ("is larger than 0 MB", "too-large")


def test_the_size_of_a_document(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = '[{"step": 0, "lr": 1}]'
    monkeypatch.setattr("lrviz.audits.reading.MAX_JSON_BYTES", len(text))
    assert len(read_log(write(here / "a.json", text)).series[0]) == 1
    message = "is a JSON document of more than 0 MB; write it as JSON Lines"
    assert refusal(write(here / "a.json", f"{text} ")) == (message, "too-large")
    write(here / "a.jsonl", '{"step": 0, "lr": 1}\n{"step": 1, "lr": 1}\n')
    assert len(read_log(here / "a.jsonl").series[0]) == 2


def test_the_numbers_of_a_log(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lrviz.audits.log_rows.MAX_NUMBERS", 4)
    path = write(here / "a.csv", f"{HEAD}0,1\n1,1\n")
    assert len(read_log(path).series[0]) == 2
    path = write(path, f"{HEAD}0,1\n1,1\n2,1\n")
    assert refusal(path) == ("has more than 4 steps and rates", "too-large")


@pytest.mark.parametrize("ending", ["csv", "json", "jsonl"])
def test_the_columns_of_a_log(ending: str, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lrviz.audits.log_rows.MAX_COLUMNS", 4)
    monkeypatch.setattr("lrviz.audits.log_rows.MAX_USEFUL", 3)

    def log(*names: str) -> Path:
        row = json.dumps({name: [1] if ending == "json" else 1 for name in names})
        cells = f"{','.join(names)}\n{','.join('1' * len(names))}\n"
        return write(here / f"a.{ending}", cells if ending == "csv" else row + "\n")

    assert read_rows(log("step", "lr", "lr_b", "x"), NONE).names == ["step", "lr", "lr_b", "x"]
    assert refusal(log("step", "lr", "lr_b", "lr_c")) == (
        "has more than 3 columns of steps and rates",
        "too-large",
    )
    assert refusal(log("step", "lr", "x", "y", "z")) == ("has more than 4 columns", "too-large")


def test_the_different_rates_of_a_log(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lrviz.audits.log.MAX_SERIES", 2)
    path = write(here / "a.csv", "step,lr,lr_b,lr_c\n0,1,2,2\n")
    assert [item.label for item in read_log(path).series] == ["lr", "lr_b = lr_c"]
    assert refusal(write(path, "step,lr,lr_b,lr_c\n0,1,2,3\n")) == (
        "has 3 columns of different rates; at most 2 are read at once: choose one with --lr-column",
        "too-large",
    )
    assert len(read_log(path, lr_column="lr_c").series) == 1


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.json", "[" * 100_000, "is nested too deep"),
        ("a.log", "start\nstep" + " " * 200_000, "has no line with a step"),
        ("a.log", "start\n" + "step : [ " * 50_000, "has no line with a step"),
        ("a.log", "start\n" + "epoch 1 " * 12_000, "has no line with a step"),
        ("a.log", "start\n" + "1: avg, " * 12_000, "has no line with a step"),
        ("a.csv", "step" + ",lr" * 200_000, "has more than 10,000 columns"),
        ("a.csv", "x" * 200_000, "is not CSV: field larger than field limit"),
        ("a.csv", "lr\n" + "\n" * 200_000, "has no rows"),
    ],
    ids=["deep", "blanks", "words", "epochs", "averages", "wide", "cell", "empty lines"],
)
def test_hostile_text(name: str, text: str, message: str, here: Path) -> None:
    path = write(here / name, text)
    begin = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert refusal(path)[0].startswith(message)
    assert time.process_time() - begin < 4


def test_lines_that_are_deep_or_hold_two_objects_are_left_out(here: Path) -> None:
    row = '{"step": %d, "lr": 1}\n'
    text = row % 0 + "[" * 100_000 + "\n" + '{"step": 1, "lr": 1}, {"step": 2, "lr": 1}\n' + row % 3
    log = read_log(write(here / "a.jsonl", text))
    assert log.series[0].steps.tolist() == [0, 3]
    assert [note.message for note in log.notes] == ["2 rows that cannot be read are left out"]


def test_numbers_that_are_no_float(here: Path) -> None:
    text = '{"step": 0, "lr": 1}\n{"step": 1, "lr": 1' + "0" * 400 + "}\n"
    log = read_log(write(here / "a.jsonl", text))
    assert log.series[0].steps.tolist() == [0]
    assert "1 row with text instead of a number" in str(log.notes[0])


def test_an_event_with_a_number_without_end(here: Path) -> None:
    def record(event: bytes) -> Path:
        path = here / "tfevents"
        path.write_bytes(struct.pack("<Q", len(event)) + bytes(4) + event + bytes(4))
        return path

    assert refusal(record(b"\x10" + b"\xff" * 9 + b"\x01"))[1] == "empty-log"
    message = "is not a TensorBoard event file (record at byte 0)"
    assert refusal(record(b"\x10" + b"\xff" * 10 + b"\x01")) == (message, "not-events")
    assert refusal(record(b"\x10" + b"\xff" * 1_000_000))[1] == "not-events"


def test_length_of_a_run_that_cannot_be_read(here: Path) -> None:
    for name, text in (
        ("deep.json", "[" * 100_000),
        ("true.json", '{"max_steps": true}'),
        ("far.jsonl", '{"total_steps": ' + "9" * 19 + "}\n"),
        ("late.jsonl", " " * 1_000_000 + '{"total_steps": 9}\n'),
    ):
        assert length_of_run(write(here / name, text)) is None
    assert length_of_run(here / "no.json") is None


def test_a_valley_of_many_rows_takes_no_square_of_them() -> None:
    import numpy as np

    losses = np.arange(100_000.0)[::-1]
    begin = time.process_time()
    assert valley(losses, losses) == 33_333 + 16_665
    assert time.process_time() - begin < 2


@pytest.mark.parametrize("floor", ["1e308", "1e200"])
def test_a_plan_near_the_largest_numbers_is_compared(floor: str, shell: Shell) -> None:
    shell.write("log.csv", HEAD + "".join(f"{n},{0.1 / (n + 1)!r}\n" for n in range(30)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        done = shell("audit", "log.csv", "--against", "cosine", "--floor", floor, "--json")
    assert done.returncode == 1, done.stderr
    found = json.loads(done.stdout)["explanations"]
    assert "as-planned" in [item["id"] for item in found]
    assert max(item["rms"] for item in found) <= 1e150


@pytest.mark.parametrize("rate", ["1e-320", "-9e-51", "1.1e50", "1e308"])
def test_no_proposal_for_rates_near_the_limits_of_a_float(rate: str, shell: Shell) -> None:
    rows = "".join(f"{n},{0.1 / (n + 1)!r}\n" for n in range(30))
    shell.write("log.csv", f"{HEAD}{rows}30,{rate}\n")
    done = shell("audit", "log.csv", "-q", "--no-image")
    assert (done.returncode, done.stderr) == (
        2, "error: log.csv: has rates below 1e-50 or above 1e+50: no schedule is proposed\n"
    )  # fmt: skip
    shell.write("log.csv", f"{HEAD}{rows}30,0\n")
    assert shell("audit", "log.csv", "-q", "--no-image").returncode < 2


def test_a_factor_within_the_limits_is_rounded() -> None:
    assert roundest(1.5e-100, 2.5e-100) == 2e-100
    assert roundest(3.4e99, 4.4e99) == 4e99

"""A share of the attack, in process: a few hundred mutated runs, and each kind of fault once."""

from __future__ import annotations

import json
import subprocess
import time
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from tests.attack import (
    FAULTS,
    OUTPUTS,
    PROGRAMS,
    ROOT,
    SCRIPT,
    Attacker,
    Case,
    Outcome,
    check,
    encode,
    faults_of,
    files_at_fault,
    has_begun,
    is_whole,
    supervise,
)

MAX_SECONDS = 8.0
"""Of this process; the cases of a seed stay the same, a slow machine runs fewer of them."""


@pytest.mark.parametrize("seed", [1])
def test_mutated_input_ends_well(seed: int) -> None:
    attacker = Attacker(seed)
    end = time.process_time() + MAX_SECONDS
    for _ in range(400):
        case = attacker.case()
        assert check(case) == [], json.dumps(asdict(case))
        if time.process_time() > end:
            break


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_costs_no_target(fault: str) -> None:
    case = Case(list(OUTPUTS[0]), fault=fault, delay=0.6)
    assert check(case) == []


def test_what_is_wrong_with_an_outcome() -> None:
    fine = Outcome(2, "", "error: --lr: must be a number\n")
    assert faults_of(fine) == []
    assert faults_of(replace(fine, status=70)) == ["status 70"]
    assert faults_of(replace(fine, stderr="internal error")) == ["prints 'internal error'"]
    assert faults_of(replace(fine, stderr="\x1b")) == ["prints control characters"]
    assert faults_of(replace(fine, stderr="x" * 701)) == ["prints an endless line"]


def test_an_interrupt_while_python_loads_the_program_is_not_of_lrviz() -> None:
    heading = "Traceback (most recent call last):\n"
    loading = f'  File "{ROOT}/lrviz/__main__.py", line 3, in <module>\nKeyboardInterrupt\n'
    finding = '  File "site-packages/__editable___lrviz_0_1_0_finder.py", line 1, in find\n'
    running = f'  File "{ROOT}/lrviz/cli/__init__.py", line 43, in program\n'
    assert not has_begun(heading + loading)
    assert not has_begun(heading + finding)
    assert has_begun(heading + running + loading)
    assert has_begun("lrviz: internal error")
    assert not has_begun("KeyboardInterrupt\n")


def test_what_is_whole(tmp_path: Path) -> None:
    assert is_whole(".csv", b"x\n" * 300_001)
    assert not is_whole(".csv", b"x\n" * 300_000)
    assert not is_whole(".png", b"\x89PNG")
    assert is_whole(".yaml", b"# a note\nschedule: step\n")
    assert is_whole(".yaml", b"schedule: step\n")
    assert not is_whole(".yaml", b"# a note\n")


def test_what_the_attack_may_not_do() -> None:
    attacker = Attacker(2)
    for command in attacker.commands:
        assert not {"--watch", "--output", "--help"} & set(attacker.flags_of((command,)))
    programs = [attacker.program() for _ in range(50)]
    assert {case.files["p.py"] for case in programs} <= {*PROGRAMS}


def test_files_that_a_run_left(tmp_path: Path) -> None:
    (tmp_path / "x.svg").write_text("<svg></svg>")
    (tmp_path / "x.html").write_text("&lt;script&gt;attack()")
    assert files_at_fault(tmp_path) == []
    (tmp_path / "x.svg").write_text("<svg>")
    (tmp_path / "x.html").write_text(SCRIPT)
    (tmp_path / "executed").touch()
    assert sorted(files_at_fault(tmp_path)) == [
        "runs a file that is only read",
        "writes a label as code into x.html",
        "writes a label as code into x.svg",
    ]


def test_a_config_keeps_its_bytes() -> None:
    assert encode("é\udcff") == b"\xc3\xa9\xff"
    assert encode("\ud83d") == b"\xed\xa0\xbd"
    configs = [Attacker(3).mutated_config() for _ in range(3)]
    assert len(set(configs)) == 1, "a seed makes the same cases"


@pytest.mark.parametrize(
    ("status", "second", "counts"),
    [
        (-9, "", {"failures": 1}),
        (-14, "fine\n", {"second tries": 1}),
        (-14, "", {"second tries": 1, "failures": 1}),
    ],
)
def test_a_killed_workers_counts_are_kept(
    status: int,
    second: str,
    counts: dict[str, int],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = Case(["plot", "x"])
    calls: list[list[str]] = []

    def die(words: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        calls.append(words)
        if "--case" in words:
            return subprocess.CompletedProcess(words, 0 if second else status, second)
        log = Path(words[words.index("--log") + 1])
        log.write_text(json.dumps({"counts": {"plot": 2, "show": 1}, "case": asdict(case)}))
        monkeypatch.setattr("time.monotonic", lambda: float("inf"))
        return subprocess.CompletedProcess(words, status, "")

    monkeypatch.setattr("subprocess.run", die)
    assert supervise("cases", 1, 60) == {"plot": 3, "show": 1, **counts}
    assert len(calls) == (2 if status == -14 else 1)
    failure = json.dumps({"wrong": [f"ends with {status}"], **asdict(case)}) + "\n"
    assert capsys.readouterr().out == (failure if "failures" in counts else "")

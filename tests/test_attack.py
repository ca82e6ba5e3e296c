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
    PROGRAM,
    Attacker,
    Case,
    Outcome,
    check,
    encode,
    faults_of,
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


def test_what_is_whole(tmp_path: Path) -> None:
    assert is_whole(".csv", b"x\n" * 300_001)
    assert not is_whole(".csv", b"x\n" * 300_000)
    assert not is_whole(".png", b"\x89PNG")


def test_what_the_attack_may_not_do() -> None:
    attacker = Attacker(2)
    for command in attacker.commands:
        assert not {"--watch", "--output", "--help"} & set(attacker.flags_of((command,)))
    programs = [attacker.program() for _ in range(50)]
    assert {case.files["p.py"] for case in programs} == {PROGRAM}


def test_a_config_keeps_its_bytes() -> None:
    assert encode("é\udcff") == b"\xc3\xa9\xff"
    assert encode("\ud83d") == b"\xed\xa0\xbd"
    configs = [Attacker(3).mutated_config() for _ in range(3)]
    assert len(set(configs)) == 1, "a seed makes the same cases"


def test_a_killed_workers_counts_are_kept(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = Case(["plot", "x"])
    calls: list[list[str]] = []

    def die(words: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        log = Path(words[words.index("--log") + 1])
        log.write_text(json.dumps({"counts": {"plot": 2, "show": 1}, "case": asdict(case)}))
        calls.append(words)
        monkeypatch.setattr("time.monotonic", lambda: float("inf"))
        return subprocess.CompletedProcess(words, -14, "")

    monkeypatch.setattr("subprocess.run", die)
    assert supervise("cases", 1, 60) == {"plot": 3, "show": 1, "failures": 1}
    assert len(calls) == 1
    assert json.loads(capsys.readouterr().out) == {"wrong": ["ends with -14"], **asdict(case)}

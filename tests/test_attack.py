"""A share of the attack, in process: a few hundred mutated runs, and each kind of fault once."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from tests.attack import FAULTS, OUTPUTS, Attacker, Case, Outcome, check, faults_of, is_whole

MOST_SECONDS = 8.0
"""Of this process; the cases of a seed stay the same, a slow machine runs fewer of them."""


@pytest.mark.parametrize("seed", [1])
def test_mutated_input_ends_well(seed: int) -> None:
    attacker = Attacker(seed)
    end = time.process_time() + MOST_SECONDS
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

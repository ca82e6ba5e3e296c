"""The real frameworks' recorded rates; `tests/oracle/live.py` compares with them live."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from lrviz.core.register import register
from lrviz.core.schedule import Schedule
from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "tests" / "oracle"))

from sides import Run, agree, dialects, our_run, run_until_failure

RATES = ROOT / "tests" / "oracle" / "rates"
RECORDED = [
    pytest.param(path.stem.split("-")[0], entry, id=f"{path.stem}-{index}")
    for path in sorted(RATES.glob("*.json"))
    for index, entry in enumerate(json.loads(path.read_text(encoding="utf-8")))
]


@pytest.mark.parametrize(("dialect", "entry"), RECORDED)
def test_recorded_rates(dialect: str, entry: dict[str, Any]) -> None:
    real, ours = Run(entry["rates"], entry["failure"]), our_run(entry["spec"])
    assert agree(dialect, entry["spec"], ours, real), f"{dialect}: {real}; lrviz: {ours}"


def test_every_dialect_is_recorded() -> None:
    assert {case.values[0] for case in RECORDED} == set(dialects()) == set(register.dialects)


@pytest.mark.parametrize("cls", register.all(), ids=lambda cls: cls.title())
def test_every_schedule_has_a_recorded_run_without_failure(cls: type[Schedule]) -> None:
    entries = [case.values[1] for case in RECORDED]
    assert any(
        register.find(entry["spec"]["schedule"]) is cls and not entry["failure"]
        for entry in entries
        if isinstance(entry, dict)
    )


def test_runs_agree_only_where_they_stop_at_the_same_step() -> None:
    spec = {"schedule": "torch.ExponentialLR", "gamma": 0.5, "lr": 0.1, "steps": 3}
    ours = our_run(spec)
    assert ours == Run([0.1, 0.05, 0.025])
    assert agree("torch", spec, ours, Run([0.1, 0.05, 0.025]))
    assert not agree("torch", spec, ours, Run([0.1, 0.05, 0.0250001]))
    assert not agree("torch", spec, ours, Run([0.1, 0.05], "ZeroDivisionError"))
    assert not agree("torch", spec, ours, Run([0.1, 0.05, 0.025], "ZeroDivisionError"))
    assert not agree("torch", spec, ours, Run([], "ValueError"))


@pytest.mark.parametrize("last", range(6))
def test_a_run_goes_until_its_failure(last: int) -> None:
    def rates(count: int) -> list[float]:
        if count > last:
            raise ZeroDivisionError
        return [1.0] * count

    run = run_until_failure(rates, 5)
    assert list(run.rates) == [1.0] * min(last, 5)
    assert run.failure == ("ZeroDivisionError" if last < 5 else "")

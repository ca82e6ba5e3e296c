"""Lightning's scheduler: segments, length, roles, findings, refusals."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lrviz.core.composition import schedule_from
from lrviz.core.register import register
from lrviz.core.roles import Target
from lrviz.dialects.lightning.objects import unwrap
from lrviz.objects.reader import Unwrapped

NAME = "lightning.LinearWarmupCosineAnnealingLR"
SPEC: dict[str, Any] = {"schedule": NAME, "warmup_epochs": 10, "max_epochs": 50}


def test_segments() -> None:
    parts = schedule_from(SPEC).expand(0.1, 100)
    assert [(part.name, part.start, part.shape and part.shape.kind) for part in parts] == [
        ("warm-up", 0, "linear"),
        ("decay", 10, "cosine"),
        ("rise", 50, "cosine"),
        ("decay", 90, "cosine"),
    ]


def test_the_warm_up_reaches_the_rate_one_step_early() -> None:
    rates = schedule_from({**SPEC, "warmup_start_lr": 0.01}).rate([0, 8, 9, 10, 30, 50])
    assert rates.tolist() == pytest.approx([0.01, 0.09, 0.1, 0.1, 0.05, 0.0])
    assert schedule_from({**SPEC, "warmup_epochs": 1}).rate([0, 1]).tolist() == [0.0, 0.1]


def test_natural_length_is_the_run() -> None:
    assert schedule_from(SPEC).natural_length() == 50


def test_roles_follow_the_run() -> None:
    cls = register.find(NAME)
    assert cls
    values = cls.complete({}, Target(steps=100, peak=0.1, warmup=5, floor=0.01))
    assert values == {"warmup_epochs": 5, "max_epochs": 100, "eta_min": 0.01}


def test_findings() -> None:
    assert list(schedule_from(SPEC).findings(0.1)) == []
    (finding,) = schedule_from({**SPEC, "eta_min": 0.2}).findings(0.1)
    assert finding.id == "rises"
    assert finding.message == "eta_min (0.2) is above lr (0.1): the rate rises"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"max_epochs": 10}, r"max_epochs must be greater than warmup_epochs, 10 \(got 10\)"),
        ({"warmup_epochs": 0}, "greater than 0"),
        ({"last_epoch": 3}, "last_epoch must be -1: lrviz draws a schedule from its start"),
    ],
)
def test_refusals(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        schedule_from({**SPEC, **change})


def test_the_first_process_records_the_first_optimizer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = SimpleNamespace(Callback=object)  # Lightning is not among what the tests need
    for name in ("lightning", "lightning.pytorch", "lightning.pytorch.callbacks"):
        monkeypatch.setitem(sys.modules, name, fake)  # type: ignore[arg-type]
    monkeypatch.delitem(sys.modules, "lrviz.dialects.lightning.callback", raising=False)
    callback = import_module("lrviz.dialects.lightning.callback")
    first, second = (SimpleNamespace(param_groups=[{"lr": lr}]) for lr in (0.1, 0.2))
    path = tmp_path / "rates.csv"
    recorder = callback.RecordRates(path)

    def step(is_first_process: bool, optimizer: object) -> None:
        trainer = SimpleNamespace(
            is_global_zero=is_first_process, optimizers=[first, second], global_step=3
        )
        recorder.on_before_optimizer_step(trainer, None, optimizer)
        recorder.on_train_end(trainer, None)

    step(True, second)
    step(False, first)
    assert not path.exists()
    step(True, first)
    assert path.read_text(encoding="utf-8").splitlines()[1:] == ["3,0.1"]


def test_what_configure_optimizers_returns_is_unwrapped() -> None:
    assert unwrap({"scheduler": 1}) == Unwrapped(1, "epoch")
    assert unwrap({"scheduler": 1, "interval": "step"}) == Unwrapped(1, "step")
    assert unwrap({"lr_scheduler": 1}) == Unwrapped({"scheduler": 1})
    assert unwrap({"lr_scheduler": {"scheduler": 1}}) == Unwrapped({"scheduler": 1})
    assert unwrap({"optimizer": 1}) is None

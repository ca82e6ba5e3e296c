"""Recording: whole lines, continued files, and what goes on when a disk fails."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

import lrviz
from lrviz import recorder
from lrviz.core.errors import OutputError, SpecError
from tests.conftest import environment
from tests.objects.fakes import Optimizer


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the time that the recorder sees, in a list of one."""
    now = [100.0]
    monkeypatch.setattr(recorder, "monotonic", lambda: now[0])
    return now


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def test_a_row_is_the_step_and_its_rate(tmp_path: Path) -> None:
    optimizer, path = Optimizer(0.1), tmp_path / "lr.csv"
    with lrviz.Recorder(optimizer, path) as record:
        record.record()
        optimizer.param_groups[0]["lr"] = 0.1 / 3
        record.record()
        record.record(10)
        record.record()
    assert path.read_bytes() == (
        b"step,lr\n0,0.1\n1,0.03333333333333333\n10,0.03333333333333333\n11,0.03333333333333333\n"
    )


def test_each_parameter_group_has_a_column(tmp_path: Path) -> None:
    optimizer = Optimizer(0.1, 0.2)
    optimizer.param_groups[1]["name"] = "head"
    with lrviz.Recorder(optimizer, tmp_path / "lr.csv") as record:
        record.record()
    assert lines(tmp_path / "lr.csv") == ["step,lr/group0,lr/head", "0,0.1,0.2"]


def test_the_audit_reads_what_is_recorded(tmp_path: Path) -> None:
    optimizer, path = Optimizer(0.1), tmp_path / "lr.csv"
    plan = lrviz.schedule("step", step_size=30)
    with lrviz.Recorder(optimizer, path) as record:
        for rate in plan.rate(range(90)):
            optimizer.param_groups[0]["lr"] = float(rate)
            record.record()
    assert lrviz.audit(path, plan).followed


def test_rows_wait_for_a_second_at_most(tmp_path: Path, clock: list[float]) -> None:
    path = tmp_path / "lr.csv"
    record = lrviz.Recorder(Optimizer(0.5), path)
    assert lines(path) == []
    record.record()
    assert lines(path) == ["step,lr", "0,0.5"]
    clock[0] += 0.99
    record.record()
    assert len(lines(path)) == 2
    clock[0] += 0.01
    record.record()
    assert lines(path) == ["step,lr", "0,0.5", "1,0.5", "2,0.5"]
    record.record()
    record.flush()
    assert len(lines(path)) == 5
    record.close()


def test_the_first_row_is_written_at_once(tmp_path: Path, clock: list[float]) -> None:
    clock[0] = 0.0
    record = lrviz.Recorder(Optimizer(0.5), tmp_path / "lr.csv")
    record.record()
    assert lines(tmp_path / "lr.csv") == ["step,lr", "0,0.5"]
    record.close()


def test_a_new_file_has_the_rights_that_the_system_gives(tmp_path: Path) -> None:
    path, before = tmp_path / "lr.csv", os.umask(0)
    try:
        lrviz.Recorder(Optimizer(0.5), path).close()
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o666


def test_rows_are_written_in_one_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = []
    real = os.write

    def write(descriptor: int, data: bytes) -> int:
        pieces.append(data)
        return real(descriptor, data[:5])  # as a system may do

    record = lrviz.Recorder(Optimizer(0.5), tmp_path / "lr.csv")
    monkeypatch.setattr(os, "write", write)
    record.record()
    assert pieces[0] == b"step,lr\n0,0.5\n"
    assert lines(tmp_path / "lr.csv") == ["step,lr", "0,0.5"]
    record.close()


def test_a_killed_run_leaves_whole_lines_and_is_continued(tmp_path: Path) -> None:
    program = (
        "import os, lrviz\n"
        "from tests.objects.fakes import Optimizer\n"
        "record = lrviz.Recorder(Optimizer(0.5), 'lr.csv')\n"
        "record.record()\n"
        "os.kill(os.getpid(), 9)\n"
    )
    for _ in range(2):
        subprocess.run(
            [sys.executable, "-c", program], cwd=tmp_path, env=environment(), check=False
        )
    assert lines(tmp_path / "lr.csv") == ["step,lr", "0,0.5", "1,0.5"]


def test_the_end_of_the_program_writes_what_waits(tmp_path: Path, clock: list[float]) -> None:
    path = tmp_path / "lr.csv"
    record = lrviz.Recorder(Optimizer(0.5), path)
    record.record()
    record.record()
    del record
    assert lines(path) == ["step,lr", "0,0.5", "1,0.5"]


@pytest.mark.parametrize(
    ("text", "step"),
    [("step,lr\n", 0), ("step,lr\n7,0.5\n", 8), ("step,lr\r\n7,0.5\r\n", 8), ("", 0)],
)
def test_a_file_is_continued_after_its_last_row(tmp_path: Path, text: str, step: int) -> None:
    path = tmp_path / "lr.csv"
    path.write_bytes(text.encode())
    with lrviz.Recorder(Optimizer(0.25), path) as record:
        record.record()
    head = text or "step,lr\n"
    assert path.read_bytes() == f"{head}{step},0.25\n".encode()


def test_a_file_of_several_groups_is_continued(tmp_path: Path) -> None:
    path = tmp_path / "lr.csv"
    path.write_text("step,lr/group0,lr/group1\n7,0.5,0.5\n", encoding="utf-8")
    with lrviz.Recorder(Optimizer(0.25, 0.5), path) as record:
        record.record()
    assert lines(path)[-1] == "8,0.25,0.5"


def test_a_torn_line_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "lr.csv"
    rows = "".join(f"{step},0.5\n" for step in range(2000))
    path.write_text(f"step,lr\n{rows}2000,0.", encoding="utf-8")
    with lrviz.Recorder(Optimizer(0.25), path) as record:
        record.record()
    assert path.read_text(encoding="utf-8") == f"step,lr\n{rows}2000,0.25\n"


def test_a_file_of_other_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lr.csv"
    path.write_text("step,loss\n0,1\n", encoding="utf-8")
    with pytest.raises(SpecError) as error:
        lrviz.Recorder(Optimizer(0.1), path)
    assert str(error.value) == (
        f"{path}: has other columns: 'step,loss' where 'step,lr' is recorded; record to a new file"
    )
    assert path.read_text(encoding="utf-8") == "step,loss\n0,1\n"


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lr.csv"
    path.write_bytes(b"\xff" * 100 + b"\n")
    with pytest.raises(SpecError) as error:
        lrviz.Recorder(Optimizer(0.1), path)
    assert str(error.value) == (
        f"{path}: has other columns: '{chr(0xFFFD) * 80}' where 'step,lr' is recorded; "
        "record to a new file"
    )


def test_a_file_that_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "none" / "lr.csv"
    with pytest.raises(OutputError) as error:
        lrviz.Recorder(Optimizer(0.1), path)
    assert str(error.value) == f"{path}: cannot be written: No such file or directory"


def test_a_full_disk_is_warned_of_once_and_the_run_goes_on() -> None:
    record = lrviz.Recorder(Optimizer(0.1), "/dev/full")
    message = "/dev/full: No space left on device: the rates are no longer recorded"
    with pytest.warns(RuntimeWarning) as warned:
        record.record()
    assert [str(item.message) for item in warned] == [message]
    record.record()
    record.flush()
    record.close()
    assert record.log.rows == []


def callback_module(
    monkeypatch: pytest.MonkeyPatch, name: str, library: str, **names: Any
) -> ModuleType:
    """Return a dialect's module of its callback, imported with a library that is a stand-in."""
    parts = library.split(".")
    for index in range(len(parts)):
        module = ModuleType(".".join(parts[: index + 1]))
        monkeypatch.setitem(sys.modules, module.__name__, module)
    vars(sys.modules[library]).update(names)
    monkeypatch.delitem(sys.modules, f"lrviz.dialects.{name}.callback", raising=False)
    module = importlib.import_module(f"lrviz.dialects.{name}.callback")
    monkeypatch.delitem(sys.modules, f"lrviz.dialects.{name}.callback")
    return module


class Callback:
    """What the libraries' own callbacks derive from."""


def test_the_callback_of_keras(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    callbacks = SimpleNamespace(Callback=Callback)
    module = callback_module(monkeypatch, "keras", "keras", callbacks=callbacks)
    callback = module.RecordRates(tmp_path / "lr.csv")
    callback.model = SimpleNamespace(optimizer=SimpleNamespace(iterations=7, learning_rate=0.5))
    callback.on_train_batch_begin(0)
    callback.model.optimizer.iterations += 1
    callback.on_train_batch_begin(1, {})
    callback.on_train_end()
    assert lines(tmp_path / "lr.csv") == ["step,lr", "7,0.5", "8,0.5"]


def test_the_callback_of_transformers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    module = callback_module(monkeypatch, "transformers", "transformers", TrainerCallback=Callback)
    callback = module.RecordRates(tmp_path / "lr.csv")
    state = SimpleNamespace(is_world_process_zero=False, global_step=3)
    callback.on_train_end(None, state, None)
    callback.on_pre_optimizer_step(None, state, None, optimizer=Optimizer(0.5), model=None)
    assert not (tmp_path / "lr.csv").exists()
    state.is_world_process_zero = True
    for state.global_step in (4, 5):
        callback.on_pre_optimizer_step(None, state, None, optimizer=Optimizer(0.5), model=None)
    callback.on_train_end(None, state, None)
    assert lines(tmp_path / "lr.csv") == ["step,lr", "4,0.5", "5,0.5"]


def test_the_callback_of_lightning(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    library = "lightning.pytorch.callbacks"
    module = callback_module(monkeypatch, "lightning", library, Callback=Callback)
    callback = module.RecordRates(tmp_path / "lr.csv")
    first, second = Optimizer(0.5), Optimizer(0.25)
    trainer = SimpleNamespace(is_global_zero=False, optimizers=[first, second], global_step=0)
    callback.on_train_end(trainer, None)
    callback.on_before_optimizer_step(trainer, None, first)
    assert not (tmp_path / "lr.csv").exists()
    trainer.is_global_zero = True
    for trainer.global_step in (1, 2):
        callback.on_before_optimizer_step(trainer, None, first)
        callback.on_before_optimizer_step(trainer, None, second)
    callback.on_train_end(trainer, None)
    assert lines(tmp_path / "lr.csv") == ["step,lr", "1,0.5", "2,0.5"]


@pytest.mark.parametrize(("optimizer", "text"), [(None, "None"), ({"lr": 1}, "{'lr': 1}")])
def test_what_is_no_optimizer_is_refused(tmp_path: Path, optimizer: object, text: str) -> None:
    with pytest.raises(SpecError) as error:
        lrviz.Recorder(optimizer, tmp_path / "lr.csv")
    (finding,) = error.value.findings
    assert finding.message == f"must be an optimizer with parameter groups (got {text})"
    assert (finding.place, finding.id) == ("optimizer", "wrong-type")
    assert not (tmp_path / "lr.csv").exists()

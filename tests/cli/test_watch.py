"""`--watch`: drawn again when a file changes, until it is interrupted."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from lrviz.audits.discovery import find_log
from lrviz.cli import watch
from lrviz.core.errors import SpecError
from tests.conftest import Shell


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], object]]:
    """What happens between two looks at the files, before Ctrl-C."""
    steps: list[Callable[[], object]] = []

    def sleep(seconds: float) -> None:
        assert seconds == watch.INTERVAL
        if not steps:
            raise KeyboardInterrupt
        steps.pop(0)()

    monkeypatch.setattr(watch.time, "sleep", sleep)
    return steps


def test_an_audit_follows_its_log(shell: Shell, looks: list[Callable[[], object]]) -> None:
    shell.write("plan.yaml", "schedule: constant\nfactor: 1\ntotal_iters: 1\nlr: 0.1\nsteps: 90\n")
    rows = "step,lr\n0,0.1\n1,0.1\n"
    shell.write("run.csv", rows)
    looks += [
        lambda: None,
        lambda: shell.write("run.csv", rows + "2,0.2\n3,0.2\n"),
        lambda: shell.write("run.csv", rows + "2,0.2\n3,0.2\n4,0.2\n"),
        lambda: shell.write("run.csv", rows + "2,0.2\n3,0.2\n4,0.2\n5,0.2\n"),
    ]
    done = shell("audit", "run.csv", "--against", "plan.yaml", "--no-image", "--watch")
    assert done.returncode == 130
    assert done.stdout.count("run.csv against constant") == 4
    assert done.stdout.count("every row has the planned rate") == 1
    assert done.stderr == "warning: the run leaves the plan at step 2\n"


def test_an_error_is_printed_and_the_file_is_watched_on(
    shell: Shell, looks: list[Callable[[], object]]
) -> None:
    shell.write("a.yaml", "schedule: cosine\nT_max: 10\n")
    looks += [
        lambda: shell.write("a.yaml", "schedule: cosinus\n"),
        lambda: shell.write("a.yaml", "schedule: linear\ntotal_iters: 30\n"),
    ]
    done = shell("plot", "a.yaml", "--no-image", "--watch")
    assert done.returncode == 130
    assert done.stderr.startswith("error: a.yaml:1:11: unknown schedule 'cosinus'")
    lines = done.stdout.splitlines()
    assert [line for line in lines if line.startswith(("cosine ·", "linear ·"))] == [
        "cosine · torch.CosineAnnealingLR(T_max=10), lr=0.1",
        "linear · torch.LinearLR(total_iters=30), lr=0.1",
    ]


def test_only_files_are_watched(shell: Shell) -> None:
    done = shell("plot", "cosine", "--watch")
    message = "error: --watch: needs a spec file (got 'cosine')\n"
    assert (done.returncode, done.stderr) == (2, message)


def test_the_log_in_a_folder(shell: Shell, tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="holds no log that lrviz knows by its name"):
        find_log(tmp_path)
    for index, name in enumerate(("checkpoint-9", "checkpoint-10")):
        path = tmp_path / name / "trainer_state.json"
        path.parent.mkdir()
        path.write_text("{}")
        os.utime(path, (index, index))
    assert find_log(tmp_path) == tmp_path / "checkpoint-10" / "trainer_state.json"
    (tmp_path / "results.csv").write_text("")
    assert find_log(tmp_path) == tmp_path / "checkpoint-10" / "trainer_state.json"
    (tmp_path / "trainer_state.json").write_text("{}")
    assert find_log(tmp_path) == tmp_path / "trainer_state.json"
    shell.write("run/metrics.csv", "step,lr\n0,0.1\n1,0.1\n2,0.1\n3,0.1\n4,0.1\n")
    assert shell("audit", "run", "--no-image").stdout.startswith("the schedule of metrics.csv\n")

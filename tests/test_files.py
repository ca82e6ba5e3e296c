"""What is written to disk: whole or not at all, and never over what is somebody else's."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lrviz.core.errors import OutputError, SpecError
from lrviz.render.files import made_by_lrviz, open_atomic
from tests.conftest import ROOT, Shell


def test_default_names(shell: Shell) -> None:
    shell.write("warmup cosine!.yaml", "schedule: cosine\nT_max: 9\nwarmup: 3\n")
    assert shell("plot", "cosine").returncode == 0
    assert shell("plot", "torch.StepLR").returncode == 0
    assert shell("plot", "warmup cosine!.yaml").returncode == 0
    assert shell("compare", "cosine", "step").returncode == 0
    names = {path.name for path in shell.folder.glob("*.png")}
    assert names == {"cosine.png", "torch.StepLR.png", "warmup-cosine.png", "compare.png"}
    assert all(made_by_lrviz(path) for path in shell.folder.glob("*.png"))


def test_its_own_picture_is_replaced_and_anothers_is_not(shell: Shell) -> None:
    assert shell("plot", "cosine").returncode == 0
    assert shell("plot", "cosine").returncode == 0
    shell.write("step.png", "mine")
    done = shell("plot", "step")
    assert done.returncode == 2
    assert "torch.StepLR" in done.stdout, "the chart comes first"
    assert done.stderr.splitlines()[-1] == (
        "error: step.png: exists and was not made by lrviz; name the image with -o, "
        "or use --no-image"
    )
    assert (shell.folder / "step.png").read_text() == "mine"
    assert shell("plot", "step", "-o", "step.png").returncode == 0


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_formats(ending: str, shell: Shell) -> None:
    name = f"picture.{ending}"
    assert shell("plot", "cosine", "-o", name).returncode == 0
    head = (shell.folder / name).read_bytes()
    assert head.startswith({"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[ending])
    assert shell("plot", "cosine", "-o", name).returncode == 0
    assert (shell.folder / name).read_bytes() == head, "the same picture, byte for byte"
    assert made_by_lrviz(shell.folder / name) or ending == "pdf"


def test_permissions_are_usual_or_kept(here: Path) -> None:
    mask = os.umask(0o022)
    try:
        with open_atomic(here / "new") as file:
            file.write(b"x")
        assert stat.S_IMODE((here / "new").stat().st_mode) == 0o644
        (here / "new").chmod(0o600)
        with open_atomic(here / "new") as file:
            file.write(b"y")
        assert stat.S_IMODE((here / "new").stat().st_mode) == 0o600
    finally:
        os.umask(mask)


def fail_in_the_middle(path: Path) -> None:
    with open_atomic(path) as file:
        file.write(b"half")
        raise KeyboardInterrupt


def test_an_interrupted_write_leaves_what_was_there(here: Path) -> None:
    (here / "kept").write_text("before")
    with pytest.raises(KeyboardInterrupt):
        fail_in_the_middle(here / "kept")
    assert (here / "kept").read_text() == "before"
    assert [path.name for path in here.iterdir()] == ["kept"]


def test_ctrl_c_while_csv_is_written(shell: Shell) -> None:
    kept = shell.write("big.csv", "before")
    words = [sys.executable, "-m", "lrviz", "export", "cosine", "--steps", "30000000", "-o"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    # A shell starts background programs with the signal ignored; a terminal does not.
    with subprocess.Popen(
        [*words, "big.csv"],
        cwd=shell.folder,
        env=env,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    ) as running:
        while len(list(shell.folder.iterdir())) < 2 and running.poll() is None:
            time.sleep(0.02)
        running.send_signal(signal.SIGINT)
        running.wait(60)
    assert running.returncode == 130
    assert kept.read_text() == "before"
    assert [path.name for path in shell.folder.iterdir()] == ["big.csv"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("command", ["plot", "export"])
def test_a_full_disk(command: str, shell: Shell) -> None:
    done = shell(command, "cosine", "-q", "-o", "/dev/full")
    assert done.returncode == 74
    assert done.stderr == "error: /dev/full: cannot be written: No space left on device\n"
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)


def test_a_folder_that_may_not_be_written(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:  # root, as whom the tests may run, may write everywhere
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    with pytest.raises(OutputError) as caught, open_atomic(here / "x.png"):
        pass
    assert str(caught.value) == f"{here / 'x.png'}: cannot be written: Permission denied"


def test_a_folder_is_no_file(here: Path) -> None:
    (here / "folder.png").mkdir()
    with pytest.raises(SpecError, match="it is a folder"), open_atomic(here / "folder.png"):
        pass


def test_a_closed_pipe_ends_quietly(shell: Shell) -> None:
    line = f"{sys.executable} -m lrviz export cosine -q --steps 300000 | head -1"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {line}"],
        cwd=shell.folder,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "step,cosine\n"
    assert done.stderr == ""
    assert done.returncode == 0


def test_a_picture_on_standard_output(shell: Shell) -> None:
    words = [sys.executable, "-m", "lrviz", "plot", "cosine", "-q", "-o", "-"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, cwd=shell.folder, env=env, capture_output=True, check=False)
    assert done.stdout.startswith(b"\x89PNG")
    assert done.stderr == b""


def test_gallery_keeps_others_files(shell: Shell) -> None:
    shell.write("out/README.md", "mine")
    done = shell("gallery", "out")
    assert done.returncode == 2
    assert done.stderr == "error: out/README.md: exists and was not made by lrviz gallery\n"
    assert [path.name for path in (shell.folder / "out").iterdir()] == ["README.md"]

"""Where files are written: a path that is no place for one is exit 2, a system that fails 74."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lrviz.core.errors import OutputError, SpecError
from lrviz.render.files import make_folder, write_error
from tests.conftest import Shell

RUN = "step,lr\n" + "".join(f"{step},{0.1 * (1 - step / 100)}\n" for step in range(100))
RANGE_TEST = "lr,loss\n" + "".join(f"{1e-5 * 1.1**step},{1 / (step + 1)}\n" for step in range(100))
CONFIG = (
    "base_model: a/b\nmicro_batch_size: 2\nmax_steps: 100\nlearning_rate: 1e-4\n"
    "lr_scheduler: cosine\nwarmup_steps: 10\n"
)
WRITING = {
    "plot": ("plot cosine -o", "x.png"),
    "plot a page": ("plot cosine -o", "x.html"),
    "compare": ("compare cosine step -o", "x.svg"),
    "dialects": ("dialects -o", "x.pdf"),
    "show": ("show cosine -o", "x.png"),
    "check": ("check --explain jump -o", "x.png"),
    "export": ("export cosine -o", "x.csv"),
    "code": ("code cosine -o", "x.py"),
    "convert": ("convert config.yaml -o", "x.yaml"),
    "audit": ("audit log.csv -o", "x.png"),
    "audit, proposal": ("audit log.csv --no-image --write", "x.yaml"),
    "find-lr": ("find-lr range.csv -o", "x.png"),
    "advise": ("advise vision --write", "x.yaml"),
}
every_writing = pytest.mark.parametrize("words", WRITING.values(), ids=WRITING)


@pytest.fixture
def folder(shell: Shell) -> Shell:
    shell.write("log.csv", RUN)
    shell.write("range.csv", RANGE_TEST)
    shell.write("config.yaml", CONFIG)
    return shell


@every_writing
def test_a_folder_that_does_not_exist(words: tuple[str, str], folder: Shell) -> None:
    command, name = words
    done = folder(*command.split(), f"no/{name}", "-q")
    message = f"error: no/{name}: cannot be written: the folder no does not exist; make it first\n"
    assert (done.returncode, done.stderr) == (2, message)


@every_writing
def test_a_file_where_a_folder_is_meant(words: tuple[str, str], folder: Shell) -> None:
    command, name = words
    done = folder(*command.split(), f"log.csv/{name}", "-q")
    message = f"error: log.csv/{name}: cannot be written: log.csv is a file\n"
    assert (done.returncode, done.stderr) == (2, message)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder of the system's own")
@every_writing
def test_a_system_that_makes_no_file(words: tuple[str, str], folder: Shell) -> None:
    command, name = words
    done = folder(*command.split(), f"/proc/{name}", "-q")
    message = f"error: /proc/{name}: cannot be written: the system makes nothing in /proc\n"
    assert (done.returncode, done.stderr) == (74, message)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder of the system's own")
def test_a_gallery_that_cannot_be_made(folder: Shell) -> None:
    done = folder("gallery", "/proc/x")
    message = "error: /proc/x: cannot be made: the system makes nothing in /proc\n"
    assert (done.returncode, done.stderr) == (74, message)
    done = folder("gallery", "log.csv")
    assert (done.returncode, done.stderr) == (2, "error: log.csv: cannot be made: it is a file\n")
    done = folder("gallery", "log.csv/x")
    message = "error: log.csv/x: cannot be made: log.csv is a file\n"
    assert (done.returncode, done.stderr) == (2, message)
    done = folder("gallery", 300 * "x")
    assert done.returncode == 2
    assert done.stderr.endswith("x: cannot be made: File name too long\n")


def test_where_a_folder_is_missing(here: Path) -> None:
    error = FileNotFoundError(2, os.strerror(2))
    (here / "link").symlink_to("no/file")
    places = {
        "no/more/x": "the folder no does not exist; make it first",
        "../no/x": "the folder ../no does not exist; make it first",
        str(here / "no" / "x"): f"the folder {here / 'no'} does not exist; make it first",
        "link": "the folder no does not exist; make it first",
    }
    for path, message in places.items():
        fault = write_error(Path(path), error, "written")
        assert isinstance(fault, SpecError)
        assert str(fault) == f"{path}: cannot be written: {message}"


def test_a_folder_that_the_system_refuses(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(OutputError, match=r"^x: cannot be made: Permission denied$"):
        make_folder(Path("x"))

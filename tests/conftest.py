"""What the tests share: running lrviz as its user does, in a folder of its own."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import pytest

from lrviz.cli import main

ROOT = Path(__file__).parent.parent
USUAL = {"COLUMNS": "80", "PYTHONIOENCODING": "utf-8", "TERM": "xterm-256color"}


@dataclass(frozen=True)
class Result:
    """What a run of lrviz left: its exit status, and what it printed."""

    returncode: int
    stdout: str
    stderr: str


def environment(**changes: str) -> dict[str, str]:
    """Return this process's environment with the usual terminal, and with changes."""
    kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR")}
    return {**kept, **USUAL, "PYTHONPATH": str(ROOT), **changes}


class Shell:
    """Runs `lrviz` in a folder, within this process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *words: str, stdin: str = "", **env: str) -> Result:
        encoding = env.get("PYTHONIOENCODING", "utf-8")
        output, errors = TextStream(encoding), TextStream(encoding)
        source = io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8")
        with (
            patch.dict(os.environ, environment(**env), clear=True),
            patch.multiple(sys, stdin=source, stdout=output, stderr=errors),
            in_folder(self.folder),
        ):
            for name in ("NO_COLOR", "FORCE_COLOR"):
                if name not in env:
                    os.environ.pop(name, None)
            status = main(list(words))
        return Result(status, output.text(), errors.text())

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path


class Program(Shell):
    """Runs `lrviz` in a folder, as a process of its own: for pipes, signals and start-up."""

    def __call__(self, *words: str, stdin: str = "", **env: str) -> Result:
        done = subprocess.run(
            [sys.executable, "-m", "lrviz", *words],
            cwd=self.folder,
            env=environment(**env),
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )
        return Result(done.returncode, done.stdout, done.stderr)


class TextStream(io.TextIOWrapper):
    """A standard stream that keeps what is written to it."""

    def __init__(self, encoding: str) -> None:
        super().__init__(io.BytesIO(), encoding=encoding, write_through=True, newline="")

    def text(self) -> str:
        self.flush()
        content: bytes = self.buffer.getvalue()  # type: ignore[attr-defined]
        return content.decode("utf-8", "replace")


@contextmanager
def in_folder(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path

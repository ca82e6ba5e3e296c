"""What the tests share: running lrviz as its user does, in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


class Shell:
    """Runs `lrviz` in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(
        self, *words: str, stdin: str = "", **env: str
    ) -> subprocess.CompletedProcess[str]:
        known = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR")}
        known |= {"COLUMNS": "80", "PYTHONIOENCODING": "utf-8", "TERM": "xterm-256color"}
        known |= {"PYTHONPATH": str(ROOT)}
        return subprocess.run(
            [sys.executable, "-m", "lrviz", *words],
            cwd=self.folder,
            env={**known, **env},
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path

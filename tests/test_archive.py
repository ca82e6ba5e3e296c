"""lrviz in a zip file: the commands work; what needs shipped files says so in one line."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from lrviz.specfile import shipped
from tests.conftest import ROOT, Shell


def test_a_zip_file_on_the_path(here: Path) -> None:
    with zipfile.ZipFile(here / "lrviz.zip", "w") as archive:
        for path in sorted(ROOT.glob("lrviz/**/*")):
            if path.is_file() and path.suffix != ".pyc":
                archive.write(path, path.relative_to(ROOT))
    env = {**os.environ, "PYTHONPATH": str(here / "lrviz.zip")}
    (here / "config.yaml").write_text("schedule: step\nstep_size: 3\n", encoding="utf-8")
    words = [sys.executable, "-m", "lrviz", "measure", "config.yaml"]
    done = subprocess.run(words, cwd=here, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("step  torch.StepLR(step_size=3), lr=0.1\n")


@pytest.mark.parametrize("words", [("gallery", "out"), ("check", "--explain", "outside-range")])
def test_files_that_an_archive_lacks(
    words: tuple[str, ...], shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = shell.folder / "lrviz.zip"
    monkeypatch.setattr(shipped, "HERE", archive / "lrviz")
    monkeypatch.setattr("lrviz.checks.rule.EXAMPLES", archive / "examples")
    done = shell(*words)
    assert done.returncode == 2
    assert done.stderr.endswith(
        "is no file: lrviz runs from an archive; install it (pip install lrviz) for this\n"
    )
    assert done.stderr.count("\n") == 1

"""Completion of a shell that is named, of the one that runs lrviz, and of the user's."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from tests.conftest import Shell

STARTS = {
    "bash": "_lrviz_completion() {\n    local IFS",
    "zsh": "#compdef lrviz\n",
    "fish": "complete --command lrviz ",
    "powershell": "Import-Module PSReadLine\n",
    "pwsh": "Import-Module PSReadLine\n",
}
DETECTION = "lrviz.cli.shells._get_shell_name"


@pytest.mark.parametrize("name", STARTS)
def test_a_shell_by_its_name(name: str, shell: Shell) -> None:
    with patch(DETECTION, return_value="tcsh"):
        done = shell("--show-completion", name, SHELL="/bin/csh")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(STARTS[name])
    assert "_LRVIZ_COMPLETE" in done.stdout
    assert shell(f"--show-completion={name.upper()}").stdout == done.stdout


@pytest.mark.parametrize(
    ("running", "variable", "start"),
    [
        ("fish", "/bin/zsh", "complete --command"),
        (None, "/usr/bin/zsh", "#compdef"),
        ("", "zsh", "#compdef"),
    ],
)
def test_the_current_shell(running: str | None, variable: str, start: str, shell: Shell) -> None:
    with patch(DETECTION, return_value=running):
        done = shell("--show-completion", SHELL=variable)
    assert done.returncode == 0
    assert done.stdout.startswith(start)


@pytest.mark.parametrize(
    ("words", "got"),
    [
        (["csh"], "takes bash, zsh, fish, powershell or pwsh (got 'csh')"),
        ([], "takes bash, zsh, fish, powershell or pwsh (got '')"),
        (["zsh", "fish"], "takes one shell (got zsh fish)"),
    ],
)
def test_no_such_shell(words: list[str], got: str, shell: Shell) -> None:
    with patch(DETECTION, return_value=None):
        done = shell("--install-completion", *words, SHELL="")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"error: --install-completion: {got}\n"
    done = shell("--show-completion=zsh", "fish")
    assert done.stderr == "error: --show-completion: takes one shell (got zsh fish)\n"
    assert shell("--show-completions").stderr.startswith("error: --show-completions: no such opt")


@pytest.mark.parametrize(
    ("name", "file"), [("zsh", ".zfunc/_lrviz"), ("bash", ".bash_completions/lrviz.sh")]
)
def test_installation(name: str, file: str, shell: Shell) -> None:
    done = shell("--install-completion", name, HOME=str(shell.folder))
    path = shell.folder / file
    effect = "it takes effect in a new terminal"
    assert done.stdout == f"{name} completion installed in {path}; {effect}\n"
    assert path.read_text(encoding="utf-8").startswith(STARTS[name])

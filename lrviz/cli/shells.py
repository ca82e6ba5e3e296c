"""Completion of commands in a shell: `--show-completion` and `--install-completion [SHELL]`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import typer
from typer._completion_shared import _get_shell_name, get_completion_script, install

from lrviz.core.errors import SpecError
from lrviz.core.text import format_choice

SHOW = "--show-completion"
SHELLS = ("bash", "zsh", "fish", "powershell", "pwsh")
PROGRAM = {"prog_name": "lrviz", "complete_var": "_LRVIZ_COMPLETE"}


def complete_in_shell(option: str, names: Sequence[str]) -> None:
    """Show or install the completion of a shell: the named one, else the one that runs lrviz.

    Raises SpecError for more than one name, and for a shell that has none.
    """
    if len(names) > 1:
        raise SpecError.of(option, f"takes one shell (got {' '.join(names)})", "usage")
    shell = names[0].lower() if names else current_shell()
    if shell not in SHELLS:
        message = f"takes {format_choice(SHELLS)} (got '{shell}')"
        raise SpecError.of(option, message, "usage")
    if option == SHOW:
        typer.echo(get_completion_script(shell=shell, **PROGRAM))
        return
    _, path = install(shell=shell, **PROGRAM)
    typer.echo(f"{shell} completion installed in {path}; it takes effect in a new terminal")


def current_shell() -> str:
    """Return the name of the shell that runs this process, else of the user's, else nothing."""
    return _get_shell_name() or Path(os.environ.get("SHELL", "")).name

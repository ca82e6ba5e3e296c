"""The recorded help of the commands: `python tests/docs.py --write` records it."""

from __future__ import annotations

from pathlib import Path

from lrviz.cli.app import COMMANDS
from tests.conftest import ROOT, Shell

HELP = ROOT / "tests" / "cli" / "help"
HELP_OF = ("", *COMMANDS, "plot cosine")
"""The words before `--help` of each recorded help."""


def help_file(words: str) -> Path:
    """Return where the help after some words is recorded."""
    return HELP / f"{words.replace(' ', '-') or 'lrviz'}.txt"


def help_text(words: str) -> str:
    """Return the help after some words, in 80 columns."""
    return Shell(ROOT)(*words.split(), "--help").stdout

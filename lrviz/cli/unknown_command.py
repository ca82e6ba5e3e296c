"""What a first word that is no command may mean: another word for one, a file, a schedule."""

from __future__ import annotations

import os.path
import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path

from lrviz.core.errors import nearest_name

PROGRAM, HELP, EXPLAIN = "lrviz", "help", "explain"
OWN_OPTIONS = ("version", HELP)
"""Options before a command by name, which people also type as words."""
OTHER_WORDS = {
    "plot": ("graph", "draw", "chart", "view", "render", "visualize", "visualise"),
    "compare": ("diff", "overlay", "vs"),
    "export": ("csv", "dump", "sample", "save"),
    "measure": ("stats", "facts", "summary", "metrics"),
    "check": ("validate", "lint", "verify", "test"),
    "advise": ("recommend", "suggest", "advice"),
    "audit": ("log", "logs", "analyze", "analyse", "monitor"),
    "find-lr": ("range-test", "lr-range-test"),
    "list": ("ls", "schedules", "schedulers", "list-schedules", "names"),
    "show": ("info", "describe", "explain", "docs"),
    "code": ("generate", "translate", "snippet"),
    "convert": ("import", "migrate"),
    "gallery": ("figures", "examples"),
}
"""What people call the commands."""


def suggestion(words: Sequence[str], commands: Iterable[str]) -> str:
    """Return what words whose first is no command may mean, as the end of a message."""
    line = meant_line(words, commands)
    if line:
        return f"; did you mean '{line}'?"
    name = meant_command(words[0], commands) or own_option(words[0])
    advice = f"; did you mean '{name}'?" if name else ""
    return f"{advice} (lrviz --help lists them)"


def meant_line(words: Sequence[str], commands: Iterable[str]) -> str:
    """Return the command line that words mean, or nothing where their first is to be replaced."""
    from lrviz.cli.log_hint import is_log
    from lrviz.core.register import register

    word, *following = words
    if word == PROGRAM and following and following[0] in commands:
        return shlex.join(words)
    if word == HELP and following and following[0] in commands:
        return f"{PROGRAM} {following[0]} --help"
    if word == HELP and following and register.find(following[0]):
        return f"{PROGRAM} show {following[0]}"
    path = Path(word)
    is_spec = path.suffix.lower() in (".yaml", ".yml", ".json") and os.path.exists(path)
    if is_log(word):
        return f"{PROGRAM} audit {word}"
    if is_spec or os.path.isdir(path) or register.candidates(word.partition(":")[0]):
        return f"{PROGRAM} plot {word}"
    is_of_file = word == EXPLAIN and following and os.path.exists(following[0])
    return f"{PROGRAM} plot {following[0]} --{EXPLAIN}" if is_of_file else ""


def meant_command(word: str, commands: Iterable[str]) -> str | None:
    """Return the command that a word means, or None."""
    name = word.strip("-").casefold().replace("_", "-")
    parts = sorted(name.split("-"))
    others = (command for command, words in OTHER_WORDS.items() if name in words)
    of_parts = (command for command in commands if sorted(command.split("-")) == parts)
    return next(others, None) or next(of_parts, None) or nearest_name(word, commands)


def own_option(word: str) -> str | None:
    """Return the option of lrviz itself that a word begins or misspells, or None."""
    name = word.strip("-").lower()
    longer = [option for option in OWN_OPTIONS if name and option.startswith(name)]
    option = longer[0] if longer else nearest_name(name, OWN_OPTIONS)
    return f"--{option}" if option else None


def command_in(words: Sequence[str], commands: Iterable[str]) -> str:
    """Return the command line in words that follow a command of lrviz, or nothing.

    That is so where a command is typed twice, or after another one.
    """
    typed = words[1:] if words[0] == PROGRAM else words
    return shlex.join([PROGRAM, *typed]) if typed and typed[0] in commands else ""

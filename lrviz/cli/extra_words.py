"""What to type instead of words that a command does not take."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lrviz.core.files import is_file, is_folder
from lrviz.core.register import register
from lrviz.core.text import format_choice
from lrviz.specfile.unknown import is_parameter

NUMBER = re.compile(r"[-+.0-9e]+")
MAX_NAMED = 3
"""Words that a message names."""


def extra_message(command: str, takes: str, words: Sequence[str]) -> str:
    """Return the message on words too many, and what a command takes."""
    omitted = len(words) - MAX_NAMED
    names = [f"'{word}'" for word in words[:MAX_NAMED]]
    names += [f"{omitted} more"] if omitted > 0 else []
    noun = "argument" if len(words) == 1 else "arguments"
    return f"unexpected {noun} {format_choice(names, 'and')}: {command} takes {takes}"


def advice_on_words(words: Sequence[str], typed: Sequence[str], example: str) -> str:
    """Return how words after a SPEC are written, or nothing where they are SPECs.

    `typed` is all that follows the SPEC, and `example` a command with a parameter.
    """
    are_numbers = all(map(NUMBER.fullmatch, words))
    if is_parameter(words[0]) or (are_numbers and typed[0] == words[0]):
        return f"a parameter is set by its flag, as in: {example}"
    if are_numbers:
        return "values of a list have commas between, as in 30,60"
    if any(map(is_spec, words)):
        return ""
    if any("=" in word for word in words):
        return "write a parameter as a flag, or inline as NAME:parameter=value"
    before = typed[: typed.index(words[0])]
    if len(before) > 1 and before[-2].startswith("-") and not before[-1].startswith("-"):
        return f"put the value of {before[-2]} in quotes"
    return ""


def advice_on_option(words: Sequence[str], options: Mapping[str, Any]) -> str:
    """Return the option that a word was typed without, or nothing: of its choices, or the output.

    `options` are those of the command by their flags.
    """
    for word in words:
        for flag, option in options.items():
            if "|" in (option.metavar or "") and word in option.metavar.split("|"):
                return f"did you mean '{flag} {word}'?"
        suffix = Path(word).suffix.lower()
        if suffix and "-o" in options and suffix in str(options["-o"].help) and not is_file(word):
            return f"did you mean '-o {word}'?"
    return ""


def is_spec(word: str) -> bool:
    """Return whether a word is a schedule's name, with or without parameters, or a path."""
    name = word.partition(":")[0]
    return register.find(name) is not None or is_file(word) or is_folder(word)

"""Which schedule a name means that no schedule has: by its words, then by its spelling."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from lrviz.core.errors import nearest_name
from lrviz.core.register import Dialect, fold, register

WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
EMPTY_WORDS = {"lr", "scheduler", "schedule", "with", "policy"}
"""Words of names that do not tell schedules apart."""
MISSPELLED = 0.85
"""The similarity from which a name is a misspelling."""
MIN_START = 3
"""Letters of a word's start that stand for the word."""


def nearest_schedule(name: str) -> str | None:
    """Return the name that an unknown name most likely means, or None.

    After a library's name the library's own come first, then the same name of another library.
    Without one the names of libraries come before those of training programs.
    """
    prefix, dot, rest = name.strip().partition(".")
    dialect = next((item for item in register.dialects.values() if item.is_called(prefix)), None)
    elsewhere = next((cls.title() for cls in register.candidates(rest)), None) if dot else None
    if dot and dialect:
        names = names_in(dialect)
        return by_words_or_spelling(name, names) or elsewhere or nearest_name(name, names)
    names = list(register.spellings())
    return (
        elsewhere
        or by_words_or_spelling(name, list(filter(is_of_library, names)))
        or by_words_or_spelling(name, names)
        or nearest_name(name, names)
    )


def is_of_library(name: str) -> bool:
    """Tell whether a schedule's name is one of a library, not of a training program."""
    cls = register.find(name)
    return cls is not None and not register.dialects[cls.dialect].trainer


def names_in(dialect: Dialect) -> list[str]:
    """Return the names of a library's schedules, each after the library's."""
    classes = register.of(dialect)
    return [f"{dialect.name}.{name}" for cls in classes for name in (cls.name, *cls.aliases)]


def by_words_or_spelling(name: str, names: Sequence[str]) -> str | None:
    """Return the name that has the words of another one, or is a misspelling of it, or None.

    A single word is rather misspelled than a part of a name.
    """
    misspelled = nearest_name(name, names, MISSPELLED)
    same = nearest_of_words(name, names)
    return (misspelled or same) if len(words_of(name)) == 1 else (same or misspelled)


def nearest_of_words(name: str, names: Sequence[str]) -> str | None:
    """Return the name that has all words of another one, whole or begun, or None.

    Of several it is the one with the fewest words that are begun or not in the other one.
    """
    words = words_of(name)
    ranks = {
        other: len(words - words_of(other)) + len(words_of(other))
        for other in names
        if words and all(is_in(word, words_of(other)) for word in words)
    }
    return min(ranks, key=ranks.__getitem__, default=None)


def words_of(name: str) -> set[str]:
    """Return the words of a name without its library's, in any usual spelling of several words."""
    return {fold(word) for word in WORD.findall(name.rpartition(".")[2])} - EMPTY_WORDS


def is_in(word: str, words: Iterable[str]) -> bool:
    """Tell whether a word, or one that it is the start of, is among others."""
    begun = len(word) >= MIN_START
    return any(other == word or (begun and other.startswith(word)) for other in words)

"""The schedule that an unknown name most likely means: by its words, then by its spelling."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from lrviz.core.errors import nearest_name
from lrviz.core.register import Dialect, fold, register
from lrviz.core.schedule import Schedule

WORD = r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+"
EMPTY_WORDS = {"lr", "scheduler", "schedule", "with", "policy"}
"""Words of names that do not tell schedules apart."""
MISSPELLED = 0.85
"""The similarity from which a name is a misspelling."""
MIN_START = 3
"""How many letters of a word's start count as the word."""


def nearest_schedule(name: str, parameters: Iterable[str] = ()) -> str | None:
    """Return the name that an unknown name most likely means, or None.

    After a library's name, that library's schedules come first, then the same name of another
    library. Without one the schedules that have all of the `parameters` come first, and the names
    of libraries before those of training programs.
    """
    prefix, dot, bare_name = name.strip().partition(".")
    dialects = register.dialects.values()
    dialect = next((dialect for dialect in dialects if dialect.is_called(prefix)), None)
    namesakes = [cls.title() for cls in register.candidates(bare_name)] if dot else []
    namesake = next(iter(namesakes), None)
    if dot and dialect:
        names = names_in(dialect)
        return by_words_or_spelling(name, names) or namesake or nearest_name(name, names)
    names = list(register.spellings())
    suitable = [other for other in names if has_all(register.find(other), parameters)]
    return (
        namesake
        or (by_words_or_spelling(name, suitable) if parameters else None)
        or by_words_or_spelling(name, list(filter(is_of_library, names)))
        or by_words_or_spelling(name, names)
        or nearest_name(name, names)
    )


def has_all(cls: type[Schedule] | None, parameters: Iterable[str]) -> bool:
    """Return whether a schedule has all of some parameters."""
    return cls is not None and all(map(cls.find_parameter, parameters))


def is_of_library(name: str) -> bool:
    """Return whether a schedule's name is one of a library, not of a training program."""
    cls = register.find(name)
    return cls is not None and not register.dialects[cls.dialect].trainer


def names_in(dialect: Dialect) -> list[str]:
    """Return the names of a library's schedules, each after the library's name and a dot."""
    classes = register.of(dialect)
    return [f"{dialect.name}.{name}" for cls in classes for name in (cls.name, *cls.aliases)]


def by_words_or_spelling(name: str, names: Sequence[str]) -> str | None:
    """Return the name that has the words of `name`, or of which it is a misspelling, or None.

    A single word is more likely a misspelling than a part of another name.
    """
    by_spelling = nearest_name(name, names, MISSPELLED)
    by_words = nearest_of_words(name, names)
    is_single_word = len(words_of(name)) == 1
    return (by_spelling or by_words) if is_single_word else (by_words or by_spelling)


def nearest_of_words(name: str, names: Sequence[str]) -> str | None:
    """Return the name that has all words of `name`, of which some may be abbreviated, or None.

    Of several it is the one with the fewest words that are abbreviated or additional.
    """
    words = words_of(name)
    ranks = {
        other: len(words - words_of(other)) + len(words_of(other))
        for other in names
        if words and all(is_in(word, words_of(other)) for word in words)
    }
    return min(ranks, key=ranks.__getitem__, default=None)


def words_of(name: str) -> set[str]:
    """Return the words of a name in camel case or snake case, without those of its library."""
    return {fold(word) for word in re.findall(WORD, name.rpartition(".")[2])} - EMPTY_WORDS


def is_in(word: str, words: Iterable[str]) -> bool:
    """Return whether a word, or one that it abbreviates, is among others."""
    abbreviates = len(word) >= MIN_START
    return any(other == word or (abbreviates and other.startswith(word)) for other in words)

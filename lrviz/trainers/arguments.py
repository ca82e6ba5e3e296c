"""Command-line arguments in a text (a script, a log, a page of docs) as a document.

Nothing is run: variables that the text itself assigns are replaced, and whole-number arithmetic,
`$((...))` and `$(expr ...)`, is evaluated.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Container, Iterator, Mapping
from typing import Any

from lrviz.core.expression import Expression, ExpressionError
from lrviz.trainers.document import Document, Mark, Path, scalar
from lrviz.trainers.source import Source

MAX_CHARACTERS = 1_000_000
MAX_VALUE = 1_000
MAX_EXPANSIONS = 20
PYTHON = re.compile(r"^(?:import \w|from [\w.]+ import |def \w+\(|class \w+[:(])", re.MULTILINE)
"""A line of a Python program."""
FENCE = "```"
"""What a page of docs has around its commands, which are not those of one run."""
COMMENT = re.compile(r"(?m)(?:^|(?<=[ \t]))#[^\n]*")
CONTINUED = re.compile(r"\\[ \t]*\r?\n")
ARITHMETIC = r"\$\(\([^\n]*?\)\)|\$\([^()\n]*\)"
"""Arithmetic, or a command whose output the shell puts in its place."""
WORD = re.compile(rf"""[ \t]*({ARITHMETIC}|"[^"\n]*"|'[^'\n]*'|[^\s"'`()|;&<>\\]+)""")
OPTION = re.compile(r"(?<![\w-])--([A-Za-z][\w-]*)(?![\w-])=?")
OTHER_OPTION = re.compile(r"--|-[A-Za-z]")
VALUE = rf"""({ARITHMETIC}|"[^"\n]*"|'[^'\n]*'|[^\s;&|"'()]*)"""
ASSIGNMENT = re.compile(
    rf"(?m)^[ \t]*(?:(?:export|local|readonly|declare)[ \t]+)?([A-Za-z_]\w*)={VALUE}"
)
VARIABLE_SET = re.compile(rf"(?m)(?:^|(?<=[ \t;&]))([A-Za-z_]\w*)={VALUE}")
"""An assignment, or one before a command on its line."""
DUMPED = re.compile(r"(?m)^[ \t]*(?:\[[^\]\n]*\][: \t]*|\d+:[ \t]*)?(\w+) \.{3,} ([^\n]*?)\s*$")
VARIABLE = re.compile(r"\$(?:\{(\w+)(?::?[-=]([^{}]*))?\}|(\w+))")
SUM = re.compile(r"\$\(\((.*?)\)\)|\$\([ ]*expr ([^()]*)\)")
NAME = re.compile(r"[A-Za-z_]\w*")


def read_arguments(text: str) -> Document:
    """Return the arguments of a text by name (`-` as `_`); the last of each name counts.

    An argument without a value is True, one with several values is a list. An argument may also
    be a line `name ..... value`, as Megatron prints its arguments into a log.
    """
    text = text[:MAX_CHARACTERS]
    code = CONTINUED.sub(blank, without_comments(text))
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    data: dict[str, Any] = {}
    marks: dict[Path, Mark] = {}
    for name, value, offset in arguments(code):
        data[name] = value
        line = bisect_right(starts, offset)
        marks[name,] = line, offset - starts[line - 1] + 1
    return Document(data, marks, "arguments")


def script_arguments(source: Source, *names: str) -> Document | None:
    """Return the arguments of a script that gives one of those names a value, or None."""
    if not is_script(source) or not any(f"--{name}" in source.text for name in names):
        return None
    document = read_arguments(source.text)
    return document if any(document.data.get(name, True) is not True for name in names) else None


def is_script(source: Source) -> bool:
    """Return whether a text may be a script of a shell: no data, no page of docs, no Python."""
    return not source.data and FENCE not in source.text and not PYTHON.search(source.text)


def argument_values(text: str, names: Container[str]) -> dict[str, Any]:
    """Return the values of arguments by name; the first of several, as a program may follow."""
    values = {name: value for name, value in read_arguments(text).data.items() if name in names}
    return {
        name: value[0] if isinstance(value, list) else value
        for name, value in values.items()
        if value is not True
    }


def variable_values(text: str, names: Container[str]) -> dict[str, Any]:
    """Return the values of variables by name that a script sets, or that it gives a command."""
    variables: dict[str, str] = {}
    for match in VARIABLE_SET.finditer(without_comments(text)):
        variables[match[1]] = expand(match[2].strip("\"'"), variables)
    return {name: word_value(value) for name, value in variables.items() if name in names}


def without_comments(text: str) -> str:
    """Return a script without its comments, each character at its offset."""
    return COMMENT.sub(blank, text[:MAX_CHARACTERS])


def blank(match: re.Match[str]) -> str:
    """Return spaces in place of a match, so that what follows stays at its offset."""
    return " " * len(match[0])


def arguments(code: str) -> Iterator[tuple[str, Any, int]]:
    """Yield the name, the value and the offset of each argument, in order."""
    variables: dict[str, str] = {}
    patterns = (ASSIGNMENT, OPTION, DUMPED)
    matches = [match for pattern in patterns for match in pattern.finditer(code)]
    for match in sorted(matches, key=lambda match: match.start()):
        if match.re is ASSIGNMENT:
            variables[match[1]] = expand(match[2].strip("\"'"), variables)
        elif match.re is DUMPED:
            yield match[1], word_value(match[2]), match.start(2)
        else:
            values = [*values_after(code, match.end(), variables)]
            value = (values[0] if len(values) == 1 else values) if values else True
            yield match[1].replace("-", "_"), value, match.start()


def values_after(code: str, offset: int, variables: Mapping[str, str]) -> Iterator[Any]:
    """Yield the values from an offset on; a variable after them is one only if it is a number."""
    for index, word in enumerate(words_after(code, offset)):
        value = word_value(expand(word, variables))
        if index and word.startswith("$") and not isinstance(value, int | float):
            return
        yield value


def words_after(code: str, offset: int) -> Iterator[str]:
    """Yield the words from an offset to the next argument or the end of the line."""
    while match := WORD.match(code, offset):
        if OTHER_OPTION.match(match[1]):
            return
        yield match[1].strip("\"'")
        offset = match.end()


def expand(text: str, variables: Mapping[str, str], depth: int = 0) -> str:
    """Return a text with its variables and arithmetic replaced where they are known."""

    def value_of(match: re.Match[str]) -> str:
        name = match[1] or match[3]
        return variables.get(name, match[2] if match[2] is not None else match[0])

    def sum_of(match: re.Match[str]) -> str:
        text = match[1] or match[2].replace("\\*", "*")
        expression = NAME.sub(lambda name: variables.get(name[0], name[0]), text)
        number = whole_number(expression)
        return match[0] if number is None else str(number)

    expanded = SUM.sub(sum_of, VARIABLE.sub(value_of, text))[:MAX_VALUE]
    if expanded == text or depth == MAX_EXPANSIONS:
        return expanded
    return expand(expanded, variables, depth + 1)


def whole_number(text: str) -> int | None:
    """Return the value of a shell's arithmetic, or None where it has none."""
    try:
        value = float(Expression(text.replace("/", "//"))(0.0))
    except ExpressionError:
        return None
    return int(value) if value.is_integer() else None


def word_value(text: str) -> Any:
    """Return the value of a word: a number, a truth value, None, or the text."""
    return None if text == "None" else scalar(text)

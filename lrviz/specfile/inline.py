"""A spec typed on the command line: `polynomial:total_iters=100,power=[0.5,1,2,3]`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any

from lrviz.core.errors import SpecError
from lrviz.core.quantity import NUMBER
from lrviz.core.register import fold, register
from lrviz.specfile.scalars import scalar

OPEN, CLOSE = "([{", ")]}"
CLOSING = {"[": "]", "{": "}", "'": "'", '"': '"'}
QUOTES_AND_BRACKETS = tuple(CLOSING)
SEPARATED = re.compile(r"[;:]\s*[A-Za-z_]\w*\s*=[^=]")
"""A parameter after another one's value, without a comma between."""
VALUE = re.compile(r"""\s*(?:["'(\[]|lambda\b|[^:]*[\d*/+(])""")
"""The start of what may be a number, a list or a formula, and no name of a parameter."""
NUMBER_ALONE = re.compile(rf"\s*-?{NUMBER}\s*", re.IGNORECASE)
GROUPED = re.compile("[1-9][0-9]{0,2}(,[0-9]{3})+")
"""Digits in groups of three, as 10,500."""
DECIMAL_COMMA = re.compile("0,[0-9]+")
"""A fraction as half of Europe writes it, as 0,001."""


def read_inline(text: str) -> tuple[str, dict[str, Any]]:
    """Return the name and parameters of `name` or `name:key=value,...`.

    Values are read as in YAML's flow style.
    """
    name, _, arguments = text.partition(":")
    parameters: dict[str, Any] = {}
    parts = split(arguments, text)
    for index, part in enumerate(parts):
        key, equals, value = part.partition("=")
        key = key.strip()
        if not equals or not key:
            advice = equals_advice(part) or (value_advice(text) if len(parts) == 1 else "")
            advice = advice or list_advice(parts, index)
            message = f"'{part.strip()}' is not of the form parameter=value{advice}"
            raise SpecError.of(text, message, "not-inline")
        if fold(key) in map(fold, parameters):
            raise SpecError.of(text, f"repeated key '{key}'", "repeated-key")
        if SEPARATED.search(value) and value.strip()[:1] not in QUOTES_AND_BRACKETS:
            message = "has ':' or ';' between parameters; write a comma"
            raise SpecError.of(text, message, "not-inline")
        parameters[key] = read_value(value, text)
    return name.strip(), parameters


def equals_advice(part: str) -> str:
    """Return what to write instead of `key:value`."""
    key, colon, value = part.strip().partition(":")
    return f"; write {key}={value}" if colon and key.isidentifier() and value else ""


def list_advice(parts: Sequence[str], index: int) -> str:
    """Return how the values of a list are written that begins in the part before an index."""
    key, equals, first = parts[index - 1].partition("=") if index else ("", "", "")
    others = [*takewhile(lambda part: "=" not in part, parts[index:])]
    if not equals or not all(NUMBER_ALONE.fullmatch(value) for value in (first, *others)):
        return ""
    return f"; a list is written {key.strip()}=[{','.join(map(str.strip, (first, *others)))}]"


def value_advice(text: str) -> str:
    """Return what to write instead of a single value, where a schedule needs one parameter."""
    name, _, value = text.partition(":")
    cls = register.find(name)
    needed = [key for key, field in cls.model_fields.items() if field.is_required()] if cls else []
    if len(needed) != 1 or not VALUE.match(value):
        return ""
    return f"; write {name}:{needed[0]}={value.strip()}"


def split(text: str, place: str) -> list[str]:
    """Return the parts between commas outside brackets and quotes."""
    parts, depth, quote, start = [], 0, "", 0
    for index, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter in OPEN or letter in CLOSE:
            depth += 1 if letter in OPEN else -1
        elif letter == "," and depth == 0:
            parts.append(text[start:index])
            start = index + 1
    if depth or quote:
        raise SpecError.of(place, "has brackets or quotes that do not match", "not-inline")
    last = text[start:]
    return [*parts, last] if last.strip() else parts


def read_value(text: str, place: str) -> Any:
    """Return the value of a piece of text, as YAML would read it; one that is empty stays text."""
    text = text.strip()
    if not text:
        return ""
    if text[:1] not in QUOTES_AND_BRACKETS:
        return scalar(text)
    if "#" in text and text[-1] != CLOSING[text[0]]:
        raise SpecError.of(place, f"has text after the value {text}", "not-inline")
    from lrviz.specfile.document import read_document  # only lists and quotes need a parser

    try:
        return read_document(text, "").data
    except SpecError as error:
        message = str(error.findings[0]).partition(": ")[2]
        raise SpecError.of(place, message or "cannot be read", "not-yaml") from None


def read_flag(text: str, place: str) -> Any:
    """Return a flag's value: as in a file, and `30,60` is a list too."""
    parts = split(text, place)
    number = number_with_commas(text)
    if number and any(part[0] == "0" for part in parts[1:]):
        message = f"'{text.strip()}' is a list of {len(parts)} values; write {number}"
        raise SpecError.of(place, message)
    is_list = len(parts) > 1 or text.rstrip().endswith(",")
    if is_list and text.strip()[:1] not in ("[", "{"):
        return [read_value(part, place) for part in parts]
    return read_value(text, place)


def number_with_commas(text: str) -> str:
    """Return the number that a list may be meant as: 10500 for `10,500`, 0.5 for `0,5`; or ""."""
    if GROUPED.fullmatch(text.strip()):
        return text.strip().replace(",", "")
    return text.strip().replace(",", ".") if DECIMAL_COMMA.fullmatch(text.strip()) else ""


def read_flags(flags: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of flags by parameter."""
    return {name: read_flag(text, flag_name(name)) for name, text in flags.items()}


def flag_name(parameter: str) -> str:
    """Return the flag of a parameter: T_max is --t-max."""
    return "--" + parameter.casefold().replace("_", "-")

"""Values as text: for an axis, for a message, and as a spec spells them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from math import isfinite
from typing import Any

MAX_VALUE_LENGTH = 80
MAX_LINE_LENGTH = 300
"""Characters of a message; a longer one loses its middle."""
ELLIPSIS = "..."
CONTROL_CATEGORIES = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Categories of characters that control how text is shown, or break lines."""
JOINERS = "\u200c\u200d"
"""Characters of category Cf that are part of emoji and of words in some scripts."""
SURROGATE = re.compile("[\ud800-\udfff]")
BREAKS = re.compile(r"[\t\n\r]+")
NUMBER_GOES_ON = re.compile(r"[\d.+-]\d|\d\.\d|\d?[eE][+-]\d")
"""Two characters of a number, with what follows them."""


def visible(text: str) -> str:
    r"""Return a text with each character that controls how it is shown as its escape, as `\x1b`.

    Bytes of an argument that are not characters of the locale are read as UTF-8.
    """
    if text.isascii() and text.isprintable():
        return text
    with suppress(UnicodeEncodeError):  # half of a surrogate pair, which has an escape as well
        text = text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(escape(character) if is_control(character) else character for character in text)


def is_unicode(text: str) -> bool:
    """Return whether a text has no half of a surrogate pair, which no encoding can write."""
    return text.isascii() or not SURROGATE.search(text)


def is_control(character: str) -> bool:
    """Return whether a character is a control, a format character, or a Unicode noncharacter."""
    code = ord(character)
    is_noncharacter = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    is_format = unicodedata.category(character) in CONTROL_CATEGORIES
    return is_noncharacter or (is_format and character not in JOINERS)


def escape(character: str) -> str:
    r"""Return a character's escape: `\n`, `\x1b`, `\u202e`."""
    return character.encode("unicode_escape").decode("ascii")


def title_text(text: str) -> str:
    """Return a text as a title: one line, breaks and tabs as spaces, controls as escapes."""
    return visible(BREAKS.sub(" ", text).strip())


def one_line(text: str, max_length: int = MAX_LINE_LENGTH) -> str:
    """Return a text for a message: visible, in one line, without its middle if it is long."""
    text = visible(text if len(text) <= max_length else shorten(text, max_length))
    return shorten(text, max_length) if len(text) > max_length else text


def shorten(text: str, max_length: int) -> str:
    """Return a text of `max_length` characters: two thirds from its start, a third from its end."""
    tail = max_length // 3
    return text[: max_length - tail - len(ELLIPSIS)] + ELLIPSIS + text[-tail:]


def break_position(word: str, limit: int) -> int:
    """Return after how many characters to break a word of which `limit` fit in a line.

    After punctuation or before a capital letter, where there is one in the second half of those,
    and not within a number.
    """
    sizes = [size for size in range(limit, 0, -1) if not NUMBER_GOES_ON.match(word, size - 1)]
    for size in sizes:
        before, after = word[size - 1 : size], word[size : size + 1]
        if is_end_of_part(before, after) and size > limit // 2:
            return size
    return sizes[0] if sizes else limit


def is_end_of_part(before: str, after: str) -> bool:
    """Return whether a part of a name ends between two characters, as in `a_b` and `StepLR`."""
    if before.islower() and after.isupper():
        return True
    return after.isalnum() and not (before.isalnum() or before.isspace())


def format_exact(value: float) -> str:
    """Return the shortest text that reads back to `value`, exponents without padding: `3e-4`."""
    text = repr(float(value))
    if text.endswith(".0"):
        text = text[:-2]
    magnitude = abs(value)
    if magnitude != 0 and (magnitude < 1e-3 or magnitude >= 1e6):
        digits = len(text.lstrip("-").replace(".", "").split("e")[0].strip("0"))
        text = f"{value:.{max(digits - 1, 0)}e}"
        if float(text) != value:
            text = repr(float(value))
    return shorten_exponent(text)


def format_rounded(value: float, digits: int = 4) -> str:
    """Return `value` at `digits` significant digits: `0.1`, `3e-4`, `1.25e-5`."""
    rounded = float(f"{value:.{digits - 1}e}")
    return format_exact(rounded if isfinite(rounded) else value)


def format_number(value: float) -> str:
    """Return a number as messages have it, at six significant digits."""
    return format_rounded(value, 6)


def shorten_exponent(text: str) -> str:
    """Return the number's text with `e-04` as `e-4` and `e+06` as `e6`."""
    if "e" not in text:
        return text
    mantissa, exponent = text.split("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}e{int(exponent)}"


def format_value(value: Any, limit: int = MAX_VALUE_LENGTH) -> str:
    """Return a value as a spec file spells it, at most `limit` characters of it, for a message."""
    text = ""
    for piece in message_pieces(value):
        text += piece
        if len(text) > limit:
            return text[: limit - len(ELLIPSIS)] + ELLIPSIS
    return text


def format_compact(value: Any) -> str:
    """Return a value as one types it in an inline spec: whole, without spaces and quotes."""
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(format_compact, value)) + "]"
    if isinstance(value, int) and not isinstance(value, bool):
        return format_exact(value)
    return value if isinstance(value, str) else scalar_text(value) or str(value)


def message_pieces(value: Any) -> Iterator[str]:
    """Yield the pieces of a value as YAML spells it; text in quotes.

    A generator, so that only the start of a value that aliases make endless is read.
    """
    if isinstance(value, Mapping):
        yield "{"
        for index, (key, item) in enumerate(value.items()):
            yield f"{', ' if index else ''}{key}: "
            yield from message_pieces(item)
        yield "}"
    elif isinstance(value, list | tuple):
        yield "["
        for index, item in enumerate(value):
            yield ", " if index else ""
            yield from message_pieces(item)
        yield "]"
    else:
        yield scalar_text(value) or repr(value)


def scalar_text(value: Any) -> str:
    """Return a boolean, a number or null as text; an empty text for any other value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return format_exact(value) if isfinite(value) else f".{value}".replace(".-", "-.")
    return ""


def format_flow(value: Any) -> str:
    """Return a value as YAML writes it in a line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {format_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(format_flow, value)) + "]"
    return format_compact(value)


def format_choice(words: Sequence[str], between: str = "or") -> str:
    """Return words in a row, as those of which one is to be chosen: `.csv, .tsv or .json`."""
    return f" {between} ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def format_count(count: int, noun: str) -> str:
    """Return a count with its noun: `1 step`, `1,000 steps`, `2 processes`, `3 batches`."""
    plural = noun + ("es" if noun.endswith(("s", "tch")) else "s")
    return f"{count:,} {noun if count == 1 else plural}"

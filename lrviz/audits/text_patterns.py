"""The patterns of lines of text from which those of the log formats are made."""

from __future__ import annotations

NUMBER = r"(?:[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?(?!\w)|(?:nan|inf)\b)"
COUNT = r"(?:\d{1,3}(?:,\d{3})++(?!\d)|\d++)"
"""A whole number, which is read to its last digit: `100`, `1,000`."""
EQUALS = r"[\"']?[ \t]*+[:=]?[ \t]*+[\"']?[\[(]?[\"']?[ \t]*+"
"""What is between a name and its number."""
COUNTER = rf"\b(?:iteration|iter|step|update|it|s(?=:))\b{EQUALS}(?P<step>{COUNT})"
"""A counter of steps; `s:10` is that of llm.c."""
EPOCH = (
    rf"\bepoch\b(?:\(train\))?{EQUALS}(?P<epoch>{COUNT})"
    r"(?:[ \t]*+(?:/|of)[ \t]*+\d++)?+[\])]*+"
)
"""The number of an epoch, also with that of all: `Epoch [3/30]`."""
OF = rf"(?P<step>{COUNT})[ \t]*+/[ \t]*+(?P<of>{COUNT})\b(?!/)"
"""A counter with its end: `40/100`."""
BAR = (
    rf"(?<![\d/.,])(?P<step>{COUNT})(?:/(?P<of>{COUNT})|[a-z]\w{{0,9}}+)[ \t]*+"
    r"\[\d[\d:]*+[<,]"
)
"""The counter of a progress bar, before the time in brackets: `40/100 [00:05<00:08`."""
MAX_HEAD = 200
"""Characters before a counter in its line, so that a long line takes no long time."""
LR = (
    r"\b(?:learning[ _-]?rate(?: of group 0 to)?|lr)\b(?:\([^()\n]*+\))?"
    rf"{EQUALS}(?P<lr>{NUMBER})"
)
NAMED_LR = (
    r"(?:\b|_)(?:lr|learning_rate)[-\w/]*+(?: \(group 0\))?"
    rf"{EQUALS}(?P<lr>{NUMBER})"
)
"""A rate whose name says of which group it is: `lr-Adam/group0: 3e-4`."""
SUFFIXED_LR = rf"\b(?P<name>lr_(?!\d)\w++){EQUALS}(?P<lr>{NUMBER})"
"""A rate with the name of its group behind it: `lr_encoder: 3e-4`."""
FURTHER = rf"(?:[\"']?[ \t]*+,[ \t]*+[\"']?{NUMBER})+"
"""The numbers of a list after the first one: `, 3e-4, 3e-5`."""


def row_of(*parts: str) -> str:
    """Return the pattern of a line that has some parts in any order."""
    return "^" + "".join(f"(?=.*?{part})" for part in parts) + ".*"


def row_below(head: str, column: str, rate: str) -> str:
    """Return the pattern of a head with a counter, and of a rate in a line before the next head."""
    number = rf"(?P<{column}>{COUNT})"
    return rf"^.*?{head}{number}.*(?:\n(?!.*?{head}\d).*?)+?{rate}.*"

"""Plain values as people write them: what a piece of text without quotes means.

The same rules serve YAML files, inline specs and flags: `1e-4` and `1E5` are numbers, `010` is
ten, and `no`, `1:30` or a date is text.
"""

from __future__ import annotations

import re

from lrviz.core.conversions import rounds_to_zero

NULLS = {"", "~", "null", "Null", "NULL"}
TRUTH_VALUES = {
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
INTEGER = re.compile(r"[-+]?[0-9][0-9_]*")
FLOAT = re.compile(r"[-+]?(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)?")
SPECIAL = {".inf": "inf", "+.inf": "inf", "-.inf": "-inf", ".nan": "nan"}
MAX_DIGITS = 400

Scalar = str | int | float | bool | None


def scalar(text: str) -> Scalar:
    """Return the value that an unquoted text means.

    A number that float64 would round to 0 stays text, so that it is refused where a number is due.
    """
    if text in NULLS:
        return None
    if text in TRUTH_VALUES:
        return TRUTH_VALUES[text]
    if len(text) <= MAX_DIGITS:
        if INTEGER.fullmatch(text):
            return int(text.replace("_", ""))
        if FLOAT.fullmatch(text):
            number = float(text.replace("_", ""))
            return text if rounds_to_zero(text) else number
    if text.lower() in SPECIAL:
        return float(SPECIAL[text.lower()])
    return text

"""Parameters that may be a share: lengths in steps or percent of the run, rates or percent of lr.

A share is kept exactly, so that 29% of 100 steps is 29; a part of a step is dropped.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction as Ratio
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from lrviz.core.conversions import MAX_INTEGER, as_integer, as_number
from lrviz.core.parameters import PERCENT, Unit

MAX_DIGITS = 20


class Share(str):
    """A percentage from `0%` to `100%` in its shortest form; equal to that text."""

    __slots__ = ()

    def __new__(cls, text: str) -> Share:
        """Return the share that a text means. Raises ValueError for any other text."""
        digits = text.strip().removesuffix("%").strip()
        if not re.fullmatch(PERCENT["pattern"], text) or len(digits) > MAX_DIGITS:
            raise ValueError(text)
        if digits.count(".") > 1 or digits == "." or Decimal(digits) > 100:
            raise ValueError(text)
        return super().__new__(cls, f"{Decimal(digits).normalize():f}%")

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        # pydantic needs it to write a default of this type into a JSON Schema.
        del source
        return handler(str)

    def ratio(self) -> Ratio:
        """Return the share as an exact fraction from 0 to 1."""
        return Ratio(self[:-1]) / 100

    def spec(self) -> str:
        """Return the share as a spec file spells it."""
        return str(self)


def as_steps_or_share(value: Any) -> Any:
    """Return whole steps from 0, or a share of the run."""
    try:
        length = Share(value) if isinstance(value, str) else as_integer(value)
    except (ValueError, PydanticCustomError):
        length = -1
    if isinstance(length, int) and not 0 <= length <= MAX_INTEGER:
        raise PydanticCustomError(
            "length", "must be a whole number of steps from 0, or a share from 0% to 100% as '10%'"
        )
    return length


def as_rate_or_share(value: Any) -> Any:
    """Return a rate from 0, or a share of lr."""
    try:
        rate = Share(value) if isinstance(value, str) else as_number(value)
    except (ValueError, PydanticCustomError):
        rate = -1.0
    if isinstance(rate, float) and not 0 <= rate < float("inf"):
        raise PydanticCustomError(
            "floor", "must be a rate from 0, or a share of lr from 0% to 100% as '10%'"
        )
    return rate


def exact_steps(length: int | Share, total: int) -> Ratio:
    """Return a length in steps of a run of `total` steps, as an exact fraction."""
    return length.ratio() * total if isinstance(length, Share) else Ratio(length)


def whole_steps(length: int | Share, total: int) -> int:
    """Return a length in whole steps of a run of `total` steps."""
    return int(exact_steps(length, total))


def rate_of(floor: float | Share, lr: float) -> float:
    """Return a floor as a rate."""
    return lr * float(floor.ratio()) if isinstance(floor, Share) else floor


STEPS_OR_PERCENT = {
    "anyOf": [{"type": "integer", "minimum": 0, "maximum": MAX_INTEGER}, PERCENT],
}
StepsOrShare = Annotated[
    int | Share, PlainValidator(as_steps_or_share), Unit("steps"), WithJsonSchema(STEPS_OR_PERCENT)
]
"""Whole steps, or a share of total_steps such as `10%`, rounded down to whole steps."""
RateOrShare = Annotated[
    float | Share,
    PlainValidator(as_rate_or_share),
    Unit("rate"),
    WithJsonSchema({"anyOf": [{"type": "number", "minimum": 0}, PERCENT]}),
]
"""A rate, or a share of lr such as `10%`."""

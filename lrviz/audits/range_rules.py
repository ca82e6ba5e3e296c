"""The rules by which a range test suggests rates: those of fastai 2.8, callback/schedule.py."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from lrviz.core.schedule import Array

SOURCE = "fastai 2.8"
"""Whose suggestions these are, and whose smoothing is the default."""


@dataclass(frozen=True)
class Rule:
    """A way to choose a rate: it returns the index of the row that it is read from.

    The rate is that row's, divided by `divisor`.
    """

    name: str
    sentence: str
    source: str
    choose: Callable[[Array, Array], int]
    divisor: float = 1.0


@dataclass(frozen=True)
class Suggestion:
    """A suggested rate, the rate and the smoothed loss that it was read from, and the rule."""

    rule: Rule
    lr: float
    at: float
    loss: float

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "name": self.rule.name,
            "lr": self.lr,
            "read_at": self.at,
            "loss": self.loss,
            "sentence": self.rule.sentence,
            "source": self.rule.source,
        }


def steepest(rates: Array, losses: Array) -> int:
    """Return the index before the steepest descent of the loss over the logarithm of the rate."""
    return int(np.argmin(np.diff(losses) / np.diff(np.log(rates))))


def valley(rates: Array, losses: Array) -> int:
    """Return the index half-way down the longest row of ever lower losses.

    The row need not be without gaps. Of rows that are equally long it is the one that ends first.
    """
    del rates
    lowest: list[float] = []
    longest, end = 1, 0
    for index, loss in enumerate(losses.tolist()):
        length = bisect_left(lowest, -loss) + 1
        lowest[length - 1 : length] = [-loss]
        if length > longest:
            longest, end = length, index
    start = end - longest if end else 0
    third = (end - start) / 3
    return start + int(third) + int(third / 2)


def lowest_loss(rates: Array, losses: Array) -> int:
    """Return the index of the lowest loss."""
    del rates
    return int(np.argmin(losses))


RULES = (
    Rule(
        "valley",
        "half-way down the longest fall of the loss",
        f"{SOURCE}, callback/schedule.py, valley",
        valley,
    ),
    Rule(
        "steepest",
        "where the loss falls most steeply over the logarithm of the rate",
        f"{SOURCE}, callback/schedule.py, steep; Smith 2015, arXiv:1506.01186",
        steepest,
    ),
    Rule(
        "minimum",
        "a tenth of the rate with the lowest loss",
        f"{SOURCE}, callback/schedule.py, minimum; Smith 2017, arXiv:1708.07120",
        lowest_loss,
        divisor=10.0,
    ),
)


def suggest(rule: Rule, rates: Array, losses: Array) -> Suggestion:
    """Return what a rule suggests."""
    index = rule.choose(rates, losses)
    rate = float(rates[index])
    return Suggestion(rule, rate / rule.divisor, rate, float(losses[index]))

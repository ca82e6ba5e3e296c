"""A rate that goes from one value to the next: legs, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lrviz.core import shapes
from lrviz.core.schedule import Array, Steps64

Fall = Literal["linear", "cosine", "exponential", "1-sqrt"]
"""The shapes that a decay may have."""
Shape = Literal["linear", "cosine", "exponential", "polynomial", "1-sqrt", "constant"]

LEFT: dict[str, Callable[[Array], Array]] = {
    "linear": shapes.linear,
    "cosine": shapes.cosine,
    "1-sqrt": shapes.one_minus_sqrt,
    "rex": shapes.reflected_exponential,
}


@dataclass(frozen=True)
class Leg:
    """The steps from `begin` to before `end`, in which the rate goes from `start` to `to`."""

    begin: int
    end: int
    start: float
    to: float
    curve: str
    power: float = 1.0

    def at(self, t: Steps64) -> Array:
        """Return the rates at steps of this leg; a constant leg is at `to` at once."""
        if self.curve == "constant" or self.start == self.to:
            return np.full(t.shape, self.to)
        fraction = np.asanyarray((t - self.begin) / (self.end - self.begin), np.float64)
        if self.curve == "exponential":
            return shapes.geometric_between(self.start, self.to, fraction)
        if self.curve == "polynomial":
            left = shapes.polynomial(fraction, self.power)
        else:
            left = LEFT[self.curve](fraction)
        return self.to + (self.start - self.to) * left


Part = tuple[int, float, str]
"""A leg's steps, the rate it goes to, and its curve."""


def joined(start: float, parts: Iterable[Part]) -> list[Leg]:
    """Return legs that follow each other from step 0; one without steps is a jump."""
    legs: list[Leg] = []
    begin = 0
    for steps, to, curve in parts:
        legs.append(Leg(begin, begin + steps, start, to, curve))
        begin, start = begin + steps, to
    return legs


def drawn(legs: Sequence[Leg], t: Steps64) -> Array:
    """Return the rates at `t`; from the last leg's end on its last rate is held."""
    rates = np.full(t.shape, legs[-1].to)
    if not t.size:
        return rates
    low, high = int(t.min()), int(t.max())
    for leg in legs:
        if leg.begin <= low and high < leg.end:
            return leg.at(t)
        if leg.begin <= high and low < leg.end:
            here = (t >= leg.begin) & (t < leg.end)
            rates[here] = leg.at(t[here])
    return rates

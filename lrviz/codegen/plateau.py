"""A rule that lowers the rate on a plateau of a metric, independent of how a library counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Plateau:
    """Multiply the rate by `factor` after more than `patience` evaluations without improvement.

    An improvement is better than the best value by more than `threshold`, which `is_relative` to
    it or not. `cooldown` evaluations after a drop are not counted. The rate stays at or above
    `min_lr`. An evaluation is the mean of `values` values.
    """

    mode: Literal["min", "max"]
    factor: float
    patience: int
    threshold: float
    is_relative: bool
    cooldown: int
    min_lr: float
    values: int = 1

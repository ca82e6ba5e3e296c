"""A column: the rates of a curve at a range of steps, kept, computed again, or thinned out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lrviz.core.integers import ceil_div
from lrviz.core.schedule import CHUNK, Array, PathDependent
from lrviz.curves.curve import Curve

MAX_COLUMN_RATES = 5_000_000
"""How many rates of a single curve are kept in memory for a picture."""
MAX_BLOCKS = 250_000
"""How many blocks of steps an envelope has at most."""
ROUNDING = 1e-6
"""A position nearer to a step than this share of one is at the step."""
PIECE = 1_000_000
"""About how many rates of an envelope are computed at once."""


@dataclass(frozen=True, eq=False)
class Column:
    """A curve's rates (float64) at `steps`.

    `measured` are the indices of the rates that a log has, where those between are filled in. One
    of its steps takes `stretch` steps of the table's axis.
    """

    curve: Curve
    steps: range
    rates: Array
    measured: NDArray[np.intp] | None = field(default=None, kw_only=True)
    stretch: float = field(default=1.0, kw_only=True)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        """Return the rates."""
        del copy
        return np.asarray(self.rates, dtype=dtype)

    @property
    def label(self) -> str:
        """Return the curve's label."""
        return self.curve.label

    def to_dict(self) -> dict[str, Any]:
        """Return the label, the schedule's name and parameters, the steps and the rates."""
        spec = self.curve.schedule.spec()
        return {
            "label": self.label,
            "schedule": spec.pop("schedule"),
            "params": spec,
            "step": list(self.steps),
            "lr": [rate for piece in self.pieces() for rate in piece.tolist()],
        }

    def pieces(self) -> Iterator[Array]:
        """Yield the rates, `CHUNK` at a time."""
        for start in range(0, len(self.steps), CHUNK):
            yield self.rates[start : start + CHUNK]

    def step_at(self, index: int) -> int:
        """Return the step of the rate with an index."""
        return self.steps[index]

    def index_of(self, step: int) -> int:
        """Return the index of the first rate whose step is not before `step`."""
        steps = self.steps
        return min(max(ceil_div(step - steps.start, steps.step), 0), len(steps))

    def positions(self, indices: NDArray[np.intp]) -> Array:
        """Return where the rates with these indices are on the table's axis, in its steps."""
        steps = self.steps.start + indices * float(self.steps.step)
        return np.asarray(steps * self.stretch)

    def position_of(self, step: int) -> float:
        """Return where a step of the curve is on the table's axis, in its steps."""
        return step * self.stretch

    @property
    def length(self) -> float:
        """The steps of the table's axis that the curve's sampled steps take."""
        return len(self.steps) * self.steps.step * self.stretch

    @property
    def ends(self) -> tuple[float, float]:
        """The positions of the first and the last step."""
        return self.position_of(self.steps[0]), self.position_of(self.steps[-1])

    def rates_at(self, positions: Array) -> Array:
        """Return the rates at positions on the table's axis, interpolated between two steps."""
        indices = (positions / self.stretch - self.steps.start) / self.steps.step
        whole = np.rint(indices)
        indices = np.where(np.abs(indices - whole) < ROUNDING, whole, indices)
        return np.asarray(np.interp(indices, np.arange(len(self.rates)), self.rates))

    def area(self) -> float:
        """Return the sum of the rates over all steps."""
        with np.errstate(all="ignore"):
            return float(self.rates.sum() * self.steps.step)


@dataclass(frozen=True, eq=False)
class Stream(Column):
    """A column whose rates are computed piece by piece, each time they are needed."""

    def pieces(self) -> Iterator[Array]:
        """Yield the rates, `CHUNK` at a time."""
        for start in range(0, len(self.steps), CHUNK):
            yield self.curve.sample(self.steps[start : start + CHUNK])


@dataclass(frozen=True, eq=False)
class Envelope(Stream):
    """A column of very many steps for a picture, with four rates of each block of steps.

    They are the block's first, lowest, highest and last one; `indices` are their indices among the
    steps. `pieces` still yields every rate. `total` is the sum of all rates times their distance.
    """

    indices: NDArray[np.intp]
    total: float

    @classmethod
    def of(cls, curve: Curve, steps: range) -> Envelope:
        """Return the envelope of a curve, computed piece by piece."""
        block = ceil_div(len(steps), MAX_BLOCKS)
        size = block * max(PIECE // block, 1)
        indices, rates, total = [], [], 0.0
        for start in range(0, len(steps), size):
            piece = curve.sample(steps[start : start + size])
            ends = ends_of_blocks(piece, block)
            indices.append(ends + start)
            rates.append(piece[ends])
            with np.errstate(all="ignore"):
                total += float(piece.sum())
        return cls(curve, steps, np.concatenate(rates), np.concatenate(indices), total * steps.step)

    def step_at(self, index: int) -> int:
        """Return the step of the rate with an index."""
        return self.steps[int(self.indices[index])]

    def index_of(self, step: int) -> int:
        """Return the index of the first rate whose step is not before `step`."""
        return int(np.searchsorted(self.indices, super().index_of(step)))

    def positions(self, indices: NDArray[np.intp]) -> Array:
        """Return where the rates with these indices are on the table's axis, in its steps."""
        return super().positions(self.indices[indices])

    def area(self) -> float:
        """Return the sum of the rates over all steps."""
        return self.total


def ends_of_blocks(rates: Array, block: int) -> NDArray[np.intp]:
    """Return the indices of the first, lowest, highest and last rate of each block, in order."""
    first = np.arange(0, len(rates), block)
    stop = len(rates) // block * block  # of the complete blocks
    blocks = [rates[:stop].reshape(-1, block), rates[None, stop:]]
    lowest = np.concatenate([rows.argmin(axis=1) for rows in blocks if rows.size])
    highest = np.concatenate([rows.argmax(axis=1) for rows in blocks if rows.size])
    last = np.minimum(first + block, len(rates)) - 1
    return np.unique(np.concatenate([first, first + lowest, first + highest, last]))


def column_of(curve: Curve, steps: range, keep: bool, for_picture: bool = False) -> Column:
    """Return a curve's column. Raises SpecError where the schedule has no such steps."""
    if for_picture and len(steps) > MAX_COLUMN_RATES and not isinstance(curve.rates, PathDependent):
        return Envelope.of(curve, steps)
    if keep or isinstance(curve.rates, PathDependent):
        return Column(curve, steps, curve.sample(steps))
    curve.sample(steps[-1:])  # raises at once where the schedule has no such steps
    return Stream(curve, steps, np.empty(0))

"""The rates that a log of a run would have: of a plan, and of the plan with a mistake."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from lrviz.core.errors import SpecError
from lrviz.core.schedule import Array, PathDependent, Steps64
from lrviz.core.segment import as_rates
from lrviz.curves.curve import Curve
from lrviz.mistakes.mistake import Piece
from lrviz.mistakes.variants import sequenced

MAX_TABLE_LENGTH = 4_000_000
CLOSE = 1e-11
"""The share of a rate, or of the peak, by which the order of operations changes it."""


Run = tuple[Piece, ...]


@dataclass(frozen=True, eq=False)
class PlanRates:
    """The rates of a plan and its variants at any steps, also before 0 and after their end.

    There they are the first and the last one. Those of the plan at steps to `last` are computed
    once. In a log that has the mean rate of each epoch a step is an epoch of `window` steps.
    `logged_length` is the length of the run by its log, where the plan has another one.
    """

    plan: Curve
    last: int
    window: int = 1
    logged_length: int | None = None

    @cached_property
    def changed_runs(self) -> dict[tuple[Callable[[Curve, int], Curve], int], Run | None]:
        """The runs of the plan changed by a number, by the change and the number."""
        return {}

    @cached_property
    def table(self) -> Array:
        """The plan's rates from step 0."""
        longest = self.plan.longest()
        count = min(self.last + 1, longest or self.last + 1, MAX_TABLE_LENGTH)
        return self.computed(self.plan, np.arange(count))

    @cached_property
    def peak(self) -> float:
        """The largest rate of the plan to `last`, or 1 where all are 0."""
        return float(np.max(self.table, initial=0.0)) or 1.0

    @property
    def length(self) -> int:
        """The plan's steps."""
        return self.plan.count()

    def at(self, steps: Steps64) -> Array:
        """Return the rates of a log of a run that followed the plan."""
        return self.run((Piece(0, self.plan, lambda t: t),), steps)

    def run(self, pieces: Sequence[Piece], steps: Steps64) -> Array:
        """Return the rates of a log of a run in pieces, in the shape of `steps`."""
        if self.window == 1:
            return self.used(pieces, np.maximum(steps, 0))
        within = np.arange(self.window)
        first = np.maximum(np.asarray(steps), 0)[..., None] * self.window
        return np.asarray(self.used(pieces, first + within).mean(-1))

    def used(self, pieces: Sequence[Piece], steps: Steps64) -> Array:
        """Return the rates that a run in pieces used at steps from 0."""
        rates = self.piece_rates(pieces[0], steps)
        for piece in pieces[1:]:
            later = self.piece_rates(piece, np.maximum(steps, piece.start))
            rates = np.where(steps < piece.start, rates, later)
        return rates

    def piece_rates(self, piece: Piece, steps: Steps64) -> Array:
        """Return the rates of a piece."""
        rates = self.rates_at(piece.plan, piece.tick(steps))
        return rates if piece.factor == 1 else piece.factor * rates

    def rates_at(self, curve: Curve, steps: Steps64) -> Array:
        """Return the rates of the plan, or of a variant of it."""
        longest = curve.longest()
        t = np.maximum(steps, 0)
        t = t if longest is None else np.minimum(t, longest - 1)
        if curve is self.plan and int(t.max(initial=0)) < len(self.table):
            return self.table[t]
        try:
            if isinstance(curve.schedule, PathDependent) and self.has_independent_parts:
                return self.rates_of_parts(curve, t)
            if isinstance(curve.schedule, PathDependent):
                return self.computed(curve, np.arange(int(t.max(initial=0)) + 1))[t]
            return self.computed(curve, t)
        except SpecError:  # a variant that the library refuses when it runs
            return np.full(t.shape, np.inf)

    @cached_property
    def has_independent_parts(self) -> bool:
        """Whether the plan is a sequence of schedules each of which depends on its own step only.

        The rates of its variants then need not be computed from step 0.
        """
        parts = sequenced(self.plan.schedule)
        if parts is None or any(isinstance(item, PathDependent) for item in parts.schedules):
            return False
        rates = self.rates_of_parts(self.plan, np.arange(len(self.table)))
        return bool(np.allclose(rates, self.table, rtol=CLOSE, atol=CLOSE * self.peak))

    def rates_of_parts(self, curve: Curve, steps: Steps64) -> Array:
        """Return the rates of a sequence by those of its schedules."""
        parts = sequenced(curve.schedule)
        if parts is None:  # a sequence without its warm-up may be a single schedule
            return self.computed(curve, steps)
        rates = np.zeros(steps.shape)
        for schedule, milestone in zip(parts.schedules, (0, *parts.milestones), strict=True):
            start = milestone * curve.steps_per_tick
            own = self.computed(replace(curve, schedule=schedule), np.maximum(steps - start, 0))
            rates = np.where(steps < start, rates, own)
        return rates

    @staticmethod
    def computed(curve: Curve, steps: Steps64) -> Array:
        """Return a curve's rates, computed."""
        return as_rates(curve.rates_at(steps), steps)

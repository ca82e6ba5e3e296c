"""Two mistakes in one run: the pieces of one, a step aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lrviz.mistakes.mistake import Piece, Tick


def moved(pieces: Sequence[Piece], by: int) -> tuple[Piece, ...]:
    """Return a run each of whose steps has the rate of the step `by` later."""
    return tuple(
        replace(piece, start=max(piece.start - by, 0), tick=moved_tick(piece.tick, by))
        for piece in pieces
    )


def moved_tick(tick: Tick, by: int) -> Tick:
    """Return a tick that is `by` steps ahead; before step 0 it is that of step 0."""
    return lambda t: tick(np.maximum(t + by, 0))

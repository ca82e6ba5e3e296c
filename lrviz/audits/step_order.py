"""The steps of a log's rows: whole numbers, and which rows count where they go back or repeat."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lrviz.audits.formats import counts_epochs
from lrviz.audits.log_rows import left_out
from lrviz.audits.step_options import IN_EPOCHS, OTHERWISE
from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.schedule import Array, Steps64

Index = slice | NDArray[np.intp] | NDArray[np.bool_]
ALL = slice(None)
"""The index of all rows, of which no copy is made."""
MAX_STEP = 100_000_000
STEPS_GO_BACK = "steps-go-back"
"""The id of the note on the step at which a run is resumed, or begins again."""
UNORDERED = 1 / 3
"""Where more than this share of the rows go back, the log is in no order."""


def whole_steps(steps: Array, name: str, place: str) -> Steps64:
    """Return steps as whole numbers. Raises SpecError where one is none, or out of range."""
    nearest = np.round(steps)
    faults = (np.abs(steps - nearest) > 1e-6) | (nearest < 0) | (nearest > MAX_STEP)
    if faults.any():
        in_epochs = IN_EPOCHS if counts_epochs(name) else ""
        message = (
            f"column '{name}' must hold whole steps from 0 to {MAX_STEP:,} "
            f"(got {steps[np.argmax(faults)]:g}); {in_epochs}{OTHERWISE}"
        )
        raise SpecError.of(place, message, "no-whole-steps")
    return nearest.astype(np.int64)


def begins_with_epochs(steps: Steps64, epochs: Array) -> bool:
    """Return whether the steps go back only where the epoch rises, or never rise where it does."""
    moves, rises = np.diff(steps), np.diff(epochs) > 0
    back = moves < 0
    if back.any():
        return bool(rises[back].all())
    return bool(rises.any() and not moves[rises].any())


def rows_in_order(steps: Steps64, name: str, place: str) -> tuple[Index, list[Finding]]:
    """Return the indices of the rows that count, by their steps, and a note on the others.

    Rows in no order are sorted. Raises SpecError where they have the same step more than once.
    """
    moves = np.diff(steps)
    if (moves > 0).all():
        return ALL, []
    if np.sum(moves < 0) <= UNORDERED * len(steps):
        later = later_rows(steps)
        return later, order_notes(place, steps, len(later))
    if (np.diff(np.sort(steps)) == 0).any():
        message = f"the rows are not in the order of their steps, and column '{name}' repeats some"
        raise SpecError.of(place, f"{message}; {OTHERWISE}", "unordered-steps")
    message = f"the rows are not in the order of their steps: sorted by column '{name}'"
    return np.argsort(steps), [Finding("unordered-steps", message, place=place)]


def later_rows(steps: Steps64) -> NDArray[np.intp]:
    """Return the indices of the rows of the last run that no later row of it replaces.

    A row that goes back to the first step, or before it, begins another run. Where a run is
    resumed its steps go back less far, and the rows after the resumption count.
    """
    begin = int(last_run(steps))
    steps = steps[begin:]
    earliest_after = np.minimum.accumulate(steps[::-1])[::-1]
    following = np.append(earliest_after[1:], MAX_STEP + 1)
    return np.flatnonzero(steps < following) + begin


def last_run(steps: Steps64) -> np.intp | int:
    """Return the index of the row with which the last run of a log begins."""
    begins = np.flatnonzero((steps[1:] <= steps[:1]) & (np.diff(steps) < 0)) + 1
    return begins[-1] if len(begins) else 0


def order_notes(place: str, steps: Steps64, later: int) -> list[Finding]:
    """Return a note where steps go back or repeat; of such rows only the later ones are kept."""
    back = np.flatnonzero(np.diff(steps) < 0)
    begin = last_run(steps)
    if begin:
        message = (
            f"the steps begin again at {int(steps[begin]):,}, as where a run is started anew; of "
            f"the runs the last one is read, and {left_out(len(steps) - later, 'earlier row')}"
        )
        return [Finding(STEPS_GO_BACK, message, place=place, step=int(steps[begin]))]
    if len(back):
        before, after = int(steps[back[0]]), int(steps[back[0] + 1])
        times = "" if len(back) == 1 else f", {len(back):,} times in all"
        what = f"the steps go back from {before:,} to {after:,}{times}, as where a run is resumed"
        message = f"{what}; {left_out(len(steps) - later, 'earlier row')}"
        return [Finding(STEPS_GO_BACK, message, place=place, step=after)]
    if later < len(steps):
        message = f"{left_out(len(steps) - later, 'row')}: the row after has the same step"
        return [Finding("repeated-steps", message, place=place)]
    return []

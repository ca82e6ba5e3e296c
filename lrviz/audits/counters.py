"""The steps of a whole run, from counters with an end: `40/100` may count those of an epoch.

Which it is, the log says: a counter of the whole run goes on where an epoch begins, and one of an
epoch begins again.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lrviz.audits.log_rows import Column, LogRows
from lrviz.core.schedule import Array
from lrviz.core.text import format_count


def count_through(rows: LogRows) -> None:
    """Replace the columns `step` and `of` of rows by the steps of the whole run.

    Where each epoch has a single row, at its end, the rows are those of epochs.
    """
    step, of = (rows.columns[name].numbers for name in ("step", "of"))
    rows.remove("of")
    if not rows.count or not np.isfinite([step, of]).all():
        return
    epoch = epochs_of(rows, step, of)
    if epoch is None:
        return
    if len(epoch) > 1 and np.all(np.diff(epoch) > 0) and np.all(step == of):
        rows.remove("step")
        rows.columns["epoch"] = Column([epoch])
        return
    epochs_done = epoch - first_epoch(epoch, rows.format.first_epoch)
    rows.columns["epoch"] = Column([epochs_done + step / np.maximum(of, 1.0)])
    rows.columns["step"] = Column([epochs_done * of + step])


def count_batches(rows: LogRows) -> None:
    """Replace the samples that a counter of each epoch has by steps, of as many as the first row.

    A log whose first row is of sample 0 does not say how many a step has: its rows have no step.
    """
    step, of = (rows.columns[name].numbers for name in ("step", "of"))
    batch = float(step[0]) if len(step) else 0.0
    if not batch or np.any(step % batch):
        for name in ("step", "of", "epoch"):
            rows.remove(name)
        return
    rows.columns["step"] = Column([step / batch])
    rows.columns["of"] = Column([np.maximum(of // batch, float(np.max(step)) / batch)])
    samples = format_count(int(batch), "sample")
    rows.notes.append(f"the counter is of samples: {samples}, those of the first row, are a step")


def epochs_of(rows: LogRows, step: Array, of: Array) -> Array | None:
    """Return the epoch of each row, or None where the counter is that of the whole run.

    Rows without epochs are counted from 1, by the ends of the counter.
    """
    if "epoch" in rows.columns:
        epoch = rows.columns["epoch"].numbers
        return epoch if begins_again(epoch, step) else None
    at_end = is_at_end(step, of)
    back = np.full(rows.count - 1, True) if np.all(step == of) else np.diff(step) < 0
    if not back.any() or not at_end[:-1][back].all():
        return None
    times = format_count(int(back.sum()), "time")
    rows.notes.append(
        f"the counter begins again {times} after its end: the steps are counted through"
    )
    return np.append(1.0, 1.0 + np.cumsum(back))


def is_at_end(step: Array, of: Array) -> NDArray[np.bool_]:
    """Return whether a counter has reached its end, or would pass it with the next row.

    One that begins with 0 ends one before its end.
    """
    moves = np.diff(step)
    spacing = float(np.min(moves, where=moves > 0, initial=np.inf))
    return np.asarray((step == of) | (step + spacing > of - (step.min() == 0)))


def begins_again(epoch: Array, step: Array) -> bool:
    """Return whether a counter begins again with each epoch; in a single epoch, it may."""
    rises = np.diff(epoch) > 0
    return not rises.any() or bool(np.any(np.diff(step)[rises] <= 0))


def first_epoch(epoch: Array, usual: int) -> int:
    """Return the number of a run's first epoch: 0 or 1 where the log has it, else the usual one."""
    least = int(epoch.min())
    return least if least in (0, 1) else usual

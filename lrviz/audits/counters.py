"""The steps of a whole run, from counters with an end: `40/100` may count those of an epoch.

Which it is, the log says: a counter of the whole run goes on where an epoch begins, and one of an
epoch begins again.
"""

from __future__ import annotations

import numpy as np

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
    begun = epoch - first_epoch(epoch, rows.format.first_epoch)
    rows.columns["epoch"] = Column([begun + step / np.maximum(of, 1.0)])
    rows.columns["step"] = Column([begun * of + step])


def epochs_of(rows: LogRows, step: Array, of: Array) -> Array | None:
    """Return the epoch of each row, or None where the counter is that of the whole run.

    Rows without epochs are counted from 1, by the ends of the counter.
    """
    if "epoch" in rows.columns:
        epoch = rows.columns["epoch"].numbers
        return epoch if begins_again(epoch, step) else None
    at_end = step == of
    back = np.full(rows.count - 1, True) if at_end.all() else np.diff(step) < 0
    if not back.any() or not at_end[:-1][back].all():
        return None
    times = format_count(int(back.sum()), "time")
    rows.notes.append(
        f"the counter begins again {times} after its end: the steps are counted through"
    )
    return np.append(1.0, 1.0 + np.cumsum(back))


def begins_again(epoch: Array, step: Array) -> bool:
    """Return whether a counter begins again with each epoch; in a single epoch, it may."""
    rises = np.diff(epoch) > 0
    return not rises.any() or bool(np.any(np.diff(step)[rises] <= 0))


def first_epoch(epoch: Array, usual: int) -> int:
    """Return the number of a run's first epoch: 0 or 1 where the log has it, else the usual one."""
    least = int(epoch.min())
    return least if least in (0, 1) else usual

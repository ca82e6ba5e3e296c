"""The rows of progress bars, as tqdm draws them.

A bar is drawn where its postfix is set, and again where its counter is, with the postfix of
before, and once more where it ends. In a loop over the bar the counter is that of the steps before
the one in progress, and it may be late where steps are short.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lrviz.audits.log_rows import Column, LogRows, left_out
from lrviz.core.schedule import Array

COUNTERS = re.compile(r"\d+%\|[^|\n]*\||\d+%|\[\d[^],\n]*(?:,[^],=\n]*)?|\s+")
"""What changes with each drawing: the share, the bar, the time and the speed."""


def mark_repeats(matches: Sequence[re.Match[str]], before: str) -> tuple[Array, str]:
    """Return which rows say what the row before does, besides their counters, and the last text.

    `before` is what the row before the first one says.
    """
    texts = [said_by(match) for match in matches]
    previous = [before, *texts[:-1]]
    repeats = [float(a == b) for a, b in zip(texts, previous, strict=False)]
    return np.array(repeats), texts[-1] if texts else before


def said_by(match: re.Match[str]) -> str:
    """Return what a row says besides its counters."""
    start, end = match.start(), match.end()
    name = "of" if match["of"] else "step"
    text = match.string[start : match.start("step")] + match.string[match.end(name) : end]
    return COUNTERS.sub("", text)


def keep_postfixes(rows: LogRows) -> None:
    """Leave out the rows that repeat a rate because the counter was drawn, and say how many."""
    step, of, repeats = (rows.columns[name].numbers for name in ("step", "of", "repeats"))
    rows.remove("repeats")
    begins = np.append(True, np.diff(step) < 0)
    if "epoch" in rows.columns:
        begins |= np.append(True, np.diff(rows.columns["epoch"].numbers) != 0)
    elif np.all(step == of):
        begins[:] = True
    kept, is_behind = shown_rates(step, np.where(np.isnan(of), step[-1], of), begins, repeats > 0)
    if is_behind:
        rows.columns["step"] = Column([step + 1])
        rows.notes.append(
            "the progress bar shows 0 during the first step: 1 is added to its counter, so that it "
            "is the number of steps done"
        )
    if not kept.all():
        which = "in which the progress bar is only drawn again"
        rows.notes.append(left_out(int(np.sum(~kept)), "row", which))
        rows.keep(kept)


def shown_rates(
    step: Array, of: Array, begins: NDArray[np.bool_], repeats: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], bool]:
    """Return which rows show a rate at its step, and whether the counter is one step behind.

    `begins` tells with which rows a bar begins, and `repeats` which say what the row before does.
    Where each change of the counter is drawn before the postfix is set again, those are the first
    rows in which it is set. Else only the rows at the end may repeat the rate of an earlier step.
    """
    index = np.arange(len(step))
    moved = begins | np.append(True, np.diff(step) != 0)
    is_redraw = moved & ~begins
    if repeats[1:].all() or moved.all() or not repeats[is_redraw].all():
        first_alike = np.maximum.accumulate(np.where(repeats & ~moved, 0, index))
        is_late = (is_redraw & repeats)[first_alike]
        return ~(is_late & (step == of)) | repeats[1:].all(), bool(step[0] == 0)
    kept = begins | (~moved & np.append(False, is_redraw[:-1]))
    own = step[kept]
    is_behind = own[0] == 0 or (len(own) > 1 and own[0] + 1 == own[1] - own[0])
    return (kept & (step != of) if is_behind else kept), bool(is_behind)

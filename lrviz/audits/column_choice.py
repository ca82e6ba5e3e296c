"""Which columns of a log hold the steps and the rates: by options, its format, or their names."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lrviz.audits.formats import is_loss, is_rate, step_rank
from lrviz.audits.log_rows import LogRows
from lrviz.audits.step_options import EVERY
from lrviz.core.errors import SpecError, did_you_mean

ROW = "row"
"""What the step column of a log without steps is called."""


def choose_step(rows: LogRows, column: str | None, every: int | None, place: str) -> str:
    """Return the step column: the one asked for, the format's, or the best by its name.

    Of rows that are `every` steps apart it is their number.
    """
    names = list(rows.columns)
    if every is not None:
        if column is not None:
            raise SpecError.of(EVERY, "is for a log without steps, and --step-column names one")
        return ROW
    if column is not None:
        return existing(column, names, place, "--step-column")
    usual_names = [
        name for title in rows.format.steps for name in names if name.casefold() == title
    ]
    if usual_names:
        return usual_names[0]
    ranked = [(rank, name) for name in names if (rank := step_rank(name)) is not None]
    if not ranked:
        is_alone = not rows.has_header and len(rows.names) == 1
        naming = "" if is_alone else "name it with --step-column, or "
        message = (
            f"{without(rows)} column of steps; {naming}say with {EVERY} how many steps apart the "
            f"rows are (columns: {listed(rows.names)})"
        )
        raise SpecError.of(place, message, "no-step-column")
    best = min(ranked)[0]
    candidates = [name for rank, name in ranked if rank == best]
    if len(candidates) > 1 and not same_cells(rows, candidates):
        message = f"has more than one column of steps ({listed(candidates)})"
        raise SpecError.of(place, f"{message}; choose with --step-column", "two-step-columns")
    return candidates[0]


def without(rows: LogRows) -> str:
    """Return the beginning of a message on a column that a log does not have."""
    return "has no" if rows.has_header else "has no header and no"


def same_cells(rows: LogRows, names: Sequence[str]) -> bool:
    """Return whether columns hold the same cells."""
    first, *others = (rows.columns[name].numbers for name in names)
    return all(np.array_equal(first, other, equal_nan=True) for other in others)


def other_column(rows: LogRows) -> str | None:
    """Return the column that a table of two columns has beside the steps, as `lrviz export` writes.

    None where one of them is called a rate, or the other one is a loss.
    """
    steps = [name for name in rows.names if step_rank(name) is not None]
    others = [name for name in rows.names if name not in steps]
    is_table = rows.format.name == "table" and len(rows.names) == 2 and len(steps) == 1
    return None if not is_table or is_rate(others[0]) or is_loss(others[0]) else others[0]


def choose_rates(rows: LogRows, step: str, column: str | None, place: str) -> list[str]:
    """Return the rate columns: the one asked for, the format's, or all that are called so."""
    names = [name for name in rows.columns if name != step]
    if column is not None:
        return [existing(column, list(rows.columns), place, "--lr-column")]
    usual_names = [
        name
        for title in rows.format.rates
        for name in names
        if without_place(name).casefold() == title
    ]
    chosen = usual_names or [name for name in names if is_rate(without_place(name))]
    if not chosen:
        columns = listed(rows.names)
        message = f"{without(rows)} column of rates; name it with --lr-column (columns: {columns})"
        raise SpecError.of(place, message, "no-rate-column")
    return chosen


def without_place(name: str) -> str:
    """Return the name of a column, without the place in a list as in `lr[1]`."""
    return name.partition("[")[0]


def existing(column: str, names: list[str], place: str, flag: str) -> str:
    """Return the column of a name, in any case. Raises SpecError where there is none."""
    folded = {name.casefold(): name for name in names}
    if column.strip().casefold() not in folded:
        message = f"{place} has no column '{column}'{did_you_mean(column, names)}"
        raise SpecError.of(flag, f"{message} (columns: {listed(names)})", "no-such-column")
    return folded[column.strip().casefold()]


def listed(names: Sequence[str], count: int = 12) -> str:
    """Return names in a line, of many only the first."""
    others = f" and {len(names) - count} more" if len(names) > count else ""
    return (", ".join(names[:count]) or "none") + others

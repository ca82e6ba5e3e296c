"""Which columns of a log hold the rates and the losses of a range test."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from lrviz.audits.column_choice import existing, listed
from lrviz.audits.formats import is_loss, is_rate
from lrviz.audits.log_notes import no_rows
from lrviz.audits.log_rows import LogRows, one_of_names
from lrviz.audits.reading import place_of, read_rows
from lrviz.core.errors import SpecError

LOSS_NAMES = ("loss", "losses", "train_loss", "train/loss", "training_loss", "train loss")
NO_TRAINING = re.compile(r"(^|[/_\-. ])(val|valid|validation|eval|test)($|[/_\-. ])", re.IGNORECASE)


def columns_of(path: Path, lr_column: str | None, loss_column: str | None) -> tuple[
    str, str, LogRows
]:  # fmt: skip
    """Return the columns of rates and losses, and the rows of the log."""
    place = place_of(Path(path))
    is_named = one_of_names(filter(None, (lr_column, loss_column)))
    rows = read_rows(path, lambda name: is_named(name) or is_loss(name))
    if rows.names and not rows.count:
        raise SpecError.of(place, no_rows(rows), "empty-log")
    rates = [name for name in rows.names if is_rate(name)]
    rate = one_of(rates, rows.names, lr_column, place, "rates", "--lr-column")
    losses = [name for name in rows.names if is_loss(name)]
    training = [name for name in losses if not NO_TRAINING.search(name)]
    first = [name for name in training if name.casefold() in LOSS_NAMES]
    loss = one_of(first or training or losses, rows.names, loss_column, place, "losses",
                  "--loss-column")  # fmt: skip
    return rate, loss, rows


def one_of(
    names: Sequence[str], columns: Sequence[str], column: str | None, place: str, what: str,
    flag: str,
) -> str:  # fmt: skip
    """Return the column that was asked for, or the only one. Raises SpecError otherwise."""
    if column is not None:
        return existing(column, list(columns), place, flag)
    if not names:
        message = f"has no column of {what}; name it with {flag} (columns: {listed(columns)})"
        raise SpecError.of(place, message, "no-such-column")
    if len(names) > 1:
        message = f"has more than one column of {what} ({listed(names)}); choose with {flag}"
        raise SpecError.of(place, message, "two-columns")
    return names[0]

"""What is said of a log's rows that were read in a special way, or left out."""

from __future__ import annotations

import numpy as np

from lrviz.audits.formats import counts_rows
from lrviz.audits.log_rows import LogRows, be, left_out
from lrviz.audits.step_options import OTHER_STEPS
from lrviz.audits.table_logs import has_wider_rows
from lrviz.core.findings import Finding
from lrviz.core.schedule import Array


def reader_notes(place: str, rows: LogRows) -> list[Finding]:
    """Return notes on how rows were read, and on those that could not be."""
    as_read = [Finding("rows-as-read", message, place=place) for message in rows.notes]
    return [*as_read, *broken_notes(place, rows)]


def broken_notes(place: str, rows: LogRows) -> list[Finding]:
    """Return a note that counts the rows that could not be read, or that the last may be cut."""
    if rows.last_is_short:
        message = "the last line ends without a newline and is left out: its number may be cut off"
        return [Finding("cut-last-row", message, place=place)]
    if not rows.broken:
        return []
    last = "; the last one is cut off" if rows.cut_off else ""
    message = left_out(rows.broken, "row", "that cannot be read") + last
    return [Finding("unreadable-rows", message, place=place)]


def comma_notes(place: str, rows: LogRows) -> list[Finding]:
    """Return a note where numbers are read that have a decimal comma."""
    if not rows.decimal_comma:
        return []
    number = rows.decimal_comma
    message = f"its numbers have a decimal comma: {number} is read as {number.replace(',', '.')}"
    return [Finding("decimal-comma", message, place=place)]


def infinite_notes(place: str, name: str, step_name: str, steps: Array) -> list[Finding]:
    """Return a note on the rates that are nan or inf, by their steps."""
    if not len(steps):
        return []
    finite = steps[np.isfinite(steps)]
    first = f", the first at {step_name} {finite[0]:,.10g}" if len(finite) else ""
    what = left_out(len(steps), "rate", f"that {be(len(steps))} nan or inf")
    message = f"column '{name}': {what}{first}"
    return [Finding("rates-not-finite", message, place=place)]


def count_notes(place: str, name: str, unusable: int, faults: int) -> list[Finding]:
    """Return notes that count the rows without a usable rate, and those with text in its place."""
    notes = []
    if faults:
        message = f"column '{name}': {left_out(faults, 'row', 'with text instead of a number')}"
        notes.append(Finding("text-in-column", message, place=place))
    if unusable > faults:
        message = f"column '{name}': {left_out(unusable - faults, 'row', 'without a rate')}"
        notes.append(Finding("rows-without-rate", message, place=place))
    return notes


def row_counter_notes(rows: LogRows, step: str, place: str) -> list[Finding]:
    """Return a note where the steps are W&B's, which counts the rows that are logged."""
    if not counts_rows(step, rows.names):
        return []
    message = f"'{step}' is W&B's count of rows, not always the run's steps; {OTHER_STEPS}"
    return [Finding("row-counter", message, place=place)]


def no_rows(rows: LogRows) -> str:
    """Return the message for a file without rows of a log."""
    if rows.format.layout == "text" and has_wider_rows(rows.beginning):
        return (
            "has rows of more cells than its header names; where numbers have a decimal comma, "
            "separate the cells by semicolons"
        )
    if rows.format.layout == "text":
        return "has no line with a step and a learning rate, such as 'step 10 lr 3e-4'"
    return "has no rows"

"""fairseq's `manual` schedule: rates from given updates or epochs on (manual_lr_scheduler.py)."""

from __future__ import annotations

import ast
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from lrviz.core.text import format_value
from lrviz.trainers.plan import Plan
from lrviz.trainers.reading import Reading
from lrviz.trainers.run_length import Total
from lrviz.trainers.source import number_of

BY_EPOCH, BY_UPDATE = "lr_scheduler.epoch2lr", "lr_scheduler.update2lr"
RATES = ("epoch2lr", "update2lr")
"""The arguments, each the text of a dictionary from keys as '3', '1,2' or '4-9' to rates."""
MAX_TEXT, MAX_KEYS = 100_000, 10_000


def manual_plan(reading: Reading, lr: float, total: Callable[[], Total]) -> Plan:
    """Return the plan of rates by update, else by epoch; `lr` is what comes before them.

    `total` returns the length of the run.
    """
    epochs, updates = rates_at(reading, BY_EPOCH), rates_at(reading, BY_UPDATE)
    first = epochs.get(1, updates.get(1, lr))
    if updates or not epochs:
        if epochs and min(updates) > 1:
            message = "lrviz draws manual rates by epoch before those by update only from update 1"
            reading.fault(BY_UPDATE, message)
        elif epochs:
            reading.decide("ignored", f"{BY_EPOCH}: the rates by update count", BY_EPOCH)
        return by_update(reading, updates, first, total())
    return by_epoch(reading, epochs, first, total)


def by_update(reading: Reading, rates: dict[int, float], first: float, total: Total) -> Plan:
    """Return the plan of rates that change at updates."""
    start = {0: first} | {max(update, 0): rates[update] for update in sorted(rates)}
    changes = [
        (update, rate)
        for (_, before), (update, rate) in pairwise(sorted(start.items()))
        if rate != before
    ]
    parameters = {
        "boundaries": [update - 1 for update, _ in changes],
        "values": [start[0], *(rate for _, rate in changes)],
    }
    if not changes:
        return reading.plan("transformers.constant", lr=start[0], total=total)
    if total.is_known:
        return reading.plan("keras.PiecewiseConstantDecay", parameters, total=total)
    reading.open_ended()
    return reading.plan("keras.PiecewiseConstantDecay", parameters)


def by_epoch(
    reading: Reading, rates: dict[int, float], first: float, total: Callable[[], Total]
) -> Plan:
    """Return the plan of rates that change at epochs, which count from 1."""
    if max(rates, default=1) > MAX_KEYS:
        message = f"{BY_EPOCH} names epochs above {MAX_KEYS:,}, which lrviz does not draw"
        reading.fault(BY_EPOCH, message)
        reading.raise_faults()
    lrs, rate = [], first
    for epoch in range(1, max(rates, default=1) + 1):
        rate = rates.get(epoch, rate)
        lrs.append(rate)
    parameters: dict[str, Any] = {"lrs": lrs}
    if size := reading.request.integer("steps_per_epoch"):
        parameters["updates_per_epoch"] = size
        return reading.plan("fairseq.fixed", parameters, lr=first, total=total())
    epochs = reading.integer("optimization.max_epoch") or len(lrs) + 1
    return reading.plan("fairseq.fixed", parameters, lr=first, epochs=max(epochs, 1))


def rates_at(reading: Reading, key: str) -> dict[int, float]:
    """Return the rates of an argument by update or epoch; none where the file has none."""
    text = reading.value(key)
    rates: dict[int, float] = {}
    try:
        items = ast.literal_eval(str(text)[:MAX_TEXT].replace(" ", "")) if text else {}
        for name, value in items.items():
            rate = number_of(value)
            for index in indexes(name):
                rates[index] = float(rate)  # type: ignore[arg-type]
    except (ValueError, TypeError, SyntaxError, AttributeError, MemoryError, RecursionError):
        message = f"{key} must be a dictionary such as {{'1-3': 0.1, '4': 0.01}}"
        reading.fault(key, f"{message} (got {format_value(text)})")
        reading.raise_faults()
    return rates


def indexes(name: str) -> range | list[int]:
    """Return the updates or epochs of a key. Raises ValueError for one that is none."""
    if "," in name:
        return [int(part) for part in name.split(",")]
    first, dash, last = name.partition("-")
    stop = int(last if dash else first)
    if not 0 <= int(first) <= stop < int(first) + MAX_KEYS:
        raise ValueError(name)
    return range(int(first), stop + 1)

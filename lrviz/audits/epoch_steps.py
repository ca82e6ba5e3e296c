"""The steps of rows that say only which share of the epochs is done, as 0.04."""

from __future__ import annotations

import numpy as np

from lrviz.audits.rounding import rounding_of
from lrviz.core.schedule import Array

WHOLE = 1e-6
"""An epoch so near to a whole number is one."""
FEWEST = 2
"""Rows from which on their distance follows from all of them."""


def are_shares(epochs: Array) -> bool:
    """Return whether some epochs are no whole numbers."""
    epochs = epochs[np.isfinite(epochs)]
    return bool(np.any(np.abs(epochs - np.round(epochs)) > WHOLE))


def steps_at(epochs: Array, per_epoch: int) -> Array:
    """Return the steps done at epochs, NaN where there is none, of `per_epoch` steps each.

    Epochs are rounded, so that rows which may be equally far apart are taken to be: from so many
    steps after the beginning on.
    """
    present = np.isfinite(epochs)
    values = epochs[present]
    steps, tolerance = values * per_epoch, rounding_of(values).tolerance(values) * per_epoch
    numbers = np.arange(1, len(values) + 1)
    low = float(np.max((steps - tolerance) / numbers, initial=0.0))
    high = float(np.min((steps + tolerance) / numbers, initial=np.inf))
    spacing = round((low + high) / 2) if len(values) >= FEWEST else 0
    is_even = spacing > 0 and low <= spacing <= high
    result = np.full(len(epochs), np.nan)
    result[present] = numbers * spacing if is_even else np.round(steps)
    return result

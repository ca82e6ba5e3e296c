"""A fast test for finite numbers."""

from __future__ import annotations

from typing import Any

import numpy as np


def all_finite(values: Any) -> bool:
    """Return whether an array of float64 has finite numbers only; fastest where it does."""
    with np.errstate(all="ignore"):  # the sum of large numbers may overflow
        return bool(np.isfinite(values.sum()) or np.isfinite(values).all())

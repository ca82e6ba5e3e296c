"""The different values of an array."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Number = TypeVar("Number", np.float64, np.intp)


def distinct(values: NDArray[Number]) -> NDArray[Number]:
    """Return the different values of an array, sorted.

    `np.unique` takes five times as long for numbers that it has to sort, and loads `numpy.ma`.
    """
    ordered = np.sort(values, axis=None)
    differs = np.ones(ordered.shape, np.bool_)
    differs[1:] = ordered[1:] != ordered[:-1]
    return ordered[differs]

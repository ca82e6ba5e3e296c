"""Curves on [0, 1]: each takes the fraction that has passed and returns what remains of the rate.

All of them go from 1 at fraction 0 to 0 at fraction 1. The dialects differ in clock, clamp and
floor, rarely in the curve; so each curve is defined once.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def linear(fraction: Array) -> Array:
    """Return 1 - fraction."""
    return 1.0 - fraction


def cosine(fraction: Array) -> Array:
    """Return half a cosine; past 1 it climbs again (Loshchilov & Hutter, arXiv:1608.03983)."""
    return (1.0 + np.cos(np.pi * fraction)) / 2.0


def cosine_between(top: float, bottom: float, fraction: Array) -> Array:
    """Return half a cosine from top to bottom over fractions 0 to 1."""
    return bottom + (top - bottom) * cosine(fraction)


def polynomial(fraction: Array, power: float) -> Array:
    """Return (1 - fraction) ** power."""
    return raise_to(1.0 - fraction, power)


def one_minus_sqrt(fraction: Array) -> Array:
    """Return 1 - sqrt(fraction) (Hägele et al., arXiv:2405.18392)."""
    return 1.0 - np.sqrt(fraction)


def reflected_exponential(fraction: Array) -> Array:
    """Return (1 - fraction) / (1 - fraction / 2) (REX; Chen et al., arXiv:2107.04197)."""
    return (1.0 - fraction) / (1.0 - fraction / 2.0)


def geometric_between(start: float, end: float, fraction: Array) -> Array:
    """Return start ** (1 - fraction) * end ** fraction for fractions below 1, neither negative."""
    if start == 0.0 or end == 0.0:
        return np.zeros(fraction.shape)
    return np.asanyarray(start * np.exp((np.log(end) - np.log(start)) * fraction))


def raise_to(base: Array, power: float) -> Array:
    """Return base ** power without numpy's warnings; nan or inf where it has no value."""
    with np.errstate(all="ignore"):
        return np.asanyarray(base**power)


def powers(base: float, exponent: NDArray[Any]) -> Array:
    """Return base ** exponent for many exponents (numbers); below 1e-300 it is 0.

    The limit avoids underflow in `np.power`, which makes it thirty times slower.
    """
    with np.errstate(all="ignore"):
        if not 0.0 < base < 1.0:
            return np.asanyarray(np.power(np.float64(base), exponent))
        limit = np.float64(-300.0) / np.log10(base)
        if exponent.max(initial=0) <= limit:
            return np.asanyarray(np.power(base, exponent))
        return np.asanyarray(np.power(base, np.minimum(exponent, limit)) * (exponent <= limit))

"""The rates that jax computes in single precision where a training step is compiled."""

from __future__ import annotations

import numpy as np

from lrviz.core.text import format_number


def is_nan_under_jit(steps: float, power: float) -> bool:
    """Return whether `(1 - t / steps) ** power` is nan from step `steps` on under `jax.jit`.

    XLA turns the division into a multiplication by the float32 reciprocal and fuses it with the
    subtraction. Where that reciprocal is rounded up, the base is negative at the end, and its
    fractional power is nan.
    """
    reciprocal = float(np.float32(1.0) / np.float32(steps))
    return power != int(power) and float(np.float32(steps)) * reciprocal > 1.0


def nan_under_jit(parameter: str, steps: float, power: float) -> str:
    """Return the message on a schedule whose end is nan under `jax.jit`."""
    return (
        f"under jax.jit the rate is nan from the last step of the decay on: with {parameter} "
        f"{format_number(steps)} and power {format_number(power)}, float32 rounding makes the "
        "base of the power negative; "
        f"stop training before, or choose another {parameter} or a whole power"
    )

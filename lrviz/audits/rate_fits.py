"""The rates of a rise, a hold and a decay of a given curve whose steps are fixed.

They are linear in three of them (at the start, at the peak, at the end), which follow by least
squares.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lrviz.audits.outline import Outline
from lrviz.audits.phase_specs import Spec, piecewise
from lrviz.core.schedule import Array, Steps64

MOST_WEIGHTINGS = 60
NEARLY = 4
"""A fit that leaves so many times what rounding does is near enough for a round peak."""
RISING = 1e-6
"""The share of the peak from which on a last rate is above it, which is no decay."""
AT_ONCE = 8
"""So many fits together take as long as one alone."""


@dataclass(frozen=True)
class Decay:
    """The curve of a decay: the share of the way down by the share of its time, from 0 to 1.

    With `to_zero` its last rate is 0, with `from_zero` the warm-up begins at 0. With `goes_on` the
    shares go on after the end of its time.
    """

    curve: str
    share: Callable[[Array], Array]
    power: float | None = None
    to_zero: bool = False
    from_zero: bool = False
    goes_on: bool = False

    def phase(self, steps: int, to: float) -> Spec:
        """Return the phase of a spec."""
        power = {} if self.power is None else {"power": self.power}
        return {"steps": steps, "to": to, "curve": self.curve, **power}


def polynomial(power: float) -> Decay:
    """Return the decay with a power of the rest of its time."""
    return Decay("polynomial", lambda p: 1 - (1 - p) ** power, power)


COSINE = Decay("cosine", lambda p: (1 - np.cos(np.pi * p)) / 2)
DECAYS = (Decay("linear", lambda p: p), COSINE, Decay("1-sqrt", np.sqrt))


def design(t: Array, rise: int, hold: int, stop: int, decay: Decay) -> Array:
    """Return what each row has of the rates at the start, at the peak, and at the end.

    It is computed for thousands of steps: in place, which halves the time of a search.
    """
    matrix = np.zeros((len(t), 3))
    start, peak, end = matrix.T
    up = np.minimum(t / rise, 1.0) if rise else np.ones(len(t))
    passed = (t - hold) / max(stop - hold, 1)
    passed = np.maximum(passed, 0.0)
    down = decay.share(passed if decay.goes_on else np.minimum(passed, 1.0))
    if not decay.from_zero:
        np.subtract(1.0, up, out=start)
    np.multiply(up, 1.0 - down, out=peak)
    if not decay.to_zero:
        np.multiply(up, down, out=end)
    return matrix


def solved(outline: Outline, matrix: Array, weights: Array | float = 1.0) -> Array:
    """Return the rates by least squares, none below 0."""
    outline.budget.spend()
    fitted = np.flatnonzero(matrix.any(axis=0))
    rates = np.zeros(matrix.shape[1])
    weighted = (matrix[:, fitted].T * weights).T
    rates[fitted] = np.linalg.lstsq(weighted, outline.y * weights, rcond=None)[0]
    return np.maximum(rates, 0.0)


def remainder(outline: Outline, rise: int, hold: int, stop: int, decay: Decay) -> float:
    """Return the mean square of what the best rates leave with these steps."""
    matrix = design(outline.t, rise, hold, stop, decay)
    return float(np.mean((matrix @ solved(outline, matrix) - outline.y) ** 2))


def losses(outline: Outline, rise: int, holds: Steps64, stops: Steps64, decay: Decay) -> Array:
    """Return what the best rates leave with each pair of a hold's and a decay's end, as `left`.

    They are solved together, by the normal equations of each pair.
    """
    outline.budget.spend(-(-len(holds) // AT_ONCE))
    t, y = outline.t, outline.y
    up = np.minimum(t / rise, 1.0) if rise else np.ones(len(t))
    passed = np.maximum((t - holds[:, None]) / np.maximum(stops - holds, 1)[:, None], 0.0)
    down = decay.share(passed if decay.goes_on else np.minimum(passed, 1.0))
    columns = [up * (1.0 - down)]
    if rise and not decay.from_zero:
        columns.append(np.broadcast_to(1.0 - up, down.shape))
    if not decay.to_zero:
        columns.append(up * down)
    matrix = np.stack(columns, axis=2)
    squares = matrix.transpose(0, 2, 1) @ matrix
    diagonal = np.einsum("kii->ki", squares)
    diagonal[diagonal == 0.0] = 1.0  # a rate that no row has
    try:
        rates = np.linalg.solve(squares, matrix.transpose(0, 2, 1) @ y[:, None])
    except np.linalg.LinAlgError:  # rows that do not determine the rates
        pairs = zip(holds.tolist(), stops.tolist(), strict=True)
        return np.array([remainder(outline, rise, hold, stop, decay) for hold, stop in pairs])
    remaining = (matrix @ np.maximum(rates, 0.0))[:, :, 0] - y
    return np.asarray(np.mean(remaining**2, axis=1))


def fixed_fit(
    outline: Outline, rise: int, stop: int, decay: Decay, peak: float
) -> tuple[float, tuple[float, float]]:
    """Return what is left with a given peak, and the best rates at the start and at the end."""
    matrix = design(outline.t, rise, rise, stop, decay)
    remaining = outline.y - peak * matrix[:, 1]
    others = matrix[:, [0, 2]]
    rates = np.maximum(np.linalg.lstsq(others, remaining, rcond=None)[0], 0.0)
    loss = float(np.mean((others @ rates - remaining) ** 2))
    return loss, (float(rates[0]), float(rates[1]))


def with_rates(outline: Outline, rise: int, hold: int, stop: int, decay: Decay) -> Spec | None:
    """Return the spec of steps, with the rates that fit within the rounding of rows."""
    matrix = design(outline.t, rise, hold, stop, decay)
    start, peak, end = map(float, within_rounding(outline, matrix))
    if not peak or (rise and end > peak * (1 + RISING)):
        return None
    phases = [{"steps": rise, "to": 1.0}] if rise else []
    phases += [{"steps": hold - rise, "to": 1.0}] if hold > rise else []
    phases.append(decay.phase(stop - hold, end / peak))
    return piecewise(peak, start / peak if rise else 1.0, phases)


def within_rounding(outline: Outline, matrix: Array) -> Array:
    """Return the rates that leave no row more than its rounding, or those of least squares.

    Least squares leave a few rows a little more.
    """

    def apart(rates: Array) -> Array:
        return np.abs(matrix @ rates - outline.y) / outline.tolerance

    return reweighted(lambda weights: solved(outline, matrix, weights), apart, outline.weights)


def reweighted(
    solve: Callable[[Array], Array], apart: Callable[[Array], Array], weights: Array
) -> Array:
    """Return a solution by weights of rows that leaves none of them more than 1, or the first one.

    The rows that are left most are weighted by what is left, until none is.
    """
    best, weights = solve(weights), weights.copy()
    solution = best
    for _ in range(MOST_WEIGHTINGS):
        remaining = apart(solution)
        if remaining.max() <= 1.0:
            return solution
        if remaining.max() > NEARLY**2:
            break
        weights *= np.sqrt(remaining)
        weights /= weights.max()
        solution = solve(weights)
    return best

"""Fits of a rise, a hold and a decay of a given curve.

They are linear in their three rates (at the start, at the peak, at the end) once their steps are
fixed. So the steps are searched, and the rates follow by least squares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise, product
from math import inf
from typing import Any

import numpy as np

from lrviz.audits.number_fits import best_of_batches
from lrviz.audits.outline import Outline, between
from lrviz.core.schedule import Array, Steps64

POWERS = (5, 9, 15, 20, 30, 45)
"""Powers of a polynomial that are tried first, in tenths."""
LONGEST = 20
"""The latest end that is searched, in lengths of the log."""
MAX_ROUNDS = 8
MOST_WEIGHTINGS = 60
NEARLY = 4
"""A fit that leaves so many times what rounding does is near enough for a round peak."""
ROUND, BLURRED, LEVER = (0, 1, 2), 2e-3, 5
"""Decimals of a round peak's mantissa, how far it may be from the fitted one, and how many times
further the end of the decay may be."""
MOST_ENDS = 200
RISING = 1e-6
"""The share of the peak from which on a last rate is above it, which is no decay."""
NEAR = range(-3, 4)
AT_ONCE = 8
"""So many fits together take as long as one alone."""

Spec = dict[str, Any]


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


DECAYS = (
    Decay("linear", lambda p: p),
    Decay("cosine", lambda p: (1 - np.cos(np.pi * p)) / 2),
    Decay("1-sqrt", np.sqrt),
)


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
    """Return the three rates by least squares, none below 0."""
    outline.budget.spend()
    fitted = np.flatnonzero(matrix.any(axis=0))
    rates = np.zeros(3)
    weighted = (matrix[:, fitted].T * weights).T
    rates[fitted] = np.linalg.lstsq(weighted, outline.y * weights, rcond=None)[0]
    return np.maximum(rates, 0.0)


def left(outline: Outline, rise: int, hold: int, stop: int, decay: Decay) -> float:
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
        return np.array([left(outline, rise, hold, stop, decay) for hold, stop in pairs])
    remaining = (matrix @ np.maximum(rates, 0.0))[:, :, 0] - y
    return np.asarray(np.mean(remaining**2, axis=1))


def decaying(outline: Outline) -> Iterator[Spec]:
    """Yield the best decays of rows; rates that are held may be those of one without a hold.

    Of a curve that is level at first, rounding makes a hold.
    """
    yield from decays(outline)
    if outline.holds:
        yield from decays(replace(outline, last=outline.first))


def decays(outline: Outline) -> Iterator[Spec]:
    """Yield the best warm-up, hold and decay of each curve, and of the best power.

    After a warm-up some row falls: it is else of any decay that comes later. A warm-up of a single
    row begins at 0, or at any rate.
    """
    if outline.rises and outline.last == len(outline.t) - 1:
        return
    starts = (True, False) if outline.first == 1 and outline.t[0] else (False,)
    for curve, from_zero, to_zero in product(DECAYS, starts, (True, False)):
        if outline.budget.is_spent:
            return
        decay = replace(curve, to_zero=to_zero, from_zero=from_zero)
        fit = best_decay(outline, decay)
        if fit:
            yield fit[1]
            yield from round_peaks(outline, decay, *fit)
            yield from round_ends(outline, decay, *fit)
    if outline.holds:
        return
    powers: dict[int, tuple[float, Spec]] = {}

    def loss(tenths: int) -> float:
        if outline.budget.is_spent:
            return inf
        decay = replace(polynomial(tenths / 10), from_zero=starts[0])
        fit = best_decay(outline, decay) if tenths else None
        if fit:
            powers[tenths] = fit
        return fit[0] if fit else inf

    for tenths in POWERS:
        loss(tenths)
    best = min(powers, key=lambda tenths: powers[tenths][0], default=None)
    for tenths in range(best - 4, best + 5) if best else ():
        if tenths > 0 and tenths not in powers:
            loss(tenths)
    yield from (spec for _, spec in sorted(powers.values(), key=lambda fit: fit[0])[:1])


def best_decay(outline: Outline, decay: Decay) -> tuple[float, Spec] | None:
    """Return what is left with the best steps of a decay of this curve, and the spec."""
    fits: dict[int, tuple[float, int, int, int]] = {}

    def fit(rise: int) -> None:
        if rise not in fits:
            hold, stop = rise, best_end(outline, rise, rise, decay)
            if outline.holds:
                hold, stop = best_hold(outline, rise, decay)
            fits[rise] = (left(outline, rise, hold, stop, decay), rise, hold, stop)

    steps = rises(outline, decay)
    for rise in steps:
        fit(rise)
    if not fits:
        return None
    spacing = max(b - a for a, b in pairwise([*steps, steps[-1] + 1]))
    while spacing > 1:  # the steps that were tried are some of many
        spacing = -(-spacing // 4)
        _, middle, _, _ = min(fits.values())
        for more in NEAR:
            if steps[0] <= middle + more * spacing <= steps[-1]:
                fit(middle + more * spacing)
    loss, rise, hold, stop = min(fits.values())
    spec = with_rates(outline, rise, hold, stop, decay)
    return None if spec is None else (loss, spec)


def round_peaks(outline: Outline, decay: Decay, loss: float, spec: Spec) -> Iterator[Spec]:
    """Yield the specs of round peaks near that of a spec, with the end that suits each best.

    Rounded rates of the beginning of a decay give many peaks, each with an end of its own.
    """
    steps, peak = [phase["steps"] for phase in spec["phases"]], spec["lr"]
    if loss > NEARLY * float(np.mean(outline.tolerance**2)) or (outline.holds and outline.rises):
        return
    stop, rise = sum(steps), steps[0] if outline.rises else 0
    for digits in ROUND:
        level = float(f"{peak:.{digits}e}")
        if not 0 < abs(level / peak - 1) <= BLURRED:
            continue

        def loss_of(end: int, level: float = level) -> float:
            return fixed_fit(outline, rise, end, decay, level)[0]

        width = int(BLURRED * LEVER * stop) + 1
        ends = between(max(stop - width, rise + 1), stop + width, MOST_ENDS)
        end = min(ends, key=loss_of)
        start, floor = fixed_fit(outline, rise, end, decay, level)[1]
        phases = [{"steps": rise, "to": 1.0}] if rise else []
        phases.append(decay.phase(end - rise, floor / level))
        yield piecewise(level, start / level if rise else 1.0, phases)


def round_ends(outline: Outline, decay: Decay, loss: float, spec: Spec) -> Iterator[Spec]:
    """Yield the specs of round lengths near that of a spec, the roundest first.

    Rounded rates of a long decay give many lengths.
    """
    if loss > NEARLY * float(np.mean(outline.tolerance**2)):
        return
    *before, last = [phase["steps"] for phase in spec["phases"]]
    stop, rise = sum(before) + last, before[0] if outline.rises and before else 0
    for power in range(len(str(stop)) - 1, 0, -1):
        end = round(stop, -power)
        if end != stop and sum(before) < end and abs(end / stop - 1) <= BLURRED:
            rounder = with_rates(outline, rise, sum(before), end, decay)
            if rounder:
                yield rounder


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


def best_hold(outline: Outline, rise: int, decay: Decay) -> tuple[int, int]:
    """Return the best end of the hold and of the decay, each searched with the other fixed."""
    latest = int(outline.t[min(outline.last + 1, len(outline.t) - 1)])
    hold = int(outline.t[outline.last])
    stop = best_end(outline, rise, hold, decay)
    for _ in range(MAX_ROUNDS):
        before = hold
        longest = min(latest, stop - 1) - rise
        remaining = partial(hold_losses, outline, rise, stop, decay)
        after = best_of_batches(remaining, longest, {hold - rise + more for more in NEAR})
        hold = rise + (after or 0)
        stop = best_end(outline, rise, hold, decay, {stop + more for more in NEAR})
        if hold == before:
            break
    near = [(h, s) for h in range(hold - 2, hold + 3) for s in range(stop - 2, stop + 3)
            if rise <= h < s]  # fmt: skip
    return min(
        near, key=lambda pair: left(outline, rise, pair[0], pair[1], decay), default=(hold, stop)
    )


def hold_losses(outline: Outline, rise: int, stop: int, decay: Decay, steps: Steps64) -> Array:
    """Return what is left with holds of so many steps."""
    return losses(outline, rise, rise + steps, np.full(len(steps), stop), decay)


def rises(outline: Outline, decay: Decay) -> list[int]:
    """Return the steps at which the warm-up may end: where its line meets the fitted peak."""
    line = outline.line()
    if line is None:
        return outline.starts()
    start, slope = line
    peak, rise, last = float(outline.y.max()), 0, int(outline.t[-1])
    for _ in range(MAX_ROUNDS):
        before, rise = rise, min(max(round((peak - start) / slope), 1), last)
        if rise == before or outline.holds:
            break
        matrix = design(outline.t, rise, rise, best_end(outline, rise, rise, decay), decay)
        peak = float(solved(outline, matrix)[1])
    return [step for step in (rise - 1, rise, rise + 1) if step > 0]


def best_end(
    outline: Outline, rise: int, hold: int, decay: Decay, likely: Iterable[int] = ()
) -> int:
    """Return the best end of a decay that begins at step `hold`."""
    last = int(outline.t[-1])
    ends = {last - hold + more for more in range(-2, 3)} | {end - hold - 1 for end in likely}
    after = best_of_batches(
        lambda n: losses(outline, rise, np.full(len(n), hold), hold + n + 1, decay),
        LONGEST * last,
        ends,
    )
    return hold + 1 + (after or 0)


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
    """Return the three rates that leave no row more than its rounding, or those of least squares.

    Least squares leave a few rows a little more. The rows that are left most are weighted by what
    is left, until none is.
    """
    rates, weights = solved(outline, matrix, outline.weights), outline.weights.copy()
    best = rates
    for _ in range(MOST_WEIGHTINGS):
        apart = np.abs(matrix @ rates - outline.y) / outline.tolerance
        if apart.max() <= 1.0:
            return rates
        if apart.max() > NEARLY**2:
            break
        weights *= np.sqrt(apart)
        weights /= weights.max()
        rates = solved(outline, matrix, weights)
    return best


def piecewise(peak: float, start: float, phases: list[Spec]) -> Spec:
    """Return the spec of phases."""
    return {
        "schedule": "piecewise",
        "lr": peak,
        "total_steps": sum(phase["steps"] for phase in phases),
        "start": start,
        "phases": phases,
    }


def after_warmup(peak: float, start: float, rise: int, schedule: Spec) -> Spec:
    """Return the spec of a schedule after a warm-up from a share of the peak above 0."""
    line = {"schedule": "linear", "start_factor": start, "total_iters": rise}
    return {
        "schedule": "sequential",
        "lr": peak,
        "milestones": [rise],
        "schedules": [line, schedule],
    }

"""The families of schedules that a log may be of, each with its best specs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from lrviz.audits.cycle_fits import one_cycle, triangles
from lrviz.audits.decay_fits import best_decay, decaying
from lrviz.audits.line_fits import lines
from lrviz.audits.number_fits import roundest
from lrviz.audits.outline import Outline, straight_line
from lrviz.audits.overlaid_fits import overlaid
from lrviz.audits.phase_specs import Spec, piecewise
from lrviz.audits.rate_fits import COSINE, reweighted
from lrviz.audits.restart_fits import restarts
from lrviz.audits.wave_fits import waves
from lrviz.core.schedule import Array

MOST = 2_000
"""Steps that are tried where each takes no time."""
MIN_STAIR = 3
"""At least half of the stairs have so many rows: single rows may be of any curve."""
STEEP = 10
"""Stairs that fall by so many times the rounding may have one row less: no curve looks so."""
TOO_SHORT = 3
ROUND = (0, 1, 2)
"""Decimals of a peak's mantissa that are tried before all of them."""
TINY = 1e-300
MOST_LEVELS = 8
"""A schedule of more levels is stairs of some number, or none."""


def exponential(outline: Outline) -> Iterator[Spec]:
    """Yield the best exponential decay after a warm-up: a straight line in logarithms.

    Of the peak also a round value is tried, for which the slope is fitted again.
    """
    after = slice(outline.after_warmup, None)
    t, y = outline.t[after], outline.y[after]
    if len(t) < TOO_SHORT or y.min() <= 0:
        return
    line = np.polynomial.Polynomial(straight_line(t, np.log(y), y * outline.weights[after])[::-1])
    last = int(t[-1]) + 1
    for rise in meeting(outline, lambda at: float(np.exp(line(at)))):
        fitted = float(np.exp(line(rise)))
        for peak in (*(float(f"{fitted:.{digits}e}") for digits in ROUND), fitted):
            slope = slope_from(outline, peak, rise)
            if not rise:
                yield {"schedule": "exponential", "lr": peak, "gamma": float(np.exp(slope))}
                continue
            to = float(np.exp(slope * (last - rise)))
            phases: list[Spec] = [{"steps": rise, "to": 1.0}]
            phases.append({"steps": last - rise, "to": to, "curve": "exponential"})
            yield piecewise(peak, outline.start(rise, peak) / peak, phases)


def slope_from(outline: Outline, peak: float, rise: int) -> float:
    """Return the slope of the logarithms of rates that fall from a peak at the end of a warm-up."""
    after = slice(outline.after_warmup, None)
    since, y = outline.t[after] - rise, outline.y[after]

    def solve(weights: Array) -> Array:
        shares = (weights * y) ** 2 * since
        return np.array([shares @ np.log(y / peak) / (shares @ since)])

    def apart(slope: Array) -> Array:
        return np.abs(peak * np.exp(slope * since) - y) / outline.tolerance[after]

    return float(reweighted(solve, apart, outline.weights[after])[0])


def inverse_root(outline: Outline) -> Iterator[Spec]:
    """Yield the best decay with the root of the step: a straight line in 1 / rate ** 2."""
    after = slice(outline.after_warmup, None)
    t, y = outline.t[after], outline.y[after]
    if len(t) < TOO_SHORT or y.min() <= 0:
        return
    weights = outline.weights[after]
    slope, level = straight_line(t, y**-2.0, y**3 * weights)
    if not slope > 0:
        return
    for rise in meeting(outline, lambda at: float(max(level + slope * at, TINY) ** -0.5)):
        middle = round(float(level + slope * rise) / float(slope))
        for scale in range(max(middle - 1, 1), max(middle, 1) + 2):
            shape = weights / np.sqrt(1 + np.maximum(t - rise, 0) / scale)
            peak = float(np.sum(shape * y * weights) / np.sum(shape**2))
            spec = {"schedule": "lrviz.inverse_sqrt", "lr": peak, "warmup_steps": rise}
            spec |= {"timescale": scale}
            yield spec | ({"warmup_init_lr": outline.start(rise, peak)} if rise else {})


def meeting(outline: Outline, peak_at: Callable[[int], float]) -> list[int]:
    """Return the steps at which the warm-up's line meets a decay, the best three."""
    line = outline.line()
    if line is None:
        return outline.starts()
    start, slope = line
    choices = outline.starts(MOST)
    return sorted(choices, key=lambda at: abs(start + slope * at - peak_at(at)))[:3]


def equal_stairs(outline: Outline) -> Iterator[Spec]:
    """Yield the stairs of an equal factor: equally long ones, or any, without a warm-up."""
    parts = levels_of(outline, outline.first)
    drops = np.cumsum([len(part) for part in parts])[:-1] - 1
    levels = [float(np.median(part)) for part in parts]
    is_steep = len(parts) > 1 and np.abs(np.diff(levels)).min() > STEEP * outline.tolerance.max()
    least = MIN_STAIR - 1 if is_steep else MIN_STAIR
    if len(parts) < 2 or np.median([len(part) for part in parts]) < least:
        return
    t = outline.t[outline.first :]
    low, high = t[drops].astype(int) + 1, t[drops + 1].astype(int)
    with np.errstate(divide="ignore", invalid="ignore"):  # a level may be 0
        ratios = np.array(levels[1:]) / np.array(levels[:-1])
    if not outline.rises and np.allclose(ratios, ratios[0], rtol=1e-3):
        gamma = float((levels[-1] / levels[0]) ** (1 / len(drops)))
        numbers = np.arange(1, len(drops) + 1)
        sizes = range(int(np.max(-(-low // numbers))), int(np.min(high // numbers)) + 1)
        if sizes:
            yield {
                "schedule": "step",
                "lr": levels[0],
                "step_size": roundest(sizes),
                "gamma": gamma,
            }
        if len(levels) <= MOST_LEVELS:
            yield {"schedule": "multistep", "lr": levels[0], "milestones": high.tolist(),
                   "gamma": gamma}  # fmt: skip


def long_stairs(outline: Outline) -> Iterator[Spec]:
    """Yield stairs of any few levels which have several rows each but for the last one."""
    parts = levels_of(outline, outline.first)
    if min((len(part) for part in parts[:-1]), default=0) > 1:
        yield from any_stairs(outline)


def levels_of(outline: Outline, first: int) -> list[Array]:
    """Return the rates from a row on, split where they change."""
    y = outline.y[first:]
    drops = np.flatnonzero(np.abs(np.diff(y)) > 2 * outline.tolerance[first + 1 :])
    return np.split(y, drops + 1)


def any_stairs(outline: Outline) -> Iterator[Spec]:
    """Yield stairs of a few levels, also of single rows, after a warm-up or from the first row."""
    for first in dict.fromkeys((outline.first, 0)):
        parts, t = levels_of(outline, first), outline.t[first:]
        lengths = [len(part) for part in parts]
        if not 2 <= len(parts) <= MOST_LEVELS or np.median(lengths) < MIN_STAIR:
            continue
        levels = [float(np.median(part)) for part in parts]
        peak = max(levels)
        for rise in meeting(outline, lambda _: peak) if first else [0]:  # noqa: B023
            phases: list[Spec] = [{"steps": rise, "to": 1.0}] if rise else []
            ends = [rise, *t[np.cumsum(lengths)[:-1]].astype(int).tolist(), int(t[-1]) + 1]
            for level, begin, end in zip(levels, ends[:-1], ends[1:], strict=True):
                phases.append({"steps": end - begin, "to": level / peak, "curve": "constant"})
            start = outline.start(rise, peak) if rise else levels[0]
            yield piecewise(peak, start / peak, phases)


def constant(outline: Outline) -> Iterator[Spec]:
    """Yield the constant rate, after a warm-up where there is one."""
    peak = float(np.median(outline.y[outline.first :]))
    if peak == 0:
        return
    if not outline.rises:
        yield {"schedule": "constant", "lr": peak, "factor": 1.0, "total_iters": 1}
        return
    for rise in meeting(outline, lambda _: peak):
        yield piecewise(peak, outline.start(rise, peak) / peak, [{"steps": rise, "to": 1.0}])


def hidden_warmup(outline: Outline) -> Iterator[Spec]:
    """Yield the decays after a warm-up of which at most the first row is, and that the highest one.

    Other decays than cosines look alike from any step before the first row.
    """
    if outline.first or outline.last or outline.t[0] < 1 or len(outline.t) < TOO_SHORT:
        return
    warmed = replace(outline, first=1, last=1)
    for family in (exponential, inverse_root, decaying):
        yield from family(warmed)
    late = replace(outline, is_late=True)
    yield from restarts(late)
    for to_zero in (True, False):
        fit = best_decay(late, replace(COSINE, to_zero=to_zero))
        if fit:
            yield fit[1]


FAMILIES = (
    constant,
    exponential,
    inverse_root,
    restarts,
    waves,
    triangles,
    decaying,
    one_cycle,
    lines,
    overlaid,
    hidden_warmup,
)
"""The simple ones first; `long_stairs` and `any_stairs` are fitted to all rows, these to some."""

"""Fits of a cosine that goes on after its end: it climbs again, and falls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from lrviz.audits.library_names import library_specs
from lrviz.audits.outline import Outline, between
from lrviz.audits.phase_specs import Spec, after_warmup
from lrviz.audits.rate_fits import COSINE, remainder, with_rates
from lrviz.core.schedule import Array

MOST = 2_000
"""Lengths of half a wave that are tried."""
FEWEST = 2
"""Rows for each half wave, at least: fewer may be of another one."""
NEAR = (0, -1, 1)
WAVES = replace(COSINE, goes_on=True)


def waves(outline: Outline) -> Iterator[Spec]:
    """Yield the cosines that fall and climb again, also after a warm-up.

    Of `c + a cos(pi t / half) + b sin(pi t / half)` only the half wave is searched. Its phase is
    the warm-up.
    """
    t, y = outline.t, outline.y
    turns = turning_rows(outline)
    if len(turns) < 2 or len(t) < FEWEST * len(turns):
        return
    top = int(turns[0])
    after = slice(top + 1, None)
    first, last = t[top - 1] if top else 0.0, t[min(int(turns[-1]) + 1, len(t) - 1)]
    low = (t[turns[-1] - 1] - t[min(top + 1, len(t) - 1)]) / (len(turns) - 1)
    high = (last - first) / (len(turns) - 1)
    best: tuple[float, float, int] | None = None
    for half in between(max(low - 1, 1), high + 1, MOST):
        angle = np.pi * t[after] / half
        columns = np.stack([np.ones(len(angle)), np.cos(angle), np.sin(angle)], axis=1)
        outline.budget.spend()
        rates = np.linalg.lstsq(columns, y[after], rcond=None)[0]
        loss = float(np.mean((columns @ rates - y[after]) ** 2))
        if best is None or loss < best[0]:
            best = loss, float(np.arctan2(rates[2], rates[1]) * half / np.pi), half
    if best is None:
        return
    _, phase, half = best
    outline, middle = replace(outline, first=top, last=top), round(phase) % (2 * half)
    fits = [
        (remainder(outline, rise, rise, rise + half, wave), rise, wave)
        for rise in (middle + more for more in NEAR if middle + more >= 0)
        for wave in (replace(WAVES, to_zero=True), WAVES)
    ]
    for loss, rise, wave in fits:
        spec = with_rates(outline, rise, rise, rise + half, wave)
        if spec and loss <= float(np.mean(outline.tolerance**2)):
            yield from library_specs(spec)
            yield from sequences(spec)


def sequences(spec: Spec) -> Iterator[Spec]:
    """Yield the sequence of a warm-up from a rate and a cosine that goes on."""
    *rise, fall = spec["phases"]
    if rise and spec["start"]:
        cosine = {"schedule": "cosine", "T_max": fall["steps"], "eta_min": fall["to"] * spec["lr"]}
        yield after_warmup(spec["lr"], spec["start"], rise[0]["steps"], cosine)


def turning_rows(outline: Outline) -> Array:
    """Return the rows at which the rates turn: the first top, then by turns a bottom and a top."""
    change = np.diff(outline.y)
    signs = np.sign(np.where(np.abs(change) > outline.tolerance[1:], change, 0.0))
    moving = np.flatnonzero(signs)
    if not len(moving):
        return np.empty(0, int)
    turns = moving[1:][np.diff(signs[moving]) != 0]
    return np.asarray(np.insert(turns, 0, 0) if signs[moving[0]] < 0 else turns)

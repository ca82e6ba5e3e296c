"""timm's seeded noise: torch's CPU generator (Mersenne Twister 19937), to the bit.

torch seeds a fresh generator with seed + t at each step t. `Noise.at` does that for one step;
`Noise.over` runs the seeding of many steps at once, since it is what costs.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lrviz.core.schedule import Array, Steps64

Words = NDArray[np.uint32]

PAIRS = 4
"""Pairs of normal numbers that are drawn for all steps; few steps need more."""
SHIFT = 397
BLOCK = 4_096
"""Steps whose noise is computed at once for a schedule that goes step by step."""


@dataclass(frozen=True)
class Noise:
    """Noise as a share of the rate: uniform, or normal with `std` and redrawn until below `pct`."""

    pct: float
    std: float
    seed: int
    uniform: bool = False

    def is_hopeless(self) -> bool:
        """Return whether draws below `pct` are so rare that waiting for one practically hangs."""
        if self.uniform or (self.std == 0 and self.pct > 0):
            return False
        return self.pct <= 0 or math.erf(self.pct / abs(self.std) / math.sqrt(2)) < 1e-3

    def at(self, t: int) -> float:
        """Return the noise of step `t`."""
        generator = np.random.RandomState((self.seed + t) & 0xFFFFFFFF)
        if self.uniform:
            return float(self.flat(draw_words(generator, 1))[0])
        while True:
            draws = self.normal(draw_words(generator, 4))
            for draw in draws[:, 0].tolist():
                if abs(draw) < self.pct:
                    return float(draw)

    def over(self, t: Steps64) -> Array:
        """Return the noise of each of the steps `t` (one axis)."""
        if not t.size:
            return np.zeros(0)
        seeds = ((self.seed + t) & 0xFFFFFFFF).astype(np.uint32)
        if self.uniform:
            return self.flat(first_words(seeds, 1)[0])
        draws = self.normal(first_words(seeds, 4 * PAIRS))
        small = np.abs(draws) < self.pct
        noise: Array = np.take_along_axis(draws, small.argmax(axis=0)[None], axis=0)[0]
        for index in np.flatnonzero(~small.any(axis=0)).tolist():
            noise[index] = self.at(int(t[index]))
        return noise

    def by_step(self) -> Callable[[int], float]:
        """Return the noise as a function of one step, computed in blocks of steps."""

        @lru_cache(maxsize=2)
        def block(index: int) -> Array:
            return self.over(np.arange(index * BLOCK, (index + 1) * BLOCK))

        return lambda step: float(block(step // BLOCK)[step % BLOCK])

    def flat(self, words: Words) -> Array:
        """Return uniform noise: torch.rand, float32, has 24 random bits."""
        uniform: Array = (words & np.uint32(0xFFFFFF)).astype(np.float64) * 2.0**-24
        return 2 * (uniform - 0.5) * self.pct

    def normal(self, words: Words) -> Array:
        """Return normal noise, a row per draw: torch.randn(1) again and again.

        Box and Muller's two numbers come one after the other, computed in float64 and
        rounded to float32.
        """
        wide = words.astype(np.uint64)
        bits = (wide[0::2] << np.uint64(32) | wide[1::2]) & np.uint64(2**53 - 1)
        uniform = bits * 2.0**-53
        angle, radius = 2 * np.pi * uniform[0::2], np.sqrt(-2 * np.log1p(-uniform[1::2]))
        pair = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
        return pair.reshape(-1, *words.shape[1:]).astype(np.float32).astype(np.float64) * self.std


def draw_words(generator: Any, count: int) -> Words:
    """Return the next outputs of numpy's own Mersenne Twister, as a column."""
    words: Words = generator.randint(0, 2**32, size=(count, 1), dtype=np.uint32)
    return words if count > 1 else words[0]


def first_words(seeds: Words, count: int) -> Words:
    """Return the first `count` (at most 227) outputs for each seed, a row per output."""
    low = np.empty((count + 1, len(seeds)), np.uint32)
    high = np.empty((count, len(seeds)), np.uint32)
    state = seeds
    for index in range(SHIFT + count):
        if index <= count:
            low[index] = state
        if index >= SHIFT:
            high[index - SHIFT] = state
        state = (state ^ state >> np.uint32(30)) * np.uint32(1812433253) + np.uint32(index + 1)
    mixed = low[:-1] & np.uint32(0x80000000) | low[1:] & np.uint32(0x7FFFFFFF)
    word: Words = high ^ mixed >> np.uint32(1) ^ (mixed & np.uint32(1)) * np.uint32(0x9908B0DF)
    word = word ^ word >> np.uint32(11)
    word = word ^ word << np.uint32(7) & np.uint32(0x9D2C5680)
    word = word ^ word << np.uint32(15) & np.uint32(0xEFC60000)
    return word ^ word >> np.uint32(18)

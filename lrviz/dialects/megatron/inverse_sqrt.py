"""Megatron's inverse square root, which counts in samples and drops to the floor at its end."""

from __future__ import annotations

import numpy as np

from lrviz.core.schedule import Array, Steps64
from lrviz.core.segment import Part, Segment
from lrviz.dialects.megatron.base import WithDecay
from lrviz.dialects.megatron.decays import WARMUP


class InverseSquareRoot(WithDecay):
    """A linear warm-up, then lr * sqrt(W / t), at least min_lr.

    Without a warm-up the scale is a single sample, so that the rate collapses at once.
    """

    name = "inverse_square_root"
    formula = (
        f"{WARMUP}min_lr if t > T else "
        "max(min_lr, lr * sqrt(max(W, 1 / global_batch_size) / max(t, 1 / global_batch_size)))"
    )

    def decay_parts(self, lr: float) -> list[Part]:
        clock, sample = self.batch_clock, 1 / self.global_batch_size
        scale = max(self.lr_warmup_iters, sample)

        def rates(t: Steps64) -> Array:
            position = np.maximum(clock.position(t), sample)
            return np.asanyarray(np.maximum(self.min_lr, lr * scale**0.5 / position**0.5))

        return [Segment("decay", self.warmup_end, rates)]

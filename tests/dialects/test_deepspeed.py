"""DeepSpeed's schedules: the cosine that climbs again after its end."""

from __future__ import annotations

import numpy as np

from lrviz.core.composition import schedule_from


def test_a_cosine_that_climbs_again() -> None:
    spec = {"schedule": "deepspeed.WarmupCosineLR", "total_num_steps": 30, "warmup_num_steps": 10}
    schedule = schedule_from({**spec, "climbs_again": True})
    segments = schedule.expand(0.1, 111)
    starts = [(part.name, part.start) for part in segments]
    assert starts[:4] == [("hold", 0), ("warm-up", 1), ("decay", 11), ("rise", 30)]
    assert starts[4:] == [("decay", 50), ("rise", 70), ("decay", 90), ("rise", 110)]
    for part, stop in zip(segments[2:], [30, 50, 70, 90, 110], strict=False):
        steps = np.arange(part.start, stop)
        np.testing.assert_allclose(part.curve(steps), schedule.rate(steps, 0.1), rtol=1e-12)

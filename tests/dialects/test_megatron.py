"""Megatron's batch sizes: what does not fit together is refused."""

from __future__ import annotations

import pytest

from lrviz.core.composition import schedule_from
from lrviz.core.register import register

BOUNDARIES = "batch_size_boundaries must have {} values, one less than batch_sizes (got {})"


@pytest.mark.parametrize(
    ("sizes", "boundaries", "message"),
    [
        ([1, 2, 3], [100], BOUNDARIES.format(2, 1)),
        ([1, 2, 3], [100, 200, 300], BOUNDARIES.format(2, 3)),
        ([1, 0], [100], "batch_sizes must be greater than 0 (got 0)"),
        ([1, 2], [100], ""),
    ],
)
def test_batch_sizes_and_their_boundaries(
    sizes: list[int], boundaries: list[int], message: str
) -> None:
    cls = register.find("megatron.cosine")
    assert cls
    spec = {**cls.example_values(), "schedule": cls.title(), "batch_sizes": sizes}
    spec["batch_size_boundaries"] = boundaries
    if not message:
        schedule_from(spec)
        return
    with pytest.raises(ValueError) as caught:
        schedule_from(spec)
    (error,) = caught.value.errors()  # type: ignore[attr-defined]
    assert error["msg"] == message

"""LitGPT's pretraining: segments, lengths in batches, roles, refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lrviz.core.composition import schedule_from
from lrviz.core.register import register
from lrviz.core.roles import Target

NAME = "litgpt.pretrain"
SPEC: dict[str, Any] = {"schedule": NAME, "lr_warmup_steps": 10, "max_steps": 50, "min_lr": 0.01}


def parts_of(**change: Any) -> list[tuple[str, int, str | None]]:
    parts = schedule_from({**SPEC, **change}).expand(0.1, 100)
    return [(part.name, part.start, part.shape and part.shape.kind) for part in parts]


def test_segments() -> None:
    assert parts_of() == [("warm-up", 0, "linear"), ("decay", 10, "cosine"), ("floor", 50, "hold")]
    assert parts_of(lr_warmup_steps=0) == [("decay", 0, "cosine"), ("floor", 50, "hold")]
    assert parts_of(lr_warmup_steps=50) == [("warm-up", 0, "linear"), ("floor", 50, "hold")]


def test_a_step_uses_the_rate_of_its_last_batch() -> None:
    rates = schedule_from({**SPEC, "gradient_accumulation_iters": 4}).rate([0, 9, 10, 30, 49, 50])
    assert rates.tolist() == pytest.approx(
        [0.1 * 3 / 40, 0.1 * 39 / 40, 0.09992198774, 0.0523508138, 0.0100086733, 0.01], rel=1e-6
    )
    assert parts_of(gradient_accumulation_iters=4) == parts_of()


def test_shapes_agree_with_the_rates() -> None:
    for part in schedule_from({**SPEC, "gradient_accumulation_iters": 4}).expand(0.1, 100):
        assert part.shape
        at = np.array([part.start, part.start + 1])
        assert part.shape.rates(at).tolist() == pytest.approx(part.shape(at).tolist(), rel=1e-12)


def test_lengths_are_whole_batches() -> None:
    uneven = {"lr_warmup_steps": 2.5, "max_steps": 9.75, "gradient_accumulation_iters": 4}
    assert parts_of(**uneven) == [
        ("warm-up", 0, "linear"),
        ("decay", 2, "cosine"),
        ("floor", 9, "hold"),
    ]
    assert schedule_from({**SPEC, **uneven}).natural_length() == 9
    assert schedule_from({**SPEC, "lr_warmup_steps": 0, "max_steps": 0.3}).natural_length() == 1
    assert schedule_from(SPEC).natural_length() == 50


def test_roles_follow_the_run() -> None:
    cls = register.find(NAME)
    assert cls
    values = cls.complete({}, Target(steps=100, peak=0.1, warmup=5, floor=0.01))
    assert values == {"lr_warmup_steps": 5, "max_steps": 100, "min_lr": 0.01}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lr_warmup_steps": 51}, r"lr_warmup_steps must be at most max_steps, 50 \(got 51\)"),
        ({"lr_warmup_steps": -1}, "greater than or equal to 0"),
        ({"max_steps": 0}, "greater than 0"),
        ({"gradient_accumulation_iters": 0}, "greater than 0"),
    ],
)
def test_refusals(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        schedule_from({**SPEC, **change})

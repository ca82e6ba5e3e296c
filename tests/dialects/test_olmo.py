"""OLMo-core's schedules made of others: what they refuse, their segments and their lengths."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from lrviz.core.composition import schedule_from

LINE = {"schedule": "olmo.linear_with_warmup", "t_warmup": 0, "t_max": 60}
CONSTANT = {"schedule": "olmo.constant_with_warmup", "t_warmup": 0}
FALL = {"duration": 40, "end_lr_fraction": 0.5}
OVERRIDE = {"start": 20, "duration": 10.5, "end_lr": 0.0}


def composable(*stages: dict[str, Any], **more: Any) -> Any:
    return schedule_from({"schedule": "olmo.composable", "stages": list(stages), **more})


def sequential(*schedulers: Any, lengths: list[int], **more: Any) -> Any:
    spec = {"schedulers": list(schedulers), "schedulers_max": lengths, **more}
    return schedule_from({"schedule": "olmo.sequential", **spec})


@pytest.mark.parametrize(
    ("stage", "message"),
    [
        ({"duration": 5}, "needs one of end_lr and end_lr_fraction"),
        ({**FALL, "end_lr": 0.1}, "needs one of end_lr and end_lr_fraction"),
        (
            {**FALL, "start_lr": 0.1, "start_lr_fraction": 0.1},
            "takes one of start_lr and start_lr_fraction",
        ),
    ],
)
def test_stage_with_two_ends_or_none(stage: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        composable(stage)


def test_sequence_takes_schedules_of_olmo_with_their_lengths() -> None:
    with pytest.raises(ValidationError, match=r"takes schedules of OLMo \(got torch.StepLR\)"):
        sequential(LINE, {"schedule": "torch.StepLR", "step_size": 1}, lengths=[5])
    for lengths in ([], [5, 5]):
        with pytest.raises(ValidationError, match="a value for each schedule but the last"):
            sequential(LINE, CONSTANT, lengths=lengths)


def test_lengths() -> None:
    assert composable(FALL, {"duration": 0.5, "end_lr": 0.0}).natural_length() == 41
    assert composable(FALL, override_decay=OVERRIDE).natural_length() == 31
    assert sequential(CONSTANT, LINE, lengths=[7]).natural_length() == 67
    assert sequential(LINE, CONSTANT, lengths=[7]).natural_length() == 14


def test_segments() -> None:
    def names(schedule: Any) -> list[tuple[str, int]]:
        return [(part.name, part.start) for part in schedule.segments(1.0)]

    rise = {"duration": 10, "start_lr": 0.0, "end_lr_fraction": 1.0}
    level = {"duration": 5, "end_lr_fraction": 1.0}
    stages = names(composable(rise, level, FALL, {"duration": 5, "end_lr": 0.75}))
    expected = [("warm-up", 0), ("hold", 9), ("decay", 14), ("rise", 54), ("floor", 59)]
    assert stages == expected
    assert names(composable(rise, FALL, override_decay=OVERRIDE)) == [
        ("warm-up", 0), ("decay", 9), ("decay", 19), ("floor", 30)
    ]  # fmt: skip
    assert names(sequential(CONSTANT, LINE, lengths=[7])) == [
        ("hold", 0), ("decay", 7), ("floor", 66)
    ]  # fmt: skip

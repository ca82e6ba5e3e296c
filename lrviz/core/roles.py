"""The role of a parameter in the field's terms: the length, the peak, the warm-up or the floor.

A role is part of a parameter's annotation: `T_max: Annotated[Steps, Length()]`. The shared options
`--steps`, `--lr`, `--warmup` and `--floor`, the intents of `lrviz dialects`, and the checks read
roles, never names.
"""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_LR = 0.1
"""The peak of a run that sets none."""


@dataclass(frozen=True)
class Length:
    """The steps of the schedule; with `after_warmup` those after its warm-up only.

    Where the parameter `unless` has a value, that decides how long the schedule is.
    """

    after_warmup: bool = False
    unless: str = ""


@dataclass(frozen=True)
class Peak:
    """The highest rate, where the schedule sets the rate itself."""


@dataclass(frozen=True)
class WarmUp:
    """The steps of the warm-up; with `share` their share of the length."""

    share: bool = False


@dataclass(frozen=True)
class Floor:
    """The rate at the end; with `share` as a share of the peak.

    Where the parameter `unless` has a value, that decides at which rate the schedule ends.
    """

    share: bool = False
    unless: str = ""


Role = Length | Peak | WarmUp | Floor


@dataclass(frozen=True)
class Target:
    """What the run around a schedule asks for; None where it says nothing.

    `steps` are ticks of the schedule's clock, the warm-up included; `peak` and `floor` are rates.
    """

    steps: int | None = None
    peak: float | None = None
    warmup: int | None = None
    floor: float | None = None

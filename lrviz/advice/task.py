"""A task: its names, and the schedules recommended for it, best first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from lrviz.advice.ranges import TITLE
from lrviz.core.integers import ceil_div

ARTICLE = f"the tutorial {TITLE}"
"""The source of a recommendation that is not from a paper: the one that lrviz began from."""

FromRun = Callable[[int, float], Any]
"""From the ticks of the run and its peak to the value of a parameter."""


@dataclass(frozen=True)
class Recommendation:
    """A schedule for a task: its name in specs, the reason, and its parameters without a role.

    A parameter is a value or a function of the run (`FromRun`). Length, peak, warm-up and floor are
    set by their roles: `warmup` is in percent of the run, `floor` in percent of the peak (with None
    the schedule's default). `usual` are the source's ranges, where they are not the article's.
    """

    schedule: str
    reason: str
    source: str = ARTICLE
    parameters: Mapping[str, Any] = field(default_factory=dict)
    warmup: int = 0
    floor: float | None = None
    usual: tuple[str, ...] = ()


@dataclass(frozen=True)
class Task:
    """A task or a situation: its id, other names, a sentence, and its recommendations, best first.

    `lr` is a usual peak, `run` an example of a run, and `by` the usual clock of its schedules; they
    are used where the user gives none.
    """

    id: str
    aliases: tuple[str, ...]
    sentence: str
    recommendations: tuple[Recommendation, ...]
    lr: float
    run: Mapping[str, int]
    by: Literal["step", "epoch"] = "step"

    @property
    def names(self) -> tuple[str, ...]:
        """Every name of the task."""
        return (self.id, *self.aliases)


def share_of_run(percent: int) -> FromRun:
    """Return the ticks of a share of the run, in percent, rounded up."""
    return lambda ticks, _: ceil_div(percent * ticks, 100)


def steps_at(*shares: str) -> FromRun:
    """Return the ticks at shares of the run, such as 2/3, rounded down: all are in the run."""
    return lambda ticks, _: [int(Fraction(share) * ticks) for share in shares]


def share_of_peak(share: float) -> FromRun:
    """Return the rate at a share of the peak."""
    return lambda _, peak: float(f"{share * peak:.12g}")


def gamma_to(share: float) -> FromRun:
    """Return the factor per tick that ends the run at a share of the peak."""
    return lambda ticks, _: float(f"{1 - float(f'{1 - share ** (1 / ticks):.4g}'):.12g}")

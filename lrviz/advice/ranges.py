"""The ranges that a tutorial recommends: for the rule `outside-range`, `show` and `advise`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lrviz.core.composition import children_of
from lrviz.core.roles import DEFAULT_LR, Floor, Length, Peak, WarmUp
from lrviz.core.schedule import DEFAULT_STEPS, Schedule
from lrviz.core.text import format_number

TITLE = '"Learning-rate schedulers in deep learning"'
TUTORIAL = f"{TITLE} (深層学習における学習率スケジューラー)"
"""The article that lrviz began from."""
EDGE = 1e-9
"""The tolerance for rounding at the ends of a range."""


@dataclass(frozen=True)
class Range:
    """A recommended range of a schedule's number, and the schedules that have such a number.

    `sentence` describes it, with `{low}` and `{high}` for its ends.
    """

    low: float
    high: float
    sentence: str
    applies: Callable[[Schedule], bool]

    def __contains__(self, value: float) -> bool:
        return self.low - EDGE <= value <= self.high + EDGE

    @property
    def text(self) -> str:
        """The sentence with its numbers."""
        return self.sentence.format(
            low=f"{format_number(self.low)}", high=f"{format_number(self.high)}"
        )


def has_drops(schedule: Schedule) -> bool:
    """Return whether a schedule falls in drops."""
    length = schedule.natural_length() or DEFAULT_STEPS
    return any(part.name == "drop" for part in schedule.expand(DEFAULT_LR, length))


def has_periodic_drops(schedule: Schedule) -> bool:
    """Return whether a schedule's parameters, and not a metric, say when it drops."""
    return has_drops(schedule) and not hasattr(schedule, "metric")


def is_single_cycle(schedule: Schedule) -> bool:
    """Return whether a schedule rises to its own peak for a share of its length."""
    warmup = schedule.parameter_with(WarmUp)
    return warmup is not None and warmup[1].share and schedule.parameter_with(Peak) is not None


def has_floor(schedule: Schedule) -> bool:
    """Return whether a schedule has a parameter for the rate at its end."""
    return schedule.parameter_with(Floor) is not None


def has_length(schedule: Schedule) -> bool:
    """Return whether a schedule has a parameter for its length."""
    return schedule.parameter_with(Length) is not None


PERIOD = Range(
    0.2,
    1 / 3,
    "drops 1/5 to 1/3 of the run apart; stalls of the training curve show where",
    has_periodic_drops,
)
FACTOR = Range(
    0.1,
    0.5,
    "a factor of {low} to {high} at each drop; 0.1 is standard, 0.5 gentle",
    has_drops,
)
LENGTH = Range(1.0, 1.0, "a length of the whole run, so that the schedule ends with it", has_length)
FLOOR = Range(
    1e-3,
    1e-2,
    "a floor of {low} to {high} of the peak; a smaller one stalls, a larger one is unstable",
    has_floor,
)
PEAK = Range(
    3.0,
    10.0,
    "a peak of {low} to {high} times the usual rate, from an LR range test",
    is_single_cycle,
)
RISE = Range(0.2, 0.4, "a rise of {low} to {high} of the length; 0.3 is usual", is_single_cycle)

RANGES = (PERIOD, FACTOR, LENGTH, FLOOR, PEAK, RISE)


def ranges_of(schedule: Schedule) -> list[Range]:
    """Return the ranges that apply to a schedule; of a sequence, to its last part."""
    *_, last = (schedule, *children_of(schedule))
    return [item for item in RANGES if item.applies(last)]

"""The horizon of a schedule: the lengths, milestones and periods that its parameters declare.

All are in ticks of the schedule's own clock; those of a composite's parts are included.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil

from lrviz.core.composition import children_of
from lrviz.core.errors import SpecError
from lrviz.core.roles import DEFAULT_LR, Length, WarmUp
from lrviz.core.schedule import Schedule
from lrviz.core.segment import Cycles, Part
from lrviz.curves.curve import Curve

REPEATING = ("restart", "fall", "cycle")
"""Names of segments that only schedules with intended repetitions have."""


def planned_ticks(schedule: Schedule) -> int | None:
    """Return the tick at which a schedule ends: its length, or where its last hold starts."""
    children = children_of(schedule)
    starts = declared_steps(schedule)
    if children and starts:
        last = planned_ticks(children[-1])
        return None if last is None else max(starts) + last
    if children:
        decays = [child for child in children if not is_warmup(child)] or children
        return max(filter(None, map(planned_ticks, decays)), default=None)
    length = schedule.parameter_with(Length)
    if length is None or hasattr(schedule, "metric"):
        return None
    parts = parts_of(schedule)
    value: float | None = getattr(schedule, length[0])
    if value is not None and not is_repeating(parts):
        return ceil(value + warmup_before(schedule, length[1]))
    lands = bool(parts) and parts[-1].name == "floor"
    ends = lands or (schedule.end() is not None and not is_repeating(parts))
    natural: int | None = schedule.natural_length() if ends else None
    return natural


def declares_length(curve: Curve) -> bool:
    """Return whether a curve's run, its metric, or the end of its schedule says how long it is.

    Without one of them the curve is drawn over a number of steps that shows its shape.
    """
    if curve.run.length is not None or curve.on_share:
        return True
    return planned_ticks(curve.schedule) is not None or curve.longest() is not None


def is_warmup(schedule: Schedule) -> bool:
    """Return whether a schedule does nothing but rise and hold."""
    names = [part.name for part in parts_of(schedule)]
    return names == ["warm-up", "hold"]


def is_repeating(parts: Sequence[Part]) -> bool:
    """Return whether parts have restarts or cycles, so that one length is that of one of them."""
    return any(isinstance(part, Cycles) and part.name in REPEATING for part in parts)


def warmup_before(schedule: Schedule, role: Length) -> float:
    """Return the ticks of a warm-up that the schedule's length does not count."""
    parameters = {name: getattr(schedule, name) for name in type(schedule).model_fields}
    warmup = schedule.parameter_with(WarmUp)
    if warmup is None or warmup[1].share or not schedule.length_is_after_warmup(parameters, role):
        return 0
    steps = parameters[warmup[0]]
    return float(steps) if isinstance(steps, int | float) else 0


def parts_of(schedule: Schedule, lr: float = DEFAULT_LR) -> Sequence[Part]:
    """Return the segments of a schedule, cycles as rules; none where its parameters give none."""
    try:
        return schedule.segments(lr)
    except (NotImplementedError, SpecError):
        return ()


def leaves(schedule: Schedule, start: int = 0) -> Iterator[tuple[int, Schedule]]:
    """Yield the schedules that are not composites, each with the tick at which it takes over."""
    children = children_of(schedule)
    if not children:
        yield start, schedule
        return
    for begin, child in zip(child_starts(schedule), children, strict=False):
        yield from leaves(child, start + begin)


def warmup_ticks(schedule: Schedule) -> int:
    """Return the tick at which the schedule after the leading warm-up of a sequence begins."""
    starts, children = declared_steps(schedule), children_of(schedule)
    for start, child in zip(starts, children, strict=False):
        return start if is_warmup(child) else 0
    return 0


def child_starts(schedule: Schedule) -> tuple[int, ...]:
    """Return the ticks at which a composite's children take over; all 0 where they run at once."""
    boundaries = declared_steps(schedule)
    return (0, *boundaries) if boundaries else (0,) * len(children_of(schedule))


def declared_steps(schedule: Schedule) -> tuple[int, ...]:
    """Return the ticks that a schedule lists: milestones, boundaries, or the keys of factors."""
    for name in ("milestones", "boundaries", "decay_t"):
        value = getattr(schedule, name, None)
        if isinstance(value, tuple):
            return tuple(ceil(step) for step in value)
    scales = getattr(schedule, "boundaries_and_scales", None)
    items = getattr(scales, "items", ())
    return tuple(ceil(step) for step, _ in items)


def declared_ticks(schedule: Schedule, start: int = 0) -> Iterator[int]:
    """Yield the ticks that a schedule and its parts list, on the schedule's clock."""
    yield from (start + tick for tick in declared_steps(schedule))
    for begin, child in zip(child_starts(schedule), children_of(schedule), strict=False):
        yield from declared_ticks(child, start + begin)


def periods_of(schedule: Schedule, lr: float) -> Iterator[tuple[str, float]]:
    """Yield the name and the period, in ticks, of the drops, restarts and cycles of a schedule."""
    for _, leaf in leaves(schedule):
        for part in parts_of(leaf, lr):
            if isinstance(part, Cycles) and part.period and part.name in ("drop", *REPEATING):
                yield part.name, part.period

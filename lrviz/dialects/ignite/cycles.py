"""Cycles between two rates, each of which may be longer, higher or lower than the one before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple

import numpy as np
from pydantic import Field, model_validator

from lrviz.core import shapes
from lrviz.core.absolute import AbsoluteSchedule
from lrviz.core.conversions import MAX_INTEGER
from lrviz.core.integers import ceil_div
from lrviz.core.parameters import Count, Factor, Flag, Number, Rate, Steps
from lrviz.core.roles import Floor, Length, Peak
from lrviz.core.schedule import Array, End, Steps64
from lrviz.core.segment import Cycles, Part, Segment, cosine, linear
from lrviz.core.validation import error_at
from lrviz.dialects.ignite.base import Ignite
from lrviz.run import MAX_STEPS

CYCLES_IN_LENGTH = 3


class Span(NamedTuple):
    """The first event of a cycle, the events of its curve, and those of the warm-up after it."""

    start: int
    size: int
    warmup: int

    @property
    def total(self) -> int:
        """The events until the next cycle."""
        return self.size + self.warmup


class Cyclical(Ignite, AbsoluteSchedule, abstract=True):
    """Repeats a curve from start_value to end_value, with factors from cycle to cycle.

    After a cycle its lengths are multiplied by cycle_mult and rounded down, and the two rates by
    factors of their own. A warm-up is the line after each cycle's end to the start of the next.
    """

    start_value: Rate = Field(description="rate at the start of the first cycle", examples=[0.1])
    end_value: Rate = Field(description="rate that the first cycle goes to", examples=[0.001])
    cycle_size: Annotated[Steps, Length()] = Field(
        ge=2, description="events of the first cycle", examples=[50]
    )
    cycle_mult: Number = Field(1.0, ge=0, description="factor on the length from cycle to cycle")
    start_value_mult: Factor = Field(1.0, description="factor on start_value from cycle to cycle")
    end_value_mult: Factor = Field(1.0, description="factor on end_value from cycle to cycle")
    warmup_duration: Count = Field(
        0, description="events of the line from the first cycle to the second"
    )

    def between(self, top: Array, bottom: Array, fraction: Array) -> Array:
        """Return the rates at shares of a cycle from `top` to `bottom`, as Ignite computes them."""
        raise NotImplementedError

    def curves(self, name: str, top: float, bottom: float, span: Span) -> list[Segment]:
        """Return the segments of a cycle from `top` to `bottom`; `name` is for a restart."""
        raise NotImplementedError

    def spans(self, stop: int) -> list[Span]:
        """Return the cycles that start before event `stop`.

        They end before it where a length has come down to 0, which Ignite divides by, or does not
        change any more: then the last one repeats.
        """
        spans: list[Span] = []
        start, size, warmup = 0, self.cycle_size, self.warmup_duration
        while size and start < stop and (not spans or spans[-1][1:] != (size, warmup)):
            spans.append(Span(start, size, warmup))
            start += size + warmup
            size, warmup = self.next_length(size), self.next_length(warmup)
        return spans

    def next_length(self, length: int) -> int:
        """Return a length in the next cycle."""
        return int(min(length * self.cycle_mult, MAX_INTEGER))

    def span_of(self, index: int) -> Span | None:
        """Return a cycle by its number, or None where Ignite stops before it."""
        if self.cycle_mult == 1:
            first = Span(0, self.cycle_size, self.warmup_duration)
            return first._replace(start=index * first.total)
        spans = self.spans(MAX_STEPS)
        if index < len(spans):
            return spans[index]
        last, more = spans[-1], index - len(spans) + 1
        is_repeated = self.next_length(last.size) == last.size
        return last._replace(start=last.start + more * last.total) if is_repeated else None

    def rates(self, t: Steps64) -> Array:
        """Return the rates at events."""
        spans = self.spans(int(t.max(initial=0)) + 1)
        number: Any = 0
        since, size, warmup = t, np.array(self.cycle_size), np.array(self.warmup_duration)
        if len(spans) > 1:  # else plain arithmetic, which code can be written from
            starts, sizes, warmups = (np.array(column) for column in zip(*spans, strict=True))
            number = np.searchsorted(starts, t, side="right") - 1
            since, size, warmup = t - starts[number], sizes[number], warmups[number]
        index, since = number + since // (size + warmup), since % (size + warmup)
        top = self.start_value * shapes.powers(self.start_value_mult, index)
        bottom = self.end_value * shapes.powers(self.end_value_mult, index)
        rates = self.between(top, bottom, since / size)
        if not self.warmup_duration:
            return rates
        share = (since - size) / np.maximum(warmup, 1)
        line = bottom + (top * self.start_value_mult - bottom) * share
        return np.where(since > size, line, rates)

    def cycle(self, index: int) -> Sequence[Segment]:
        """Return the segments of a cycle, none past the last one."""
        span = self.span_of(index)
        if span is None:
            return []
        top = self.start_value * self.start_value_mult**index
        bottom = self.end_value * self.end_value_mult**index
        is_restart = index and not self.warmup_duration
        fall = "decay" if bottom <= top else "rise"
        segments = self.curves("restart" if is_restart else fall, top, bottom, span)
        if span.warmup:
            start = span.start + span.size
            line = linear(bottom, top * self.start_value_mult, start, span.warmup)
            segments.append(Segment("restart", start, line))
        return segments

    def segments(self, lr: float) -> Sequence[Part]:
        del lr
        first = Span(0, self.cycle_size, self.warmup_duration)
        high = self.start_value >= self.end_value
        ratio = self.start_value_mult if high else self.end_value_mult
        cycles = Cycles(
            "cycle", 0, self.rates, self.cycle, first.total, growth=self.cycle_mult, ratio=ratio
        )
        return [cycles]

    def natural_length(self) -> int | None:
        """Return the events of three cycles, or of those that there are."""
        fourth = self.span_of(CYCLES_IN_LENGTH)
        if fourth:
            return fourth.start
        end = self.end()
        return end.last + 1 if end else None

    def end(self) -> End | None:
        """Return the end where a cycle has no events left, which Ignite divides by."""
        if self.cycle_mult >= 1:
            return None
        last = self.spans(MAX_STEPS)[-1]
        if self.next_length(last.size):
            return None
        stop = last.start + last.total
        return End(stop - 1, f"divides by cycle_size, which cycle_mult makes 0 at event {stop}")


class LinearCyclicalScheduler(Cyclical):
    """Goes in a line to end_value and back in each cycle; with `monotonic` only there."""

    formula = (
        "start_value + (end_value - start_value) * (1 - abs(2 * (t % cycle_size) / cycle_size - 1))"
    )
    start_value: Annotated[Rate, Floor()] = Field(
        description="rate at the start of the first cycle", examples=[0.001]
    )
    end_value: Annotated[Rate, Peak()] = Field(
        description="rate in the middle of the first cycle; at its end with monotonic",
        examples=[0.1],
    )
    monotonic: Flag = Field(False, description="whether a cycle ends at end_value")

    @model_validator(mode="after")
    def check_warmup_after_line(self) -> LinearCyclicalScheduler:
        """Refuse what Ignite refuses: a warm-up after a way back."""
        if self.warmup_duration and not self.monotonic:
            message = "warmup_duration needs monotonic: without it a cycle ends at start_value"
            raise error_at("warmup_duration", message, self.warmup_duration)
        return self

    def between(self, top: Array, bottom: Array, fraction: Array) -> Array:
        if self.monotonic:
            return top + (bottom - top) * fraction
        return np.asanyarray(bottom + (top - bottom) * np.abs(fraction - 0.5) * 2)

    def curves(self, name: str, top: float, bottom: float, span: Span) -> list[Segment]:
        start, size = span.start, span.size
        if self.monotonic:
            return [Segment(name, start, linear(top, bottom, start, size))]
        there, back = ("rise", "fall") if top < bottom else ("fall", "rise")
        half, middle = size / 2, start + ceil_div(size, 2)
        parts = [Segment(there, start, linear(top, bottom, start, half))]
        line = linear(bottom, top, start + half, half)
        return [*parts, Segment(back, middle, line)] if middle < start + size else parts


class CosineAnnealingScheduler(Cyclical):
    """Goes along half a cosine from start_value to end_value in each cycle."""

    formula = (
        "start_value + (end_value - start_value) / 2 "
        "* (1 - cos(pi * (t % cycle_size) / cycle_size))"
    )
    start_value: Annotated[Rate, Peak()] = Field(
        description="rate at the start of the first cycle", examples=[0.1]
    )
    end_value: Annotated[Rate, Floor()] = Field(
        description="rate at the end of the first cycle", examples=[0.001]
    )

    def between(self, top: Array, bottom: Array, fraction: Array) -> Array:
        return np.asanyarray(top + (bottom - top) / 2 * (1 - np.cos(np.pi * fraction)))

    def curves(self, name: str, top: float, bottom: float, span: Span) -> list[Segment]:
        return [Segment(name, span.start, cosine(top, bottom, span.start, span.size))]

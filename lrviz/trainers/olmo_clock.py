"""The clock of OLMo's and OLMo-core's schedulers, which count steps or tokens."""

from __future__ import annotations

from typing import Any, NamedTuple

from lrviz.core.register import register
from lrviz.core.schedule import Schedule
from lrviz.core.text import format_value
from lrviz.trainers.plan import Plan
from lrviz.trainers.reading import Reading
from lrviz.trainers.run_length import Total

UNITS = ("steps", "tokens")


class Clock(NamedTuple):
    """The run, and how many of a scheduler's units, steps or tokens, are in a step and in it."""

    total: Total
    per_step: int
    units: float

    def steps(self, amount: float) -> float:
        """Return an amount of the scheduler's units in steps, which need not be whole."""
        steps = int(amount) / self.per_step
        return int(steps) if steps == int(steps) else steps

    def share(self, fraction: float) -> float:
        """Return a share of the run in steps, rounded to the scheduler's units."""
        return self.steps(round(self.units * fraction))


def clock_of(total: Total, tokens: int, units: str, exact: float | None) -> Clock:
    """Return the clock of a scheduler that counts steps or tokens.

    `exact` are the tokens of the run where the file gives them: their last step is not full.
    """
    if units == "steps":
        return Clock(total, 1, total.steps)
    run = total.steps * tokens
    partial = exact is not None and 0 < run - exact < tokens
    return Clock(total, tokens, exact if partial and exact is not None else run)


def time_of(
    reading: Reading,
    name: str,
    amount: float,
    clock: Clock,
    horizon: float | None,
    cls: type[Schedule],
) -> float:
    """Return a time in steps; without the run's length it is left out where that matters."""
    if amount and not clock.total.is_known and horizon is None and "t_max" in cls.model_fields:
        unit = "tokens" if clock.per_step > 1 else "steps"
        reading.needs(f"{name} of {format_value(amount)} {unit}")
        return 0
    steps = clock.steps(amount)
    if clock.per_step > 1 and amount:
        rate = f"{clock.per_step:,} tokens per step"
        reading.convert(f"{name}: {format_value(amount)} / {rate} = {format_value(steps)} steps")
    return steps


def finished(
    reading: Reading,
    cls: type[Schedule],
    parameters: dict[str, Any],
    lr: float,
    clock: Clock,
    horizon: float | None,
) -> Plan:
    """Return the plan; a schedule with a length of its own is drawn without that of the run."""
    if not clock.total.is_known and (horizon is not None or "t_max" not in cls.model_fields):
        reading.open_ended()
        if horizon is not None:
            reading.oddity("the run may end before its schedule: the file leaves its length open")
        return reading.plan(cls.title(), parameters, lr=lr)
    return reading.plan(cls.title(), parameters, lr=lr, total=clock.total)


def schedule_class(name: str) -> type[Schedule]:
    """Return the class of a schedule of the dialect."""
    cls = register.find(f"olmo.{name}")
    assert cls is not None
    return cls


def finite(number: Any) -> Any:
    """Return a finite number of at least 0, or None."""
    return number if number is not None and 0 <= number < 1e18 else None

"""Stand-ins of timm's schedulers, whose `step` takes the time, and the schedules they follow."""

from __future__ import annotations

from itertools import count
from typing import Any

from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.register import register
from lrviz.dialects.torch.objects import StandInOptimizer, group_names
from lrviz.objects.copying import Copier
from lrviz.objects.reader import Inputs, Match, ObjectReader, Rows, StandIn, class_names

BASE = "timm.scheduler.scheduler.Scheduler"
SCHEDULES = {
    "CosineLRScheduler": "cosine",
    "TanhLRScheduler": "tanh",
    "PolyLRScheduler": "poly",
    "StepLRScheduler": "step",
    "MultiStepLRScheduler": "multistep",
    "WSDLRScheduler": "wsd",
}
PLATEAU = "PlateauLRScheduler"
MAX_SEARCHED = 10_000
"""Steps in which the current rates of a scheduler are searched."""


def stand_in_of(value: Any, inputs: Inputs) -> StandIn | None:
    """Return the stand-in of a scheduler. Raises SpecError where it lacks its metric."""
    if BASE not in class_names(value):
        return None
    title = f"timm.{type(value).__name__}"
    if type(value).__name__ == PLATEAU and inputs.metric is None:
        raise SpecError.of("", f"{title} needs its metric at each step: give metric=[...]")
    start = position(value, title) if inputs.start is None else inputs.start
    twin, optimizer = copy_scheduler(value)
    note = Finding("goes-on", f"the scheduler's rates are those of {start:,}: step 0 is {start:,}")
    return StandIn(
        title,
        step_rates(twin, optimizer, start, inputs),
        groups=group_names(optimizer),
        by="epoch" if value.t_in_epochs else "step",
        notes=(note,) if start else (),
    )


def copy_scheduler(scheduler: Any) -> tuple[Any, Any]:
    """Return a copy of a scheduler, and of its optimizer without parameters."""
    copier = Copier()
    optimizer = StandInOptimizer(scheduler.optimizer, copier)
    return copier.copy(scheduler), optimizer


def rates_of(scheduler: Any, optimizer: Any) -> tuple[float, ...]:
    """Return the current rate of each parameter group."""
    return tuple(float(group[scheduler.param_group_field]) for group in optimizer.param_groups)


def position(scheduler: Any, title: str) -> int:
    """Return the time that a scheduler is at, found by its current rates, since it keeps no time.

    A scheduler that has taken no step is at 0. Raises SpecError where none of the first steps has
    these rates.
    """
    rates = rates_of(scheduler, scheduler.optimizer)
    twin, optimizer = copy_scheduler(scheduler)
    twin.update_groups(twin.warmup_lr_init if twin.warmup_t else twin.base_values)
    if type(scheduler).__name__ == PLATEAU or rates_of(twin, optimizer) == rates:
        return 0
    for time in range(MAX_SEARCHED):
        step_to(twin, time, None)
        if rates_of(twin, optimizer) == rates:
            return time
    message = f"{title} has the rates of none of its first {MAX_SEARCHED:,} steps: give start=N"
    raise SpecError.of("", message, "unreadable-object")


def step_to(scheduler: Any, time: int, metric: float | None) -> None:
    """Step a scheduler to a time in the unit of its clock."""
    (scheduler.step if scheduler.t_in_epochs else scheduler.step_update)(time, metric)


def step_rates(scheduler: Any, optimizer: Any, start: int, inputs: Inputs) -> Rows:
    """Yield the rates of all groups now, and after each step that follows `start`."""
    feed = inputs.metric.feed() if inputs.metric is not None else None
    for time in count(start + 1):
        row = rates_of(scheduler, optimizer)
        yield row
        step_to(scheduler, time, None if feed is None else feed(row[0]))


def identify(value: Any, group: int, inputs: Inputs) -> Match | None:
    """Return the schedule of a scheduler of timm's own classes that is at time 0."""
    name = SCHEDULES.get(type(value).__name__) if BASE in class_names(value) else None
    cls = register.find(f"timm.{name}") if name else None
    if cls is None or value.noise_type != "normal":
        return None
    if "lr_scale" in value.optimizer.param_groups[group]:  # a factor of the group's own
        return None
    if inputs.start or (inputs.start is None and position(value, cls.title())):
        return None
    parameters = {key: getattr(value, key) for key in cls.model_fields if hasattr(value, key)}
    return Match(cls.model_validate(parameters), float(value.base_values[group]))


READER = ObjectReader(stand_in_of, identify=identify)

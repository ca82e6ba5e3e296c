"""The recommendations for a task as specs for a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lrviz.advice.ranges import ranges_of
from lrviz.advice.task import ARTICLE, Recommendation, Task
from lrviz.advice.tasks import TASKS
from lrviz.core.display import Displayed
from lrviz.core.errors import SpecError, did_you_mean
from lrviz.core.register import fold, register
from lrviz.core.roles import WarmUp
from lrviz.core.schedule import Schedule
from lrviz.core.text import format_count, format_flow, format_number
from lrviz.curves.curve import Curve
from lrviz.run import Run
from lrviz.specfile.completion import complete
from lrviz.specfile.reader import Context, read_curves
from lrviz.specfile.settings import CurveSettings

MIN_TICKS = 4
"""A schedule of fewer ticks has no room for its parts."""
MIN_EPOCHS = 10
"""In a run of fewer epochs a schedule ticks by step, where the steps of an epoch are known."""


@dataclass(frozen=True, eq=False)
class Answer(Displayed):
    """A recommended schedule for a run: `spec` is the mapping of its spec file."""

    rank: int
    reason: str
    source: str
    ranges: tuple[str, ...]
    spec: Mapping[str, Any]
    curve: Curve

    def to_dict(self) -> dict[str, Any]:
        """Return plain data: rank, call, reason, source, ranges and spec."""
        return {
            "rank": self.rank,
            "call": self.curve.call(),
            "reason": self.reason,
            "source": self.source,
            "ranges": list(self.ranges),
            "spec": dict(self.spec),
        }

    def spec_lines(self) -> list[str]:
        """Return the lines of its spec file, as YAML."""
        return [f"{key}: {format_flow(value)}" for key, value in self.spec.items()]


def find_task(name: str) -> Task:
    """Return the task of a name, in any spelling. Raises SpecError where none has it."""
    folded = fold("-".join(name.split()))
    for task in TASKS:
        if folded in map(fold, task.names):
            return task
    names = [name for task in TASKS for name in task.names]
    of_words = [other for word in name.split() for other in names if fold(other) == fold(word)]
    advice = f"; did you mean '{of_words[0]}'?" if of_words else did_you_mean(name, names)
    message = f"unknown task '{name}'{advice} (lrviz advise lists them)"
    if register.find(name):
        message = f"'{name}' is a schedule, and no task; lrviz show {name} has the tasks it is for"
    raise SpecError.of("", message, "unknown-task")


def tasks_with(cls: type[Schedule]) -> list[Task]:
    """Return the tasks that a schedule is recommended for."""
    return [
        task
        for task in TASKS
        if any(register.find(item.schedule) is cls for item in task.recommendations)
    ]


def run_for(task: Task, run: Run | None) -> Run:
    """Return a run with a length: the given one, completed by the task's example."""
    settings = {name: value for name, value in run or Run() if value is not None}
    if run is not None and run.length is not None:
        return run
    return Run.model_validate({**settings, **task.run})


def answers_for(task: Task, run: Run, lr: float) -> list[Answer]:
    """Return the recommendations for a task as specs for a run, best first.

    Raises SpecError where the run is too short for a schedule.
    """
    by = clock_of(task, run)
    ticks = ticks_of(run, by)
    if ticks < MIN_TICKS:
        message = f"a run of {format_count(ticks, by)} has no room for a schedule"
        more = "; with steps_per_epoch it ticks by step" if by == "epoch" else ""
        raise SpecError.of("", f"{message} (at least {MIN_TICKS}){more}", "short-run")
    return [
        answer(rank, recommendation, run, lr, by)
        for rank, recommendation in enumerate(task.recommendations, start=1)
    ]


def clock_of(task: Task, run: Run) -> str:
    """Return the clock of a task's schedules in a run: step or epoch."""
    if run.counts_epochs:
        return "epoch"
    if task.by == "step" or run.epoch_steps is None:
        return "step"
    return "epoch" if ticks_of(run, "epoch") >= MIN_EPOCHS else "step"


def ticks_of(run: Run, by: str) -> int:
    """Return the ticks of a run with a length."""
    ticks = run.ticks(by)
    assert ticks is not None
    return ticks


def answer(rank: int, recommendation: Recommendation, run: Run, lr: float, by: str) -> Answer:
    """Return a recommendation as a spec for a run."""
    spec = spec_for(recommendation, run, lr, by)
    (curve,) = read_curves(spec, Context(lambda *_: recommendation.schedule))
    ranges = recommendation.usual
    if recommendation.source.startswith(ARTICLE):
        ranges += tuple(item.text for item in ranges_of(curve.schedule))
    return Answer(rank, recommendation.reason, recommendation.source, ranges, spec, curve)


def spec_for(recommendation: Recommendation, run: Run, lr: float, by: str) -> dict[str, Any]:
    """Return the mapping of a spec: parameters filled by their roles, settings, the run."""
    cls = register.find(recommendation.schedule)
    assert cls
    ticks = ticks_of(run, by)
    warmup = recommendation.warmup * ticks // 100
    parameters = {
        name: value(ticks, lr) if callable(value) else value
        for name, value in recommendation.parameters.items()
    }
    length = {name: value for name, value in run if value is not None}
    percent = None if recommendation.floor is None else f"{format_number(recommendation.floor)}%"
    settings = CurveSettings.model_validate(
        {
            **length,
            "lr": lr,
            "by": by,
            "warmup": warmup if recommendation.warmup else None,
            "floor": percent,
        }
    )
    values = parameters | dict(complete(cls, parameters, settings, by).values)
    parameters = {name: values[name] for name in cls.model_fields if name in values}
    before = {} if not warmup or cls.parameter_with(WarmUp) else {"warmup": warmup}
    rate = {} if cls.sets_rate else {"lr": lr}
    return {"schedule": recommendation.schedule, **parameters, **rate, **before, **length, "by": by}

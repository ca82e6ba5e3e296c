"""A plan before the run: its faults, the schedule to choose, and what a mistake makes of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, overload

from lrviz.advice.answers import Answer, answers_for, find_task, run_for
from lrviz.advice.task import Task
from lrviz.advice.tasks import TASKS
from lrviz.api.arguments import Drawable, read_curve, read_curves
from lrviz.api.curves import refuse_unknown
from lrviz.api.errors import in_python_terms, with_arguments
from lrviz.checks.check import check_plans
from lrviz.core.display import Displayed
from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.text import format_value
from lrviz.curves.table import tabulate_each
from lrviz.mistakes.as_if import Mistaken, apply_mistake
from lrviz.mistakes.registry import check_values, find_mistake
from lrviz.run import Run
from lrviz.specfile.settings_reader import read_settings


class Findings(Displayed, list[Finding]):
    """The findings on curves, and in how many `files` those are declared."""

    def __init__(self, items: Iterable[Finding], files: int) -> None:
        super().__init__(items)
        self.files = files


class Tasks(Displayed, tuple[Task, ...]):
    """The tasks that there is advice for."""


class Answers(Displayed, list[Answer]):
    """The schedules recommended for a task as specs, best first."""

    def __init__(self, items: Iterable[Answer], task: Task) -> None:
        super().__init__(items)
        self.task = task


@in_python_terms()
def check(curves: object, run: Run | None = None, **settings: Any) -> Findings:
    """Return the findings of the checks on curves, each over its run or natural length.

    Among them are the warnings of reading a training config, as where a part of its curve is left
    out because a number is missing.
    `run` replaces the curves' own run, and its numbers those of a SPEC; `settings` are those of
    SPECs, as for `load`. Raises SpecError for steps that a schedule does not have, and for settings
    beside curves.
    """
    if not isinstance(run, Run | None):
        raise SpecError.of("run", f"must be a Run (got {run!r}); several SPECs are a list")
    over_run = read_curves(curves, run=run, settings=settings)
    files = {curve.file for curve in over_run if curve.file}
    findings = check_plans(tabulate_each(over_run))
    return Findings(map(with_arguments, findings), len(files))


@overload
def advise(task: None = None) -> Tasks: ...
@overload
def advise(task: str, run: Run | None = None, **settings: Any) -> Answers: ...
@in_python_terms()
def advise(task: str | None = None, run: Run | None = None, **settings: Any) -> Tasks | Answers:
    """Return the schedules recommended for a task as specs for a run, best first.

    Without a task, return the tasks. `settings` are the rate, `lr`, and numbers of the run, as
    steps="10k", before those of `run`. The task's usual run or peak is the default for a run
    without a length, and for `lr`. Raises SpecError for an unknown task, for an unknown or invalid
    setting, for a rate that is not above 0, and for a run that is too short for a schedule.
    """
    if task is None:
        return Tasks(TASKS)
    entry = find_task(task)
    refuse_unknown(settings, ("lr", *Run.model_fields))
    lr = settings.get("lr")
    if isinstance(lr, int | float) and lr <= 0:
        raise SpecError.of("lr", f"must be above 0 (got {format_value(lr)})")
    values = {name: value for name, value in settings.items() if value is not None}
    values = {**(run.model_dump(exclude_none=True) if run else {}), **values}
    checked = read_settings(values, lambda *_: "")
    peak = entry.lr if checked.lr is None else checked.lr
    answers = answers_for(entry, run_for(entry, checked.run), peak)
    return Answers(answers, entry)


def as_if(curve: Drawable, mistake: str, /, **values: Any) -> Mistaken:
    """Return a planned curve, and the curve of a run that makes a mistake with it.

    `mistake` is an id, such as stepped-n-times, and `values` are its parameters. Raises SpecError
    for an unknown mistake, for every invalid value, and where the mistake cannot be made with the
    schedule.
    """
    plan, kind = read_curve(curve), find_mistake(mistake)
    return apply_mistake(plan, kind, check_values(kind, values, plan))

"""`lrviz advise [TASK]`: which schedule for which task, as ready specs for a run."""

from __future__ import annotations

import inspect
from typing import Annotated, Any

import typer

from lrviz.advice.answers import find_task
from lrviz.advice.task import Task
from lrviz.advice.tasks import TASKS
from lrviz.api.plans import advise
from lrviz.cli.command import build_command
from lrviz.cli.json_text import json_text
from lrviz.cli.options import (
    CONFIG,
    QUIET,
    TERMINAL,
    Declarations,
    field_option,
    flag_of_path,
    flag_option,
    read_options,
    settings_options,
    text_option,
)
from lrviz.cli.output import print_findings
from lrviz.cli.spec_output import read_spec_path, save_spec
from lrviz.cli.terminal import Terminal
from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.register import fold
from lrviz.core.text import format_exact
from lrviz.render.answer_lines import answers_report, tasks_report
from lrviz.run import Run
from lrviz.specfile.settings import CurveSettings
from lrviz.specfile.settings_reader import merge_settings, read_settings


def complete(incomplete: str) -> list[str]:
    """Return the tasks that begin with what was typed."""
    return [name for task in TASKS for name in task.names if name.startswith(fold(incomplete))]


WORDS = inspect.Parameter(
    "words",
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
    default=None,
    annotation=Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TASK...]",
            help="A task; without one, all are listed.",
            autocompletion=complete,
        ),
    ],
)


def build(help_text: str) -> Any:
    """Return the command."""
    rate = CurveSettings.model_fields["lr"]
    options: Declarations = {
        **settings_options(Run),
        "lr": field_option("lr", rate, "the peak (a usual one of the task if not given)."),
        "write": text_option("--write", "save the first answer as a spec file.", "FILE"),
        "json": flag_option("--json", "JSON."),
        "width": TERMINAL["width"],
        "color": TERMINAL["color"],
        **QUIET,
        **CONFIG,
    }
    return build_command(run, "advise", help_text, options, [WORDS])


def run(words: list[str] | None, **values: Any) -> None:
    """Print the tasks, or the answers for one; save the first answer to `--write`."""
    options = read_options(values)
    terminal = Terminal(options)
    path = read_spec_path(values["write"], "--write")
    if not words:
        if path is not None:
            raise SpecError.of("--write", "needs a TASK (lrviz advise lists them)")
        show_tasks(terminal, values["json"])
        return
    task = find_task(" ".join(words))
    settings = read_settings(merge_settings(options.default_curve, options.curve), flag_of_path)
    answers = advise(task.id, settings.run, lr=settings.lr)
    print_findings(assumptions(task, settings), options.quiet)
    if values["json"]:
        data = {**describe(task), "answers": [answer.to_dict() for answer in answers]}
        terminal.show([json_text(data)])
    else:
        terminal.show(answers_report(task, answers, terminal.screen))
    if path is not None:
        answer = answers[0]
        comments = [f"# {task.id}: {answer.reason}", f"# {answer.source}"]
        text = "\n".join([*comments, *answer.spec_lines(), ""])
        save_spec(path, answer.spec, text, options)


def assumptions(task: Task, settings: CurveSettings) -> list[Finding]:
    """Return what the answers assume because it was not given."""
    findings = []
    if settings.run.length is None:
        for name, count in task.run.items():
            findings.append(Finding("example-run", f"{name} not given; using {count:,}"))
    if settings.lr is None:
        message = f"lr not given; using the usual {format_exact(task.lr)}"
        findings.append(Finding("usual-lr", message))
    return findings


def show_tasks(terminal: Terminal, as_json: bool) -> None:
    """Print every task with its sentence and its other names."""
    if as_json:
        terminal.show([json_text({"tasks": [describe(task) for task in TASKS]})])
        return
    terminal.show(tasks_report(TASKS, terminal.width))


def describe(task: Task) -> dict[str, Any]:
    """Return a task as plain data."""
    return {"task": task.id, "aliases": list(task.aliases), "sentence": task.sentence}

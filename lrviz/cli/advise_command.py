"""`lrviz advise [TASK]`: which schedule for which task, as ready specs for a run."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from lrviz.advice.answers import Answer, find_task
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
    read_path,
    settings_options,
    text_option,
)
from lrviz.cli.output import print_findings
from lrviz.cli.terminal import Terminal
from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.register import fold
from lrviz.core.text import format_exact
from lrviz.curves.column import column_of
from lrviz.render.files import open_atomic
from lrviz.render.scale import limits
from lrviz.render.summary import near_zero
from lrviz.render.terminal import sparkline
from lrviz.render.ticks import rate_text
from lrviz.render.wrapping import wrapped
from lrviz.run import Run
from lrviz.specfile.reader import merge, read_settings
from lrviz.specfile.settings import CurveSettings

FILE_ENDINGS = (".yaml", ".yml", ".json")
NARROW = 32
"""With fewer columns beside the names, a sentence is below its task."""
SPARK = 16


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
    path = written_path(values["write"])
    if not words:
        if path is not None:
            raise SpecError.of("--write", "needs a TASK (lrviz advise lists them)")
        show_tasks(terminal, values["json"])
        return
    task = find_task(" ".join(words))
    settings = read_settings(merge(options.default_curve, options.curve), flag_of_path)
    answers = advise(task.id, settings.run, lr=settings.lr)
    print_findings(assumptions(task, settings), options.quiet)
    if values["json"]:
        data = {**describe(task), "answers": [answer.to_dict() for answer in answers]}
        terminal.show([json_text(data)])
    else:
        terminal.show(report(task, answers, terminal))
    if path is not None:
        write(path, task, answers[0])
        if not options.quiet:
            print(f"wrote {path}", file=sys.stderr)


def written_path(text: str | None) -> Path | None:
    """Return the file to write, or None. Raises SpecError for an ending that is no spec file's."""
    path = read_path(text, "--write")
    if path is not None and path.suffix.lower() not in FILE_ENDINGS:
        raise SpecError.of("--write", f"must end in .yaml, .yml or .json (got '{path}')")
    return path


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
    names = max(len(task.id) for task in TASKS)
    terminal.show(line for task in TASKS for line in task_lines(task, names, terminal.width))


def task_lines(task: Task, names: int, width: int) -> list[Text]:
    """Return a task with its sentence and its other names, beside `names` columns or below."""
    text = f"{task.sentence} Also: {', '.join(task.aliases)}."
    room = width - names - 2
    if room < NARROW:
        below = wrapped(text, width - 2)
        return [Text(task.id, "bold"), *(Text(f"  {line}") for line in below)]
    first, *more = wrapped(text, room)
    head = Text(task.id.ljust(names), "bold").append(f"  {first}", "not bold")
    return [head, *(Text(" " * (names + 2) + line) for line in more)]


def describe(task: Task) -> dict[str, Any]:
    """Return a task as plain data."""
    return {"task": task.id, "aliases": list(task.aliases), "sentence": task.sentence}


def report(task: Task, answers: Sequence[Answer], terminal: Terminal) -> Iterator[Text]:
    """Yield the lines of the answers, best first."""
    yield Text(task.id, "bold").append(f"  {task.sentence}", "not bold")
    columns = [
        column_of(answer.curve, range(answer.curve.count()), keep=True, for_picture=True)
        for answer in answers
    ]
    high = max(limits([column.rates for column in columns])[1], 0.0)
    for answer, column in zip(answers, columns, strict=True):
        spark = sparkline(column.rates, SPARK, 0.0, high, terminal.glyphs)
        peak = float(column.rates.max())
        ends = f"{rate_text(peak)}, last {near_zero(float(column.rates[-1]), peak)}"
        yield Text("")
        yield Text(f"{answer.rank}  ").append(spark, "blue").append(f"  peak {ends}", "not bold")
        texts = [
            f"{answer.reason} ({answer.source})",
            *(f"usual: {text}" for text in answer.ranges),
        ]
        for text in texts:
            yield from (Text(f"   {line}") for line in wrapped(text, terminal.width - 3, "  "))
        yield from (Text(f"     {line}") for line in answer.spec_lines())


def write(path: Path, task: Task, answer: Answer) -> None:
    """Write the spec file of an answer, whole or not at all."""
    lines = [f"# {task.id}: {answer.reason}", f"# {answer.source}", *answer.spec_lines()]
    is_json = path.suffix.lower() == ".json"
    text = json_text(answer.spec) if is_json else "\n".join(lines)
    with open_atomic(path) as file:
        file.write(f"{text}\n".encode())

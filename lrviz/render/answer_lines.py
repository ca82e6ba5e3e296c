"""Advice as lines of text: the tasks, and the answers for one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from lrviz.advice.answers import Answer
from lrviz.advice.task import ARTICLE, Task
from lrviz.curves.column import column_of
from lrviz.render.scale import limits
from lrviz.render.screen import Screen
from lrviz.render.summary import near_zero
from lrviz.render.terminal import sparkline
from lrviz.render.ticks import rate_text
from lrviz.render.wrapping import wrapped

NARROW = 32
"""With fewer columns beside the names, a sentence is below its task."""
SPARK = 16


def tasks_report(tasks: Sequence[Task], width: int) -> Iterator[Text]:
    """Yield the lines of every task: its id, its sentence and its other names."""
    names = max(len(task.id) for task in tasks)
    for task in tasks:
        yield from task_lines(task, names, width)


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


def answers_report(task: Task, answers: Sequence[Answer], screen: Screen) -> Iterator[Text]:
    """Yield the task, and the lines of the answers, best first."""
    yield Text(task.id, "bold").append(f"  {task.sentence}", "not bold")
    yield Text("")
    yield from answers_lines(answers, screen)


def answers_lines(answers: Sequence[Answer], screen: Screen) -> Iterator[Text]:
    """Yield the lines of answers: what each looks like, its reason, and its spec."""
    columns = [
        column_of(answer.curve, range(answer.curve.count()), keep=True, for_picture=True)
        for answer in answers
    ]
    high = max(limits([column.rates for column in columns])[1], 0.0)
    for answer, column in zip(answers, columns, strict=True):
        spark = sparkline(column.rates, SPARK, 0.0, high, screen.glyphs)
        peak = float(column.rates.max())
        ends = f"{rate_text(peak)}, last {near_zero(float(column.rates[-1]), peak)}"
        if answer is not answers[0]:
            yield Text("")
        yield Text(f"{answer.rank}  ").append(spark, "blue").append(f"  peak {ends}", "not bold")
        texts = [
            answer.reason if answer.source == ARTICLE else f"{answer.reason} ({answer.source})",
            *(f"usual: {text}" for text in answer.ranges),
        ]
        for text in texts:
            yield from (Text(f"   {line}") for line in wrapped(text, screen.width - 3, "  "))
        yield from (Text(f"     {line}") for line in answer.spec_lines())

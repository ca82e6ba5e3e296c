"""`lrviz show NAME`: one schedule's formula, parameters, example and code."""

from __future__ import annotations

import inspect
from typing import Annotated, Any

import typer
from rich.text import Text

from lrviz.advice.answers import tasks_with
from lrviz.advice.ranges import ranges_of
from lrviz.api.programs import program
from lrviz.cli.command import build_command
from lrviz.cli.complete import names
from lrviz.cli.describe import describe_parameter
from lrviz.cli.options import IMAGE, TERMINAL, read_options
from lrviz.cli.output import STANDARD_OUTPUT, picture_path, write_picture
from lrviz.cli.terminal import Terminal
from lrviz.codegen.target import targets
from lrviz.core.composition import unknown_schedule
from lrviz.core.errors import SpecError
from lrviz.core.files import is_file
from lrviz.core.register import register
from lrviz.core.schedule import Schedule
from lrviz.curves.curve import Curve
from lrviz.curves.figure_settings import FigureSettings
from lrviz.curves.table import tabulate
from lrviz.render.wrapping import wrapped
from lrviz.specfile.source import load_named
from lrviz.specfile.unknown import is_parameter

NAME = inspect.Parameter(
    "name",
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
    annotation=Annotated[
        str, typer.Argument(metavar="NAME", help="A schedule's name.", autocompletion=names)
    ],
)


def build(help_text: str) -> Any:
    """Return the command."""
    options = {"output": IMAGE["output"], **TERMINAL}
    command = build_command(run, "show", help_text, options, [NAME])
    command.extra_hint = "lrviz compare draws several SPECs"
    command.examples = ("lrviz show cosine",)
    return command


def run(name: str, **values: Any) -> None:
    """Print a schedule's formula, parameters, example and code; write its picture to `-o`."""
    options = read_options(values)
    cls = register.find(name)
    if cls is None:
        raise SpecError.of("", no_name(name), "unknown-schedule")
    path = picture_path(options, cls.title()) if options.output else None
    curve = load_named(cls.title(), {}).curves[0]
    table = tabulate([curve])
    settings = FigureSettings(title=curve.label)
    if path != STANDARD_OUTPUT:
        terminal = Terminal(options)
        example = [Text("example", "bold"), *indented(curve.call(), terminal.width, hanging="  ")]
        advice = advice_lines(curve.schedule, terminal.width)
        chart = terminal.screen.chart(table, settings)
        terminal.show([*about_lines(cls, terminal.width), *advice, *example, *chart])
        terminal.show(code_lines(curve))
    write_picture(path, table, settings, options)


def no_name(text: str) -> str:
    """Return the message for what is no schedule's name; it may be a SPEC of one."""
    name = text.partition(":")[0]
    if is_file(text):
        return f"{text}: is a file; lrviz measure {text} shows its facts, lrviz code its code"
    if register.find(name):
        return f"'{text}' is no name; did you mean 'lrviz show {name}'?"
    if is_parameter(text):
        return f"'{text}' is a parameter; lrviz list {text} shows the schedules that have it"
    return unknown_schedule(text)


def code_lines(curve: Curve) -> list[Text]:
    """Return the example's code in every framework, its own first."""
    dialect = curve.schedule.dialect
    lines = []
    for target in sorted(targets(), key=lambda name: name != dialect):
        lines += [Text(""), Text(f"in {target}", "bold")]
        lines += [Text(f"  {line}".rstrip()) for line in program(curve, target).splitlines()]
    return lines


def advice_lines(schedule: Schedule, width: int) -> list[Text]:
    """Return the tasks that a schedule is recommended for, and the usual ranges of its numbers."""
    tasks = ", ".join(task.id for task in tasks_with(type(schedule)))
    texts = [f"for {tasks} (lrviz advise TASK)"] if tasks else []
    texts += [f"usual: {item.text}" for item in ranges_of(schedule)]
    lines = [line for text in texts for line in indented(text, width, hanging="  ")]
    return [Text("advice", "bold"), *lines] if lines else []


def about_lines(cls: type[Schedule], width: int) -> list[Text]:
    """Return a schedule's sentence, formula, source and parameters."""
    lines = [Text(cls.title(), "bold")]
    for paragraph in inspect.cleandoc(cls.__doc__ or "").split("\n\n"):
        lines += indented(paragraph, width)
    if cls.aliases:
        lines += indented(f"also: {', '.join(cls.aliases)}", width)
    lines += [Text("formula", "bold"), *indented(cls.formula, width, hanging="  ")]
    lines += [*indented(f"from {cls.source}", width), Text("parameters", "bold")]
    widest = max(map(len, cls.model_fields), default=0)
    for name in cls.model_fields:
        lines += indented(describe_parameter(cls, name), width, f"  {name.ljust(widest)}  ")
    if cls.sets_rate:
        lines += indented("lr is not used: the parameters set the rate", width)
    return lines


def indented(text: str, width: int, lead: str = "  ", hanging: str = "") -> list[Text]:
    """Return a text after `lead`, in lines of at most `width` columns; all others are hanging."""
    lines = wrapped(text, width - len(lead), hanging)
    leads = [lead, *[" " * len(lead)] * len(lines)]
    return [Text(start + line) for start, line in zip(leads, lines, strict=False)]

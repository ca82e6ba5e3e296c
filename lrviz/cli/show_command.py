"""`lrviz show NAME`: all there is to know about one schedule."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from lrviz.cli.options import IMAGE, TERMINAL, build_command, read_asked
from lrviz.cli.plot_command import described
from lrviz.cli.screen import Screen, chart_lines, picture_path, write_picture
from lrviz.codegen.target import targets
from lrviz.core.composition import unknown_schedule
from lrviz.core.errors import SpecError
from lrviz.core.register import fold, register
from lrviz.core.schedule import Schedule
from lrviz.curves.curve import Curve
from lrviz.curves.figure_settings import FigureSettings
from lrviz.curves.table import tabulate
from lrviz.specfile.source import load_named
from lrviz.translate.code import write_code


def complete(incomplete: str) -> list[str]:
    """Return the names that begin with what was typed."""
    return [name for name in register.spellings() if fold(name).startswith(fold(incomplete))]


NAME = inspect.Parameter(
    "name",
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
    annotation=Annotated[
        str, typer.Argument(metavar="NAME", help="A schedule's name.", autocompletion=complete)
    ],
)


def build(help_text: str) -> Any:
    """Return the command."""
    return build_command(run, "show", help_text, {"output": IMAGE["output"], **TERMINAL}, [NAME])


def run(name: str, **values: Any) -> None:
    """Print a schedule's formula, parameters, example and code; write its picture to `-o`."""
    asked = read_asked(values)
    cls = register.find(name)
    if cls is None:
        raise SpecError.of("", unknown_schedule(name))
    path = picture_path(asked, cls.title()) if asked.output else None
    curve = load_named(cls.title(), {}).curves[0]
    table = tabulate([curve])
    if path != Path("-"):
        screen = Screen(asked.width, asked.color)
        example = [Text("example", "bold"), Text(f"  {curve.call()}")]
        screen.show([*about(cls), *example, *chart_lines(screen, table, FigureSettings())])
        screen.show(code_lines(curve))
    if path is not None:
        write_picture(path, table, FigureSettings(title=curve.label), asked.quiet)


def code_lines(curve: Curve) -> list[Text]:
    """Return the example's code in every framework, its own first."""
    own = curve.schedule.dialect
    lines = []
    for target in sorted(targets(), key=lambda each: each != own):
        lines += [Text(""), Text(f"in {target}", "bold")]
        lines += [Text(f"  {line}".rstrip()) for line in write_code(curve, target).splitlines()]
    return lines


def about(cls: type[Schedule]) -> list[Text]:
    """Return a schedule's head: sentence, formula, source and parameters."""
    lines = [Text(cls.title(), "bold"), Text(f"  {inspect.cleandoc(cls.__doc__ or '')}")]
    if cls.aliases:
        lines.append(Text(f"  also: {', '.join(cls.aliases)}"))
    lines += [Text("formula", "bold"), Text(f"  {cls.formula}"), Text(f"  from {cls.source}")]
    lines.append(Text("parameters", "bold"))
    wide = max(map(len, cls.model_fields), default=0)
    lines += [Text(f"  {name.ljust(wide)}  {described(cls, name)}") for name in cls.model_fields]
    if cls.sets_rate:
        lines.append(Text("  lr is not used: the parameters state the rate"))
    return lines

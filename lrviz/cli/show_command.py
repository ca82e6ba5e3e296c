"""`lrviz show NAME`: all there is to know about one schedule."""

from __future__ import annotations

import inspect
from typing import Annotated, Any

import typer
from rich.text import Text

from lrviz.cli.options import TERMINAL, build_command, read_asked
from lrviz.cli.plot_command import described
from lrviz.cli.screen import Screen, chart_lines
from lrviz.composition import unknown_schedule
from lrviz.declaration import Schedule, fold, register
from lrviz.errors import SpecError
from lrviz.sampling import tabulate
from lrviz.spec.settings import FigureSettings
from lrviz.spec.source import load_named


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
    return build_command(run, "show", help_text, TERMINAL, [NAME])


def run(name: str, **values: Any) -> None:
    """Print a schedule's formula, parameters and example."""
    asked = read_asked(values)
    cls = register.find(name)
    if cls is None:
        raise SpecError.of("", unknown_schedule(name))
    screen = Screen(asked.width, asked.color)
    sheet = load_named(cls.title(), {})
    table = tabulate(sheet.curves)
    example = [Text("example", "bold"), Text(f"  {sheet.curves[0].call()}")]
    screen.show([*about(cls), *example, *chart_lines(screen, table, FigureSettings())])


def about(cls: type[Schedule]) -> list[Text]:
    """Return a schedule's head: sentence, formula, source and parameters."""
    lines = [Text(cls.title(), "bold"), Text(f"  {inspect.cleandoc(cls.__doc__ or '')}")]
    if cls.aliases:
        lines.append(Text(f"  also: {', '.join(cls.aliases)}"))
    lines += [Text("formula", "bold"), Text(f"  {cls.math}"), Text(f"  from {cls.source}")]
    lines.append(Text("parameters", "bold"))
    wide = max(map(len, cls.model_fields), default=0)
    lines += [Text(f"  {name.ljust(wide)}  {described(cls, name)}") for name in cls.model_fields]
    if cls.states_rate:
        lines.append(Text("  lr is not used: the parameters state the rate"))
    return lines

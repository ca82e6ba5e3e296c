"""The commands by name. Each is imported when it is run; the help lists them without that."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from lrviz.core.errors import SpecError, nearest

COMMANDS = {
    "plot": "Draw one schedule, in the terminal and as an image.",
    "compare": "Overlay many, with a table of how they differ.",
    "dialects": "Write one intent in each framework's words, and see how they differ.",
    "export": "Write the sampled rates as CSV or JSON.",
    "list": "List every schedule: name, aliases, one line, sparkline.",
    "show": "Show one schedule: formula, parameters, example, code.",
    "code": "Write a schedule as code of torch, keras, optax, transformers, timm.",
    "gallery": "Render Figures 1 to 12, their counterparts and their page into a folder.",
    "schema": "Print the JSON Schema of a spec file, for editors.",
}

EPILOG = "Try: lrviz plot cosine --t-max 100"


class PipeClosed(Exception):  # noqa: N818  (no error: the reader has had enough)
    """The reader of standard output has closed it."""


class Commands(TyperGroup):
    """The group of all commands."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names in the order of the help."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return what the help needs to know of a command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        return TyperCommand(name=cmd_name, help=COMMANDS[cmd_name], short_help=COMMANDS[cmd_name])

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command that is to be run, imported now."""
        del ctx
        name = args[0] if args else ""
        if name not in COMMANDS:
            words = f"no command '{name}'{nearest(name, COMMANDS)} (lrviz --help lists them)"
            raise SpecError.of("", words)
        module = import_module(f"lrviz.cli.{name}_command")
        return name, module.build(COMMANDS[name]), args[1:]


app = typer.Typer(
    cls=Commands,
    help="See what your learning rate will do before you pay for the run.",
    epilog=EPILOG,
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def show_version(wanted: bool) -> None:
    """Print the version and stop."""
    if wanted:
        from lrviz import __version__

        typer.echo(f"lrviz {__version__}")
        raise typer.Exit


@app.callback()
def begin(
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Show version.")
    ] = False,
) -> None:
    """See what your learning rate will do before you pay for the run."""
    del version

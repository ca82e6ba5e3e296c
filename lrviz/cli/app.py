"""The commands by name. Each is imported when it is run; the help lists them without that."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from lrviz.cli import STATUSES
from lrviz.cli.unknown_command import own_option, suggestion
from lrviz.core.errors import SpecError

COMMANDS = {
    "plot": "Draw one schedule, in the terminal and as an image.",
    "compare": "Overlay many, with a table of how they differ.",
    "dialects": "Write one intent in each framework's terms, and see how they differ.",
    "export": "Write the sampled rates as CSV, TSV, JSON or NPZ.",
    "measure": "Print the facts of a schedule: peak, last rate, segments, area.",
    "check": "Find faults before the run: wrong horizons, clocks, jumps, lost peaks.",
    "advise": "Recommend schedules for a task, as ready specs for your run.",
    "audit": "Compare a log of rates with the plan, and explain the difference.",
    "find-lr": "Read an LR range test: the rates that its losses suggest.",
    "list": "List every schedule: name, aliases, one line, sparkline.",
    "show": "Show one schedule: formula, parameters, advice, example, code.",
    "code": "Write a schedule as code of a framework.",
    "convert": "Write a training config as a spec file, with every decision.",
    "gallery": "Render Figures 1 to 12, their counterparts and the page into a folder.",
    "schema": "Print the JSON Schema of a spec file, for editors.",
}
COMPLETION = ("--install-completion", "--show-completion")
ELSEWHERE = "lrviz COMMAND --help lists a command's"
EPILOG = (
    "Try: lrviz plot cosine --t-max 100\n\n"
    "--install-completion and --show-completion take another shell's name, as zsh.\n\n"
    "Defaults of style, size, width and the run's length may be in lrviz.toml, or in "
    "[tool.lrviz] of pyproject.toml; --no-config ignores them.\n\n"
    f"Exit status: {', '.join(f'{status} {text}' for status, text in STATUSES.items())}."
)


class MissingSpec(Exception):  # noqa: N818  (its text is a short help, not an error's line)
    """A command that needs a SPEC was typed without one; the text says what to type."""


class PipeClosed(Exception):  # noqa: N818  (no error: the reader has had enough)
    """The reader of standard output has closed it."""


class Commands(TyperGroup):
    """The group of all commands."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read what is before the command. Raises SpecError for an option that belongs after it.

        Completion of a shell ends the program here, because typer's own options name none.
        """
        option, equals, name = args[0].partition("=") if args else ("", "", "")
        if option in COMPLETION:
            from lrviz.cli.shells import complete_in_shell

            complete_in_shell(option, [name, *args[1:]] if equals else args[1:])
            raise typer.Exit
        try:
            return super().parse_args(ctx, args)
        except typer.TyperException as error:
            flag = getattr(error, "option_name", None)
            if not flag:
                raise
            name = flag.strip("-")
            suggestion = f"lrviz {name}" if name in COMMANDS else own_option(flag)
            advice = f"did you mean '{suggestion}'?" if suggestion else ELSEWHERE
            message = f"no such option before a command; {advice}"
            raise SpecError.of(flag, message, "usage") from None

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
            message = f"no command '{name}'{suggestion(args or [name], COMMANDS)}"
            raise SpecError.of("", message, "unknown-command")
        module = import_module(f"lrviz.cli.{name.replace('-', '_')}_command")
        return name, module.build(COMMANDS[name]), args[1:]


app = typer.Typer(
    cls=Commands,
    help="See what your learning rate will do before you pay for the run.",
    epilog=EPILOG,
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def show_version(is_set: bool) -> None:
    """Print the version and stop."""
    if is_set:
        from lrviz import __version__

        typer.echo(f"lrviz {__version__}")
        raise typer.Exit


@app.callback()
def begin(
    version: Annotated[
        bool,
        typer.Option(
            "--version", "-V", callback=show_version, is_eager=True, help="Show the version."
        ),
    ] = False,
) -> None:
    """See what your learning rate will do before you pay for the run."""
    del version

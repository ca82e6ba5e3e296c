"""`lrviz convert FILE`: a training config as a spec of lrviz, with the trace as comments."""

from __future__ import annotations

import inspect
from typing import Annotated, Any

import typer

from lrviz.api.programs import read_conversion
from lrviz.cli.command import build_command
from lrviz.cli.options import (
    CONFIG,
    QUIET,
    read_options,
    settings_options,
    text_option,
)
from lrviz.cli.output import print_findings
from lrviz.cli.spec_output import read_spec_path, save_spec
from lrviz.run import Run
from lrviz.trainers.settings import TrainerSettings

FILE = inspect.Parameter(
    "file",
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
    annotation=Annotated[
        str, typer.Argument(metavar="FILE", help="A training config, or - for standard input.")
    ],
)


def build(help_text: str) -> Any:
    """Return the command."""
    options = {
        **settings_options(Run),
        **settings_options(TrainerSettings),
        "output": text_option(
            "--output", "file to write; - is standard output (if not given).", "FILE", "-o"
        ),
        **QUIET,
        **CONFIG,
    }
    command = build_command(run, "convert", help_text, options, [FILE])
    command.extra_hint = "run it once for each; lrviz code SPEC --as NAME writes code"
    command.examples = ("lrviz convert config.yaml --total-steps 5k -o schedule.yaml",)
    return command


def run(file: str, **values: Any) -> None:
    """Write the spec to a file or to standard output."""
    path = read_spec_path(values.pop("output"), "--output")
    options = read_options(values)
    conversion = read_conversion(file, options.curve, options.trainer)
    print_findings(conversion.notes, options.quiet)
    if path is None or str(path) == "-":
        typer.echo(conversion.text, nl=False)
        return
    save_spec(path, conversion.spec, conversion.text, options)

"""`lrviz gallery [DIR]`: every figure, rendered."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from lrviz.cli.command import build_command
from lrviz.cli.options import QUIET, checked_values, settings_options
from lrviz.curves.figure_settings import FigureSettings

DIR = inspect.Parameter(
    "folder",
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
    default=Path("gallery"),
    annotation=Annotated[Path, typer.Argument(metavar="[DIR]", help="The folder to write.")],
)


def build(help_text: str) -> Any:
    """Return the command."""
    style = settings_options(FigureSettings)["style"]
    command = build_command(run, "gallery", help_text, {"style": style, **QUIET}, [DIR])
    command.argument_words = ("output", "o", "out", "folder")
    return command


def run(folder: Path, quiet: bool, **values: Any) -> None:
    """Render the gallery and report each file."""
    from lrviz.gallery.render import render_gallery
    from lrviz.render.files import write_message

    style = checked_values(FigureSettings, values).get("style", "light")
    for path in render_gallery(folder, style):
        if not quiet:
            print(write_message(path), file=sys.stderr)

"""`lrviz schema`: the JSON Schema of a spec file."""

from __future__ import annotations

from typing import Any

import typer

from lrviz.cli.command import build_command
from lrviz.cli.json_text import json_text
from lrviz.specfile.schema import file_schema


def build(help_text: str) -> Any:
    """Return the command."""
    command = build_command(run, "schema", help_text, {})
    command.extra_hint = "lrviz show NAME lists the parameters of a schedule"
    return command


def run() -> None:
    """Print the schema."""
    typer.echo(json_text(file_schema()))

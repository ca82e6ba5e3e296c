"""`lrviz schema`: the JSON Schema of a spec file."""

from __future__ import annotations

import json
from typing import Any

import typer

from lrviz.cli.command import build_command
from lrviz.specfile.schema import file_schema


def build(help_text: str) -> Any:
    """Return the command."""
    return build_command(run, "schema", help_text, {})


def run() -> None:
    """Print the schema."""
    typer.echo(json.dumps(file_schema(), indent=2, ensure_ascii=False))

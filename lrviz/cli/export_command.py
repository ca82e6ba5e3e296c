"""`lrviz export [SPEC...]`: the sampled rates as CSV or JSON."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from lrviz.cli.complete import specs as completion
from lrviz.cli.options import (
    Declared,
    build_command,
    one_number,
    read_asked,
    sampling_options,
    text_option,
)
from lrviz.cli.screen import remark, table_remarks
from lrviz.core.errors import SpecError
from lrviz.curves.table import MOST_STEPS, tabulate
from lrviz.render.export import as_json, long, wide
from lrviz.render.files import open_atomic
from lrviz.specfile import shipped
from lrviz.specfile.source import load_sheets

SPECS = inspect.Parameter(
    "specs",
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
    default=None,
    annotation=Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SPEC...]",
            help="Names, inline specs, files, or -; without any, configs/*.yaml, "
            "else the schedules that lrviz ships.",
            autocompletion=completion,
        ),
    ],
)


def options() -> Declared:
    """Return the command's options."""
    return {
        "csv": (Annotated[bool, typer.Option("--csv", help="CSV (the default).")], False),
        "json": (Annotated[bool, typer.Option("--json", help="JSON.")], False),
        "long": (
            Annotated[bool, typer.Option("--long", help="CSV rows of label,step,lr.")], False,
        ),
        "every": (text_option("--every", "keep each K-th step.", "K"), None),
        **sampling_options(),
        "output": (text_option("--output", "file to write.", "FILE", "-o"), None),
        "quiet": (Annotated[bool, typer.Option("--quiet", "-q", help="No remarks.")], False),
    }  # fmt: skip


def build(help_text: str) -> Any:
    """Return the command."""
    return build_command(run, "export", help_text, options(), [SPECS])


def run(specs: list[str] | None, **values: Any) -> None:
    """Sample the curves and write their rates."""
    if values["json"] and (values["csv"] or values["long"]):
        raise SpecError.of("--json", "cannot stand beside --csv or --long; choose one")
    asked = read_asked(values)
    every = one_number(values["every"], "--every", MOST_STEPS) or 1
    if asked.span is not None and every > 1:
        raise SpecError.of("--every", "say the stride in --range START:STOP:EVERY")
    sheets = load_sheets(specs or default_specs(asked.quiet), asked.curve)
    table = tabulate([c for sheet in sheets for c in sheet.curves], asked.span, every, keep=False)
    remark(table_remarks(table), asked.quiet)
    pieces = as_json(table) if values["json"] else long(table) if values["long"] else wide(table)
    write(pieces, asked.output)


def default_specs(quiet: bool) -> list[str]:
    """Return this folder's specs, or the ones that lrviz ships."""
    here = sorted(map(str, Path("configs").glob("*.yaml")))
    remark(["no SPEC given: taking " + ("configs/*.yaml" if here else "the shipped specs")], quiet)
    return here or [str(path) for path in shipped.specs()]


def write(pieces: Iterable[str], path: Path | None) -> None:
    """Write text to a file, whole or not at all, or to standard output."""
    if path is None or str(path) == "-":
        for piece in pieces:
            sys.stdout.buffer.write(piece.encode())
        sys.stdout.buffer.flush()
        return
    with open_atomic(path) as file:
        for piece in pieces:
            file.write(piece.encode())

"""`lrviz code SPEC --as FRAMEWORK`: the curve as code that runs there."""

from __future__ import annotations

import inspect
from typing import Annotated, Any

import typer

from lrviz.cli.complete import specs as completion
from lrviz.cli.options import build_command, read_asked, sampling_options
from lrviz.cli.screen import remark
from lrviz.codegen.target import targets
from lrviz.specfile.source import load_sheets
from lrviz.translate.code import write_code

SPEC = inspect.Parameter(
    "spec",
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
    annotation=Annotated[
        str, typer.Argument(metavar="SPEC", help="A schedule.", autocompletion=completion)
    ],
)
AS = Annotated[
    str | None,
    typer.Option(
        "--as", help="The framework; the spec's own if not given.", metavar="|".join(targets())
    ),
]


def build(help_text: str) -> Any:
    """Return the command."""
    quiet = (Annotated[bool, typer.Option("--quiet", "-q", help="No remarks.")], False)
    declared = {"target": (AS, None), **sampling_options(), "quiet": quiet}
    return build_command(run, "code", help_text, declared, [SPEC])


def run(spec: str, target: str | None, **values: Any) -> None:
    """Print the snippet of each curve of the spec."""
    asked = read_asked(values)
    curves = [curve for sheet in load_sheets([spec], asked.curve) for curve in sheet.curves]
    for index, curve in enumerate(curves):
        own = curve.schedule.dialect
        chosen = target or (own if own in targets() else targets()[0])
        remark((f"{curve.label}: {finding.message}" for finding in curve.findings()), asked.quiet)
        typer.echo(("\n" if index else "") + write_code(curve, chosen), nl=False)

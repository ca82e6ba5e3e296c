"""`lrviz code SPEC --as FRAMEWORK`: the curve as code that runs there."""

from __future__ import annotations

from typing import Any

import typer

from lrviz.api.programs import program
from lrviz.cli.options import CONFIG, QUIET, read_path, sampling_options, text_option
from lrviz.cli.output import STANDARD_OUTPUT, print_findings, save_file
from lrviz.cli.spec_command import Definition, Request, build_spec_command
from lrviz.codegen.target import targets


def build(help_text: str) -> Any:
    """Return the command."""
    names = targets()
    target = text_option(
        "--as",
        "the framework; the spec's own if not given.",
        "|".join(names),
        choices=names,
    )
    options = {
        "target": target,
        **sampling_options(),
        "file": text_option(
            "--output", "file to write; - is standard output (if not given).", "FILE", "-o"
        ),
        **QUIET,
        **CONFIG,
    }
    examples = tuple(f"lrviz code cosine --t-max 100 --as {name}" for name in names[:3])
    return build_spec_command(
        Definition(
            "code",
            help_text,
            options,
            run,
            examples,
            prints_data=True,
            extra_hint="give the framework as --as NAME",
        )
    )


def run(request: Request) -> None:
    """Write the code of each curve of the SPEC, to a file or to standard output."""
    options, path = request.options, read_path(request.values["file"], "--output")
    curves = [curve for spec in request.load() for curve in spec.curves]
    programs = [program(curve, request.values["target"]) for curve in curves]
    for curve in curves:
        print_findings(curve.findings(), options.quiet)
    text = "\n".join(programs)
    if path is None or path == STANDARD_OUTPUT:
        typer.echo(text, nl=False)
        return
    save_file(path, text.encode(), options)

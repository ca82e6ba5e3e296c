"""`lrviz plot SPEC`: a chart in the terminal, then an image."""

from __future__ import annotations

from typing import Any

from rich.text import Text

from lrviz.cli.options import drawing_options
from lrviz.cli.output import (
    STANDARD_OUTPUT,
    figure_settings,
    picture_path,
    print_findings,
    table_findings,
    warnings_of,
    write_picture,
)
from lrviz.cli.spec_command import Definition, Request, build_spec_command
from lrviz.cli.terminal import Terminal
from lrviz.curves.table import tabulate
from lrviz.render.wrapping import wrapped_parts

EXAMPLES = (
    "lrviz plot cosine --t-max 100",
    "lrviz plot cosine --lr 3e-4 --warmup 2k --steps 300k",
    "lrviz plot polynomial --power '[0.5,1,2]' --log-y",
)


def build(help_text: str) -> Any:
    """Return the command."""
    return build_spec_command(definition(help_text))


def definition(help_text: str) -> Definition:
    """Return what the command is."""
    return Definition("plot", help_text, drawing_options(), run, EXAMPLES, lists_names=True)


def run(request: Request) -> None:
    """Draw one SPEC: the terminal's chart first, then the image."""
    options, loaded = request.options, request.load()
    curves = [curve for spec in loaded for curve in spec.curves]
    path = picture_path(options, loaded[0].stem)
    table = tabulate(curves, options.span)
    title = curves[0].label if len(curves) == 1 else loaded[0].stem
    settings = figure_settings(loaded, options, title)
    print_findings([*table_findings(table), *warnings_of(table)], options.quiet)
    if path != STANDARD_OUTPUT:
        terminal = Terminal(options)
        call = curves[0].call() if len(curves) == 1 else ""
        heading = heading_lines(settings.title or title, call, terminal)
        terminal.show([*heading, *terminal.chart(table, settings)])
    write_picture(path, table, settings, options)


def heading_lines(title: str, call: str, terminal: Terminal) -> list[Text]:
    """Return the title in bold and the call, wrapped at words."""
    parts = [part for part in (title, call) if part]
    lines = wrapped_parts(parts, terminal.width, terminal.glyphs.between)
    texts = [Text(line) for line in lines]
    texts[0].stylize("bold", 0, len(title))
    return texts

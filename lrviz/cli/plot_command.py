"""`lrviz plot SPEC`: a chart in the terminal, then an image."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lrviz.cli.options import PICTURES, drawing_options, text_option
from lrviz.cli.output import (
    STANDARD_OUTPUT,
    figure_settings,
    findings_of,
    picture_path,
    print_findings,
    write_picture,
)
from lrviz.cli.spec_command import Definition, Request, build_spec_command
from lrviz.cli.terminal import Terminal
from lrviz.cli.watch import WATCH, watch
from lrviz.core.errors import SpecError
from lrviz.curves.curve import Curve
from lrviz.curves.table import Table, tabulate
from lrviz.mistakes.as_if import Mistaken, apply_mistake
from lrviz.mistakes.registry import MISTAKES, read_mistake
from lrviz.render.mistake_lines import mistake_lines, mistake_report
from lrviz.render.screen import heading_lines
from lrviz.specfile.source import split_selection

EXAMPLES = (
    "lrviz plot cosine --t-max 100",
    "lrviz plot cosine --lr 3e-4 --warmup 2k --steps 300k",
    "lrviz plot polynomial --power '[0.5,1,2]' --log-y",
)
AS_IF = "--as-if"


def build(help_text: str) -> Any:
    """Return the command."""
    return build_spec_command(definition(help_text))


def definition(help_text: str) -> Definition:
    """Return what the command is."""
    options = {
        **drawing_options(),
        "as_if": text_option(
            AS_IF,
            "draw the run with a mistake beside its plan: " + ", ".join(names_of_mistakes()) + ".",
            "MISTAKE[:NAME=VALUE,...]",
            choices=[mistake.id for mistake in MISTAKES],
        ),
        **WATCH,
    }
    return Definition("plot", help_text, options, run, EXAMPLES, lists_names=True)


def names_of_mistakes() -> list[str]:
    """Return each mistake as it may be typed, with the names of its parameters."""
    return [
        mistake.id + (f":{','.join(item.name for item in mistake.parameters)}")
        if mistake.parameters
        else mistake.id + ":NAME" * mistake.of_schedule
        for mistake in MISTAKES
    ]


def run(request: Request) -> None:
    """Draw one SPEC; with `--watch` again each time its file changes."""
    if not request.values["watch"]:
        draw(request)
        return
    paths = [Path(split_selection(spec)[0]) for spec in request.specs]
    if not all(path.is_file() for path in paths):
        raise SpecError.of("--watch", f"needs a spec file (got '{request.specs[0]}')")
    watch(paths, lambda: draw(request))


def draw(request: Request) -> None:
    """Draw one SPEC: the terminal's chart first, then the image."""
    options, loaded = request.options, request.load()
    curves = [curve for spec in loaded for curve in spec.curves]
    path = picture_path(options, loaded[0].stem, PICTURES)
    title = curves[0].label if len(curves) == 1 else loaded[0].stem
    call = curves[0].call() if len(curves) == 1 else ""
    mistaken = run_with_mistake(request.values.get("as_if"), curves)
    pair = [mistaken.plan, mistaken.curve] if mistaken else curves
    table = tabulate(pair, options.span, for_picture=True)
    settings = figure_settings(loaded, options, title, [table])
    checked = Table(table.columns[:1]) if mistaken else table
    findings = findings_of(table, None if options.span else checked)  # a part of a run is no run
    print_findings(findings, options.quiet)
    if path != STANDARD_OUTPUT:
        terminal = Terminal(options)
        screen = terminal.screen
        if mistaken:
            terminal.show(mistake_report(mistaken, table, settings, screen))
        else:
            heading = heading_lines(settings.title, call, screen)
            terminal.show([*heading, *screen.chart(table, settings)])
    write_picture(
        path,
        table,
        settings,
        options,
        described=[mistaken.plan] if mistaken else [],
        report=lambda width, _: mistake_lines(mistaken, table, width) if mistaken else [],
    )


def run_with_mistake(text: str | None, curves: list[Curve]) -> Mistaken | None:
    """Return the plan and the run that `--as-if` asks for; None where it is not given."""
    if text is None:
        return None
    if len(curves) != 1:
        raise SpecError.of(AS_IF, f"draws one curve beside its plan (got {len(curves)} curves)")
    mistake, values = read_mistake(text, curves[0], AS_IF)
    return apply_mistake(curves[0], mistake, values)

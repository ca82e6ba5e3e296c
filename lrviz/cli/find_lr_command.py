"""`lrviz find-lr LOG`: the rates that an LR range test suggests."""

from __future__ import annotations

import os.path
from pathlib import Path
from typing import Any

from lrviz.audits.discovery import find_log
from lrviz.audits.range_rules import SOURCE
from lrviz.audits.range_test import SMOOTHING, RangeTest, read_range_test
from lrviz.cli.audit_command import log_argument
from lrviz.cli.command import build_command
from lrviz.cli.json_text import json_text
from lrviz.cli.options import (
    IMAGE,
    TERMINAL,
    Options,
    flag_option,
    read_options,
    settings_options,
    text_option,
)
from lrviz.cli.output import (
    STANDARD_OUTPUT,
    figure_settings,
    picture_path,
    print_findings,
    save_picture,
)
from lrviz.cli.terminal import Terminal
from lrviz.core.errors import SpecError
from lrviz.curves.figure_settings import FigureSettings
from lrviz.render.range_test_lines import range_test_report, range_test_title
from lrviz.specfile.inline import read_flags

LOG = log_argument("A log of rates and losses: CSV, JSON or JSON Lines, or a run's folder.")
WITHOUT_USE = ("log_y", "y_min", "y_max", "facet")


def build(help_text: str) -> Any:
    """Return the command."""
    settings = settings_options(FigureSettings)
    options = {
        "lr_column": text_option("--lr-column", "the column of rates.", "NAME"),
        "loss_column": text_option("--loss-column", "the column of losses.", "NAME"),
        "smoothing": text_option(
            "--smoothing",
            f"weight of the average so far, 0 for losses that are smooth [default: {SMOOTHING}, "
            f"as in {SOURCE}].",
            "WEIGHT",
        ),
        "json": flag_option("--json", "JSON."),
        **{name: option for name, option in settings.items() if name not in WITHOUT_USE},
        **IMAGE,
        **TERMINAL,
    }
    command = build_command(run, "find-lr", help_text, options, [LOG])
    command.extra_hint = "run it once for each"
    command.examples = (
        "lrviz find-lr range_test.csv",
        "lrviz plot lr_range_test --total-steps 100 --min-lr 1e-7 --max-lr 10 --log-y",
    )
    return command


def run(log: str, **values: Any) -> None:
    """Print the suggestions and write the picture."""
    options = read_options(values)
    path = find_log(Path(log)) if os.path.isdir(log) else Path(log)
    test = read_range_test(
        path, values["lr_column"], values["loss_column"], read_smoothing(values["smoothing"])
    )
    print_findings(test.notes, options.quiet)
    if values["json"]:
        Terminal(options).show([json_text(test.to_dict())])
    else:
        show(test, options)


def read_smoothing(text: str | None) -> float:
    """Return the weight of the average. Raises SpecError for what is no such number."""
    if text is None:
        return SMOOTHING
    value = read_flags({"smoothing": text})["smoothing"]
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1:
        raise SpecError.of("--smoothing", f"must be from 0 to below 1 (got {text})")
    return float(value)


def show(test: RangeTest, options: Options) -> None:
    """Print the report, and write the picture."""
    name = Path(test.path)
    path = picture_path(options, f"{name.stem}-find-lr")
    settings = figure_settings([], options, range_test_title(test))
    if path != STANDARD_OUTPUT:
        terminal = Terminal(options)
        terminal.show(range_test_report(test, settings, terminal.screen))

    def draw() -> Any:
        from lrviz.render.figure.range_test import draw_range_test

        return draw_range_test(test, settings)

    save_picture(path, draw, options)

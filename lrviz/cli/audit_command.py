"""`lrviz audit LOG --against SPEC`: whether a run followed its plan, and what went wrong."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from lrviz.audits.audit import Audit, audit_log
from lrviz.audits.columns import audit_table
from lrviz.audits.log import Log, read_log
from lrviz.cli.grouped import GroupedCommand
from lrviz.cli.options import (
    Declarations,
    Options,
    build_command,
    drawing_options,
    flag_option,
    read_options,
    text_option,
)
from lrviz.cli.output import (
    STANDARD_OUTPUT,
    figure_settings,
    picture_path,
    print_findings,
    write_picture,
)
from lrviz.cli.terminal import Terminal
from lrviz.core.errors import SpecError
from lrviz.render.audit_lines import audit_lines
from lrviz.specfile.source import LoadedSpec, load_specs

AGAINST = "--against"
LOG = inspect.Parameter(
    "log",
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
    annotation=Annotated[
        str,
        typer.Argument(
            metavar="LOG", help="A log of rates: CSV, JSON, JSON Lines, text, or an event file."
        ),
    ],
)
COLUMNS: Declarations = {
    "step_column": text_option("--step-column", "the column of steps.", "NAME"),
    "lr_column": text_option("--lr-column", "the column of rates.", "NAME"),
}


def build(help_text: str) -> Any:
    """Return the command."""
    options = {
        "against": text_option(AGAINST, "the plan.", "SPEC"),
        **COLUMNS,
        "json": flag_option("--json", "JSON."),
        **drawing_options(),
    }
    command = build_command(run, "audit", help_text, options, [LOG], cls=GroupedCommand)
    command.examples = (
        "lrviz audit trainer_state.json --against args.yaml",
        "lrviz audit metrics.csv --against cosine --steps 10k --lr 3e-4",
    )
    return command


def run(log: str, **values: Any) -> int:
    """Print the audit of a log; return 1 where the plan was not followed."""
    options = read_options(values)
    if values["against"] is None:
        raise SpecError.of(AGAINST, "needs the SPEC of the plan")
    loaded = load_plan(values["against"], options)
    audit = audit_log(read(log, values), loaded.curves[0])
    print_findings(audit.log.notes, options.quiet)
    if values["json"]:
        Terminal(options).show([json.dumps(audit.to_dict(), indent=2, ensure_ascii=False)])
    else:
        show(audit, loaded, options)
    return int(not audit.followed)


def load_plan(spec: str, options: Options) -> LoadedSpec:
    """Return the plan. Raises SpecError for a SPEC of several curves."""
    loaded = load_specs([spec], options.curve, options.default_curve, options.trainer)
    count = sum(len(item.curves) for item in loaded)
    if count != 1:
        message = f"must be one curve (got {count}); choose one of a file as FILE#LABEL"
        raise SpecError.of(AGAINST, message)
    return loaded[0]


def read(path: str, values: Any) -> Log:
    """Return the log in a file, by the columns that were asked for."""
    return read_log(Path(path), values["step_column"], values["lr_column"])


def show(audit: Audit, loaded: LoadedSpec, options: Options) -> None:
    """Print the chart and the report of each column, and write the picture of the decisive one."""
    path = picture_path(options, f"{Path(audit.log.path).stem}-audit")
    title = f"{Path(audit.log.path).name} against {loaded.curves[0].label}"
    settings = figure_settings([loaded], options, title)
    if path != STANDARD_OUTPUT:
        terminal = Terminal(options)
        terminal.show([Text(settings.title or title, "bold")])
        for column in audit.columns:
            terminal.show([*terminal.chart(audit_table(column), settings), Text("")])
            terminal.show(audit_lines(column, terminal.width))
    write_picture(path, audit_table(audit.decisive), settings, options, difference=True)

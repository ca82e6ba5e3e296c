"""`lrviz audit LOG --against SPEC`: whether a run followed its plan, and what went wrong.

Without a plan, `lrviz audit LOG` proposes the schedule that the log is of.
"""

from __future__ import annotations

import inspect
import os.path
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from lrviz.api.arguments import require_one
from lrviz.audits.audit import Audit, audit_log
from lrviz.audits.columns import audit_table, proposal_table
from lrviz.audits.discovery import find_log
from lrviz.audits.log import Log, read_log
from lrviz.audits.open_facts import load_for_log
from lrviz.audits.proposal import Proposal
from lrviz.audits.proposal_search import propose
from lrviz.audits.reading import STANDARD_INPUT
from lrviz.audits.step_options import EVERY
from lrviz.audits.step_order import MAX_STEP
from lrviz.cli.command import build_command
from lrviz.cli.json_text import json_text
from lrviz.cli.loading import load_readable, with_flags
from lrviz.cli.options import (
    PICTURES,
    Declarations,
    Options,
    drawing_options,
    flag_option,
    read_count,
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
from lrviz.cli.spec_output import read_spec_path, save_spec
from lrviz.cli.terminal import Terminal
from lrviz.cli.watch import WATCH, watch
from lrviz.core.errors import SpecError
from lrviz.render.audit_lines import audit_lines, audit_report, audit_title
from lrviz.render.proposal_lines import (
    proposals_lines,
    proposals_report,
    proposals_title,
    spec_text,
)
from lrviz.specfile.contents import LoadedSpec
from lrviz.specfile.program import ENDING
from lrviz.specfile.source import load_specs

AGAINST, WRITE = "--against", "--write"
SPEC_ONLY = (".yaml", ".yml", ".toml")
"""Endings of files that are no logs."""
NO_SPEC = ("empty-folder", "not-a-schedule")
"""What is said of a folder without a spec."""
NO_PLAN = ("empty-file", "other-file", "unreadable-file")
"""What is said of a file that cannot be a plan either."""


def log_argument(help_text: str) -> inspect.Parameter:
    """Return the argument of a log."""
    argument = typer.Argument(metavar="LOG", help=help_text)
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return inspect.Parameter("log", kind, annotation=Annotated[str, argument])


LOG = log_argument(
    "A log (CSV, JSON, JSON Lines, text, an event file), a run's folder, or - for standard input."
)
COLUMNS: Declarations = {
    "step_column": text_option("--step-column", "the column of steps.", "NAME"),
    "lr_column": text_option("--lr-column", "the column of rates.", "NAME"),
    "every": text_option(EVERY, "how many steps apart the rows of a log without steps are.", "N"),
}


def build(help_text: str) -> Any:
    """Return the command."""
    options = {
        "against": text_option(AGAINST, "the plan; without it one is proposed.", "SPEC"),
        "write": text_option(WRITE, "the spec file to write a proposal to.", "FILE"),
        **COLUMNS,
        "json": flag_option("--json", "JSON."),
        **WATCH,
        **drawing_options(),
    }
    command = build_command(run, "audit", help_text, options, [LOG])
    command.extra_hint = f"give the plan as {AGAINST} SPEC"
    command.examples = (
        "lrviz audit trainer_state.json --against args.yaml",
        "lrviz audit metrics.csv --against cosine --steps 10k --lr 3e-4",
        "lrviz audit results.csv --write plan.yaml",
    )
    return command


def run(log: str, **values: Any) -> int:
    """Print the audit of a log, or of the log in a folder; return 1 where it found something."""
    path = Path(log)
    if os.path.isdir(log):
        path = find_log(path)
        if values["against"] is None and values["write"] is None:
            values["against"] = plan_in(log, str(path), read_options(values))
    if values["watch"]:
        if log == STANDARD_INPUT:
            raise SpecError.of("--watch", "follows a file, which standard input is not")
        watch([path], Follower(str(path), values).draw)
        return 0
    return run_once(str(path), values)[1]


@dataclass
class Follower:
    """An audit that is drawn again as its log grows."""

    log: str
    values: Mapping[str, Any]
    has_diverged: bool = False

    def draw(self) -> None:
        """Print the audit, and say once from which step on the run leaves the plan."""
        audit, _ = run_once(self.log, self.values)
        if audit and not audit.followed and not self.has_diverged:
            step = audit.decisive.first_difference
            print(f"warning: the run leaves the plan at step {step:,}", file=sys.stderr)
        self.has_diverged = audit is not None and not audit.followed


def run_once(log: str, values: Mapping[str, Any]) -> tuple[Audit | None, int]:
    """Print the audit or the proposal of a log; return the audit and the exit status."""
    options = read_options(values)
    if values["against"] is None:
        return None, run_proposal(log, options, values)
    if values["write"] is not None:
        raise SpecError.of(WRITE, f"writes a proposal, which {AGAINST} does not ask for")
    loaded, columns = load_for_log(
        lambda curve, trainer: load_plan(
            values["against"], log, with_flags(options, curve, trainer)
        ),
        load_log(log, values),
    )
    audit = audit_log(columns, loaded.curves[0])
    examples = [note for note in loaded.curves[0].findings() if note.id == "example-value"]
    print_findings([*examples, *audit.log.notes], options.quiet)
    if values["json"]:
        Terminal(options).show([json_text(audit.to_dict())])
    else:
        show(audit, loaded, options)
    return audit, int(not audit.followed)


def run_proposal(log: str, options: Options, values: Any) -> int:
    """Print the schedule that a log is of, and write it; return 1 where none fits."""
    target = read_spec_path(values["write"], WRITE)
    columns = load_log(log, values)
    proposals = propose(columns)
    print_findings(columns.notes, options.quiet)
    if values["json"]:
        data = {"proposals": [item.to_dict() for item in proposals]}
        Terminal(options).show([json_text(data)])
    else:
        show_proposals(proposals, options)
    first = proposals[0]
    if target is not None and first.is_good:
        save_spec(target, first.spec, spec_text(first.spec), options)
    return int(not all(item.is_good for item in proposals))


def show_proposals(proposals: Sequence[Proposal], options: Options) -> None:
    """Print the chart and the report of each column, and write the picture of the first."""
    name = Path(proposals[0].log.path)
    path = picture_path(options, f"{name.stem}-proposal", PICTURES)
    tables = [proposal_table(item) for item in proposals]
    settings = figure_settings([], options, proposals_title(proposals), tables)
    if path != STANDARD_OUTPUT:
        terminal = Terminal(options)
        terminal.show(proposals_report(proposals, tables, settings, terminal.screen))
    write_picture(
        path,
        tables[0],
        settings,
        options,
        difference=True,
        described=[proposals[0].plan.plan],
        report=lambda width, _: proposals_lines(proposals, width),
    )


def plan_in(folder: str, log: str, options: Options) -> str | None:
    """Return a run's folder where it holds the config of the run beside its log, else None."""
    try:
        load_plan(folder, log, options)
    except SpecError as error:
        if all(item.id in NO_SPEC or item.place.startswith(log) for item in error.findings):
            return None
        raise
    return folder


def load_plan(spec: str, log: str, options: Options) -> LoadedSpec:
    """Return the plan. Raises SpecError for a SPEC of several curves.

    In a folder a log beside the plan is no fault, also where it is cut off.
    """
    loaded, faults = load_readable([spec], options)
    faults_beside = [fault for fault in faults if not fault.place.startswith(log)]
    if faults_beside or not loaded:
        raise SpecError(faults_beside or faults)
    require_one(AGAINST, [curve for item in loaded for curve in item.curves])
    return loaded[0]


def load_log(path: str, values: Any) -> Log:
    """Return the log in a file, by the columns that were asked for.

    Raises SpecError for a file that is none, which says how a plan is given.
    """
    every = read_count(values["every"], EVERY, MAX_STEP)
    per_epoch = read_options(values).curve.get("steps_per_epoch")
    if not isinstance(per_epoch, int):  # a list sweeps it, which a plan refuses
        per_epoch = None
    columns = values["step_column"], values["lr_column"]
    try:
        return read_log(Path(path), *columns, every, per_epoch)
    except SpecError as error:
        is_known = path == STANDARD_INPUT or any(item.id in NO_PLAN for item in error.findings)
        message = "" if is_known else advice_on_plan(path)
        if not message:
            raise
        raise SpecError.of(path, message, "no-log") from None


def advice_on_plan(path: str) -> str:
    """Return the message for a plan that is given as a log, or nothing for what is no plan."""
    command = f"lrviz audit LOG {AGAINST}"
    if is_spec(path):
        return f"is a plan, and no log of a run; {command} {path} compares them"
    if Path(path).suffix == ENDING and os.path.exists(path):
        return f"is a program, and no log of a run; {command} {path}:NAME compares them"
    return ""


def is_spec(path: str) -> bool:
    """Return whether a path is a spec or a training config, or a file with the ending of one."""
    if Path(path).suffix in SPEC_ONLY and os.path.exists(path):
        return True
    try:
        return bool(load_specs([path]))
    except SpecError:
        return False


def show(audit: Audit, loaded: LoadedSpec, options: Options) -> None:
    """Print the chart and the report of each column, and write the picture of the decisive one."""
    path = picture_path(options, f"{Path(audit.log.path).stem}-audit", PICTURES)
    tables = [audit_table(column) for column in audit.columns]
    settings = figure_settings([loaded], options, audit_title(audit), tables)
    if path != STANDARD_OUTPUT:
        terminal = Terminal(options)
        terminal.show(audit_report(audit, tables, settings, terminal.screen))
    table = tables[audit.columns.index(audit.decisive)]
    colours = {column.label: index for index, column in enumerate(table.columns)}
    write_picture(
        path,
        table,
        settings,
        options,
        difference=True,
        colours=colours,
        described=loaded.curves,
        report=lambda width, _: audit_lines(audit, width),
    )

"""`lrviz check SPEC...`: faults of schedules, found before the run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.text import Text

from lrviz.checks.check import ALL_RULES, AnyRule, check_plans, find_rule, select_rules
from lrviz.checks.pictures import COLOURS, LABELS, example_settings, example_table
from lrviz.checks.rule import CheckRule
from lrviz.cli.json_text import json_text
from lrviz.cli.loading import Runs, load_runs
from lrviz.cli.options import (
    CONFIG,
    QUIET,
    TERMINAL,
    Options,
    flag_option,
    settings_options,
    text_option,
)
from lrviz.cli.output import STANDARD_OUTPUT, picture_path, print_findings, write_picture
from lrviz.cli.spec_command import Definition, Request, build_spec_command
from lrviz.cli.terminal import Terminal
from lrviz.core.errors import SpecError, did_you_mean
from lrviz.core.files import is_file
from lrviz.core.findings import Finding
from lrviz.curves.table import tabulate_each
from lrviz.render.finding_lines import findings_report
from lrviz.render.wrapping import wrapped
from lrviz.specfile.settings import CurveSettings
from lrviz.trainers.settings import TrainerSettings

EXAMPLES = (
    "lrviz check cosine --t-max 90 --by step --epochs 90 --steps-per-epoch 500",
    "lrviz check configs/*.yaml",
    "lrviz check --explain epochs-as-steps -o epochs-as-steps.png",
)
FORMATS = ("text", "json", "github")


def build(help_text: str) -> Any:
    """Return the command."""
    options = {
        "json": flag_option("--json", "JSON, as --format json."),
        "format_": text_option(
            "--format", "text, json, or github annotations.", "|".join(FORMATS), choices=FORMATS
        ),
        "select": text_option("--select", "rules to apply, with commas between.", "RULES"),
        "ignore": text_option("--ignore", "rules not to apply.", "RULES"),
        "explain_rule": text_option(
            "--explain",
            "a rule to print, with examples; --list lists them.",
            "RULE",
            choices=[r.id for r in ALL_RULES],
        ),
        "output": text_option(
            "--output", "with --explain: a picture of its examples to write.", "FILE", "-o"
        ),
        "list_": flag_option("--list", "Print all rules."),
        "exit_zero": flag_option("--exit-zero", "Exit 0 also where there are warnings."),
        **settings_options(CurveSettings),
        **settings_options(TrainerSettings),
        "width": TERMINAL["width"],
        "color": TERMINAL["color"],
        **QUIET,
        **CONFIG,
    }
    definition = Definition(
        "check", help_text, options, run, EXAMPLES, takes_many=True, needs_spec=False
    )
    return build_spec_command(definition)


def run(request: Request) -> int:
    """Print the findings; return 1 where one is a warning.

    Raises SpecError for what cannot be checked, once the findings of the rest are printed.
    """
    values, terminal = request.values, Terminal(request.options)
    if values["list_"]:
        terminal.show(line for rule in ALL_RULES for line in rule_lines(rule, terminal.width))
        return 0
    if values["explain_rule"] is not None:
        explain(find_rule(values["explain_rule"]), request.options, terminal)
        return 0
    if request.options.output is not None:
        raise SpecError.of("--output", "needs --explain RULE, whose picture it is")
    if not request.specs:
        raise SpecError.of("", "lrviz check needs a SPEC: a schedule's name, a spec file, or -")
    rules = select_rules(names_of(values["select"]), names_of(values["ignore"]))
    kind = format_of(values)
    findings: list[Finding] = []
    files: set[str] = set()
    specs, errors, notes = load(request)
    print_findings(notes, request.options.quiet)
    for spec in specs:
        applied = [rule for rule in rules if rule.id not in spec.ignored_rules]
        try:
            findings += check_plans(tabulate_each(spec.curves), applied)
            files |= {curve.file for curve in spec.curves if curve.file}
        except SpecError as error:
            errors += error.findings
    if findings or not errors or kind == "github":
        file_of = {curve.label: curve.file for spec in specs for curve in spec.curves}
        reported = [*findings, *errors] if kind == "github" else findings
        show_findings(reported, kind, terminal, len(files), file_of)
    if errors:
        raise SpecError(errors)
    has_warning = any(finding.severity == "warning" for finding in findings)
    return int(has_warning and not values["exit_zero"])


def load(request: Request) -> Runs:
    """Return the curves of the SPECs; what a run's config leaves open is its log's."""
    if request.parameters:
        return Runs([request.load_named()], [], [])
    return load_runs(request.specs, request.options)


def explain(rule: AnyRule, options: Options, terminal: Terminal) -> None:
    """Print all about a rule; draw its examples where a file is given."""
    path = picture_path(options, rule.id) if options.output else None
    if path is not None and not isinstance(rule, CheckRule):
        raise SpecError.of("--output", f"{rule.id} is about a config's text and has no picture")
    if path != STANDARD_OUTPUT:
        terminal.show(explanation(rule, terminal.width))
    if path is not None and isinstance(rule, CheckRule):
        table, settings = example_table(rule), example_settings(rule)
        write_picture(path, table, settings, options, colours=COLOURS)


def names_of(text: str | None) -> list[str]:
    """Return the ids of a list with commas."""
    return [name.strip() for name in (text or "").split(",") if name.strip()]


def format_of(values: Any) -> str:
    """Return how findings are printed. Raises SpecError for an unknown format."""
    name = "json" if values["json"] else values["format_"] or "text"
    if name not in FORMATS:
        formats = ", ".join(FORMATS)
        message = f"must be one of {formats} (got '{name}'){did_you_mean(name, FORMATS)}"
        raise SpecError.of("--format", message)
    return str(name)


def show_findings(
    findings: Sequence[Finding],
    kind: str,
    terminal: Terminal,
    files: int,
    file_of: Mapping[str, str],
) -> None:
    """Print findings as text, as JSON, or as annotations; a text says how many files were read.

    `file_of` has the file of each curve by its label, or an empty text.
    """
    if kind == "json":
        data = {"findings": [as_json(finding, file_of) for finding in findings]}
        terminal.show([json_text(data)])
    elif kind == "github":
        terminal.show(annotation(finding, file_of) for finding in findings)
    else:
        terminal.show(findings_report(findings, files, terminal.width))


def as_json(finding: Finding, file_of: Mapping[str, str]) -> dict[str, Any]:
    """Return a finding as plain data."""
    file, line = file_and_line(finding, file_of)
    return {
        "rule": finding.id,
        "severity": finding.severity,
        "file": file,
        "place": finding.place,
        "line": line,
        "curve": finding.curve,
        "step": finding.step,
        "message": finding.message,
        "remedy": finding.remedy,
    }


def file_and_line(finding: Finding, file_of: Mapping[str, str]) -> tuple[str | None, int | None]:
    """Return the file and the line of a finding; None for what was typed, and for no line."""
    parts = finding.place.rsplit(":", 2)
    if len(parts) == 3 and parts[1].isdecimal() and parts[2].isdecimal():
        return parts[0], int(parts[1])
    path = file_of.get(finding.curve) or finding.place.partition(": ")[0]
    return (path if is_file(path) else None), None


def annotation(finding: Finding, file_of: Mapping[str, str]) -> str:
    """Return a finding or an error as a workflow annotation of GitHub."""
    file, line = file_and_line(finding, file_of)
    level = {"note": "notice"}.get(finding.severity, finding.severity)
    place = {"file": file, "line": line, "title": f"lrviz {finding.id}"}
    where = ",".join(f"{key}={value}" for key, value in place.items() if value is not None)
    subject = finding.curve or (finding.place if file is None else "")
    message = f"{subject}: {finding.message}" if subject else finding.message
    message = "; ".join(filter(None, (message, finding.remedy)))
    escaped = message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return f"::{level} {where}::{escaped}"


def rule_lines(rule: AnyRule, width: int) -> list[Text]:
    """Return the lines of a rule in the list of all."""
    head = Text(rule.id, "bold").append(f"  {rule.severity}", "not bold")
    return [head, *(Text(f"  {line}") for line in wrapped(rule.sentence, width - 2))]


def explanation(rule: AnyRule, width: int) -> Iterable[Text]:
    """Return all about a rule: its sentence, source, and a wrong and a right spec."""
    yield from rule_lines(rule, width)
    if isinstance(rule, CheckRule):
        yield Text(f"  source: {rule.source}")
    for kind, label in LABELS.items():
        yield Text("")
        yield Text(label, "bold")
        yield from (Text(f"  {line}") for line in rule.text(kind).splitlines())

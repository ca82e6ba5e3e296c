"""`lrviz export [SPEC...]`: the sampled rates as CSV, TSV, JSON or NPZ."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from lrviz.api.rates import export_rates
from lrviz.cli.options import (
    CONFIG,
    QUIET,
    flag_option,
    read_count,
    read_path,
    sampling_options,
    text_option,
)
from lrviz.cli.output import STANDARD_OUTPUT, print_findings, print_written
from lrviz.cli.progress import track
from lrviz.cli.spec_command import Definition, Request, build_spec_command
from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.curves.facts import table_findings
from lrviz.render.export import is_formula, quoted
from lrviz.render.export_file import FORMATS, Export, ExportFormat
from lrviz.render.files import link_findings, open_atomic
from lrviz.run import MAX_STEPS
from lrviz.specfile import shipped

TEXT = "txt"
"""The ending of a file that may hold CSV; one that does not begin with a letter is no ending."""
SPREADSHEETS = ("xlsx", "xls", "ods")
"""The endings of files of spreadsheet programs, which open CSV."""
LARGE = 1_000_000_000
"""From how many bytes on an export says its size."""
EXAMPLES = (
    "lrviz export --csv",
    "lrviz export cosine --t-max 100 -o cosine.csv",
    "lrviz export configs/*.yaml --json",
)


def build(help_text: str) -> Any:
    """Return the command."""
    options = {
        "csv": flag_option("--csv", "CSV (the default)."),
        "tsv": flag_option("--tsv", "TSV."),
        "json": flag_option("--json", "JSON."),
        "long": flag_option("--long", "rows of label, step and lr."),
        "excel_safe": flag_option("--excel-safe", "quote labels that a spreadsheet would compute."),
        "every": text_option("--every", "keep each K-th step.", "K"),
        **sampling_options(),
        "file": text_option("--output", "file to write: .csv, .tsv, .json or .npz.", "FILE", "-o"),
        **QUIET,
        **CONFIG,
    }
    return build_spec_command(
        Definition(
            "export",
            help_text,
            options,
            run,
            EXAMPLES,
            takes_many=True,
            prints_data=True,
            needs_spec=False,
        )
    )


def run(request: Request) -> None:
    """Sample the curves and write their rates."""
    options, values = request.options, request.values
    path = read_path(values["file"], "--output")
    kind = format_of(values, path)
    if values["long"] and kind in ("json", "npz"):
        raise SpecError.of("--long", f"is a layout of CSV and TSV (got {kind.upper()})")
    every = read_count(values["every"], "--every", MAX_STEPS) or 1
    if options.span is not None and every > 1:
        raise SpecError.of("--every", "give the stride in --range START:STOP:EVERY instead")
    if not request.specs:
        request = replace(request, specs=default_specs(options.quiet))
    curves = [curve for spec in request.load() for curve in spec.curves]
    if values["excel_safe"]:
        curves = [replace(curve, label=quoted(curve.label)) for curve in curves]
    export = export_rates(curves, kind, steps=options.span, every=every, long=values["long"])
    links = link_findings(path) if path is not None else []
    findings = [*table_findings(export.table), *size_findings(export), *links]
    findings += formula_findings(export)
    print_findings(findings, options.quiet)
    write(export, path, options.quiet)


def format_of(values: Mapping[str, Any], path: Path | None) -> ExportFormat:
    """Return the format: the file's ending, else the flag's, else CSV.

    Raises SpecError for flags and endings that contradict each other, and for the ending of another
    format where no flag says what is meant.
    """
    flags = [name for name in FORMATS if values.get(name)]
    if len(flags) > 1:
        raise SpecError.of(f"--{flags[1]}", f"cannot be used with --{flags[0]}; choose one")
    flag = flags[0] if flags else None
    suffix = path.suffix.lower().lstrip(".") if path else ""
    ending = next((name for name in FORMATS if name == suffix), None)
    if not (flag or ending or suffix == TEXT) and suffix[:1].isalpha():
        endings = ", ".join(f".{name}" for name in FORMATS)
        advice = "; spreadsheets open .csv" if suffix in SPREADSHEETS else ""
        raise SpecError.of("--output", f"must end in one of {endings} (got {path}){advice}")
    if flag and ending and flag != ending:
        raise SpecError.of(f"--{flag}", f"contradicts the file's ending (got {path})")
    return ending or flag or "csv"


def default_specs(quiet: bool) -> tuple[str, ...]:
    """Return this folder's specs, or the ones that lrviz ships."""
    examples = sorted(map(str, Path("configs").glob("*.yaml")))
    source = "configs/*.yaml" if examples else "the shipped specs"
    print_findings([Finding("default-specs", f"no SPEC given; using {source}")], quiet)
    return tuple(examples or [str(path) for path in shipped.specs()])


def formula_findings(export: Export) -> list[Finding]:
    """Return a note where a spreadsheet would compute a label of a text."""
    labels = [column.label for column in export.table.columns if is_formula(column.label)]
    if not labels or export.format not in ("csv", "tsv"):
        return []
    message = f"a spreadsheet takes the label {labels[0]!r} for a formula; --excel-safe quotes it"
    return [Finding("formula-label", message)]


def size_findings(export: Export) -> list[Finding]:
    """Return a note on the size of what is written, where it is large."""
    size = export.size()
    if size < LARGE:
        return []
    return [Finding("large-export", f"writes about {size / 1e9:.1f} GB")]


def write(export: Export, path: Path | None, quiet: bool) -> None:
    """Write an export to a file, whole or not at all, or to standard output."""
    if path is not None and path != STANDARD_OUTPUT:
        with open_atomic(path) as file:
            file.writelines(track(export.chunks(), export.size()))
        print_written(path, quiet)
        return
    chunks = export.chunks()
    for chunk in chunks if sys.stdout.isatty() else track(chunks, export.size()):
        sys.stdout.buffer.write(chunk)
    sys.stdout.buffer.flush()

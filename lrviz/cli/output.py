"""What a command writes: findings to standard error, pictures and exports to files."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lrviz import __version__
from lrviz.checks.check import check_table, each_once
from lrviz.cli.options import IMAGES, PAGE, Options, flag_of_path
from lrviz.core.errors import SpecError
from lrviz.core.findings import MAX_PLACE_LENGTH, Finding
from lrviz.core.text import format_choice, one_line, visible
from lrviz.curves.curve import Curve
from lrviz.curves.facts import table_findings
from lrviz.curves.figure_settings import FigureSettings
from lrviz.curves.table import Table
from lrviz.render.scale import fault_of_ends
from lrviz.specfile.contents import LoadedSpec
from lrviz.specfile.inline import flag_name
from lrviz.specfile.invalid import with_name
from lrviz.specfile.settings_reader import read_model

if TYPE_CHECKING:
    from lrviz.page import Report
    from lrviz.render.figure import Picture

CLOCK = re.compile(r"(?:by[:=] ?|--by )(step|epoch)\b")
"""The beginning of a remedy that is another clock."""
STANDARD_OUTPUT = Path("-")
MAX_NAMED = 3
"""Curves that a finding is of, by their labels."""


def print_findings(findings: Iterable[Finding], quiet: bool) -> None:
    """Print each finding once, as `note: label: message`; with `quiet` no notes.

    What is the same of several curves is one line.
    """
    labels: dict[tuple[str, str], list[str]] = {}
    for item in findings:
        if not (quiet and item.severity == "note"):
            labels.setdefault((item.severity, item.message), []).append(item.curve)
    for (severity, message), curves in labels.items():
        subject = subject_of(list(dict.fromkeys(filter(None, curves))))
        line = f"{severity}: {': '.join(filter(None, (subject, one_line(message))))}"
        for piece in wrapped_for_terminal(line):
            print(piece, file=sys.stderr)


def wrapped_for_terminal(line: str) -> list[str]:
    """Return a line of standard error wrapped at words where that is a terminal, else as it is."""
    if not sys.stderr.isatty():
        return [line]
    from lrviz.render.wrapping import wrapped

    return wrapped(line, shutil.get_terminal_size().columns, "  ")


def subject_of(labels: Sequence[str]) -> str:
    """Return the labels that a finding is of; of many the first ones and the number of others."""
    count = len(labels) if len(labels) <= MAX_NAMED else MAX_NAMED - 1
    names = [one_line(label, MAX_PLACE_LENGTH) for label in labels[:count]]
    others = [f"{len(labels) - count} more"] if count < len(labels) else []
    return format_choice([*names, *others], "and") if names else ""


def print_traces(loaded: Iterable[LoadedSpec], to_stderr: bool) -> None:
    """Print every decision in reading each training config, one a line."""
    for spec in loaded:
        for decision in spec.plan.trace if spec.plan else ():
            print(visible(str(decision)), file=sys.stderr if to_stderr else sys.stdout)


def clock_advice(finding: Finding) -> str:
    """Return the flag that corrects a schedule's clock, where the remedy of a finding is that."""
    clock = CLOCK.match(finding.remedy)
    return f"; --by {clock[1]} makes it count {clock[1]}s" if clock else ""


def findings_of(table: Table, checked: Table | None) -> list[Finding]:
    """Return the notes on a table, then the warnings of the checks, each with its rule's name.

    `checked` is the table that the rules are applied to, None for no warnings.
    """
    warnings = [
        replace(
            finding, message=f"{finding.message}{clock_advice(finding)} (lrviz check: {finding.id})"
        )
        for finding in (check_table(checked) if checked else ())
        if finding.severity == "warning"
    ]
    return each_once(table_findings(table), warnings)


def figure_settings(
    loaded: Sequence[LoadedSpec], options: Options, title: str | None, tables: Sequence[Table] = ()
) -> FigureSettings:
    """Return the picture's settings: flags, then the file's, then the user's defaults.

    Raises SpecError for an axis that has none of the rates in `tables`.
    """
    file_settings: Mapping[str, Any] = loaded[0].figure if len(loaded) == 1 else {}
    layers = {**options.default_figure, **file_settings, **options.figure}
    if not layers:  # building the model's validator takes longer than the terminal's chart
        return FigureSettings.model_construct(title=title)
    checked: FigureSettings = read_model(FigureSettings, {"title": title, **layers}, flag_of_path)
    rates = [column.rates for table in tables for column in table.columns]
    fault = fault_of_ends(rates, checked.y_min, checked.y_max) if rates else None
    if fault:
        name, message = fault
        place = flag_name(name) if name in options.figure else ""
        raise SpecError.of(place, with_name(place, name, message))
    return checked


def picture_path(options: Options, stem: str, endings: Sequence[str] = IMAGES) -> Path | None:
    """Return where the picture goes, or None where none is written.

    Raises SpecError for another ending than those.
    """
    if not options.image:
        return None
    path = options.output or Path(f"{file_name(stem)}.png")
    if path == STANDARD_OUTPUT or path.suffix.lower() in endings or path.is_char_device():
        return path
    raise SpecError.of("--output", f"must end in {format_choice(endings)} (got '{path}')")


def file_name(stem: str) -> str:
    """Return a name reduced to letters, digits, `.`, `_` and `-`."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", stem).strip("-.") or "lrviz"


def write_picture(
    path: Path | None,
    table: Table,
    settings: FigureSettings,
    options: Options,
    *,
    difference: bool = False,
    baseline: int = 0,
    zooms: Sequence[range] = (),
    colours: Mapping[str, int] | None = None,
    described: Sequence[Curve] = (),
    report: Report | None = None,
) -> None:
    """Draw the table and write it to `path`, as `save_picture` does; or its page.

    `colours` gives labels their colour, by its index in the palette. `described` are the curves
    that the page describes, all if not given, and `report` is what else it says.
    """
    if path is None:
        print_findings(unseen_findings(options.picture_flags), options.quiet)
        return
    drawing: Any = {
        "difference": difference,
        "baseline": baseline,
        "zooms": zooms,
        "preferred": colours,
    }

    def draw_table() -> Picture:
        from lrviz.render.figure import draw

        return draw(table, settings, **drawing)

    if path.suffix.lower() != PAGE:
        save_picture(path, draw_table, options)
        return
    from lrviz.page import page_html

    page = page_html(table, settings, described=described, report=report, **drawing)
    save_file(path, page.encode(), options)


def unseen_findings(flags: Sequence[str]) -> list[Finding]:
    """Return a note on the flags that change nothing where no picture is written."""
    if not flags:
        return []
    verb = "changes" if len(flags) == 1 else "change"
    message = f"{format_choice(flags, 'and')} {verb} the picture only, and --no-image writes none"
    return [Finding("no-picture", message)]


def save_picture(path: Path | None, draw: Callable[[], Picture], options: Options) -> None:
    """Write a picture to `path`; `-` is standard output, None is nowhere, and nothing is drawn.

    Raises SpecError where a file of a default name was not made by lrviz, OutputError where the
    system fails to write.
    """
    if path is None:
        return
    from lrviz.render.figure import encode, findings_in
    from lrviz.render.files import MAKER, made_by_lrviz

    if options.output is None and path.exists() and not made_by_lrviz(path):
        message = "exists and was not made by lrviz; name the image with -o, or use --no-image"
        raise SpecError.of(str(path), message)
    picture = draw()
    kind = path.suffix.lower().lstrip(".") or "png"
    content = encode(picture, kind, f"{MAKER} {__version__}")
    print_findings(findings_in(picture, kind), options.quiet)
    save_file(path, content, options)


def save_file(path: Path, content: bytes, options: Options) -> None:
    """Write the content to `path`, whole or not at all; `-` is standard output.

    Raises OutputError where the system fails to write.
    """
    from lrviz.render.files import link_findings, open_atomic

    if path == STANDARD_OUTPUT:
        sys.stdout.buffer.write(content)
        return
    print_findings(link_findings(path), options.quiet)
    with open_atomic(path) as file:
        file.write(content)
    print_written(path, options.quiet)


def print_written(path: Path, quiet: bool) -> None:
    """Print which file was written; with `quiet` nothing."""
    from lrviz.render.files import write_message

    if not quiet:
        print(write_message(path), file=sys.stderr)

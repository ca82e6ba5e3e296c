"""What a command prints: results to standard output, remarks to standard error."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from lrviz import __version__
from lrviz.cli.options import Asked
from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.numbers import exact
from lrviz.curves.facts import facts, rate_findings
from lrviz.curves.figure_settings import FigureSettings
from lrviz.curves.table import Table
from lrviz.render.glyphs import Glyphs, glyphs_for
from lrviz.render.terminal import chart, legend
from lrviz.specfile.source import Sheet

IMAGES = (".png", ".svg", ".pdf")
MOST_IN_CHART = 12


class Pipe(Console):
    """A console that leaves a closed pipe to the command line's one place for it."""

    def on_broken_pipe(self) -> None:
        """Raise what was caught."""
        raise BrokenPipeError


class Screen:
    """Standard output as a terminal: its width, colours and characters."""

    def __init__(self, width: int | None = None, color: str = "auto") -> None:
        off = color == "never" or (color == "auto" and bool(os.environ.get("NO_COLOR")))
        told = os.environ.get("COLUMNS", "1")
        if not (told.isdecimal() and int(told)):  # rich would take 0 columns for what there is
            width = width or shutil.get_terminal_size((80, 24)).columns
        self.console = Pipe(
            width=width,
            color_system=None if off else "auto" if color == "auto" else "256",
            force_terminal=True if color == "always" else None,
            highlight=False,
            soft_wrap=True,
        )
        self.colour = self.console.color_system is not None
        self.glyphs: Glyphs = glyphs_for(sys.stdout.encoding, os.environ.get("TERM"))

    @property
    def width(self) -> int:
        """Return the columns there are."""
        return max(self.console.width, 24)

    def show(self, lines: Iterable[Text | str]) -> None:
        """Print lines as they are, without wrapping."""
        for line in lines:
            self.console.print(line, soft_wrap=True, markup=False)


def chart_lines(screen: Screen, table: Table, settings: FigureSettings) -> list[Text]:
    """Return the chart of a table, with its legend, or peak and floor of a single curve."""
    height = 8 if screen.width < 50 else 14
    lines = chart(
        table,
        min(screen.width, 110) - 1,
        height,
        screen.glyphs,
        log_y=settings.log_y,
    )
    if len(table.columns) > 1:
        return [*lines, *legend(table, screen.width)]
    found, word = facts(table.columns[0]), table.columns[0].curve.axis
    parts = [
        f"peak {exact(found.peak)} at {word} {found.peak_step}",
        f"floor {exact(found.floor)} at {word} {found.floor_step}",
        f"last {exact(found.last)}",
    ]
    between = screen.glyphs.between
    told = between.join(parts)
    return [*lines, *([Text(told)] if len(told) <= screen.width else map(Text, parts))]


def remark(lines: Iterable[str], quiet: bool) -> None:
    """Print remarks, unless they are not wanted."""
    if not quiet:
        for line in dict.fromkeys(lines):
            print(f"remark: {line}", file=sys.stderr)


def table_remarks(table: Table) -> list[str]:
    """Return what there is to say of each curve, having looked at every rate.

    Raises SpecError where a rate cannot be had, for all curves at once.
    """
    told: list[str] = []
    found: list[Finding] = []
    for column in table.columns:
        try:
            words = (*column.curve.findings(), *rate_findings(column))
        except SpecError as error:
            found += error.findings
        else:
            told += [f"{each.curve}: {each.message}" for each in words]
    if found:
        raise SpecError(found)
    return told


def figure_settings(sheets: Sequence[Sheet], asked: Asked, title: str | None) -> FigureSettings:
    """Return the picture's settings: flags before the file's, and a title if neither has one."""
    own: Mapping[str, Any] = sheets[0].figure if len(sheets) == 1 else {}
    return FigureSettings.model_validate({"title": title, **own, **asked.figure})


def picture_path(asked: Asked, stem: str) -> Path | None:
    """Return where the picture goes, or None where none is wanted.

    Raises SpecError for an ending that is no picture's, and for a default name that belongs to a
    file which lrviz did not make.
    """
    from lrviz.render.files import made_by_lrviz

    if not asked.image:
        return None
    if asked.output is not None:
        path = asked.output
        if str(path) != "-" and path.suffix.lower() not in IMAGES and not path.is_char_device():
            raise SpecError.of("--output", f"must end in .png, .svg or .pdf (got '{path}')")
        return path
    path = Path(f"{file_name(stem)}.png")
    if path.exists() and not made_by_lrviz(path):
        words = "exists and was not made by lrviz; name the image with -o, or say --no-image"
        raise SpecError.of(str(path), words)
    return path


def file_name(stem: str) -> str:
    """Return a name reduced to letters, digits, `.`, `_` and `-`."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", stem).strip("-.") or "lrviz"


def write_picture(path: Path, table: Table, settings: FigureSettings, quiet: bool) -> None:
    """Draw the table and write it to `path`; `-` is standard output."""
    from lrviz.render.figure import draw, encode
    from lrviz.render.files import MAKER, open_atomic

    kind = path.suffix.lower().lstrip(".") or "png"
    content = encode(draw(table, settings), kind, f"{MAKER} {__version__}")
    if str(path) == "-":
        sys.stdout.buffer.write(content)
        return
    with open_atomic(path) as file:
        file.write(content)
    if not quiet:
        print(f"wrote {path}", file=sys.stderr)

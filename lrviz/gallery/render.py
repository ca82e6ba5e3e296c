"""Draws the gallery into a folder: every figure, pair, mistake, audit and rule, and the pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lrviz import __version__
from lrviz.audits.columns import audit_table
from lrviz.checks.check import RULES
from lrviz.checks.pictures import COLOURS as EXAMPLE_COLOURS
from lrviz.checks.pictures import example_settings, example_table, picture_stem
from lrviz.core.errors import SpecError
from lrviz.curves.figure_settings import FigureSettings
from lrviz.curves.table import Table, tabulate
from lrviz.gallery import audits
from lrviz.gallery.counterparts import COUNTERPARTS, framework
from lrviz.gallery.figures import FIGURES, Figure
from lrviz.gallery.mistakes import MISTAKE_FIGURES
from lrviz.gallery.page import MARK, page
from lrviz.gallery.schedules import schedules_page
from lrviz.render.figure import draw, encode
from lrviz.render.files import MAKER, made_by_lrviz, make_folder, open_atomic
from lrviz.specfile import shipped
from lrviz.specfile.source import load_specs

KINDS = ("png", "svg")
PAGES = {"README.md": page, "schedules.md": schedules_page}
COLOURS = {
    "CosineAnnealingLR": 0,
    "StepLR": 1,
    "ExponentialLR": 2,
    "CosineAnnealingWarmRestarts": 3,
    "LinearLR": 4,
    "PolynomialLR": 5,
    "MultiStepLR": 6,
    "OneCycleLR": 7,
    "LambdaLR": 3,
    "ReduceLROnPlateau": 0,
    "warm-up, then cosine": 0,
}
"""The colour of each schedule, the same in every figure, by its index in the palette."""


@dataclass(frozen=True)
class Drawing:
    """What a picture shows: its file name without the ending, curves, settings and colours.

    With `difference` a second panel has each curve minus the first.
    """

    stem: str
    table: Table
    settings: Mapping[str, Any]
    colours: Mapping[str, int]
    difference: bool = False


def render_gallery(folder: Path, style: str) -> Iterator[Path]:
    """Write every picture and page into a folder, flat; yield each file once it is written.

    Raises SpecError where a file of that name was not made by lrviz, and for a path that is no
    place for a folder.
    """
    make_folder(folder)
    stems = [item.stem for item in (*FIGURES, *COUNTERPARTS)]
    stems += [audits.STEM, *(item.stem for item in MISTAKE_FIGURES)]
    stems += [picture_stem(rule) for rule in RULES]
    names = [f"{stem}.{kind}" for stem in stems for kind in KINDS] + [*PAGES]
    foreign = [name for name in names if not is_own(folder / name)]
    if foreign:
        raise SpecError.of(str(folder / foreign[0]), "exists and was not made by lrviz gallery")
    for drawing in pictures(style):
        for kind, content in encoded(drawing):
            yield write(folder / f"{drawing.stem}.{kind}", content)
    for name, text in PAGES.items():
        yield write(folder / name, text().encode())


def is_own(path: Path) -> bool:
    """Return whether a file may be written: it does not exist, or lrviz made it."""
    if not path.exists():
        return True
    if path.name not in PAGES:
        return made_by_lrviz(path)
    return path.is_file() and path.read_bytes().startswith(MARK.encode())


def write(path: Path, content: bytes) -> Path:
    """Write a whole file and return its path."""
    with open_atomic(path) as file:
        file.write(content)
    return path


def pictures(style: str) -> Iterator[Drawing]:
    """Yield what each picture shows."""
    for figure in FIGURES:
        title = f"Figure {figure.number}: {figure.title}"
        yield Drawing(figure.stem, table_of(figure), {"title": title, "style": style}, COLOURS)
    for pair in COUNTERPARTS:
        title = f"{pair.title} and its counterpart in {framework(pair.sides[1])}"
        settings = {"title": title, **pair.spec.figure, "style": style}
        yield Drawing(pair.stem, pair.table, settings, in_order(pair.table))
    for item in MISTAKE_FIGURES:
        settings = {"title": item.title, "style": style}
        yield Drawing(item.stem, item.table, settings, in_order(item.table))
    table = audit_table(audits.shipped_audit())
    settings = {"title": audits.TITLE, "style": style}
    yield Drawing(audits.STEM, table, settings, in_order(table), difference=True)
    for rule in RULES:
        settings = example_settings(rule).model_dump(exclude_unset=True)
        settings = {**settings, "style": style}
        yield Drawing(picture_stem(rule), example_table(rule), settings, EXAMPLE_COLOURS)


def in_order(table: Table) -> dict[str, int]:
    """Return the colour of each curve: the palette's in their order."""
    return {column.label: index for index, column in enumerate(table.columns)}


def encoded(drawing: Drawing) -> Iterator[tuple[str, bytes]]:
    """Yield a picture in each file format."""
    settings = FigureSettings.model_validate(drawing.settings)
    picture = draw(
        drawing.table, settings, preferred=drawing.colours, difference=drawing.difference
    )
    for kind in KINDS:
        yield kind, encode(picture, kind, f"{MAKER} {__version__}")


def table_of(figure: Figure) -> Table:
    """Return the sampled curves of a figure."""
    override = {"steps": figure.steps} if figure.steps else {}
    specs = load_specs([str(shipped.folder() / spec) for spec in figure.specs], override)
    return tabulate([curve for spec in specs for curve in spec.curves])

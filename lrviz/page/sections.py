"""What a page says beneath its figure: findings with their places, specs, and code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import accumulate

from lrviz.checks.check import check_table, each_once
from lrviz.codegen.target import targets
from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.curves.column import Column
from lrviz.curves.curve import Curve
from lrviz.curves.facts import table_findings
from lrviz.curves.table import Table
from lrviz.curves.units import base_unit
from lrviz.render.proposal_lines import spec_text
from lrviz.render.summary import facts_text, segments_text
from lrviz.translate.code import write_code

MAX_COMPARED = 2_000_000
"""Steps of all curves at which code is compared with the curve before it is written."""


@dataclass(frozen=True)
class Listing:
    """A text to copy, as the spec or a program; `note` says why there is none."""

    title: str
    text: str
    note: str = ""


@dataclass(frozen=True)
class CurveSection:
    """A curve beneath the figure: its call, its facts, its spec and its code."""

    label: str
    call: str
    facts: tuple[str, ...]
    listings: tuple[Listing, ...]


@dataclass(frozen=True)
class Remark:
    """A finding without its place, and where it applies: curves and places."""

    finding: Finding
    places: tuple[str, ...]


def findings_of(table: Table) -> list[Finding]:
    """Return all that is to be said of the curves: what reading them gave, then the checks."""
    return each_once(table_findings(table), check_table(table))


def remarks(findings: Iterable[Finding]) -> list[Remark]:
    """Return each finding once, with all the places that have it; warnings come first."""
    places: dict[Finding, list[str]] = {}
    for item in sorted(findings, key=lambda item: item.severity == "note"):
        where = " · ".join(dict.fromkeys(filter(None, (item.curve, item.place))))
        places.setdefault(replace(item, curve="", place=""), []).append(where)
    return [Remark(finding, tuple(dict.fromkeys(texts))) for finding, texts in places.items()]


def curve_sections(table: Table) -> list[CurveSection]:
    """Return a section for each curve; code is written for as many steps as are compared fast."""
    ends = accumulate(len(column.steps) for column in table.columns)
    return [
        curve_section(column, end <= MAX_COMPARED)
        for column, end in zip(table.columns, ends, strict=True)
    ]


def curve_section(column: Column, with_code: bool) -> CurveSection:
    """Return a curve's section."""
    curve, unit = column.curve, base_unit(column.curve)
    facts = (facts_text(column, unit), segments_text(column, unit))
    write = program if with_code else no_program
    listings = (Listing("spec", spec_text(curve.spec())), *(write(curve, t) for t in targets()))
    return CurveSection(column.label, curve.call(), tuple(filter(None, facts)), listings)


def program(curve: Curve, target: str) -> Listing:
    """Return a curve as code of a framework, or why there is none."""
    try:
        return Listing(target, write_code(curve, target))
    except SpecError as error:
        return Listing(target, "", error.findings[0].message)


def no_program(curve: Curve, target: str) -> Listing:
    """Return what writes the code of a curve that is too long to be compared at each step here."""
    del curve
    return Listing(target, "", f"lrviz code SPEC --as {target} writes it")

"""Findings as lines of text, and their count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.text import Text

from lrviz.core.findings import Finding
from lrviz.core.text import format_count
from lrviz.render.wrapping import wrapped


def findings_report(findings: Sequence[Finding], files: int, width: int) -> Iterator[Text]:
    """Yield the lines of findings and their count, with that of the files that were read."""
    for finding in findings:
        yield from finding_lines(finding, width)
    yield Text(summary(findings) + (f" in {files:,} files" if files > 1 else ""))


def finding_lines(finding: Finding, width: int) -> list[Text]:
    """Return the lines of a finding: place, rule and message, then the remedy."""
    place = finding.place or finding.curve
    start = place.partition(":")[0]
    is_named = finding.curve in (place, start, *Path(start).parts)
    names_place = finding.curve.startswith(f"{place} ")
    where = finding.curve if names_place else place if is_named else f"{place}: {finding.curve}"
    style = "bold yellow" if finding.severity == "warning" else "bold"
    head = Text(f"{where}: ").append(f"{finding.severity} {finding.id}", style)
    body = wrapped(finding.message, width - 2)
    remedy = wrapped(f"remedy: {finding.remedy}", width - 2) if finding.remedy else []
    return [head, *(Text(f"  {line}") for line in (*body, *remedy))]


def summary(findings: Sequence[Finding]) -> str:
    """Return the count of findings in a line."""
    warnings = sum(finding.severity == "warning" for finding in findings)
    notes = len(findings) - warnings
    if not findings:
        return "no findings"
    return ", ".join(
        format_count(n, word) for n, word in ((warnings, "warning"), (notes, "note")) if n
    )

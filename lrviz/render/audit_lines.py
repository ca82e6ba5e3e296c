"""An audit as lines of text: what the log is, where it leaves the plan, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.text import Text

from lrviz.audits.audit import EXPLAINED, Audit, ColumnAudit
from lrviz.audits.explanation import share_text
from lrviz.core.text import format_count, format_rounded
from lrviz.curves.figure_settings import FigureSettings
from lrviz.curves.table import Table
from lrviz.render.grid import grid
from lrviz.render.screen import Screen, title_lines
from lrviz.render.wrapping import wrapped

HEADINGS = ("explanation", "rows", "off by")
MAX_EXPLANATIONS = 5


def audit_title(audit: Audit) -> str:
    """Return which log is compared with which plan."""
    return f"{Path(audit.log.path).name} against {audit.plan.label}"


def audit_report(
    audit: Audit, tables: Sequence[Table], settings: FigureSettings, screen: Screen
) -> Iterator[Text]:
    """Yield the title, then the chart of the table of each column of rates, and its lines."""
    yield from title_lines(settings.title)
    for column, table in zip(audit.columns, tables, strict=True):
        yield from screen.chart(table, settings)
        yield Text("")
        yield from column_lines(column, screen.width)


def audit_lines(audit: Audit, width: int) -> list[Text]:
    """Return the lines of every column of rates, wrapped to `width` columns."""
    return [line for column in audit.columns for line in column_lines(column, width)]


def column_lines(audit: ColumnAudit, width: int) -> list[Text]:
    """Return what one column of rates says of the run, wrapped to `width` columns."""
    lines = [Text(line) for text in (rows_text(audit), verdict(audit))
             for line in wrapped(text, width, "  ")]  # fmt: skip
    if audit.followed:
        return lines
    lines += [Text(""), *explanation_table(audit, width), Text("")]
    return [*lines, *(Text(line) for text in reasons(audit) for line in wrapped(text, width, "  "))]


def rows_text(audit: ColumnAudit) -> str:
    """Return what was compared: the columns, how many rows, which steps, and their rounding."""
    steps = audit.series.steps
    name = audit.series.label + (f" ({audit.group})" if audit.group else "")
    text = (
        f"{name}: {format_count(len(steps), 'row')}, {audit.log.step_column} "
        f"{int(steps[0]):,} to {int(steps[-1]):,}, {audit.series.rounding}"
    )
    if audit.log.counts_done:
        rates = {
            "rate-used": "the rate that the step used",
            "next-rate": "the rate of the next step",
        }
        text += f"; rows are written after their step, each with {rates[audit.convention]}"
    if audit.log.begins_epochs:
        whose = "its" if audit.log.first >= 0 else "the next"
        text += f"; each row has the rate of {whose} epoch's first step"
    return text + ("; steps counted from 1" if audit.log.first > 0 else "")


def verdict(audit: ColumnAudit) -> str:
    """Return whether the run followed the plan, and where it did not."""
    count, total = len(audit.differing), len(audit.series)
    of_group = f" of '{audit.group}'" if audit.group else ""
    if not count:
        agreeing = "every row has the planned rate within its rounding"
        begin = "" if audit.doubt else f"the run followed the plan{of_group}: "
        return begin + "; ".join(filter(None, (agreeing, audit.doubt, audit.unfinished)))
    assert audit.largest is not None
    index, name = audit.largest, audit.log.step_column
    rates = f"{format_rounded(float(audit.rows.rates[index]))} instead of "
    rates += format_rounded(float(audit.plan_rates[index]))
    begin = (
        f"the run followed the plan{of_group}, but"
        if audit.followed
        else f"the run did not follow the plan{of_group}:"
    )
    return (
        f"{begin} {count:,} of {total:,} rows differ, from {name} {audit.first_difference:,} on, "
        f"most at {name} {int(audit.series.steps[index]):,}: {rates}"
    )


def explanation_table(audit: ColumnAudit, width: int) -> list[Text]:
    """Return the best explanations: the share of rows that each gives, and what it leaves.

    Those that give no more rows than the plan are left out, and those that give too few to be an
    explanation where another one is or where they are further off than the plan.
    """
    planned = audit.planned
    items = [
        item
        for item in audit.explanations
        if item is planned
        or (
            item.matched > planned.matched
            and (item.matched >= EXPLAINED or (not audit.explained and item.rms <= planned.rms))
        )
    ]
    rows = [
        [item.label, share_text(item.matched), f"{distance_text(item.rms)} of the peak"]
        for item in items[:MAX_EXPLANATIONS]
    ]
    return grid(HEADINGS, rows, [""] * len(rows), width)


def distance_text(share: float) -> str:
    """Return a share of the peak as a percentage, from 100 % on without decimals."""
    return f"{share:.0%}" if share >= 1 else f"{share:.1%}"


def reasons(audit: ColumnAudit) -> Iterator[str]:
    """Yield what the best explanation says, and those that the log cannot tell from it."""
    if not audit.explained:
        yield audit.unexplained
        return
    yield audit.sentence(audit.best)
    for item in audit.ties:
        yield f"or {item.label}: {audit.sentence(item)}; {audit.difference(item)}"

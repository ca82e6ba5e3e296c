"""How the results of calls are shown: what the command prints, and in a notebook its picture.

The module is imported where a result is first shown.
"""

from __future__ import annotations

import os
import sys
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from rich.text import Text

from lrviz.advice.answers import Answer
from lrviz.api.logs import Proposals
from lrviz.api.plans import Answers, Findings, Tasks
from lrviz.api.programs import Idioms
from lrviz.audits.audit import Audit
from lrviz.audits.columns import audit_table, proposal_table
from lrviz.audits.proposal import Proposal
from lrviz.audits.range_test import RangeTest
from lrviz.core.display import Display
from lrviz.curves.figure_settings import FigureSettings
from lrviz.curves.measurement import Comparison, Measurement
from lrviz.curves.table import Table, tabulate
from lrviz.mistakes.as_if import Mistaken
from lrviz.render.answer_lines import answers_lines, answers_report, tasks_report
from lrviz.render.audit_lines import audit_lines, audit_report, audit_title
from lrviz.render.finding_lines import findings_report
from lrviz.render.glyphs import glyphs_for
from lrviz.render.idiom_lines import idioms_report
from lrviz.render.measurement_lines import measurement_lines
from lrviz.render.mistake_lines import mistake_lines, mistake_report
from lrviz.render.proposal_lines import proposals_lines, proposals_report, proposals_title
from lrviz.render.range_test_lines import range_test_lines, range_test_report, range_test_title
from lrviz.render.screen import Screen
from lrviz.render.table import comparison_lines, comparison_report
from lrviz.render.terminal import chart_height
from lrviz.translate.intents import table_of

if TYPE_CHECKING:
    from lrviz.render.figure import Picture

WIDTH, LINES = 80, 24
"""The size of a usual terminal."""
Report = Callable[[Any, Screen], Iterable[Text]]


@dataclass(frozen=True)
class ResultDisplay:
    """How the results of a call are shown.

    `report` returns the lines that the command prints. A notebook shows the picture, if there is
    one, above `notes`: the lines of the report without its chart, by default the report.
    """

    report: Report
    notes: Report | None = None
    picture: Callable[[Any], Picture] | None = None

    def text(self, value: Any) -> str:
        """Return the report without colours, for 80 columns."""
        return plain_text(self.report(value, usual_screen()))

    def html(self, value: Any) -> str:
        """Return the picture as an image, and the notes as preformatted text."""
        image = image_html(self.picture(value)) if self.picture else ""
        lines = (self.notes or self.report)(value, usual_screen())
        return f"{image}<pre>{escape(plain_text(lines))}</pre>"


def usual_screen() -> Screen:
    """Return the screen of a usual terminal, with characters that standard output can show."""
    glyphs = glyphs_for(sys.stdout.encoding, os.environ.get("TERM"))
    return Screen(WIDTH, chart_height(LINES), glyphs)


def plain_text(lines: Iterable[Text]) -> str:
    """Return lines as text without colours, and without blanks at their ends."""
    return "\n".join(line.plain.rstrip() for line in lines)


def image_html(picture: Picture) -> str:
    """Return a picture as an image in HTML, with its description as the text beside it."""
    from lrviz.render.figure import encode

    data = b64encode(encode(picture, "svg", "lrviz")).decode()
    alt = escape(picture.description)
    return f'<img src="data:image/svg+xml;base64,{data}" alt="{alt}" style="max-width: 100%">\n'


def titled(title: str | None) -> FigureSettings:
    """Return the default settings of a picture with a title."""
    return FigureSettings.model_construct(title=title)


def picture_of(table: Table, title: str | None, **options: Any) -> Picture:
    """Return the picture of a table with default settings."""
    from lrviz.render.figure import draw

    return draw(table, titled(title), **options)


def audit_text(audit: Audit, screen: Screen) -> Iterable[Text]:
    """Return the title, and the chart and the lines of each column of rates."""
    tables = [audit_table(column) for column in audit.columns]
    return audit_report(audit, tables, titled(audit_title(audit)), screen)


def audit_picture(audit: Audit) -> Picture:
    """Return the picture of an audit's decisive column."""
    table = audit_table(audit.decisive)
    colours = {column.label: index for index, column in enumerate(table.columns)}
    return picture_of(table, audit_title(audit), difference=True, preferred=colours)


def range_test_picture(test: RangeTest) -> Picture:
    """Return the picture of a range test."""
    from lrviz.render.figure.range_test import draw_range_test

    return draw_range_test(test, titled(range_test_title(test)))


def mistake_table(mistaken: Mistaken) -> Table:
    """Return the plan and the run with a mistake as a table."""
    return tabulate([mistaken.plan, mistaken.curve], for_picture=True)


def proposals_text(proposals: Sequence[Proposal], screen: Screen) -> Iterable[Text]:
    """Return the title, and the chart and the lines of each proposal."""
    tables = [proposal_table(item) for item in proposals]
    return proposals_report(proposals, tables, titled(proposals_title(proposals)), screen)


def proposals_picture(proposals: Sequence[Proposal]) -> Picture:
    """Return the picture of the first proposal."""
    title = proposals_title(proposals)
    return picture_of(proposal_table(proposals[0]), title, difference=True)


def idioms_text(idioms: Idioms, screen: Screen) -> list[Text]:
    """Return the chart of idioms, their rates, and their calls."""
    table = table_of(idioms, idioms.intent)
    lines = idioms_report(idioms.intent, idioms, table, screen.width)
    return [*screen.chart(table, titled(None)), *lines]


def idioms_notes(idioms: Idioms, screen: Screen) -> list[Text]:
    """Return the rates of idioms, and their calls."""
    table = table_of(idioms, idioms.intent)
    return idioms_report(idioms.intent, idioms, table, screen.width)


def idioms_picture(idioms: Idioms) -> Picture:
    """Return the picture of idioms, and how they differ from the first."""
    table = table_of(idioms, idioms.intent)
    return picture_of(table, idioms.intent.title, difference=True)


DISPLAYS: Mapping[type, Display] = {
    Answer: ResultDisplay(lambda answer, screen: answers_lines([answer], screen)),
    Answers: ResultDisplay(lambda items, screen: answers_report(items.task, items, screen)),
    Audit: ResultDisplay(
        report=audit_text,
        notes=lambda audit, screen: audit_lines(audit, screen.width),
        picture=audit_picture,
    ),
    Comparison: ResultDisplay(
        report=lambda item, screen: comparison_report(
            item.table, item.baseline, titled(None), screen
        ),
        notes=lambda item, screen: comparison_lines(
            item.table, screen.width, screen.glyphs, item.baseline
        ),
        picture=lambda item: picture_of(item.table, None, baseline=item.baseline),
    ),
    Findings: ResultDisplay(
        lambda items, screen: findings_report(items, items.files, screen.width)
    ),
    Idioms: ResultDisplay(idioms_text, idioms_notes, idioms_picture),
    Measurement: ResultDisplay(lambda item, screen: measurement_lines(item, screen.width)),
    Mistaken: ResultDisplay(
        report=lambda item, screen: mistake_report(
            item, mistake_table(item), titled(item.plan.label), screen
        ),
        notes=lambda item, screen: mistake_lines(item, mistake_table(item), screen.width),
        picture=lambda item: picture_of(mistake_table(item), item.plan.label),
    ),
    Proposal: ResultDisplay(
        report=lambda item, screen: proposals_text([item], screen),
        notes=lambda item, screen: proposals_lines([item], screen.width),
        picture=lambda item: proposals_picture([item]),
    ),
    Proposals: ResultDisplay(
        report=proposals_text,
        notes=lambda items, screen: proposals_lines(items, screen.width),
        picture=proposals_picture,
    ),
    RangeTest: ResultDisplay(
        report=lambda test, screen: range_test_report(test, titled(range_test_title(test)), screen),
        notes=lambda test, screen: range_test_lines(test, screen.width, screen.glyphs),
        picture=range_test_picture,
    ),
    Tasks: ResultDisplay(lambda tasks, screen: tasks_report(tasks, screen.width)),
}
"""How each class of results is shown."""

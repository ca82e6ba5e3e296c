"""A page to share: one HTML file with a figure that can be pointed at, and what it was made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module

from rich.text import Text

from lrviz.core.errors import SpecError
from lrviz.curves.curve import Curve
from lrviz.curves.figure_settings import FigureSettings
from lrviz.curves.table import Table, tabulate
from lrviz.render.glyphs import GLYPHS, Glyphs

Report = Callable[[int, Glyphs], Iterable[Text]]
"""The lines that a command prints, for a width and a set of characters."""
REPORT_WIDTH = 100
EXTRA = ("bokeh", "jinja2")
"""The packages of the extra that a page needs."""


def page_html(
    table: Table,
    settings: FigureSettings,
    *,
    described: Sequence[Curve] = (),
    report: Report | None = None,
    preferred: Mapping[str, int] | None = None,
    difference: bool = False,
    baseline: int = 0,
    zooms: Sequence[range] = (),
) -> str:
    """Return the page of a table as HTML.

    `described` are the curves whose findings, specs and code the page has, all if not given, and
    `report` is what a command prints. The other options are those of the picture, which readers
    without scripts see, and print.
    Raises SpecError where the packages of the extra `html` are missing.
    """
    try:
        for name in EXTRA:
            import_module(name)
    except ModuleNotFoundError as error:
        message = f"a page needs {error.name}, which is not installed: pip install 'lrviz[html]'"
        raise SpecError.of("", message, "missing-extra") from None
    from lrviz.page.document import document
    from lrviz.render.figure import draw

    table = table.on_axis(settings.axis)
    lines = report(REPORT_WIDTH, GLYPHS[0]) if report else ()
    text = "\n".join(line.plain.rstrip() for line in lines).strip("\n")
    subjects = tabulate(described, for_picture=True) if described else table
    picture = draw(
        table,
        settings,
        preferred=preferred,
        difference=difference,
        baseline=baseline,
        zooms=zooms,
    )
    return document(table, settings, picture, preferred, subjects, text)

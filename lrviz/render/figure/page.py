"""The page around the plots: title, subtitle, caption, and the room for the plots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lrviz.core.findings import Finding
from lrviz.render.colours import Style
from lrviz.render.figure.layout import (
    EDGE,
    LEAST_GAP,
    LINE,
    Box,
    Row,
    Sizes,
    fitting,
    limited,
    wrapped,
)
from lrviz.render.figure.text import width_of

MIN_PLOT = 0.36
"""Share of the height that the plots keep at least."""
MIN_WITH_SUBTITLE = 0.55
"""The same where rows of less importance could take it."""
LAST_IMPORTANT = 4
"""Rows up to this rank."""
MAX_TITLE_LINES = 4
MAX_SUBTITLE_LINES = 4
TITLE_GAP = 0.07
"""Inches between the title and the plots, for half of the highest tick label."""
TICK_GAP = 0.09
"""Inches between the axes and the tick labels."""


@dataclass(frozen=True)
class Page:
    """A picture's size in inches, its style, its font sizes and fonts."""

    width: float
    height: float
    style: Style
    sizes: Sizes
    family: tuple[str, ...]
    dpi: int

    def title_width(self, text: str) -> float:
        """Return the width of a text as a title."""
        return width_of(text, self.sizes.title, self.family, self.dpi, "bold")

    def text_width(self, text: str) -> float:
        """Return the width of a text as a label."""
        return width_of(text, self.sizes.text, self.family, self.dpi)

    def small_width(self, text: str) -> float:
        """Return the width of a text as a tick label."""
        return width_of(text, self.sizes.small, self.family, self.dpi)

    def with_text(self, points: float) -> Page:
        """Return the page with labels of another size."""
        return replace(self, sizes=replace(self.sizes, text=points))

    @property
    def room(self) -> float:
        """The width of lines of text from edge to edge."""
        return self.width - 2 * EDGE

    @property
    def tick_row(self) -> float:
        """The height of the tick labels below the axes."""
        return self.sizes.small * LINE + (self.sizes.gap - LEAST_GAP) / 72 + TICK_GAP


@dataclass(frozen=True)
class TextLine:
    """A line of text: where its baseline starts, its size, weight and colour."""

    text: str
    left: float
    baseline: float
    points: float
    colour: str
    weight: str = "normal"
    align: str = "left"


@dataclass(frozen=True)
class Texts:
    """What the page says besides the plots; with `may_drop_subtitle` nobody misses that.

    `has_label_words` is whether the subtitle has words that the labels do without.
    """

    title: str = ""
    subtitle: str = ""
    caption: str = ""
    may_drop_subtitle: bool = False
    has_label_words: bool = False


@dataclass(frozen=True)
class Wording:
    """The labels of a table's curves, and the texts beside them."""

    labels: tuple[str, ...]
    texts: Texts


@dataclass(frozen=True)
class PagePlan:
    """The plots' box with their tick labels, the lines of text, and the rows that have room."""

    plots: Box
    lines: tuple[TextLine, ...]
    rows: frozenset[str]
    findings: tuple[Finding, ...]


def page_plan(page: Page, texts: Texts, above: Sequence[Row], below: Sequence[Row]) -> PagePlan:
    """Return where the page's parts go; `above` and `below` are more rows beside the plots.

    Rows give way in the order of their rank: the plots keep their share of the height first, then
    come the first line of the title, the axes' names, the legend, the other lines of the title, the
    caption, and last the subtitle, which is whole or left out: a call that is cut says another one.
    One with words of the labels comes before the other lines of the title.
    """
    title = wrapped(texts.title, page.room, page.title_width)
    subtitle = wrapped(texts.subtitle, page.room, page.small_width)
    caption = wrapped(texts.caption, page.room, page.small_width)
    tall, small = page.sizes.title * LINE, page.sizes.small * LINE
    rows = [
        *rows_of("title", tall, [0, *[4] * (MAX_TITLE_LINES - 1)], len(title)),
        *whole_rows("subtitle", small, len(subtitle), 3 if texts.has_label_words else 7),
        *rows_of("caption", small, [5] * len(caption), len(caption)),
        *above,
        *below,
    ]
    room = page.height - 2 * EDGE - page.tick_row
    shares = [MIN_PLOT if row.rank <= LAST_IMPORTANT else MIN_WITH_SUBTITLE for row in rows]
    row_names = fitting(rows, [room - page.height * share for share in shares])
    counts = [
        sum(f"{name} {i}" in row_names for i in range(len(lines)))
        for name, lines in (("title", title), ("caption", caption))
    ]
    subtitle = subtitle if "subtitle" in row_names else []
    top, header = header_lines(page, title, subtitle, counts[0])
    bottom, footer = caption_lines(page, caption, counts[1])
    top -= sum(row.height for row in above if row.name in row_names)
    bottom += sum(row.height for row in below if row.name in row_names)
    findings = [
        *cut_findings("title", texts.title, counts[0] < len(title) or counts[0] == 0),
        *cut_findings("subtitle", texts.subtitle, not (subtitle or texts.may_drop_subtitle)),
        *cut_findings("caption", texts.caption, counts[1] < len(caption)),
    ]
    box = Box(EDGE, bottom, page.width - EDGE, top - TITLE_GAP)
    return PagePlan(box, (*header, *footer), row_names, tuple(findings))


def legend_room(page: Page, texts: Texts) -> float:
    """Return the height that a legend may have, below a line of title and the axes' names.

    A subtitle with words of the labels has a line too.
    """
    title = page.sizes.title * LINE if texts.title else 0.0
    lines = 2 if texts.has_label_words else 1
    reserved = 2 * EDGE + page.tick_row + lines * page.sizes.small * LINE + title
    return page.height * (1 - MIN_PLOT) - reserved


def rows_of(name: str, height: float, ranks: Sequence[int], count: int) -> list[Row]:
    """Return a row for each of so many lines, as far as there are ranks for them."""
    return [Row(f"{name} {i}", height, rank) for i, rank in enumerate(ranks[:count])]


def whole_rows(name: str, line: float, count: int, rank: int) -> list[Row]:
    """Return the row of a text that is whole or left out; none of one with too many lines."""
    return [Row(name, line * count, rank)] if 0 < count <= MAX_SUBTITLE_LINES else []


def header_lines(
    page: Page, title: Sequence[str], subtitle: Sequence[str], title_count: int
) -> tuple[float, list[TextLine]]:
    """Return the lower edge of the title and subtitle, and their lines.

    `title_count` is how many lines of the title have room.
    """
    style, sizes, lines = page.style, page.sizes, []
    top = page.height - EDGE
    if title_count:
        for text in limited(title, title_count, page.room, page.title_width):
            top -= sizes.title * LINE
            base = top + 0.3 * sizes.title / 72
            lines.append(TextLine(text, EDGE, base, sizes.title, style.ink, "bold"))
    for text in subtitle:
        top -= sizes.small * LINE
        base = top + 0.3 * sizes.small / 72
        lines.append(TextLine(text, EDGE, base, sizes.small, style.faint))
    return top, lines


def caption_lines(page: Page, caption: Sequence[str], count: int) -> tuple[float, list[TextLine]]:
    """Return the upper edge of the caption, and its lines."""
    small = page.sizes.small
    shortened_lines = limited(caption, count, page.room, page.small_width) if count else []
    lines = [
        TextLine(
            text,
            EDGE,
            EDGE + (len(shortened_lines) - 1 - index) * small * LINE + 0.3 * small / 72,
            small,
            page.style.faint,
        )
        for index, text in enumerate(shortened_lines)
    ]
    return EDGE + len(shortened_lines) * small * LINE, lines


def cut_findings(kind: str, text: str, is_cut: bool) -> list[Finding]:
    """Return the finding on a title, a subtitle or a caption that is not whole in the picture."""
    return [no_room(f"the {kind} '{text}'")] if text and is_cut else []


def no_room(subject: str) -> Finding:
    """Return the finding on something that the picture has no room for."""
    return Finding(
        "no-room", f"the picture has no room for {subject}", remedy="draw it larger with --size"
    )

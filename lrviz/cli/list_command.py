"""`lrviz list [WORD...]`: every schedule on a line, or those that have all words."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import Annotated, Any

import typer
from rich.cells import chop_cells
from rich.text import Text

from lrviz.cli.command import build_command
from lrviz.cli.options import TERMINAL, read_options
from lrviz.cli.terminal import Terminal
from lrviz.core.errors import SpecError
from lrviz.core.register import fold, register
from lrviz.core.schedule import Schedule
from lrviz.gallery.example import SPARK, example_spark
from lrviz.render.glyphs import Glyphs
from lrviz.render.wrapping import wrapped

NARROW = 64
"""Below so many columns a schedule's sentence is wrapped below its name."""
MAX_ALIAS_LENGTH = 16
ELLIPSIS = "..."
SQUARE_ROOT = re.compile(r"square[_ ]?root")
WORDS = inspect.Parameter(
    "words",
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
    default=None,
    annotation=Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[WORD...]",
            help="Only schedules with these in name, dialect or sentence, or as parameters.",
        ),
    ],
)


def build(help_text: str) -> Any:
    """Return the command."""
    command = build_command(run, "list", help_text, TERMINAL, [WORDS])
    command.argument_words = ("dialect", "library", "framework", "filter", "search", "name")
    return command


def run(words: list[str] | None, **values: Any) -> None:
    """Print the schedules, dialect by dialect. Raises SpecError where none has the words."""
    terminal = Terminal(read_options(values))
    typed = " ".join(words or [])
    searched = searchable(typed).split()
    classes = [cls for cls in register.all() if has_words(cls, searched)]
    if not classes:
        message = f"no schedule has {' and '.join(map(repr, typed.split()))}"
        raise SpecError.of("", f"{message} (lrviz list shows all)", "no-such-schedule")
    for dialect, group in groupby(classes, attrgetter("dialect")):
        members = list(group)
        names = max(len(cls.name) for cls in members)
        terminal.show([Text(dialect, "bold")])
        for cls in members:
            terminal.show(schedule_lines(cls, names, terminal.width, terminal.glyphs))


def searchable(text: str) -> str:
    """Return the form in which words are searched; a square root is `sqrt` in all spellings."""
    return SQUARE_ROOT.sub("sqrt", fold(text))


def has_words(cls: type[Schedule], words: Sequence[str]) -> bool:
    """Return whether a schedule has all words in its names, dialect, sentence or parameters."""
    text = " ".join([cls.title(), *cls.aliases, cls.summary()])
    return all(
        word in fold(text) or word in searchable(text) or cls.find_parameter(word) for word in words
    )


def schedule_lines(cls: type[Schedule], names: int, width: int, glyphs: Glyphs) -> list[Text]:
    """Return a schedule's line; in a narrow terminal its sentence is below, wrapped."""
    spark = example_spark(cls, glyphs)
    line = Text("  ").append(cls.name.ljust(names)).append(f"  {spark.ljust(SPARK)}", "blue")
    sentence = cls.summary()
    if width >= NARROW:
        return [line.append(f"  {sentence_in(cls, width - line.cell_len - 2)}")]
    if line.cell_len > width:
        line = Text(f"  {cls.name}")
        sentence = f"{spark} {sentence}"
    return [line, *(Text(f"      {text}") for text in wrapped(sentence, width - 6))]


def sentence_in(cls: type[Schedule], width: int) -> str:
    """Return a schedule's aliases and its sentence, as much of them as `width` columns have."""
    sentence = cls.summary()
    short = next((alias for alias in cls.aliases if len(alias) <= MAX_ALIAS_LENGTH), "")
    texts = [f"({', '.join(cls.aliases)}) {sentence}"] if cls.aliases else []
    texts += [f"({short}) {sentence}"] if short else []
    texts += [] if short else [sentence]
    return next((text for text in texts if len(text) <= width), cut(texts[-1], width))


def cut(text: str, width: int) -> str:
    """Return a text that is cut at a word where it is wider than `width` columns."""
    head = chop_cells(text, max(width - len(ELLIPSIS) + 1, 1))[0]
    return head.rpartition(" ")[0].rstrip(" ,;:(") + ELLIPSIS

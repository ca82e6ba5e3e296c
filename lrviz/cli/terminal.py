"""Standard output as a terminal: its size, colours and characters."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from lrviz.cli import discard_output
from lrviz.cli.options import Options
from lrviz.core.errors import SpecError
from lrviz.render.glyphs import Glyphs, glyphs_for
from lrviz.render.screen import Screen
from lrviz.render.terminal import chart_height

USUAL_SIZE = (80, 24)
NARROWEST = 24
MAX_CELLS = 3_000_000
"""Of a chart, which takes many objects for each."""


class PipeConsole(Console):
    """A console that leaves a closed pipe to `Terminal`."""

    def on_broken_pipe(self) -> None:
        """Raise what was caught."""
        raise BrokenPipeError


class Terminal:
    """Standard output: where lines of text are printed, with or without colours."""

    def __init__(self, options: Options) -> None:
        color = options.color
        off = color == "never" or (color == "auto" and bool(os.environ.get("NO_COLOR")))
        self.console = PipeConsole(
            width=options.width,
            color_system=None if off else "auto" if color == "auto" else "256",
            force_terminal=True if color == "always" else None,
            no_color=False if color == "always" else None,
            soft_wrap=True,
        )
        self.glyphs: Glyphs = glyphs_for(sys.stdout.encoding, os.environ.get("TERM"))
        self.height = options.height or chart_height(self.lines)
        if self.width * self.height > MAX_CELLS:
            message = (
                f"a chart of {self.width:,} x {self.height:,} has more than {MAX_CELLS:,} cells"
            )
            raise SpecError.of("--height", message, "too-large")

    @property
    def screen(self) -> Screen:
        """The columns, the rows of a chart, and the characters."""
        return Screen(self.width, self.height, self.glyphs)

    @property
    def width(self) -> int:
        """The columns to write in."""
        return max(self.console.width, NARROWEST)

    @property
    def lines(self) -> int:
        """The lines that the terminal shows at once."""
        return shutil.get_terminal_size(USUAL_SIZE).lines

    def show(self, lines: Iterable[Text | str]) -> None:
        """Print lines as they are, without wrapping and without trailing blanks, and at once.

        Where the reader of a pipe has ended, the command goes on: its files and its exit status do
        not depend on who reads.
        """
        try:
            for line in lines:
                text = Text(line) if isinstance(line, str) else line.copy()
                text.rstrip()
                self.console.print(text)
            sys.stdout.flush()
        except BrokenPipeError:
            discard_output()

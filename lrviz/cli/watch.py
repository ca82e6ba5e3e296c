"""`--watch`: what is drawn is drawn again when its files change, until it is interrupted."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console

from lrviz.cli import BAD_INPUT, print_errors
from lrviz.cli.options import Declarations, flag_option
from lrviz.core.errors import SpecError

INTERVAL = 1.0
"""Seconds between two looks at the files."""
WATCH: Declarations = {
    "watch": flag_option("--watch", "draw again when the file changes, until Ctrl-C.")
}

State = tuple[float, int] | None


def watch(paths: Sequence[Path], draw: Callable[[], object]) -> None:
    """Draw, and draw again each time a file has changed, until nobody reads what is drawn.

    An error is printed, and the files are watched on: a file may be half-written.
    """
    before: list[State] | None = None
    output = output_file()
    while output_file() == output:
        now = [state_of(path) for path in paths]
        if now != before:
            before = now
            redraw(draw)
        time.sleep(INTERVAL)


def redraw(draw: Callable[[], object]) -> None:
    """Clear the terminal, and draw; print an error in place of a drawing."""
    if sys.stdout.isatty():
        Console().clear()
    try:
        draw()
    except SpecError as error:
        print_errors(error.lines(), BAD_INPUT)
    sys.stdout.flush()


def output_file() -> tuple[int, int] | None:
    """Return which file standard output is: another one after its reader has ended."""
    try:
        status = os.fstat(sys.stdout.fileno())
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino


def state_of(path: Path) -> State:
    """Return when a file was changed and its size, or None where there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime, status.st_size

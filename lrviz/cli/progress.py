"""A progress bar for what takes longer than a second."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

DELAY = 1.0
"""After how many seconds the bar appears."""


def track(chunks: Iterable[bytes], total: int) -> Iterator[bytes]:
    """Yield chunks, and show on standard error how many of `total` bytes they are.

    The bar appears after a second, and only in a terminal.
    """
    if not sys.stderr.isatty():
        yield from chunks
        return
    start, size = monotonic(), 0
    bar: Progress | None = None
    try:
        for chunk in chunks:
            yield chunk
            size += len(chunk)
            if bar is None and monotonic() - start > DELAY:
                bar = start_bar(total)
            if bar is not None:
                bar.update(bar.task_ids[0], completed=min(size, total))
    finally:
        if bar is not None:
            bar.stop()


def start_bar(total: int) -> Progress:
    """Return a bar of `total` bytes that is shown until it is stopped, and then removed."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

    columns = (BarColumn(), DownloadColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    bar.add_task("", total=total)
    bar.start()
    return bar

"""Recording the rates of a run: a CSV file with a row a step, which `lrviz audit` reads."""

from __future__ import annotations

import math
import os
import warnings
import weakref
from collections.abc import Sequence
from io import SEEK_END
from os import PathLike
from pathlib import Path
from time import monotonic
from typing import Any

from lrviz.core.errors import OutputError, SpecError
from lrviz.core.text import one_line

WRITE_INTERVAL = 1.0
"""Seconds after a write from which the next row is written at once, with the rows before it."""
TAIL_BYTES = 4096
"""How many bytes at a file's end are read to find its last line."""


class RateLog:
    """A CSV file with the column `step` and columns of rates, to which whole lines are appended.

    An existing file of the same columns is continued: `next_step` follows its last row. Rows are
    collected for a second and written at once, so that a process that is killed leaves complete
    lines. Where a write fails, a warning is issued, no more rates are recorded, and the run
    continues. Raises OutputError for a file that cannot be opened, SpecError for one with other
    columns.
    """

    def __init__(self, path: str | PathLike[str], columns: Sequence[str]) -> None:
        self.path = Path(path)
        header = ",".join(("step", *columns))
        try:
            self.next_step, text = continue_file(self.path, header)
            self.descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        except OSError as error:
            message = f"{self.path}: cannot be written: {error.strerror or error}"
            raise OutputError(message) from None
        self.rows: list[str] = [text] if text else []
        self.last_write = -math.inf
        self.finish = weakref.finalize(self, finish, self.descriptor, self.rows)

    def append(self, step: int | None, rates: Sequence[float]) -> None:
        """Add a row: the rates of a step, or of the step after the last row's."""
        if step is None:
            step = self.next_step
        self.next_step = step + 1
        self.rows.append(f"{step},{','.join(map(repr, rates))}\n")
        now = monotonic()
        if now - self.last_write >= WRITE_INTERVAL:
            self.last_write = now
            self.flush()

    def flush(self) -> None:
        """Write the collected rows."""
        if self.finish.alive:
            try:
                write(self.descriptor, self.rows)
            except OSError as error:
                message = f"{self.path}: {error.strerror}: the rates are no longer recorded"
                warnings.warn(message, RuntimeWarning, stacklevel=2)
                self.close()
        self.rows.clear()

    def close(self) -> None:
        """Write the collected rows, and close the file."""
        self.finish()


def write(descriptor: int, rows: list[str]) -> None:
    """Write rows at once, and clear the list. Raises OSError where the system fails."""
    data = "".join(rows).encode()
    rows.clear()
    while data:
        data = data[os.write(descriptor, data) :]


def finish(descriptor: int, rows: list[str]) -> None:
    """Write the collected rows, where the file can still be written, and close it."""
    try:
        write(descriptor, rows)
    except OSError:
        pass
    finally:
        os.close(descriptor)


def continue_file(path: Path, header: str) -> tuple[int, str]:
    """Return the step after a file's last row, and the text to write before the next row.

    That is the header for a new or empty file, else an empty text. An incomplete line at the end,
    as a crash leaves it, is cut off. Raises SpecError for a file of other columns.
    """
    if not path.exists() or not path.stat().st_size:
        return 0, f"{header}\n"
    with path.open("r+b") as file:
        first = file.readline().decode(errors="replace").rstrip("\r\n")
        if first != header:
            message = f"has other columns: {first[:80]!r} where {header!r} is recorded"
            raise SpecError.of(str(path), f"{message}; record to a new file")
        file.seek(max(file.seek(0, SEEK_END) - TAIL_BYTES, 0))
        tail = file.read()
        lines = tail[: tail.rfind(b"\n") + 1]
        file.truncate(file.tell() - len(tail) + len(lines))
    step = lines.splitlines()[-1].partition(b",")[0]
    return (int(step) + 1 if step.isdigit() else 0), ""


class Recorder:
    """Records the rates of an optimizer: call `record()` once a step, before `scheduler.step()`.

    `optimizer` has parameter groups, each with its rate as `lr`; the file has a column for each
    group. In a run of several processes, record in one of them. A recorder is a context manager,
    which closes the file; so does the end of the program. Raises OutputError for a file that
    cannot be opened, and SpecError for one with other columns and for an optimizer without
    parameter groups.
    """

    def __init__(self, optimizer: Any, path: str | PathLike[str]) -> None:
        groups = getattr(optimizer, "param_groups", None)
        if not groups:
            message = (
                f"must be an optimizer with parameter groups (got {one_line(repr(optimizer))})"
            )
            raise SpecError.of("optimizer", message, "wrong-type")
        self.optimizer = optimizer
        self.log = RateLog(path, columns_of(groups))

    def record(self, step: int | None = None) -> None:
        """Add a row: the current rates, at `step`, or at the step after the last row's."""
        self.log.append(step, [float(group["lr"]) for group in self.optimizer.param_groups])

    def flush(self) -> None:
        """Write the collected rows."""
        self.log.flush()

    def close(self) -> None:
        """Write the collected rows, and close the file."""
        self.log.close()

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def columns_of(groups: Sequence[Any]) -> list[str]:
    """Return the names of the columns of parameter groups."""
    if len(groups) == 1:
        return ["lr"]
    return [f"lr/{group.get('name', f'group{index}')}" for index, group in enumerate(groups)]

"""Recording the rates of a run: a CSV file with a row a step, which `lrviz audit` reads."""

from __future__ import annotations

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

SECONDS = 1.0
"""How long a row waits at most for the next row's coming to write it."""
TAIL = 4096
"""Bytes at a file's end that have its last line."""


class RateLog:
    """A CSV file with the column `step` and columns of rates, to which whole lines are appended.

    An existing file of the same columns is continued: `next_step` follows its last row. Rows are
    written in one piece, at the latest with the first row after a second, so that a process that
    is killed leaves whole lines. A disk that fails is warned of once, and ends the recording: the
    run goes on. Raises OutputError for a file that cannot be opened, SpecError for one with other
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
        self.written = 0.0
        self.finish = weakref.finalize(self, finish, self.descriptor, self.rows)

    def append(self, step: int | None, rates: Sequence[float]) -> None:
        """Add a row: the rates of a step, or of the step after the last row's."""
        if step is None:
            step = self.next_step
        self.next_step = step + 1
        self.rows.append(f"{step},{','.join(map(repr, rates))}\n")
        now = monotonic()
        if now - self.written >= SECONDS:
            self.written = now
            self.flush()

    def flush(self) -> None:
        """Write the rows that wait."""
        if self.finish.alive:
            try:
                write(self.descriptor, self.rows)
            except OSError as error:
                message = f"{self.path}: {error.strerror}: the rates are no longer recorded"
                warnings.warn(message, RuntimeWarning, stacklevel=2)
                self.close()
        self.rows.clear()

    def close(self) -> None:
        """Write the rows that wait, and close the file."""
        self.finish()


def write(descriptor: int, rows: list[str]) -> None:
    """Write rows in one piece, and forget them. Raises OSError where there is no room."""
    data = "".join(rows).encode()
    rows.clear()
    while data:
        data = data[os.write(descriptor, data) :]


def finish(descriptor: int, rows: list[str]) -> None:
    """Write what waits and close a file, where it still can be written."""
    try:
        write(descriptor, rows)
    except OSError:
        pass
    finally:
        os.close(descriptor)


def continue_file(path: Path, header: str) -> tuple[int, str]:
    """Return the step after a file's last row, and what must be written before the next row.

    That is the header for a new or empty file, and nothing for one of whole lines; the part of a
    line that a crash left at the end is cut off. Raises SpecError for a file of other columns.
    """
    if not path.exists() or not path.stat().st_size:
        return 0, f"{header}\n"
    with path.open("r+b") as file:
        first = file.readline().decode(errors="replace").rstrip("\r\n")
        if first != header:
            message = f"has other columns: {first[:80]!r} where {header!r} is recorded"
            raise SpecError.of(str(path), f"{message}; record to a new file")
        file.seek(max(file.seek(0, SEEK_END) - TAIL, 0))
        tail = file.read()
        whole = tail[: tail.rfind(b"\n") + 1]
        file.truncate(file.tell() - len(tail) + len(whole))
    step = whole.splitlines()[-1].partition(b",")[0]
    return (int(step) + 1 if step.isdigit() else 0), ""


class Recorder:
    """Records the rates of an optimizer: call `record()` once a step, before `scheduler.step()`.

    `optimizer` has parameter groups, each with its rate as `lr`; a file of several has a column
    for each. In a run of several processes one of them records. A context manager: leaving it
    closes the file, as the end of the program does. Raises what `RateLog` raises.
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
        """Add a row: the present rates, for a step, or the step after the last row's."""
        self.log.append(step, [float(group["lr"]) for group in self.optimizer.param_groups])

    def flush(self) -> None:
        """Write the rows that wait."""
        self.log.flush()

    def close(self) -> None:
        """Write the rows that wait, and close the file."""
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

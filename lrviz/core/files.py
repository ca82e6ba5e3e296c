"""Reading a file's bytes: files that are too large, endless, or that no program writes to."""

from __future__ import annotations

import os
import select
import stat
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

MOST_BYTES = 50_000_000
PATIENCE = 5.0
"""Seconds that a named pipe is waited for until a program writes to it."""


class FileError(Exception):
    """A file that cannot be used; `id` is the kind of finding.

    The kinds are no-file (which the user named wrongly), unreadable-file and too-large.
    """

    def __init__(self, message: str, id: str = "unreadable-file") -> None:  # noqa: A002
        super().__init__(message)
        self.id = id


def file_content(path: Path) -> bytes:
    """Return a file's bytes. Raises FileError where the system fails, or they are too many."""
    try:
        with open(path, "rb", opener=open_for_reading) as file:
            return stream_content(file)
    except (FileNotFoundError, IsADirectoryError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the name is none of a file"
        raise FileError(f"cannot be read: {reason}", "no-file") from None
    except OSError as error:
        raise FileError(f"cannot be read: {error.strerror or error}") from None


def stream_content(stream: BinaryIO) -> bytes:
    """Return the bytes of a stream. Raises FileError where they are too many, OSError as it does.

    The stream is read no further than that.
    """
    raw = stream.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise FileError(f"is larger than {MOST_BYTES // 1_000_000} MB", "too-large")
    return raw


def open_for_reading(path: str, flags: int) -> int:
    """Open a file; raise TimeoutError for a named pipe that no program writes to."""
    is_pipe = False
    with suppress(OSError):
        is_pipe = stat.S_ISFIFO(os.stat(path).st_mode)
    if not is_pipe:
        return os.open(path, flags)
    number = os.open(path, flags | os.O_NONBLOCK)
    ready, _, _ = select.select([number], [], [], PATIENCE)
    if not ready:
        os.close(number)
        raise TimeoutError(None, "no program writes to this pipe")
    os.set_blocking(number, True)
    return number

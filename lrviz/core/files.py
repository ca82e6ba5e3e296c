"""Reading a file's bytes, also where it is too large, endless, or a pipe without a writer."""

from __future__ import annotations

import os
import select
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

MAX_BYTES = 50_000_000
PIPE_TIMEOUT = 5.0
"""Seconds that a named pipe is waited for until a program writes to it."""


class FileError(Exception):
    """A file that cannot be used; `id` is the kind of finding.

    The kinds are no-file (the name is wrong), unreadable-file and too-large.
    """

    def __init__(self, message: str, id: str = "unreadable-file") -> None:  # noqa: A002
        super().__init__(message)
        self.id = id


def file_content(path: Path) -> bytes:
    """Return a file's bytes. Raises FileError where the system fails, or they are too many."""
    with open_file(path) as file:
        return file.read()


@contextmanager
def open_file(path: Path, max_bytes: int = MAX_BYTES) -> Iterator[BinaryIO]:
    """Open a file of at most so many bytes, in which one can seek.

    A pipe, or anything else that is not a regular file, is read into memory first. Raises
    FileError, also where the system fails while the file is read.
    """
    try:
        try:
            file = open(path, "rb", opener=open_for_reading)  # noqa: SIM115  (closed below)
        except (FileNotFoundError, IsADirectoryError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "the name is none of a file"
            raise FileError(f"cannot be read: {reason}", "no-file") from None
        with file:
            yield seekable_file(file, max_bytes)
    except OSError as error:
        raise FileError(f"cannot be read: {error.strerror or error}") from None


def seekable_file(file: BinaryIO, max_bytes: int) -> BinaryIO:
    """Return the file, or its bytes as a stream where its size is not known in advance."""
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode) or not status.st_size:
        return BytesIO(stream_content(file, max_bytes))
    if status.st_size > max_bytes:
        raise too_large(max_bytes)
    return file


def stream_content(stream: BinaryIO, max_bytes: int = MAX_BYTES) -> bytes:
    """Return the bytes of a stream, which is read no further than the limit.

    Raises FileError where there are more bytes, and the OSError of the stream.
    """
    raw = stream.read(max_bytes + 1)
    if len(raw) > max_bytes:
        raise too_large(max_bytes)
    return raw


def too_large(max_bytes: int) -> FileError:
    """Return the error of a file of more bytes than are read."""
    return FileError(f"is larger than {max_bytes // 1_000_000} MB", "too-large")


def open_for_reading(path: str, flags: int) -> int:
    """Open a file; raise TimeoutError for a named pipe that no program writes to."""
    is_pipe = False
    with suppress(OSError):
        is_pipe = stat.S_ISFIFO(os.stat(path).st_mode)
    if not is_pipe:
        return os.open(path, flags)
    descriptor = os.open(path, flags | os.O_NONBLOCK)
    ready, _, _ = select.select([descriptor], [], [], PIPE_TIMEOUT)
    if not ready:
        os.close(descriptor)
        raise TimeoutError(None, "no program writes to this pipe")
    os.set_blocking(descriptor, True)
    return descriptor


def is_file(path: str) -> bool:
    """Return whether a file, a pipe or a device of that name exists."""
    try:
        return Path(path).exists() and not Path(path).is_dir()
    except (OSError, ValueError):
        return False


def is_folder(path: str) -> bool:
    """Return whether a folder of that name exists."""
    try:
        return bool(path) and Path(path).is_dir()
    except (OSError, ValueError):
        return False

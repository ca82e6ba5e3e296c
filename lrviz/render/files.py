"""Writing files whole or not at all, and knowing one's own pictures."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from lrviz.core.errors import OutputError, SpecError

MAKER = "lrviz"


@contextmanager
def open_atomic(path: Path) -> Iterator[IO[bytes]]:
    """Open `path` for writing so that it is there whole afterwards, or as it was before.

    What exists and is no regular file (a device, a pipe) is written to directly. Raises
    SpecError for a folder, and for a file in a folder that does not exist; OutputError where
    the system fails to write.
    """
    try:
        if path.exists() and not path.is_file():
            if path.is_dir():
                raise SpecError.of(str(path), "cannot be written: it is a folder")
            with path.open("wb") as direct:
                yield direct
        else:
            with open_temporary(path) as file:
                yield file
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        message = f"cannot be written: {error.strerror or error}"
        if not path.parent.is_dir():
            raise SpecError.of(str(path), f"{message}; the folder does not exist") from None
        raise OutputError(f"{path}: {message}") from None


@contextmanager
def open_temporary(path: Path) -> Iterator[IO[bytes]]:
    """Write to a temporary file beside `path`, then rename it over."""
    target = path.resolve()
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        os.chmod(name, file_mode(target))
        os.replace(name, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise


def file_mode(path: Path) -> int:
    """Return the permissions of the file that is there, or those a new file gets."""
    with suppress(OSError):
        return stat.S_IMODE(path.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def made_by_lrviz(path: Path) -> bool:
    """Tell whether a picture bears lrviz' mark in its metadata."""
    marks = (b"Creator\0" + MAKER.encode(), b"/Creator (" + MAKER.encode())
    svg = b"<dc:title>" + MAKER.encode()
    try:
        with path.open("rb") as file:
            head = file.read(1 << 16)
    except OSError:
        return False
    return any(mark in head for mark in (*marks, svg))

"""Writing files whole or not at all, and knowing one's own pictures."""

from __future__ import annotations

import errno
import os
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from lrviz.core.errors import OutputError, SpecError
from lrviz.core.files import PIPE_TIMEOUT
from lrviz.core.findings import Finding
from lrviz.core.text import visible

MAKER = "lrviz"
ANY_MAY_WRITE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


@contextmanager
def open_atomic(path: Path) -> Iterator[IO[bytes]]:
    """Open `path` for writing so that it is there whole afterwards, or as it was before.

    What exists and is no regular file (a device, a pipe) is written to directly. Raises
    SpecError for a path that is no place for a file: a folder, a name in a folder that does not
    exist, or one that no file can have. Raises OutputError for a file that is read-only, and
    where the system fails to write.
    """
    try:
        before = status_of(path)
        if before is not None and stat.S_ISDIR(before.st_mode):
            raise SpecError.of(str(path), "cannot be written: it is a folder")
        if before is not None and not stat.S_ISREG(before.st_mode):
            with open(path, "wb", opener=open_for_writing) as direct:
                yield direct
        else:
            with open_temporary(Path(os.path.realpath(path)), before) as file:
                yield file
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise write_error(path, error, "written") from None


def make_folder(path: Path) -> None:
    """Make a folder, and those that it is in. Raises SpecError and OutputError as `open_atomic`."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise SpecError.of(str(path), "cannot be made: it is a file") from None
    except OSError as error:
        raise write_error(path, error, "made") from None


def write_error(path: Path, error: OSError, verb: str) -> SpecError | OutputError:
    """Return the error for what cannot be `written` or `made`.

    It is a SpecError where the path is wrong, an OutputError where the system fails.
    """
    folders = reversed(Path(os.path.realpath(path)).parents)
    missing = next((folder for folder in folders if not folder.is_dir()), None)
    if error.errno in (errno.ENOENT, errno.ENOTDIR) and missing is not None:
        name = str(missing) if path.is_absolute() else os.path.relpath(missing)
        reason = f"{name} is a file" if missing.exists() else f"the folder {name} does not exist"
        advice = "" if missing.exists() else "; make it first"
        return SpecError.of(str(path), f"cannot be {verb}: {reason}{advice}")
    message = f"cannot be {verb}: {error.strerror or error}"
    if error.errno == errno.ENAMETOOLONG:
        return SpecError.of(str(path), message)
    if error.errno == errno.ENOENT:  # a folder of the system's own, as /proc
        message = f"cannot be {verb}: the system makes nothing in {path.parent}"
    return OutputError(f"{path}: {message}")


def status_of(path: Path) -> os.stat_result | None:
    """Return the status of a file, or None where there is none.

    Raises SpecError for a name that no file can have.
    """
    try:
        return path.stat()
    except FileNotFoundError:
        return None
    except ValueError:  # it holds NUL, or half of a character
        raise SpecError.of(str(path), "cannot be written: the name is none of a file") from None


@contextmanager
def open_temporary(target: Path, before: os.stat_result | None) -> Iterator[IO[bytes]]:
    """Write to a temporary file beside `target`, then rename it over; `before` is its status.

    What was there keeps its permissions and owner; a file that no one may write is refused.
    """
    if before is not None and not (before.st_mode & ANY_MAY_WRITE and os.access(target, os.W_OK)):
        raise PermissionError(errno.EACCES, "it is read-only")
    temporary = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}")
    try:  # from here on, so that a signal at any moment leaves no temporary file
        with temporary.open("xb") as file:
            yield file
            file.flush()
            if before is not None:
                take_over(file.fileno(), before)
        os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def take_over(number: int, before: os.stat_result) -> None:
    """Give an open file the owner, as far as the system lets us, and the permissions of another."""
    now = os.fstat(number)
    if (now.st_uid, now.st_gid) != (before.st_uid, before.st_gid):
        with suppress(OSError):
            os.fchown(number, before.st_uid, before.st_gid)
    os.fchmod(number, stat.S_IMODE(before.st_mode))


def open_for_writing(path: str, flags: int) -> int:
    """Open a device or a pipe; raise TimeoutError for a named pipe that no program reads."""
    deadline = time.monotonic() + PIPE_TIMEOUT
    while True:
        try:
            number = os.open(path, flags | os.O_NONBLOCK)
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise
            if time.monotonic() > deadline:
                raise TimeoutError(None, "no program reads this pipe") from None
            time.sleep(0.02)
        else:
            os.set_blocking(number, True)
            return number


def link_findings(path: Path) -> list[Finding]:
    """Return the note on the other names (hard links) of a file that is to be replaced."""
    with suppress(OSError):
        before = path.stat()
        if stat.S_ISREG(before.st_mode) and before.st_nlink > 1:
            message = f"{path} has other hard links, which keep what they have"
            return [Finding("hard-links", message, place=str(path))]
    return []


def write_message(path: Path) -> str:
    """Return the line that says that a file was written."""
    return f"wrote {visible(str(path))}"


def made_by_lrviz(path: Path) -> bool:
    """Return whether a picture bears lrviz' mark in its metadata."""
    marks = (b"Creator\0" + MAKER.encode(), b"/Creator (" + MAKER.encode())
    svg = b"<dc:title>" + MAKER.encode()
    try:
        if not path.is_file():  # reading a pipe would wait for its writer
            return False
        with path.open("rb") as file:
            head = file.read(1 << 16)
    except OSError:
        return False
    return any(mark in head for mark in (*marks, svg))

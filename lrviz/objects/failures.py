"""Exceptions that a user's own code raised, reported with their message and its frames."""

from __future__ import annotations

import os
import sysconfig
from dataclasses import replace
from pathlib import Path
from traceback import TracebackException
from types import TracebackType

from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.text import ELLIPSIS, one_line

MAX_LINES = 20
"""How many lines of a traceback are kept at its start, and as many at its end."""
PACKAGE = str(Path(__file__).parent.parent)
LIBRARIES = [sysconfig.get_paths()[name] for name in ("stdlib", "purelib", "platlib")]
LIBRARY_PREFIXES = ("<frozen", *(folder + os.sep for folder in (PACKAGE, *LIBRARIES)))
"""The beginnings of the names of files that no user wrote."""


def failure(error: BaseException, place: str = "", subject: str = "", where: str = "") -> SpecError:
    """Return the error for an exception of a user's code, with its message and its frames.

    An exception without a frame of the user's code, as in a library, has its message only.
    """
    reason = f": {error}" if str(error) else ""
    message = f"{subject} raises {type(error).__name__}{where}{reason}".strip()
    finding = Finding.error(place, message, "object-fails")
    frames = from_first_user_frame(error.__traceback__)
    if frames is not None or isinstance(error, SyntaxError):
        report = TracebackException(type(error), error, frames).format(chain=False)
        finding = replace(finding, traceback=bounded("".join(report)))
    spec_error = SpecError([finding])
    spec_error.__cause__ = error
    return spec_error


def bounded(report: str) -> str:
    """Return a traceback with its control characters visible, without its middle if it is long."""
    lines = [one_line(line) for line in report.splitlines()]
    if len(lines) > 2 * MAX_LINES:
        lines[MAX_LINES:-MAX_LINES] = [ELLIPSIS]
    return "\n".join(lines)


def from_first_user_frame(traceback: TracebackType | None) -> TracebackType | None:
    """Return a traceback from the first frame of the user's own code on, or None."""
    while traceback is not None and not is_user_file(traceback.tb_frame.f_code.co_filename):
        traceback = traceback.tb_next
    return traceback


def is_user_file(filename: str) -> bool:
    """Return whether a file is neither of lrviz nor of an installed library."""
    return not filename.startswith(LIBRARY_PREFIXES)

"""Exceptions of a user's own code, reported as that code's: its message and its frames."""

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
"""Of a traceback, at its start and at its end."""
PACKAGE = str(Path(__file__).parent.parent)
LIBRARIES = [sysconfig.get_paths()[name] for name in ("stdlib", "purelib", "platlib")]
NOT_USERS = ("<frozen", *(folder + os.sep for folder in (PACKAGE, *LIBRARIES)))
"""How the names of files begin that no user wrote."""


def failure(error: BaseException, place: str = "", subject: str = "", where: str = "") -> SpecError:
    """Return the error that code of a user's raised another one: what it says, and its frames.

    Without a frame of the user's, as in an error of a library, the message is all.
    """
    reason = f": {error}" if str(error) else ""
    message = f"{subject} raises {type(error).__name__}{where}{reason}".strip()
    finding = Finding.error(place, message, "object-fails")
    frames = from_first_user_frame(error.__traceback__)
    if frames is not None or isinstance(error, SyntaxError):
        report = TracebackException(type(error), error, frames).format(chain=False)
        finding = replace(finding, traceback=bounded("".join(report)))
    raised = SpecError([finding])
    raised.__cause__ = error
    return raised


def bounded(report: str) -> str:
    """Return a traceback with its control characters visible, without its middle if it is long."""
    lines = [one_line(line) for line in report.splitlines()]
    if len(lines) > 2 * MAX_LINES:
        lines[MAX_LINES:-MAX_LINES] = [ELLIPSIS]
    return "\n".join(lines)


def from_first_user_frame(traceback: TracebackType | None) -> TracebackType | None:
    """Return a traceback from the first frame of the user's own code on, or None."""
    while traceback is not None and not is_users(traceback.tb_frame.f_code.co_filename):
        traceback = traceback.tb_next
    return traceback


def is_users(filename: str) -> bool:
    """Return whether a file is neither of lrviz nor of an installed library."""
    return not filename.startswith(NOT_USERS)

"""Exceptions of a user's own code, reported as that code's: its message and its frames."""

from __future__ import annotations

import sysconfig
from pathlib import Path
from traceback import TracebackException
from types import TracebackType

LIBRARIES = tuple({sysconfig.get_paths()[name] for name in ("stdlib", "purelib", "platlib")})
PACKAGE = str(Path(__file__).parent.parent)


def failure_text(error: BaseException, where: str = "") -> str:
    """Return what an exception says, and the traceback from the user's first frame on.

    Without a frame of the user's the first line is all.
    """
    said = f": {error}" if str(error) else ""
    line = f"raises {type(error).__name__}{where}{said}"
    frames = from_first_user_frame(error.__traceback__)
    if frames is None and not isinstance(error, SyntaxError):
        return line
    report = TracebackException(type(error), error, frames).format(chain=False)
    return f"{line}\n{''.join(report).rstrip()}"


def from_first_user_frame(traceback: TracebackType | None) -> TracebackType | None:
    """Return a traceback from the first frame of the user's own code on, or None."""
    while traceback is not None and not is_users(traceback.tb_frame.f_code.co_filename):
        traceback = traceback.tb_next
    return traceback


def is_users(filename: str) -> bool:
    """Tell whether a file is neither of lrviz nor of an installed library."""
    return not filename.startswith((PACKAGE, "<frozen", *LIBRARIES))

"""The process around a command: signals that end it, closed streams, a nonsense environment."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

ENDING = ("SIGINT", "SIGTERM", "SIGHUP")
COMPLETION, WORDS, WORD = "_LRVIZ_COMPLETE", "COMP_WORDS", "COMP_CWORD"
"""What bash sets when it asks for completions: the request, the words, the number of one."""


class Ended(KeyboardInterrupt):
    """A signal that ends the program.

    `python -m` ends by SIGINT, whatever the status, where KeyboardInterrupt itself was raised in a
    text that is executed, as those that dataclasses are made of.
    """


def raise_for_signals(received: list[int]) -> None:
    """Make every signal that ends a program raise Ended, so that it cleans up.

    The numbers of these signals are added to `received`. A signal that is ignored (as by nohup)
    stays ignored.
    """

    def end(number: int, _: Any) -> None:
        received.append(number)
        raise Ended

    for name in ENDING:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, end)
    sys.unraisablehook = report_unless_interrupt


def report_unless_interrupt(problem: Any) -> None:
    """Report an error that Python cannot raise, as in a destructor; a signal's is in `received`."""
    if not issubclass(problem.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(problem)


def ignore_signals() -> None:
    """Ignore every signal that ends a program: its status is decided, and it is about to exit."""
    for name in ENDING:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)


def open_closed_streams() -> None:
    """Open each standard stream that was closed: using it fails as the system says.

    The numbers 0, 1 and 2 are taken, so that no file that is opened later gets them. What is
    printed to a closed standard error is lost.
    """
    modes = {"stdin": os.O_WRONLY, "stdout": os.O_RDONLY, "stderr": os.O_WRONLY}
    for name, mode in modes.items():
        if getattr(sys, name) is None:
            number = os.open(os.devnull, mode)
            kind = "r" if name == "stdin" else "w"
            stream = os.fdopen(number, kind, encoding="utf-8", errors="replace")
            setattr(sys, name, stream)


def forget_nonsense() -> None:
    """Remove from the environment what libraries would fail at.

    That is a terminal's size that is none, or larger than any; the settings of bokeh, which a
    page does not depend on; and a request for completions without its words.
    """
    for name in ("COLUMNS", "LINES"):
        if not (is_whole(os.environ.get(name, "1")) and int(os.environ.get(name, "1"))):
            del os.environ[name]
    for name in [name for name in os.environ if name.startswith("BOKEH_")]:
        del os.environ[name]
    is_complete = WORDS in os.environ and is_whole(os.environ.get(WORD, ""))
    if "bash" in os.environ.get(COMPLETION, "") and not is_complete:
        del os.environ[COMPLETION]


def is_whole(text: str) -> bool:
    """Return whether a text is a whole number of at most five digits."""
    return text.isascii() and text.isdecimal() and len(text) < 6

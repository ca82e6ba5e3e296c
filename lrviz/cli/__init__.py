"""The command line: parse, call, print. Every error is printed in one place, here."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress

TYPE_CHECKING = False  # importing typing takes time in which an interrupt prints a traceback
if TYPE_CHECKING:
    from typing import NoReturn

FINE, BAD_INPUT, INTERNAL_ERROR, OUTPUT_FAILED = 0, 2, 70, 74
SIGNALLED = 128
"""Added to the number of the signal that ended the program."""
INTERRUPTED = SIGNALLED + 2
STATUSES = {
    FINE: "fine",
    1: "a finding",
    BAD_INPUT: "bad input or usage, as a file or a folder that does not exist",
    INTERNAL_ERROR: "an internal error",
    OUTPUT_FAILED: "the system failed to read or to write, as a full disk",
    INTERRUPTED: f"interrupted ({SIGNALLED} and the number of any other signal)",
}
COLLECTED_AFTER = 500_000
"""New objects after which Python looks for garbage."""
MAX_INTERNAL_LENGTH = 200
MAX_ERROR_LENGTH = 500
"""Characters of a line: its place and its message, each of which has a limit of its own."""
REPORT = "please report it, with LRVIZ_TRACEBACK=1 for the details"


def program() -> NoReturn:
    """Run lrviz as a process of its own, and end it with its exit status.

    A signal that ends it leaves no temporary file, from the first moment to the last.
    """
    from lrviz.cli.process import ignore_signals, raise_for_signals

    # Loading modules makes many objects and no garbage, which the collector would look for.
    gc.set_threshold(COLLECTED_AFTER)
    # Looking for plugins of pydantic reads the metadata of every installed package.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")
    # Threads for large matrices, of which there are none, take as long to start as numpy to load.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    received: list[int] = []
    try:
        raise_for_signals(received)
        status = main(received=received)
    except KeyboardInterrupt:
        status = SIGNALLED + received[0] if received else INTERRUPTED
    ignore_signals()
    end_process(status)


def end_process(status: int) -> NoReturn:
    """End this process. Its objects are not freed one by one: that takes a tenth of a short run."""
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError, OSError):
            stream.flush()
    os._exit(status)


def main(arguments: Sequence[str] | None = None, received: Sequence[int] = ()) -> int:
    """Run lrviz and return its exit status; every error is printed to standard error.

    `received` lists the signals that have asked it to end; whatever they made fail counts as that.
    """
    try:
        from lrviz.cli.process import forget_nonsense, open_closed_streams

        open_closed_streams()
        forget_nonsense()
        for stream in (sys.stdout, sys.stderr):
            with suppress(AttributeError, ValueError, OSError):
                stream.reconfigure(errors="replace")  # type: ignore[union-attr]
        status = run(arguments)
        sys.stdout.flush()
    except BaseException as error:
        status = INTERRUPTED if received else report(error)
        if status == INTERNAL_ERROR and os.environ.get("LRVIZ_TRACEBACK"):
            raise
    if received:
        discard_output()
    return SIGNALLED + received[0] if received else status


def run(arguments: Sequence[str] | None) -> int:
    """Run the program and return its exit status; every error passes through."""
    import typer

    from lrviz.cli.app import app

    words = None if arguments is None else list(arguments)
    try:
        status = app(args=words, standalone_mode=False, prog_name="lrviz")
    except typer.Abort as abort:  # what typer makes of an EOFError
        raise abort.__cause__ or KeyboardInterrupt from None
    return status if isinstance(status, int) else FINE


def report(error: BaseException) -> int:
    """Print a line per error and return the exit status; what is no user's error is internal."""
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    if isinstance(error, SystemExit):  # as typer's completion ends
        return error.code if isinstance(error.code, int) else FINE
    if isinstance(error, BrokenPipeError):
        discard_output()
        return FINE
    if isinstance(error, OSError):
        discard_output()
        place = error.filename or "standard output"
        return print_errors([f"{place}: {error.strerror or error}"], OUTPUT_FAILED)
    if isinstance(error, MemoryError):
        message = "not enough memory for so many steps; --every and --range take fewer"
        return print_errors([message], BAD_INPUT)
    return report_command(error)


def report_command(error: BaseException) -> int:
    """Print the errors that lrviz and its parser of arguments raise; return the exit status."""
    import typer

    from lrviz.cli.app import MissingSpec, PipeClosed
    from lrviz.cli.log_hint import with_hint
    from lrviz.core.errors import OutputError, SpecError

    if isinstance(error, SpecError):
        status = OUTPUT_FAILED if error.input_failed else BAD_INPUT
        error = SpecError(map(with_hint, error.findings))
        return print_errors(error.lines(), status, error.tracebacks())
    if isinstance(error, OutputError):
        return print_errors([str(error)], OUTPUT_FAILED)
    if isinstance(error, MissingSpec):
        with suppress(OSError):
            print(error, file=sys.stderr)
        return BAD_INPUT
    if isinstance(error, PipeClosed):
        discard_output()
        return FINE
    if isinstance(error, typer.TyperException):
        return print_usage_error(error.format_message())
    return print_errors([internal(error)], INTERNAL_ERROR)


def internal(error: BaseException) -> str:
    """Return the message for an error that is a fault of the program."""
    from lrviz.core.text import one_line

    first = f"{type(error).__name__}: {error}".strip().splitlines()[0]
    return f"internal error: {one_line(first, MAX_INTERNAL_LENGTH)}; {REPORT}"


def print_usage_error(message: str) -> int:
    """Print the error of a command's arguments, or the help where no command was given."""
    if message.startswith("Usage:"):
        with suppress(OSError):
            print(message, file=sys.stderr)
        return BAD_INPUT
    return print_errors([message.rstrip(".")], BAD_INPUT)


def print_errors(messages: Iterable[str], status: int, tracebacks: Iterable[str] = ()) -> int:
    """Print a line per error, then the frames of a user's own code; return the exit status."""
    from lrviz.core.text import one_line

    with suppress(OSError):
        for message in messages:
            print(f"error: {one_line(message, MAX_ERROR_LENGTH)}", file=sys.stderr)
        for traceback in tracebacks:
            print(traceback, file=sys.stderr)
    return status


def discard_output() -> None:
    """Point standard output elsewhere, so that Python's exit does not flush into a closed pipe."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

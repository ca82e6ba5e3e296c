"""The command line: parse, call, print. All that can go wrong is told here, in one place."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

FINE, BAD_INPUT, INTERRUPTED = 0, 2, 130


def main(arguments: list[str] | None = None) -> int:
    """Run lrviz and return its exit status; the words of every error go to standard error."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError, OSError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        status = run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        silence()
        return FINE
    except OSError as error:
        silence()
        return told([f"standard output: {error.strerror or error}"])
    except KeyboardInterrupt:
        return INTERRUPTED
    except MemoryError:
        return told(["not enough memory for so many steps; --every and --range take fewer"])
    return status


def run(arguments: list[str] | None) -> int:
    """Run the program and return its exit status; raise what is no error of the input."""
    import typer

    from lrviz.cli.app import PipeClosed, app
    from lrviz.core.errors import SpecError

    try:
        status = app(args=arguments, standalone_mode=False, prog_name="lrviz")
    except SpecError as error:
        return told(error.lines())
    except PipeClosed:
        silence()
        return FINE
    except typer.Abort:
        return INTERRUPTED
    except typer.TyperException as error:
        message = error.format_message()
        if message.startswith("Usage:"):  # nothing was asked for: the help is the answer
            print(message, file=sys.stderr)
            return BAD_INPUT
        return told([message.rstrip(".")])
    return status if isinstance(status, int) else FINE


def told(lines: list[str]) -> int:
    """Print a line per problem; return the status of bad input."""
    with suppress(OSError):
        for line in lines:
            print(f"error: {line}", file=sys.stderr)
    return BAD_INPUT


def silence() -> None:
    """Point standard output elsewhere, so that Python's exit does not flush into a closed pipe."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

"""The command line: parse, call, print. Every error is printed in one place, here."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import suppress

FINE, BAD_INPUT, INTERNAL_ERROR, OUTPUT_FAILED, INTERRUPTED = 0, 2, 70, 74, 130
STATUSES = (
    "Exit status: 0 fine, 1 a finding, 2 bad input or usage, 70 an internal error, "
    "74 input or output failed, 130 interrupted."
)


def main(arguments: list[str] | None = None) -> int:
    """Run lrviz and return its exit status; every error is printed to standard error."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError, OSError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        status = run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        discard_output()
        return FINE
    except OSError as error:
        discard_output()
        return print_errors([f"standard output: {error.strerror or error}"], OUTPUT_FAILED)
    except KeyboardInterrupt:
        return INTERRUPTED
    except MemoryError:
        message = "not enough memory for so many steps; --every and --range take fewer"
        return print_errors([message], BAD_INPUT)
    except Exception as error:
        if os.environ.get("LRVIZ_TRACEBACK"):
            raise
        message = f"internal error: {type(error).__name__}: {error}".splitlines()[0]
        advice = "please report it, with LRVIZ_TRACEBACK=1 for the details"
        return print_errors([f"{message}; {advice}"], INTERNAL_ERROR)
    return status


def run(arguments: list[str] | None) -> int:
    """Run the program and return its exit status; errors that no user causes pass through."""
    import typer

    from lrviz.cli.app import MissingSpec, PipeClosed, app
    from lrviz.core.errors import OutputError, SpecError

    try:
        status = app(args=arguments, standalone_mode=False, prog_name="lrviz")
    except SpecError as error:
        status = print_errors(error.lines(), BAD_INPUT)
    except OutputError as error:
        status = print_errors([str(error)], OUTPUT_FAILED)
    except MissingSpec as error:
        print(error, file=sys.stderr)
        status = BAD_INPUT
    except PipeClosed:
        discard_output()
        status = FINE
    except typer.Abort:
        status = INTERRUPTED
    except typer.TyperException as error:
        status = print_usage_error(error.format_message())
    return status if isinstance(status, int) else FINE


def print_usage_error(message: str) -> int:
    """Print the error of a command's arguments, or the help where no command was given."""
    if message.startswith("Usage:"):
        print(message, file=sys.stderr)
        return BAD_INPUT
    return print_errors([message.rstrip(".")], BAD_INPUT)


def print_errors(messages: Iterable[str], status: int) -> int:
    """Print a line per error; return the exit status."""
    with suppress(OSError, AttributeError):
        for message in messages:
            print(f"error: {message}", file=sys.stderr)
    return status


def discard_output() -> None:
    """Point standard output elsewhere, so that Python's exit does not flush into a closed pipe."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

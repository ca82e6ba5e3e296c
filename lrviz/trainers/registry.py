"""The formats by name, and which of them a file has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from lrviz.core.errors import SpecError, did_you_mean
from lrviz.core.register import fold, register
from lrviz.trainers.arguments import PYTHON, read_arguments
from lrviz.trainers.epoch_steps import counts_epochs_only, divide_steps, note_on_steps
from lrviz.trainers.format import Format
from lrviz.trainers.plan import Decision, Plan
from lrviz.trainers.program_names import names_in_program
from lrviz.trainers.reading import Reading
from lrviz.trainers.request import Request
from lrviz.trainers.source import Source

MAX_KEYS = 2
"""How many keys, any of which would do, a message names."""
SHELL = re.compile(r"\A#!.*sh\b|(?<![\w-])--[A-Za-z][^\n]*\\$", re.MULTILINE)
PYTHON_ENDING = ".py"
PYTHON_HELP = (
    "of Python files those of MMEngine and nanoGPT are read, and the literal arguments of "
    "TrainingArguments(...) and of Ultralytics' train(...); give "
)
MAX_NAMES = 6
"""How many names of a program a message lists."""
SHELL_ENDING = ".sh"
SHELL_HELP = (
    "of shell scripts the arguments are read, and those of this one are of no format that lrviz "
    "knows; --as-format FORMAT reads them as one"
)
NO_ARGUMENTS = "of shell scripts the arguments are read, and this one has none that is recognised"
FORMATS_PACKAGE = "lrviz.trainers.formats"


@cache
def formats() -> tuple[Format, ...]:
    """Return every format, the one that is tried first in front."""
    package = import_module(FORMATS_PACKAGE)
    modules = [import_module(f"{FORMATS_PACKAGE}.{m.name}") for m in iter_modules(package.__path__)]
    declared: list[Format] = [module.FORMAT for module in modules]
    return tuple(sorted(declared, key=lambda item: item.rank))


def recognise(source: Source) -> tuple[Format, str] | None:
    """Return the format of a file and why it is that, or None."""
    for item in formats():
        reason = item.matches(item.open(source))
        if reason:
            return item, reason
    return None


def find_format(name: str) -> Format:
    """Return the format of a name. Raises SpecError where there is none."""
    by_name = {fold(item.name): item for item in formats()}
    if fold(name) not in by_name:
        message = f"no format '{name}'{did_you_mean(name, by_name)} (formats: {', '.join(by_name)})"
        raise SpecError.of("--as-format", message, "unknown-format")
    return by_name[fold(name)]


def read_plan(source: Source, request: Request) -> Plan | None:
    """Return what a training config means, or None where it is none.

    Raises SpecError with every fault of a config.
    """
    if request.as_format:
        item, reason = find_format(request.as_format), "--as-format says so"
    else:
        recognised = recognise(source)
        if recognised is None:
            return None
        item, reason = recognised
    opened = item.open(source)
    if request.as_format:
        opened = with_arguments(opened, item.title)
    decisions = [Decision("format", f"{item.title}: {reason} (as of {item.version})")]
    plan = read_format(item, opened, request, decisions)
    if not counts_epochs_only(plan):
        return plan
    divided = divide_steps(plan, request)
    if divided:
        request, conversion = divided
        plan = read_format(item, opened, request, [*decisions, conversion])
        return replace(plan, filled=plan.filled | {"steps"})
    note = note_on_steps(plan, request)
    return replace(plan, notes=(*plan.notes, note)) if note else plan


def read_format(
    item: Format, source: Source, request: Request, decisions: Sequence[Decision]
) -> Plan:
    """Return what a file of a format means; `decisions` go before those of the reading.

    Raises SpecError with every fault of the file.
    """
    reading = Reading(source, item, request)
    reading.trace += decisions
    plan = item.read(reading)
    reading.raise_faults()
    return plan


def with_arguments(source: Source, title: str) -> Source:
    """Return a file that is to be read as a format, with its arguments as keys if it has no others.

    Raises SpecError for a text that has neither.
    """
    if not source.text.strip() or isinstance(source.document.data, dict):
        return source
    document = read_arguments(source.text)
    if not document.data:
        message = f"has neither keys nor arguments that {title} could have"
        raise SpecError.of(source.name, message, "not-a-config")
    return replace(source, parsed=document)


def advice_on(data: object) -> str:
    """Return how to write data as a spec, where a schedule's name is in it; else nothing."""
    if isinstance(data, list) and any(
        isinstance(item, dict) and "schedule" in item for item in data
    ):
        return "; several curves are a list under the key 'curves'"
    for key, value in data.items() if isinstance(data, dict) else ():
        if isinstance(value, str) and register.find(value):
            return f"; write schedule: {value} instead of {key}: {value}"
        if isinstance(value, dict) and register.find(str(key)):
            return f"; write schedule: {key}, and its parameters beside it"
    return ""


def program_help(source: Source) -> str:
    """Return what is read of a Python program or a shell script; nothing for another file."""
    is_text = not source.data
    if source.name.endswith(PYTHON_ENDING) or (is_text and PYTHON.search(source.text)):
        return PYTHON_HELP + python_spec(source)
    if not source.name.endswith(SHELL_ENDING) and not (is_text and SHELL.search(source.text)):
        return ""
    return SHELL_HELP if read_arguments(source.text).data else NO_ARGUMENTS


def python_spec(source: Source) -> str:
    """Return the form of a SPEC that takes a scheduler of a program, and the program's names."""
    if not source.name.endswith(PYTHON_ENDING):
        return "FILE.py:NAME for a scheduler that a program makes"
    names = names_in_program(source.text)
    listed = ", ".join([*names[:MAX_NAMES], *(["..."] if len(names) > MAX_NAMES else [])])
    own = f" (it has {listed})" if names else ""
    return f"{source.name}:NAME for a scheduler that the program makes{own}"


def not_recognised(source: Source) -> str:
    """Return the message for a file of no format: the nearest one, and the key it lacks."""
    program = program_help(source)
    if program:
        return f"is not a schedule that lrviz knows: {program}"
    best: tuple[float, Format, str] | None = None
    for item in formats():
        absent = item.absent(source)
        if not item.keys or len(absent) == len(item.keys):
            continue
        share = 1 - len(absent) / len(item.keys)
        if absent and (best is None or share > best[0]):
            best = share, item, " or ".join(absent[0].split(" or ")[:MAX_KEYS])
    if best is None:
        return (
            "is not a schedule that lrviz knows: it has neither the key 'schedule' nor those of a "
            f"training config{advice_on(source.document.data)}"
        )
    _, item, key = best
    return (
        f"is not a schedule that lrviz knows; the nearest format is {item.title}, which needs {key}"
    )

"""The curves of a user's own program: it is run, and its objects are read."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import replace
from typing import Any

from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.schedule import Schedule
from lrviz.core.text import format_choice
from lrviz.curves.curve import Curve
from lrviz.objects.calls import argument_count, required_parameters
from lrviz.objects.failures import failure
from lrviz.objects.reader import Inputs
from lrviz.objects.reading import (
    is_without_optimizer,
    not_an_object,
    read_object,
    stand_in_of,
    unwrap,
)
from lrviz.specfile.inline import flag_name
from lrviz.specfile.invalid import Path
from lrviz.specfile.keys import Context
from lrviz.specfile.program import importable, load_attribute
from lrviz.specfile.settings_reader import merge_settings, read_settings

NOT_USED = {
    "lr": "; a function that returns a factor on lr is drawn by one that multiplies lr by it",
    "warmup": "",
    "floor": "",
}
"""Settings that an object has itself, and what to do instead."""
CONFIGURE = "configure_optimizers"
"""The method of a LightningModule that returns its schedulers."""


def read_program(spec: str, context: Context) -> list[Curve]:
    """Return the curves of the objects that an attribute of a program is or returns.

    What the program prints goes to standard error. Raises SpecError for an attribute that does
    not exist, for objects without rates, and with the user's traceback where their code raises.
    """
    module, _, attribute = spec.rpartition(":")
    settings = read_settings(merge_settings(context.user, context.override), locate_flag)
    notes = tuple(
        Finding("not-used", f"{name} is not used: the object has its own rates{advice}")
        for name, advice in NOT_USED.items()
        if context.override.get(name) is not None
    )
    try:
        with importable(module), redirect_stdout(sys.stderr):
            curves = [
                curve
                for value in objects_of(load_attribute(module, attribute))
                for curve in read_object(value, settings.run, Inputs(), spec, settings.by)
            ]
    except SpecError as error:
        raise SpecError(replace(item, place=spec) for item in error.findings) from None
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit is no reason to end lrviz
        if isinstance(error, ModuleNotFoundError) and error.name and "." not in error.name:
            raise SpecError.of(spec, not_installed(error.name), "object-fails") from error
        raise failure(error, spec) from error
    return [replace(curve, place=spec, notes=(*notes, *curve.notes)) for curve in curves]


def not_installed(module: str) -> str:
    """Return the message for a module that a program imports and that is not found."""
    return (
        f"imports '{module}', which this Python does not have: install lrviz in the environment in "
        "which the program runs"
    )


def locate_flag(path: Path, _: bool = False) -> str:
    """Return the flag of a setting, as its place."""
    return flag_name(str(path[0]))


def objects_of(value: Any) -> list[Any]:
    """Return the objects that have rates: a value, what it returns, or what it holds of them.

    A callable without required arguments is called, and of a LightningModule, or of its class,
    `configure_optimizers`. A tuple, list or mapping may hold others, such as the optimizer of a
    scheduler. Raises SpecError where there is none.
    """
    if hasattr(value, CONFIGURE):
        value = configured(value)
    elif callable(value) and argument_count(value) == 0:
        value = value()
    parts = list(parts_of(value))
    objects = [item for item in parts if has_rates(item)]
    if not objects:
        unreadable = next(filter(is_without_optimizer, parts), value)
        raise SpecError.of("", not_an_object(unreadable), "unreadable-object")
    return objects


def configured(module: Any) -> Any:
    """Return the optimizers and schedulers of a LightningModule, or of its class.

    Raises SpecError for a class that needs arguments.
    """
    if isinstance(module, type):
        if needed := required_parameters(module):
            message = (
                f"{module.__name__} needs {format_choice(needed, 'and')}: give a function without "
                f"arguments that returns {module.__name__}(...).{CONFIGURE}()"
            )
            raise SpecError.of("", message, "unreadable-object")
        module = module()
    return getattr(module, CONFIGURE)()


def parts_of(value: Any) -> Iterator[Any]:
    """Yield a value that has rates; of another tuple, list or dict its items', at any depth."""
    if has_rates(value) or not isinstance(value, tuple | list | dict):
        yield value
        return
    for item in value.values() if isinstance(value, dict) else value:
        yield from parts_of(item)


def has_rates(value: Any) -> bool:
    """Return whether a value is a scheduler, a schedule, a function, or a sequence of rates."""
    if isinstance(value, Curve | Schedule):
        return True
    return stand_in_of(unwrap(value).value, Inputs()) is not None

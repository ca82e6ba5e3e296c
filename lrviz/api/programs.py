"""Schedules in other words: a config as a spec, a curve as code, an intent in each framework."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lrviz.api.arguments import Drawable, read_curve
from lrviz.api.curves import split_settings
from lrviz.api.errors import as_spec_error, in_python_terms
from lrviz.codegen.target import targets
from lrviz.core.display import Displayed
from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.intent import Idiom, Intent
from lrviz.core.text import format_choice
from lrviz.curves.curve import Curve
from lrviz.specfile.source import load_specs
from lrviz.trainers.reading_rules import NEEDS_NUMBER
from lrviz.translate.code import write_code
from lrviz.translate.intents import idioms as idioms_of

if TYPE_CHECKING:
    from lrviz.trainers.convert import Conversion


class Idioms(Displayed, list[Idiom]):
    """The idioms of each framework for an intent."""

    def __init__(self, items: Iterable[Idiom], intent: Intent) -> None:
        super().__init__(items)
        self.intent = intent


@in_python_terms()
def convert(file: str | PathLike[str], **settings: Any) -> str:
    """Return a training config as the text of a spec file, with every decision in its comments.

    `file` may be a folder that holds one, `settings` are as for `load`. Raises SpecError for a file
    that is not a training config, and with every fault of the config.
    """
    return read_conversion(file, *split_settings(settings)).text


def read_conversion(
    file: str | PathLike[str], run: Mapping[str, Any], trainer: Mapping[str, Any]
) -> Conversion:
    """Return the text that `convert` returns, with the notes on it; errors name flags."""
    from lrviz.trainers.convert import convert_plan

    loaded = load_specs([str(file)], run, trainer=trainer)
    configs = [(item.plan, item.curves[0].label) for item in loaded if item.plan is not None]
    if not configs:
        message = (
            "holds no training config, but specs of lrviz"
            if os.path.isdir(file)
            else "is a spec of lrviz already; lrviz code writes it as code of a framework"
        )
        raise SpecError.of(str(file), message, "not-a-config")
    if len(configs) > 1:
        names = format_choice([name for _, name in configs], "and")
        message = f"holds {len(configs)} training configs, {names}; name one file"
        raise SpecError.of(str(file), message, "not-a-config")
    plan, name = configs[0]
    incomplete = [note for note in plan.notes if note.id == NEEDS_NUMBER.id]
    if incomplete:
        raise SpecError([Finding.error(str(file), note.message, note.id) for note in incomplete])
    return convert_plan(plan, Path(name).stem)


@in_python_terms()
def code(curve: Drawable, target: str | None = None, **settings: Any) -> str:
    """Return a program that computes a curve's rates in a framework, by default its own.

    `settings` are those of a SPEC, as for `load`. Raises SpecError for an unknown framework, for a
    run whose length is not known, and where a curve has no arithmetic and is too long for a table.
    """
    return program(read_curve(curve, settings=settings), target)


def program(first: Curve, target: str | None = None) -> str:
    """Return what `code` returns; errors name flags."""
    names = targets()
    dialect = first.schedule.dialect
    return write_code(first, target or (dialect if dialect in names else names[0]))


def idioms(intent: Intent | None = None, /, **values: Any) -> Idioms:
    """Return the idioms of each framework for an intent, as library calls.

    `values` are the fields of `Intent`: peak and floor are rates, warmup and total are steps, power
    is that of the shape "polynomial". Raises SpecError for invalid values.
    """
    if intent is None:
        with as_spec_error(values):
            intent = Intent.model_validate(values)
    return Idioms(idioms_of(intent), intent)

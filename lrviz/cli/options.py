"""The options that commands share, derived from the declarations of settings and schedules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, get_args, get_origin

import typer
from pydantic import BaseModel

from lrviz.core.annotations import union_members
from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.parameters import Unit
from lrviz.core.quantity import int_or_float, read_quantity
from lrviz.core.text import format_choice, format_value
from lrviz.curves.figure_settings import FigureSettings
from lrviz.run import MAX_STEPS
from lrviz.specfile.inline import flag_name, number_with_commas, read_flags
from lrviz.specfile.settings import CurveSettings
from lrviz.specfile.settings_reader import read_model
from lrviz.trainers.settings import TrainerSettings

WITHOUT_FLAG = ("caption",)
PLAIN_TEXT = ("title", "size", "trainer_version", "as_format", "metric")
MAY_BE_EMPTY = ("title",)
METAVARS = {"inches": "WIDTHxHEIGHT", "rate": "RATE", "steps": "N", "text": "TEXT"}
PARAMETER = "parameter_"
"""Set before a schedule's parameter, so that it never meets a shared option of that name."""
PICTURE_ONLY = ("style", "size", "dpi", "facet", "diff")
"""Options that change nothing in the terminal's chart."""
COLORS = ("auto", "always", "never")
MAX_WIDTH, MAX_HEIGHT = 100_000, 10_000


class Declaration(NamedTuple):
    """An option of a command: its annotation for typer, and its default."""

    annotation: Any
    default: Any = None
    takes_value: bool = True
    hidden: bool = False


Declarations = dict[str, Declaration]


def text_option(
    flag: str,
    help_text: str,
    metavar: str,
    *more: str,
    choices: Sequence[str] = (),
    hidden: bool = False,
) -> Declaration:
    """Return an option whose value is read as YAML would read it; it completes to `choices`."""

    def complete(incomplete: str) -> Iterable[str]:
        return [choice for choice in choices if choice.startswith(incomplete)]

    option = typer.Option(
        flag,
        *more,
        help=help_text,
        metavar=metavar,
        hidden=hidden,
        autocompletion=complete if choices else None,
    )
    return Declaration(Annotated[str | None, option], hidden=hidden)


def flag_option(flag: str, help_text: str, *more: str) -> Declaration:
    """Return an option that is given or not."""
    option = typer.Option(flag, *more, help=help_text)
    return Declaration(Annotated[bool, option], False, takes_value=False)


def truth_option(flag: str, help_text: str) -> Declaration:
    """Return an option for a truth value: `--x` or `--no-x`, None where neither is given."""
    option = typer.Option(f"{flag}/--no-{flag.removeprefix('--')}", help=help_text)
    return Declaration(Annotated[bool | None, option], takes_value=False)


def choices_of(annotation: Any) -> tuple[str, ...]:
    """Return the texts that a type takes, or none where it takes others too."""
    kinds = [kind for kind in union_members(annotation) if kind is not type(None)]
    if len(kinds) == 1 and get_origin(kinds[0]) is Literal:
        return tuple(str(word) for word in get_args(kinds[0]))
    return ()


def is_truth_value(annotation: Any) -> bool:
    """Return whether a type is bool, or bool or None."""
    return set(union_members(annotation)) - {type(None)} == {bool}


def metavar_of(field: Any) -> str:
    """Return what names an option's value in the help: its unit, or its choices."""
    choices = choices_of(field.annotation)
    if choices:
        return "|".join(choices)
    units = [mark.name for mark in field.metadata if isinstance(mark, Unit)]
    units += [unit.name for unit in units_of(field.annotation)]
    return next((METAVARS[unit] for unit in units if unit in METAVARS), "VALUE")


def units_of(annotation: Any) -> Iterable[Unit]:
    """Yield the units in a type's annotations, those of the parts of a union included."""
    yield from (mark for mark in getattr(annotation, "__metadata__", ()) if isinstance(mark, Unit))
    for part in get_args(annotation):
        if not isinstance(part, Unit):
            yield from units_of(part)


def field_option(name: str, field: Any, help_text: str) -> Declaration:
    """Return the option of a model's field."""
    flag = flag_name(name)
    if is_truth_value(field.annotation):
        return truth_option(flag, help_text)
    choices = choices_of(field.annotation)
    return text_option(flag, help_text, metavar_of(field), choices=choices)


def settings_options(model: type[BaseModel]) -> Declarations:
    """Return an option for each setting that a model declares."""
    return {
        name: field_option(name, field, f"{field.description}.")
        for name, field in model.model_fields.items()
        if name not in WITHOUT_FLAG
    }


RANGE: Declarations = {
    "range_": text_option("--range", "steps to sample, START:STOP or START:STOP:EVERY.", "RANGE"),
}
QUIET: Declarations = {"quiet": flag_option("--quiet", "no notes.", "-q")}
CONFIG: Declarations = {
    "no_config": flag_option("--no-config", "ignore lrviz.toml and [tool.lrviz].")
}
TERMINAL: Declarations = {
    "width": text_option("--width", "columns of the terminal's chart.", "N"),
    "height": text_option("--height", "rows of the terminal's chart.", "N"),
    "color": text_option("--color", "colours in the terminal.", "|".join(COLORS), choices=COLORS),
    **QUIET,
    **CONFIG,
}
IMAGES = (".png", ".svg", ".pdf")
"""The endings of images."""
PAGE = ".html"
PICTURES = (*IMAGES, PAGE)
"""The endings of what shows curves: images, and a page to share."""


def output_option(what: str, endings: Sequence[str]) -> Declaration:
    """Return the option of the file to write, which has one of the endings."""
    help_text = f"{what} to write: {format_choice(endings)}; - is standard output."
    return text_option("--output", help_text, "FILE", "-o")


NO_IMAGE = flag_option("--no-image", "terminal only.")
IMAGE: Declarations = {"output": output_option("image", IMAGES), "no_image": NO_IMAGE}
PICTURE: Declarations = {
    "output": output_option("image or page", PICTURES),
    "no_image": NO_IMAGE,
}


EXPLAIN: Declarations = {
    "explain": flag_option("--explain", "print every decision in reading a training config."),
}


def trainer_options() -> Declarations:
    """Return the options for a training config as a SPEC."""
    return {**settings_options(TrainerSettings), **EXPLAIN}


def sampling_options() -> Declarations:
    """Return the options that say what is sampled."""
    return {**settings_options(CurveSettings), **RANGE, **trainer_options()}


def drawing_options() -> Declarations:
    """Return the options that the drawing commands share."""
    return {**sampling_options(), **settings_options(FigureSettings), **PICTURE, **TERMINAL}


@dataclass(frozen=True)
class Options:
    """The values of the shared options, read and checked; those of a curve are read later.

    `curve` and `figure` hold what flags set, `default_curve` and `default_figure` the user's
    defaults, which apply where neither a flag nor the spec sets a value; `trainer` is what flags
    say of a training config; `picture_flags` are the flags that only a picture can show.
    """

    curve: Mapping[str, Any]
    figure: Mapping[str, Any]
    default_curve: Mapping[str, Any]
    default_figure: Mapping[str, Any]
    trainer: Mapping[str, Any]
    explain: bool
    span: range | None
    output: Path | None
    image: bool
    picture_flags: tuple[str, ...]
    width: int | None
    height: int | None
    color: str
    quiet: bool


def read_options(values: Mapping[str, Any]) -> Options:
    """Return the values of the shared options. Raises SpecError with the place of a fault."""
    from lrviz.cli.defaults import Defaults, read_defaults

    defaults = Defaults() if values.get("no_config") else read_defaults(Path.cwd())
    color = str(values.get("color") or "auto")
    if color not in COLORS:
        raise SpecError.of("--color", f"must be 'auto', 'always' or 'never' (got {color!r})")
    return Options(
        curve=curve_values(values),
        figure=figure_values(values),
        default_curve=defaults.run,
        default_figure=defaults.figure,
        trainer=checked_values(TrainerSettings, values),
        explain=bool(values.get("explain")),
        span=read_range(values.get("range_")),
        output=read_path(values.get("output"), "--output"),
        image=not values.get("no_image"),
        picture_flags=tuple(flag_name(name) for name in PICTURE_ONLY if values.get(name)),
        width=read_count(values.get("width") or defaults.width, "--width", MAX_WIDTH),
        height=read_count(values.get("height"), "--height", MAX_HEIGHT),
        color=color,
        quiet=bool(values.get("quiet")),
    )


def curve_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the curve settings that were given; lists are sweeps, so a curve reads them."""
    return read_values(CurveSettings, values)


def curve_texts(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the curve settings that were given as text, as typed."""
    names = [name for name in CurveSettings.model_fields if isinstance(values.get(name), str)]
    return {name: values[name] for name in names}


def comma_findings(flags: Mapping[str, str]) -> list[Finding]:
    """Return a note for each flag whose list of values may be meant as one number."""
    return [
        Finding(
            "comma-in-number",
            f"{flag_name(name)} {text.strip()} makes a curve of each value; "
            f"one number is written {number}",
        )
        for name, text in flags.items()
        if (number := number_with_commas(text))
    ]


def figure_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the picture settings that were given, checked."""
    return checked_values(FigureSettings, values)


def read_values(model: type[BaseModel], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that were given for a model's fields, texts as YAML reads them."""
    present = {name: values[name] for name in model.model_fields if values.get(name) is not None}
    for name, value in present.items():
        if value == "" and name not in MAY_BE_EMPTY:
            raise SpecError.of(flag_name(name), "needs a value")
    texts = {name: value for name, value in present.items() if isinstance(value, str)}
    return {**present, **read_flags({k: v for k, v in texts.items() if k not in PLAIN_TEXT})}


def flag_of_path(path: tuple[str | int, ...], key: bool = False) -> str:
    """Return the flag that a value is from, as its place."""
    del key
    return flag_name(str(path[0]))


def checked_values(model: type[BaseModel], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that were given for a model's fields, as the model reads them."""
    present = read_values(model, values)
    if not present:
        return {}
    checked = read_model(model, present, flag_of_path)
    return {name: getattr(checked, name) for name in present}


def read_path(text: str | None, flag: str) -> Path | None:
    """Return the path of a flag, or None where it was not given."""
    if text is None:
        return None
    if not text:
        raise SpecError.of(flag, "needs a file name")
    return Path(text)


def read_count(value: str | int | None, flag: str, limit: int) -> int | None:
    """Return a flag's whole number above 0, or None where it was not given."""
    if value is None:
        return None
    number = whole_number(str(value))
    if number is None or not 0 < number <= limit:
        name = flag.strip("-")
        spelled = format_value(read_flags({name: str(value)})[name])
        raise SpecError.of(flag, f"must be a whole number from 1 to {limit:,} (got {spelled})")
    return number


def whole_number(text: str) -> int | None:
    """Return the number of steps that a text means, as 5, 5k or 2e3; None for any other text."""
    quantity = read_quantity(text)
    if quantity is None or quantity.unit not in ("", "steps"):
        return None
    number = int_or_float(quantity.number)
    return number if isinstance(number, int) else None


def read_range(text: str | None) -> range | None:
    """Return the steps of START:STOP[:EVERY]."""
    if text is None:
        return None
    numbers = [number for part in text.split(":") if (number := whole_number(part)) is not None]
    rule = "must be START:STOP or START:STOP:EVERY in whole steps, START below STOP"
    if len(numbers) not in (2, 3) or len(numbers) != text.count(":") + 1:
        raise SpecError.of("--range", f"{rule} (got {text!r})")
    start, stop, every = (*numbers, 1)[:3]
    if start >= stop or every < 1:
        raise SpecError.of("--range", f"{rule} (got {text!r})")
    if stop > MAX_STEPS:
        raise SpecError.of("--range", f"at most {MAX_STEPS:,} steps are sampled (got {text!r})")
    return range(start, stop, every)

"""The options that commands share, derived from the declarations of settings and schedules."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel
from typer.core import TyperCommand

from lrviz.cli.app import PipeClosed
from lrviz.core.errors import SpecError
from lrviz.core.text import format_value as shown
from lrviz.curves.figure_settings import FigureSettings
from lrviz.curves.table import MOST_STEPS
from lrviz.specfile.inline import flag_name, read_flags
from lrviz.specfile.reader import read_model
from lrviz.specfile.settings import CurveSettings

CONTEXT = {
    "help_option_names": ["-h", "--help"],
    "token_normalize_func": lambda token: token.casefold().replace("_", "-"),
}
NOT_A_FLAG = ("caption",)

Declared = dict[str, tuple[Any, Any]]
"""Parameters of a command by name: annotation and default."""


def text_option(flag: str, help_text: str, metavar: str, *more: str) -> Any:
    """Return the annotation of an option whose value is read as YAML would read it."""
    return Annotated[str | None, typer.Option(flag, *more, help=help_text, metavar=metavar)]


def from_model(model: type[BaseModel]) -> Declared:
    """Return an option for each setting that a model declares."""
    declared: Declared = {}
    for name, field in model.model_fields.items():
        if name in NOT_A_FLAG:
            continue
        flag, told = flag_name(name), f"{field.description}."
        if field.annotation is bool:
            declared[name] = (Annotated[bool, typer.Option(flag, help=told)], False)
        else:
            declared[name] = (text_option(flag, told, metavar_of(field)), None)
    return declared


def metavar_of(field: Any) -> str:
    """Return what stands for an option's value in the help: its unit, or its choices."""
    choices = getattr(field.annotation, "__args__", ())
    words = [word for each in choices for word in getattr(each, "__args__", (each,))]
    if words and all(isinstance(word, str) or word is type(None) for word in words):
        return "|".join(word for word in words if isinstance(word, str))
    text = f"{field.annotation} {field.metadata}"
    known = ("WIDTHxHEIGHT", "inches"), ("RATE", "rate"), ("N", "steps"), ("TEXT", "text")
    return next((metavar for metavar, unit in known if f"'{unit}'" in text), "VALUE")


SPAN = {
    "range_": (
        text_option("--range", "steps to sample, START:STOP or START:STOP:EVERY.", "RANGE"), None,
    ),
}  # fmt: skip
TERMINAL: Declared = {
    "width": (text_option("--width", "columns of the terminal's chart.", "N"), None),
    "color": (text_option("--color", "colours in the terminal.", "auto|always|never"), "auto"),
    "quiet": (Annotated[bool, typer.Option("--quiet", "-q", help="No remarks.")], False),
}
IMAGE: Declared = {
    "output": (
        text_option("--output", "image to write: .png, .svg or .pdf; - is standard output.",
                    "FILE", "-o"), None,
    ),
    "no_image": (Annotated[bool, typer.Option("--no-image", help="Terminal only.")], False),
}  # fmt: skip


def sampling_options() -> Declared:
    """Return the options that say what is sampled."""
    return {**from_model(CurveSettings), **SPAN}


def drawing_options() -> Declared:
    """Return the options that the drawing commands share."""
    return {**sampling_options(), **from_model(FigureSettings), **IMAGE, **TERMINAL}


def build_command(
    run: Callable[..., Any],
    name: str,
    help_text: str,
    declared: Declared,
    positional: Sequence[inspect.Parameter] = (),
    cls: type[TyperCommand] | None = None,
) -> Any:
    """Return the command that calls `run` with the values of its declared options."""

    def command(**values: Any) -> Any:
        try:
            return run(**values)
        except BrokenPipeError:
            raise PipeClosed from None  # typer would take the other for a failure

    keyword = inspect.Parameter.KEYWORD_ONLY
    options = [
        inspect.Parameter(option, keyword, default=default, annotation=annotation)
        for option, (annotation, default) in declared.items()
    ]
    parameters = [*positional, *options]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {each.name: each.annotation for each in parameters}
    command.__doc__ = help_text
    one = typer.Typer(add_completion=False, rich_markup_mode=None)
    one.command(name, cls=cls, context_settings=dict(CONTEXT))(command)
    return typer.main.get_command(one)


@dataclass(frozen=True)
class Asked:
    """What the shared options ask for, read and checked."""

    curve: Mapping[str, Any]
    figure: Mapping[str, Any]
    span: range | None
    output: Path | None
    image: bool
    width: int | None
    color: str
    quiet: bool


def read_asked(values: Mapping[str, Any]) -> Asked:
    """Return what the options ask for. Raises SpecError with the place of each problem."""
    width = one_number(values.get("width"), "--width")
    color = str(values.get("color") or "auto")
    if color not in ("auto", "always", "never"):
        raise SpecError.of("--color", f"must be 'auto', 'always' or 'never' (got {color!r})")
    output = values.get("output")
    return Asked(
        curve=given(CurveSettings, values),
        figure=given(FigureSettings, values),
        span=read_span(values.get("range_")),
        output=Path(output) if output else None,
        image=not values.get("no_image"),
        width=width,
        color=color,
        quiet=bool(values.get("quiet")),
    )


def given(model: type[BaseModel], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that were given, as the model reads them."""
    told = {name: values[name] for name in model.model_fields if values.get(name)}
    texts = {name: value for name, value in told.items() if isinstance(value, str)}
    read = {**told, **read_flags({k: v for k, v in texts.items() if k not in ("title", "size")})}
    if model is CurveSettings:
        return read  # a curve reads them: lists are sweeps, and quantities need its run
    checked = read_model(model, read, lambda path, _=False: flag_name(str(path[0])))
    return {name: getattr(checked, name) for name in read}


def one_number(text: str | None, flag: str, most: int = 100_000) -> int | None:
    """Return a flag's whole number above 0, or None where it was not given."""
    if text is None:
        return None
    if not text.strip().isdecimal() or not 0 < int(text[:20]) <= most:
        value = shown(read_flags({flag.strip("-"): text})[flag.strip("-")])
        raise SpecError.of(flag, f"must be a whole number from 1 to {most:,} (got {value})")
    return int(text)


def read_span(text: str | None) -> range | None:
    """Return the steps of START:STOP[:EVERY]."""
    if text is None:
        return None
    parts = text.split(":")
    rule = "must be START:STOP or START:STOP:EVERY in whole steps, START below STOP"
    if len(parts) not in (2, 3) or not all(p.isdecimal() and len(p) < 12 for p in parts):
        raise SpecError.of("--range", f"{rule} (got {text!r})")
    start, stop, every = (int(part) for part in (*parts, "1")[:3])
    if start >= stop or every < 1:
        raise SpecError.of("--range", f"{rule} (got {text!r})")
    if stop > MOST_STEPS:
        raise SpecError.of("--range", f"at most {MOST_STEPS:,} steps are sampled (got {text!r})")
    return range(start, stop, every)

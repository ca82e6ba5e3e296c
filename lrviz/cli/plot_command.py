"""`lrviz plot SPEC`: a command for each schedule's name, with its parameters as flags."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.text import Text
from typer.core import TyperCommand, TyperGroup

from lrviz.cli.complete import specs
from lrviz.cli.options import (
    CONTEXT,
    Declared,
    build_command,
    drawing_options,
    metavar_of,
    read_asked,
    text_option,
)
from lrviz.cli.screen import (
    Screen,
    chart_lines,
    figure_settings,
    picture_path,
    remark,
    table_remarks,
    write_picture,
)
from lrviz.core.register import fold, register
from lrviz.core.schedule import Schedule
from lrviz.core.text import format_value as shown
from lrviz.curves.table import tabulate
from lrviz.specfile.inline import flag_name, read_flags
from lrviz.specfile.source import Sheet, is_file, load_named, load_sheets

PREFIX = "parameter_"
"""Set before a schedule's parameter, so that it never meets a shared option of that name."""


class Plot(TyperGroup):
    """Takes any first word: a schedule's name has its flags; a file or inline spec has none."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return a name for each schedule, the short one where it has one."""
        del ctx
        return [short_name(cls) for cls in register.all()]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return what the help needs to know of a schedule."""
        del ctx
        cls = register.find(cmd_name)
        return TyperCommand(name=cmd_name, short_help=first_line(cls)) if cls else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command of the first word."""
        del ctx
        return args[0], spec_command(args[0]), args[1:]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Bring options that stand before the SPEC behind it, where its command reads them."""
        at = spec_index(args)
        return super().parse_args(ctx, [*args[at:], *args[:at]])

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:
        """Complete names of schedules and of files."""
        from typer.core import CompletionItem  # type: ignore[attr-defined]

        if incomplete.startswith("-"):
            return list(super().shell_complete(ctx, incomplete))
        return [CompletionItem(word) for word in specs(incomplete)]


def short_name(cls: type[Schedule]) -> str:
    """Return what to type for a schedule: torch's alias, else the full name."""
    return cls.aliases[0] if cls.dialect == "torch" and cls.aliases else cls.title()


def first_line(cls: type[Schedule]) -> str:
    """Return the one sentence of a schedule."""
    return (cls.__doc__ or "").strip().splitlines()[0]


def spec_index(args: list[str]) -> int:
    """Return where the SPEC stands: the first word that is no option and no option's value."""
    declared = drawing_options()
    flags = {flag_name(name) for name, (_, default) in declared.items() if default is False}
    index = 0
    while index < len(args) and args[index].startswith("-") and args[index] not in ("-", "--"):
        word = fold(args[index].strip("-")).replace("_", "-")
        alone = f"--{word}" in flags or "=" in word or word in ("h", "help", "q")
        index += 1 if alone else 2
    return index if index < len(args) else 0


def build(help_text: str) -> Any:
    """Return the command, which is a group of all schedules."""
    return Plot(
        name="plot",
        params=[],
        help=f"{help_text}\n\nSPEC is a schedule's name (its parameters are flags, told by "
        "lrviz plot NAME --help), an inline spec (cosine:t_max=100), a file, or -. "
        "The options of every SPEC are told by lrviz compare --help.",
        no_args_is_help=True,
        subcommand_metavar="SPEC [OPTIONS]",
        rich_markup_mode=None,
        context_settings=dict(CONTEXT),
    )


def spec_command(word: str) -> Any:
    """Return the command of one SPEC: a schedule's parameters, and the shared options."""
    cls = None if is_file(word) else register.find(word)
    shared = drawing_options()
    own = parameter_options(cls, shared) if cls else {}
    help_text = (cls.__doc__ or "").strip() if cls else f"Draw {word}."

    def run(**values: Any) -> None:
        flags = {k.removeprefix(PREFIX): v for k, v in values.items() if k.startswith(PREFIX)}
        plot(word, {k: v for k, v in flags.items() if v is not None}, values, cls)

    return build_command(run, word, help_text, {**own, **shared})


def parameter_options(cls: type[Schedule], shared: Declared) -> Declared:
    """Return an option for each parameter of a schedule that no shared option fills."""
    options: Declared = {}
    for name in cls.model_fields:
        if name not in shared:
            metavar = metavar_of(cls.model_fields[name])
            options[PREFIX + name] = (
                text_option(flag_name(name), described(cls, name), metavar), None,
            )  # fmt: skip
    for name in cls.ignored_parameters:
        options[PREFIX + name] = (
            text_option(flag_name(name), "no effect on the rate.", "VALUE"), None,
        )  # fmt: skip
    return options


def described(cls: type[Schedule], name: str) -> str:
    """Return a parameter's sentence with its default, or its example."""
    field = cls.model_fields[name]
    if field.is_required():
        return f"{field.description} (example: {shown(cls.example_value(name))})."
    default = field.get_default(call_default_factory=True)
    return f"{field.description}" + ("." if default is None else f" (default: {shown(default)}).")


def plot(word: str, flags: dict[str, str], values: dict[str, Any], cls: Any) -> None:
    """Draw one SPEC: the terminal's chart, and an image."""
    asked = read_asked(values)
    sheet = load_named(word, read_flags(flags), asked.curve) if cls else None
    sheets = [sheet] if sheet else load_sheets([word], asked.curve)
    curves = [curve for each in sheets for curve in each.curves]
    path = picture_path(asked, sheets[0].stem)
    table = tabulate(curves, asked.span)
    title = curves[0].label if len(curves) == 1 else stem_title(sheets[0])
    settings = figure_settings(sheets, asked, title)
    remark(table_remarks(table), asked.quiet)
    if path is not None:
        write_picture(path, table, settings, asked.quiet)
    if path != Path("-"):
        screen = Screen(asked.width, asked.color)
        heading = Text(settings.title or title, "bold")
        if len(curves) == 1:
            heading.append(screen.glyphs.between + curves[0].call(), "not bold")
        screen.show([heading, *chart_lines(screen, table, settings)])


def stem_title(sheet: Sheet) -> str:
    """Return the title of a picture of several curves that has none of its own."""
    return sheet.stem

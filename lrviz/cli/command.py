"""A command with its options in groups: the schedule, the run, the picture, the terminal."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperOption

from lrviz.cli.app import PipeClosed
from lrviz.cli.extra_words import advice_on_option, advice_on_words, extra_message
from lrviz.cli.options import EXPLAIN, IMAGE, PARAMETER, RANGE, TERMINAL, Declarations
from lrviz.cli.unknown_option import (
    advice_elsewhere,
    inline_advice,
    option_advice,
    others_with,
)
from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.register import fold
from lrviz.core.schedule import Schedule
from lrviz.curves.figure_settings import FigureSettings
from lrviz.specfile.scalars import scalar
from lrviz.specfile.settings import CurveSettings
from lrviz.specfile.synonyms import synonym
from lrviz.trainers.settings import TrainerSettings


def normalized(token: str) -> str:
    """Return the form in which options are compared: no case, `-` and `_` as one."""
    return fold(token).replace("_", "-")


CONTEXT = {
    "help_option_names": ["-h", "--help"],
    "allow_extra_args": True,  # refused in words of our own
    "token_normalize_func": normalized,
}
COMPARISON = ("diff", "baseline", "as_if")
COMMAND_GROUP = "The command"
SCHEDULE_GROUP = "Parameters of the schedule"


def shared_groups() -> dict[str, tuple[str, ...]]:
    """Return the titles of the groups that commands share, each with its options."""
    from lrviz.core.intent import Intent  # only the help needs it

    return {
        "The run": (*CurveSettings.model_fields, *Intent.model_fields, *RANGE),
        "A training config": (*TrainerSettings.model_fields, *EXPLAIN),
        "The picture": (*IMAGE, *FigureSettings.model_fields, *COMPARISON),
        "The terminal": ("watch", *TERMINAL, "help"),
    }


def group_of(name: str, shared: Mapping[str, Sequence[str]]) -> str:
    """Return the title of the group that an option is listed in."""
    if name.startswith(PARAMETER):
        return SCHEDULE_GROUP
    return next((title for title, names in shared.items() if name in names), COMMAND_GROUP)


def argument_name(parameter: Any) -> str:
    """Return what the help calls an argument of a command; empty for an option."""
    return parameter.metavar or "" if isinstance(parameter, TyperArgument) else ""


def values_of(flag: str, typed: Sequence[str]) -> list[str]:
    """Return the values that a flag has among what was typed: `--lr 1` or `--lr=1`."""
    following = [value for word, value in pairwise(typed) if normalized(word) == flag]
    parts = [word.partition("=") for word in typed]
    return following + [value for word, sign, value in parts if sign and normalized(word) == flag]


def advice_on_several(option: Any, flag: str, values: Sequence[str]) -> str:
    """Return the end of a message that tells how an option takes several values, or nothing."""
    if "[," in (option.metavar or ""):
        return f"; several are {flag} {','.join(values)}"
    if all(isinstance(scalar(value), int | float) for value in values):
        return f"; a list makes a curve of each, as {flag} '[{','.join(values)}]'"
    return ""


class Command(TyperCommand):
    """A command whose help lists its options in groups, and ends with examples."""

    examples: Sequence[str] = ()
    without_effect: Sequence[str] = ()
    takes_spec: bool = False
    extra_hint: str = ""
    argument_words: Sequence[str] = ()
    schedule: type[Schedule] | None = None

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments. Raises SpecError for a wrong one, with what to type instead."""
        typed = list(args)
        try:
            remaining = super().parse_args(ctx, args)
        except typer.TyperException as error:
            flag = getattr(error, "option_name", None)
            if flag:
                findings = self.wrong_options(flag, error.format_message(), typed, ctx)
                raise SpecError(findings) from None
            message = error.format_message().rstrip(".")
            if message.startswith("Missing argument"):
                message = self.missing_word(message, ctx)
            raise SpecError.of("", message, "usage") from None
        self.refuse_options_as_values(typed, ctx)
        if ctx.args and not ctx.resilient_parsing:
            raise SpecError.of("", self.extra_words(ctx.args, typed, ctx), "usage")
        self.refuse_repeated(typed, ctx)
        return remaining

    def refuse_options_as_values(self, typed: Sequence[str], ctx: Any) -> None:
        """Raise SpecError for an option without a value, of which the next option became one."""
        options = self.options(ctx)
        for word, value in pairwise(typed):
            option = options.get(normalized(word))
            is_option = value.startswith("-") and normalized(value.partition("=")[0]) in options
            if option and not option.is_flag and is_option:
                raise SpecError.of(word, self.without_value(normalized(word), options), "usage")

    def refuse_repeated(self, typed: Sequence[str], ctx: Any) -> None:
        """Raise SpecError for an option with a value that is there more than once."""
        for flag, option in self.options(ctx).items():
            values = values_of(flag, typed)
            if len(values) > 1 and not option.is_flag and not option.multiple:
                message = f"is given {len(values)} times{advice_on_several(option, flag, values)}"
                raise SpecError.of(flag, message, "usage")

    def wrong_options(
        self, flag: str, message: str, typed: Sequence[str], ctx: Any
    ) -> Iterator[Finding]:
        """Yield an error for each option that does not exist, or for one that lacks its value."""
        options = self.options(ctx)
        if not message.startswith("No such option"):
            yield Finding.error(flag, self.without_value(flag, options), "usage")
            return
        words = [word.partition("=")[0] for word in typed]
        first = next((word for word in words if normalized(word).startswith(flag)), flag)
        existing = {*options, *ctx.help_option_names, "--"}
        others = [w for w in words if w.startswith("--") and normalized(w) not in existing]
        for word in dict.fromkeys([first, *others]):
            hint = self.option_hint(word, typed, options, ctx)
            yield Finding.error(word, f"no such option{hint}", "usage")

    def without_value(self, flag: str, options: Mapping[str, Any]) -> str:
        """Return the message for an option that lacks its value, or takes none."""
        option = options.get(flag)
        if option is None or option.is_flag:
            return "takes no value"
        return f"needs a value, {option.metavar}: {str(option.help).rstrip('.')}"

    def options(self, ctx: Any) -> dict[str, Any]:
        """Return the options by their flags."""
        options = [item for item in self.get_params(ctx) if isinstance(item, TyperOption)]
        return {flag: item for item in options for flag in (*item.opts, *item.secondary_opts)}

    def option_hint(
        self, word: str, typed: Sequence[str], options: Mapping[str, Any], ctx: Any
    ) -> str:
        """Return what to type instead of an option that does not exist."""
        name = fold(word.lstrip("-"))
        values = values_of(normalized(word), typed)
        by_name = {fold(flag.removeprefix("--")): flag for flag in options}
        command = " ".join(ctx.command_path.split()[:2]) if self.takes_spec else ""
        beside = {normalized(other.partition("=")[0]) for other in typed}
        advice = self.advice_on_argument(name, values, ctx)
        advice = advice or advice_elsewhere(name, values, by_name, command)
        takes_inline = command or "against" in by_name
        if not advice and takes_inline and not self.schedule and not synonym(name, by_name):
            advice = inline_advice(name)
        alone = {flag for flag, option in options.items() if option.is_flag}
        advice = advice or option_advice(name, values, by_name, self.schedule, beside, alone)
        if not advice and self.schedule:
            advice = others_with(name, self.schedule)
        elif not advice and takes_inline:
            advice = inline_advice(name)
        path = " ".join(ctx.command_path.split())
        return f"; {advice or f'{path} --help lists them'}"

    def advice_on_argument(self, name: str, values: Sequence[str], ctx: Any) -> str:
        """Return how an argument is typed where an option has its name, or nothing."""
        for word in filter(None, map(argument_name, self.get_params(ctx))):
            if name in (fold(word.strip("[].")), *self.argument_words):
                argument = word.strip("[].")
                example = values[0] if values else argument
                return f"a {argument} needs none: {ctx.command_path} {example}"
        return ""

    def extra_words(self, words: Sequence[str], typed: Sequence[str], ctx: Any) -> str:
        """Return the message on words too many, with what to type instead.

        `typed` are the words after the command, or after its SPEC.
        """
        names = ["SPEC"] if self.takes_spec else []
        names += [name.strip("[]") for name in map(argument_name, self.get_params(ctx)) if name]
        takes = f"one {names[0]}" if names else "no argument"
        message = extra_message(" ".join(ctx.command_path.split()[:2]), takes, words)
        advice = advice_on_option(words, self.options(ctx))
        if not advice and self.takes_spec:
            advice = advice_on_words(words, typed, next(iter(self.examples), ""))
        advice = advice or self.extra_hint
        return f"{message}; {advice}" if advice else message

    def missing_word(self, message: str, ctx: Any) -> str:
        """Return the message on an argument that was not typed, with an example."""
        name = message.partition("'")[2].partition("'")[0]
        example = f", as in: {self.examples[0]}" if self.examples else ""
        return f"{ctx.command_path} needs {name}{example}"

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return the words of the usage line after the command."""
        names = map(argument_name, self.get_params(ctx))
        return [self.options_metavar or "", *filter(None, names)]

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Write the usage line."""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path.rstrip(), pieces)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the options, group by group."""
        shared = shared_groups()
        records: dict[str, list[tuple[str, str]]] = {
            title: [] for title in (SCHEDULE_GROUP, COMMAND_GROUP, *shared)
        }
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                name = argument_name(parameter) or record[0]
                records[group_of(parameter.name or "", shared)].append((name, record[1]))
        for title, rows in records.items():
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the parameters without effect in a line, and the examples."""
        del ctx
        if self.without_effect:
            formatter.write_paragraph()
            formatter.write_text(f"Without effect on the rate: {', '.join(self.without_effect)}")
        if self.examples:
            with formatter.section("Examples"):
                for example in self.examples:
                    formatter.write(f"{'':>{formatter.current_indent}}{example}\n")


def build_command(
    run: Callable[..., Any],
    name: str,
    help_text: str,
    declarations: Declarations,
    positional: Sequence[inspect.Parameter] = (),
) -> Command:
    """Return the command that calls `run` with the values of its options."""

    def command(**values: Any) -> Any:
        try:
            return run(**values)
        except BrokenPipeError:
            raise PipeClosed from None  # typer would exit 1 for the other

    keyword = inspect.Parameter.KEYWORD_ONLY
    options = [
        inspect.Parameter(option, keyword, default=item.default, annotation=item.annotation)
        for option, item in declarations.items()
    ]
    parameters = [*positional, *options]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {item.name: item.annotation for item in parameters}
    command.__doc__ = help_text
    single = typer.Typer(add_completion=False, rich_markup_mode=None)
    single.command(name, cls=Command, context_settings=dict(CONTEXT))(command)
    built = typer.main.get_command(single)
    assert isinstance(built, Command)
    share_validator(built.params)
    return built


def share_validator(parameters: Sequence[Any]) -> None:
    """Give all options that are plain text the validator of the first one.

    typer builds a pydantic validator for each option, which takes longer than drawing a chart.
    """
    texts = [
        item
        for item in parameters
        if isinstance(item, TyperOption) and item.type_descriptor.annotation is str
    ]
    for item in texts[1:]:
        item._runtime_param = texts[0].get_runtime_param()

"""Commands on a SPEC: where it is a schedule's name, the schedule's parameters are flags."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

from lrviz.cli.app import COMMANDS, MissingSpec
from lrviz.cli.command import CONTEXT, build_command, values_of
from lrviz.cli.complete import specs as complete_specs
from lrviz.cli.describe import describe_parameter, short_name
from lrviz.cli.extra_words import is_spec
from lrviz.cli.loading import load
from lrviz.cli.options import (
    EXPLAIN,
    PARAMETER,
    Declarations,
    Options,
    comma_findings,
    curve_texts,
    field_option,
    read_options,
    text_option,
)
from lrviz.cli.output import print_findings, print_traces
from lrviz.cli.unknown_command import command_in
from lrviz.cli.unknown_option import advice_on_spec
from lrviz.core.errors import SpecError
from lrviz.core.files import is_file, is_folder
from lrviz.core.register import fold, register
from lrviz.core.schedule import Schedule
from lrviz.core.text import format_compact
from lrviz.specfile.contents import LoadedSpec
from lrviz.specfile.inline import flag_name, read_flags
from lrviz.specfile.not_found import not_found
from lrviz.specfile.program import is_program
from lrviz.specfile.source import load_named, split_selection
from lrviz.trainers.settings import TrainerSettings

TRAINER_OPTIONS = (*TrainerSettings.model_fields, *EXPLAIN)
MAX_EXAMPLE_LENGTH = 20
DATA = (".csv", ".tsv", ".npz")
"""The endings of exported rates."""
HELP_FLAGS = ("-h", "--help")
OPTIONS_ELSEWHERE = "lrviz {} cosine --help lists the options, as -o, --size and --log-y."
FURTHER = "further_specs"
FURTHER_SPECS = inspect.Parameter(
    FURTHER,
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
    default=None,
    annotation=Annotated[
        list[str] | None,
        typer.Argument(metavar="[SPEC...]", hidden=True, autocompletion=complete_specs),
    ],
)


@dataclass(frozen=True)
class Request:
    """What was typed: the SPECs, the parameters of a named schedule, and the options."""

    specs: tuple[str, ...]
    parameters: Mapping[str, Any]
    options: Options
    values: Mapping[str, Any]
    prints_data: bool = False

    def load(self) -> list[LoadedSpec]:
        """Return the curves of the SPECs. Raises SpecError with every fault."""
        if self.parameters:
            return [self.load_named()]
        loaded = load(self.specs, self.options)
        if self.options.explain:
            print_traces(loaded, to_stderr=self.prints_data)
        return loaded

    def load_named(self) -> LoadedSpec:
        """Return the curves of a schedule's name and its parameters."""
        if len(self.specs) > 1:
            name = next(iter(self.parameters))
            inline = f"{self.specs[0]}:{name}=..."
            message = f"sets a parameter of one SPEC; with several, write it inline as {inline}"
            raise SpecError.of(flag_name(name), message)
        override, default = self.options.curve, self.options.default_curve
        return load_named(self.specs[0], self.parameters, override, default)


class Definition(NamedTuple):
    """A command on a SPEC: its options, what it calls, and how its help looks.

    `takes_many` is whether more SPECs may follow, `prints_data` whether its standard output is a
    program or data, so that nothing else may be printed there, `needs_spec` whether there must be
    one, and `lists_names` whether its help lists the schedules instead of the options.
    `extra_hint` ends the message on a word too many.
    """

    name: str
    help_text: str
    options: Declarations
    run: Callable[[Request], int | None]
    examples: tuple[str, ...]
    takes_many: bool = False
    prints_data: bool = False
    needs_spec: bool = True
    lists_names: bool = False
    extra_hint: str = "lrviz compare draws several SPECs"

    @property
    def usage(self) -> str:
        """What the usage line has for a SPEC that was not typed; further SPECs follow."""
        return "SPEC" if self.needs_spec else ""


class SpecGroup(TyperGroup):
    """Takes any first word: a schedule's name has its flags, another SPEC has none of its own."""

    definition: Definition

    def list_commands(self, ctx: Any) -> list[str]:
        """Return a name for each schedule of a library, the short one where it has one.

        Those of training programs are in `lrviz list` alone, so that the help stays short.
        """
        del ctx
        libraries = (cls for cls in register.all() if not register.dialects[cls.dialect].trainer)
        return [short_name(cls) for cls in libraries]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return what the help needs of a schedule."""
        del ctx
        cls = register.find(cmd_name)
        return TyperCommand(name=cmd_name, short_help=cls.summary()) if cls else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command of the first word, which is empty where there is no SPEC.

        Raises SpecError for a name that no schedule has, before its options are read.
        """
        word = args[0]
        path, _ = split_selection(word)
        is_path = word in ("", "-") or is_file(path) or is_folder(word)
        name = word.partition(":")[0].strip()
        is_known = ctx.resilient_parsing or is_path or register.find(name)
        if not (is_known or is_program(path)):
            line = command_in(args, COMMANDS)
            if line:
                message = f"unknown schedule '{word}'; did you mean '{line}'?"
                raise SpecError.of("", message, "unknown-schedule")
            if word in self.definition.options:
                message = f"unknown schedule '{word}'; did you mean '{flag_name(word)}'?"
                raise SpecError.of("", message, "unknown-schedule")
            flags = [arg.lstrip("-").partition("=")[0] for arg in args if arg.startswith("--")]
            raise SpecError.of("", not_found(word, name, flags), "unknown-schedule")
        cls = None if is_path else register.find(word)
        return word or self.definition.usage, command_of(self.definition, word, cls), args[1:]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Move options before the SPEC after it, where its command reads them."""
        index = spec_index(args, self.definition.options)
        if index is not None:
            return super().parse_args(ctx, [*args[index:], *args[:index]])
        if ctx.resilient_parsing:  # completion asks what may follow
            return super().parse_args(ctx, [])
        needs_help = any(flag in args for flag in HELP_FLAGS)
        if needs_help and self.definition.lists_names:
            return super().parse_args(ctx, [HELP_FLAGS[-1]])
        if self.definition.needs_spec and not needs_help:
            refuse_spec_as_option(args, self.definition)
            raise MissingSpec(missing_text(self.definition))
        return super().parse_args(ctx, ["", *args])

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:
        """Complete names of schedules and of files."""
        from typer.core import CompletionItem  # type: ignore[attr-defined]

        if incomplete.startswith("-"):
            return list(super().shell_complete(ctx, incomplete))
        return [CompletionItem(word) for word in complete_specs(incomplete)]


def spec_index(args: Sequence[str], options: Declarations) -> int | None:
    """Return the index of the first word that is no option and no option's value, or None."""
    alone = {flag_name(name) for name, option in options.items() if not option.takes_value}
    index = 0
    while index < len(args):
        word = args[index]
        if word == "-" or not word.startswith("-"):
            return index
        flag = "--" + fold(word.lstrip("-")).replace("_", "-")
        has_none = (
            word == "--"
            or flag in alone
            or flag.startswith("--no-")
            or flag in ("--h", "--help", "--q")
        )
        index += 1 if has_none or "=" in word else 2
    return None


def refuse_spec_as_option(args: Sequence[str], definition: Definition) -> None:
    """Raise SpecError for a SPEC that was typed as the value of an option."""
    for word in args:
        flag = word.partition("=")[0]
        name = fold(flag.lstrip("-"))
        if flag.startswith("--") and name not in definition.options:
            command = f"lrviz {definition.name}"
            advice = advice_on_spec(name, values_of(flag, args), definition.options, command)
            if advice:
                raise SpecError.of(flag, f"no such option; {advice}", "usage")


def missing_text(definition: Definition) -> str:
    """Return what a command without a SPEC prints: what is missing, examples, where to look."""
    lines = [
        f"error: lrviz {definition.name} needs a SPEC: a schedule's name, a spec file, or -",
        "",
        "Examples:",
        *(f"  {example}" for example in definition.examples),
        "",
        "lrviz list                 names of all schedules",
        f"lrviz {definition.name} NAME --help".ljust(27) + "parameters of a schedule, as flags",
    ]
    return "\n".join(lines)


def build_spec_command(definition: Definition) -> SpecGroup:
    """Return the command, which is a group of all schedules."""
    group = SpecGroup(
        name=definition.name,
        params=[],
        help=f"{definition.help_text}\n\nSPEC is a schedule's name (lrviz {definition.name} NAME "
        "--help lists its parameters), an inline spec (cosine:t_max=100), a file, a folder, -, or "
        "an object of your own program, which is run (train.py:make_scheduler).",
        options_metavar="",
        subcommand_metavar="SPEC [OPTIONS]",
        epilog=OPTIONS_ELSEWHERE.format(definition.name) if definition.lists_names else None,
        rich_markup_mode=None,
        context_settings=dict(CONTEXT),
    )
    group.definition = definition
    return group


def command_of(definition: Definition, word: str, cls: type[Schedule] | None) -> Any:
    """Return the command of one SPEC: its schedule's parameters, and the shared options."""
    shared = definition.options
    if cls:  # a schedule may have a parameter of the same name, as total_steps
        shared = {name: item for name, item in shared.items() if name not in TRAINER_OPTIONS}
    flags = parameter_options(cls, shared) if cls else {}
    help_text = (cls.__doc__ or "").strip() if cls else definition.help_text

    def run(**values: Any) -> int | None:
        present = {
            name.removeprefix(PARAMETER): value
            for name, value in values.items()
            if name.startswith(PARAMETER) and value is not None
        }
        texts = {name: value for name, value in present.items() if isinstance(value, str)}
        specs = tuple(spec for spec in (word, *(values.get(FURTHER) or [])) if spec)
        refuse_options(specs[1:], values, DATA if "csv" in values else ())
        if definition.needs_spec and not specs:
            raise MissingSpec(missing_text(definition))
        options, parameters = read_options(values), {**present, **read_flags(texts)}
        single = {name: text for name, text in texts.items() if takes_one_value(cls, name)}
        print_findings(comma_findings({**single, **curve_texts(values)}), options.quiet)
        request = Request(
            specs=specs,
            parameters=parameters,
            options=options,
            values=values,
            prints_data=definition.prints_data,
        )
        return definition.run(request)

    positional = [FURTHER_SPECS] if definition.takes_many else []
    command = build_command(run, word, help_text, {**flags, **shared}, positional)
    command.takes_spec = True
    command.extra_hint = definition.extra_hint
    command.schedule = cls
    command.examples = examples_of(definition, cls)
    command.without_effect = [flag_name(name) for name in cls.ignored_parameters] if cls else []
    return command


def refuse_options(
    words: Sequence[str], options: Container[str], endings: tuple[str, ...] = ()
) -> None:
    """Raise SpecError for an option's name or a file to write among SPECs, without its flag.

    `endings` are those of the files that the command writes and does not read.
    """
    for word in words:
        is_flag = word in options
        if (is_flag or word.endswith(endings)) and not is_spec(word):
            flag = flag_name(word) if is_flag else f"-o {word}"
            message = f"'{word}' is no SPEC; did you mean '{flag}'?"
            raise SpecError.of("", message, "unknown-schedule")


def takes_one_value(cls: type[Schedule] | None, name: str) -> bool:
    """Tell whether a parameter takes a single value, so that a list sweeps it."""
    return cls is not None and name in cls.model_fields and not cls.list_depth(name)


def examples_of(definition: Definition, cls: type[Schedule] | None) -> Sequence[str]:
    """Return two examples of a command: with parameters of the schedule, and with the run's."""
    if cls is None:
        return definition.examples[:2]
    start = f"lrviz {definition.name} {short_name(cls)}"
    flags = [
        f"{flag_name(name)} {example}"
        for name in cls.example_values()
        if (example := typed_example(cls, name))
    ]
    log = " --log-y" if "log_y" in definition.options else ""
    return [" ".join([start, *flags[:2]]), f"{start} --lr 3e-4 --steps 10k{log}"]


def typed_example(cls: type[Schedule], name: str) -> str:
    """Return a parameter's example as one types it; empty for what is long, or no plain value."""
    value = cls.example_value(name)
    text = format_compact(value)
    if len(text) > MAX_EXAMPLE_LENGTH or isinstance(value, Mapping) or "{" in text:
        return ""
    return f"'{text}'" if set(text) & set("[]()<>* ") else text


def parameter_options(cls: type[Schedule], shared: Declarations) -> Declarations:
    """Return an option for each parameter of a schedule that no shared option fills."""
    options: Declarations = {}
    for name, field in cls.model_fields.items():
        if name not in shared:
            options[PARAMETER + name] = field_option(name, field, describe_parameter(cls, name))
    for name in cls.ignored_parameters:
        if name not in shared:
            option = text_option(flag_name(name), "no effect on the rate.", "VALUE", hidden=True)
            options[PARAMETER + name] = option
    return options

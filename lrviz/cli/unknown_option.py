"""What to type instead of an option that a command does not have."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Mapping, Sequence

from lrviz.core.errors import nearest_name
from lrviz.core.files import is_file
from lrviz.core.parameters import unit_name
from lrviz.core.quantity import read_quantity
from lrviz.core.register import register
from lrviz.core.roles import Floor, Role, WarmUp
from lrviz.core.schedule import Schedule
from lrviz.core.text import format_choice
from lrviz.specfile.scalars import scalar
from lrviz.specfile.synonyms import LENGTH_IN_TOKENS, synonym, synonyms_of
from lrviz.specfile.unknown import foreign_parameter, is_parameter, role_of, setting_of

SIMILAR = 0.7
"""The similarity from which an option may be meant by another word."""
ALMOST = 0.9
"""The same for a word that means something else."""
PREFIX = re.compile(r"(?:lr_)?(?:scheduler_)?(?:cosine_)?")
"""What trainers write before the name of a schedule's parameter."""
SHARE = re.compile(r".*(?:ratio|fraction|frac|proportion|percent|pct)|min_lr_rate")
"""The name of a number from 0 to 1 for what is a number of steps or a rate elsewhere."""
NUMBER = re.compile(r"\.?\d")
"""The start of a value that is a number, with or without a unit."""
ENDS = ("from", "to")
"""Names of the ends of a range."""
WRITING = ("output", "write")
"""Options of a file to write."""
MAX_NAMED = 3
"""Schedules that a message names."""
RUN_LENGTH = ("--steps", "--epochs")
UNITS = {
    "epoch": ("ep", "--epochs and --steps-per-epoch", ("--epochs",)),
    "token": ("tok", "--tokens-per-step", ("--tokens-per-step",)),
}
"""For a word in the name of a warm-up: its unit, what that needs, and the flags that give it."""
WARMUP_STARTS = (
    "start_lr", "warmup_start", "warmup_start_lr", "warmup_init_lr", "warmup_start_factor",
    "warmup_lr", "warmup_min_lr", "lr_warmup_init",
)  # fmt: skip
"""What people call the first rate of a warm-up."""
STEPS_OF_RATE = "lrviz export SPEC prints the rate of every step, to search in"
ELSEWHERE = {
    "no_color": "did you mean '--color never'?",
    "version": "lrviz --version prints it",
    "json": "lrviz measure --json prints the facts, lrviz export --json the rates",
    "csv": "lrviz export --csv prints the rates",
    "last": "lrviz measure SPEC prints the last rate",
    "at": "lrviz measure SPEC --at STEP prints the rate at a step",
    "below": STEPS_OF_RATE,
    "above": STEPS_OF_RATE,
    "axis": "lrviz plot SPEC --axis UNIT draws another unit; numbers are of steps, or with --by "
    "epoch of epochs",
    "log_x": "the axis of steps is linear; --range START:STOP draws a part of it",
}
"""How else one has what an option of this name would give."""


def option_advice(
    name: str,
    values: Sequence[str],
    options: Mapping[str, str],
    schedule: type[Schedule] | None,
    flags: Container[str],
    without_value: Container[str],
) -> str:
    """Return what to type instead of an option, or nothing where no option means the same.

    `name` is folded, and `values` are those that it was given; `options` are the flags of the
    command by their folded names, those of `schedule` among them, `flags` those typed beside, and
    `without_value` those that take none.
    """
    option = meant_option(name, options, schedule)
    if option is None:
        return ""
    flag = options[option]
    role = role_of(option) or (WarmUp() if option == "warmup" else None)
    value = values[0] if values else ""
    share = percentage(value) if is_share(name) and not is_share_role(role) else ""
    has_default_length = "total" in options  # as the intent of dialects
    if share and isinstance(role, WarmUp) and "steps" in options and not has_default_length:
        return typed_value(f"{flag} {share}", "the run's --steps", flags, RUN_LENGTH)
    counts_steps = schedule is not None and unit_of(schedule, option) == "steps"
    if share and (option == "floor" or isinstance(role, WarmUp) or counts_steps):
        return f"did you mean '{flag} {share}'?"
    word = next((word for word in UNITS if word in name), None)
    if word and isinstance(role, WarmUp) and isinstance(scalar(value), int | float):
        unit, needed, giving = UNITS[word]
        return typed_value(f"{flag} {value}{unit}", needed, flags, giving)
    if flag in flags and schedule is None:
        return ""
    takes_number = flag not in without_value and not is_share(name)
    number = value if takes_number and NUMBER.match(value) else ""
    return f"did you mean '{f'{flag} {number}'.strip()}'?"


def unit_of(schedule: type[Schedule], option: str) -> str:
    """Return the unit of the parameter that an option sets, or nothing for another option."""
    parameter = schedule.find_parameter(option)
    return unit_name(schedule, parameter) if parameter else ""


def typed_value(text: str, needed: str, flags: Container[str], alternatives: Sequence[str]) -> str:
    """Return the advice to type an option with a value, and what it needs beside it."""
    if any(flag in flags for flag in alternatives):
        return f"did you mean '{text}'?"
    return f"write {text}, with {needed}"


def meant_option(
    name: str, options: Mapping[str, str], schedule: type[Schedule] | None
) -> str | None:
    """Return the folded name of the option that means the same as a name, or None."""
    for word in words_of(name):
        if word in options:
            return word
        setting = setting_in_another_unit(word, schedule)
        if setting in options:
            return setting
        option = synonym(word, options) or (foreign_parameter(word, schedule) if schedule else None)
        option = option or synonym(setting_of(word) or "", options)
        if option:
            return next(key for key in options if key == option.casefold())
    longer = [other for other in options if other.startswith(f"{name}_")]
    if len(longer) == 1:
        return longer[0]
    is_word = any(synonyms_of(name)) or is_parameter(name)
    return nearest_name(name, options, ALMOST if is_word else SIMILAR)


def setting_in_another_unit(word: str, schedule: type[Schedule] | None) -> str | None:
    """Return the setting that takes a share where a schedule's own parameter does not, and reverse.

    A rate at the end takes a share as the setting floor only; the warm-up of a schedule that has it
    as a share takes steps as the setting warmup only.
    """
    for role, setting in ((Floor, "floor"), (WarmUp, "warmup")):
        if not isinstance(role_of(word), role) and setting not in synonyms_of(word):
            continue
        own = schedule.parameter_with(role) if schedule else None
        takes_share = bool(own and own[1].share)
        if is_share(word) != takes_share and (takes_share or role is Floor):
            return setting
    return None


def words_of(name: str) -> list[str]:
    """Return a name, and the same without what trainers write before it."""
    return [*dict.fromkeys((name, PREFIX.sub("", name, count=1)))]


def is_share(name: str) -> bool:
    """Return whether a name is that of a number from 0 to 1: of the run, or of the peak."""
    return bool(SHARE.fullmatch(name)) or is_share_role(role_of(name))


def is_share_role(role: Role | None) -> bool:
    """Return whether a role is that of a share."""
    return isinstance(role, WarmUp | Floor) and role.share


def percentage(text: str) -> str:
    """Return the percentage of a text that is a number from 0 to 1, or nothing."""
    number = scalar(text)
    if not isinstance(number, int | float) or not 0 <= number <= 1:
        return ""
    return f"{100 * number:.12g}%"


def others_with(name: str, schedule: type[Schedule]) -> str:
    """Return which other schedules have a parameter, or nothing; those of the library first."""
    words = {word for own in words_of(name) for word in (own, *synonyms_of(own))}
    classes = [cls for cls in register.all() if any(map(cls.find_parameter, words))]
    classes.sort(key=lambda cls: cls.dialect != schedule.dialect)
    if not classes:
        return ""
    names = format_choice([shortest_name(cls) for cls in classes[:MAX_NAMED]], "and")
    return f"it is a parameter of other schedules, as {names}"


def shortest_name(cls: type[Schedule]) -> str:
    """Return the shortest of the names that mean a schedule."""
    names = (*cls.aliases, cls.name, cls.title())
    return min((name for name in names if register.find(name) is cls), key=len)


def advice_elsewhere(
    name: str, values: Sequence[str], options: Collection[str], command: str
) -> str:
    """Return how else than by an option one has what its name asks for; nothing for an option.

    `command` is a command on a SPEC, as `lrviz plot`, or empty.
    """
    if name in ENDS and "as" not in options and "range" in options:
        return "a part of the steps is --range START:STOP"
    if "as" in synonyms_of(name) and "as" not in options:
        return "lrviz code SPEC --as NAME writes code"
    if name in LENGTH_IN_TOKENS and "tokens_per_step" in options:
        return f"a length in tokens is written --steps {in_tokens(values)}, with --tokens-per-step"
    if "output" in synonyms_of(name) and not any(word in options for word in WRITING):
        return f"standard output goes to a file by > {next(iter(values), 'FILE')}"
    return advice_on_spec(name, values, options, command) if command else ""


def advice_on_spec(name: str, values: Sequence[str], options: Collection[str], command: str) -> str:
    """Return how a SPEC says what an option's name asks for; nothing for an option."""
    if name in WARMUP_STARTS and not synonym(name, options):
        start = "steps: 500, start_factor: 0.01"
        return f"the first rate of a warm-up is set in a file, as warmup: {{{start}}}"
    if "label" in synonyms_of(name):
        return "a label is part of its SPEC, as cosine:label=TEXT"
    words = [value for value in values if not value.startswith("--")]
    if "schedule" in synonyms_of(name) or (register.find(name) and not words):
        specs = [word for word in (*words, name) if register.find(word) or is_file(word)]
        return f"the SPEC is the first word, as in: {command} {next(iter(specs), 'cosine')}"
    flag = next((word for word in words if name == "format" and word in options), "")
    return f"did you mean '--{flag}'?" if flag else ELSEWHERE.get(name, "")


def in_tokens(values: Sequence[str]) -> str:
    """Return the number of tokens that an option was given, with their unit, or an example."""
    quantity = read_quantity(values[0]) if values else None
    if quantity is None or quantity.unit not in ("", "tokens"):
        return "300Btok"
    return values[0] if quantity.unit else f"{values[0]}tok"


def inline_advice(name: str) -> str:
    """Return how a parameter is set where it has no flag, or nothing for what is none."""
    if not is_parameter(name):
        return ""
    return f"a schedule's parameter is set in its file, or inline as NAME:{name}=VALUE"

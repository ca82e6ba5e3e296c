"""The message for a SPEC that is neither a file nor a name: what it may mean, and what to write."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from glob import glob
from pathlib import Path as FilePath

from lrviz.core.composition import ALL_SCHEDULES, unknown_schedule
from lrviz.core.errors import nearest_name
from lrviz.core.expression import Expression, ExpressionError
from lrviz.core.files import is_file, is_folder
from lrviz.core.register import register
from lrviz.core.text import format_count
from lrviz.specfile.program import ENDING, PROGRAM
from lrviz.specfile.unknown import parameters_alone

FILE_ENDINGS = (".yaml", ".yml", ".json", ".toml")
MISSPELLED = 0.75
"""The similarity from which a name is a misspelling of another."""
CALL = r"([\w.-]+)[\s(,;]+(.+?)\)?"
"""A name and its parameters in the form of a call, or without the colon between."""
FLAG = r"--?([\w-]+)[ =]+(\S+)"
"""A flag and its value."""
PATTERN = r"[*?]|\[.+\]"
"""What a shell replaces by the files that match."""
URL = r"\w+://"
FORMULA = r".*[*/+(].*"
"""What may be arithmetic."""
MAX_NAMES = 1000
"""Names of a folder that are compared with a misspelled one."""


def not_found(spec: str, name: str, flags: Iterable[str] = ()) -> str:
    """Return the message for a SPEC that is neither a file nor a name, and has `flags` beside."""
    if not spec.strip():
        return "a SPEC is empty; give a schedule's name, a file, or -"
    advice = inline_advice(spec) or (assignment_advice(spec) if "=" in name else "")
    if advice:
        return f"unknown schedule '{name}'{advice}"
    program = PROGRAM.fullmatch(spec)
    if program and program[1].endswith(ENDING):
        return f"{program[1]}: no such file"
    if name != spec and is_file(name):
        return f"{spec}: parameters are set in the file itself; inline they follow a name"
    if "/" in spec or "#" in spec or has_file_ending(spec):
        return no_such_file(spec)
    inline = (part.partition("=")[0].strip() for part in spec.partition(":")[2].split(","))
    return unknown_name(spec, name, parameters_alone([*flags, *inline]))


def unknown_name(spec: str, name: str, parameters: Iterable[str]) -> str:
    """Return the message for a SPEC whose name no schedule has."""
    advice = advice_on_spec(spec)
    if advice:
        return f"unknown schedule '{name}'; {advice}"
    message = unknown_schedule(name, parameters)
    if not message.endswith(ALL_SCHEDULES):
        return message
    if re.fullmatch(FORMULA, spec) and is_formula(spec):
        return f"unknown schedule '{name}'; a factor on lr is written lambda --lr-lambda '{spec}'"
    if PROGRAM.fullmatch(spec):
        return f"unknown schedule '{name}', and no module of that name"
    if FilePath(name).suffix[1:].isalpha() and not is_of_dialect(name):
        return no_such_file(spec)
    return f"unknown schedule '{name}', and no such file; {ALL_SCHEDULES}"


def advice_on_spec(spec: str) -> str:
    """Return what a SPEC may mean: a file without its ending, or several SPECs in one word."""
    file = next((spec + ending for ending in FILE_ENDINGS if is_file(spec + ending)), None)
    if file:
        return f"did you mean the file '{file}'?"
    several = re.split(r"[,;\s]+", spec.strip(",; "))
    if len(several) > 1 and all(map(register.find, several)):
        return f"lrviz compare {' '.join(several)} draws several"
    return ""


def is_formula(text: str) -> bool:
    """Return whether a text is arithmetic in the step."""
    try:
        Expression(text)
    except ExpressionError:
        return False
    return True


def has_file_ending(spec: str) -> bool:
    """Return whether a SPEC has the ending of a spec file, or a misspelling of it."""
    suffix = FilePath(spec).suffix
    return spec.endswith(FILE_ENDINGS) or nearest_name(suffix, FILE_ENDINGS, MISSPELLED) is not None


def no_such_file(spec: str) -> str:
    """Return the message for a SPEC that looks like a file's path."""
    path, hash_mark, _ = spec.rpartition("#")
    if hash_mark and is_folder(path):
        return f"{path}: is a folder; FILE#LABEL takes a curve of one of its files"
    if hash_mark and register.find(path.partition(":")[0]):
        return f"{spec}: is no file; FILE#LABEL takes a curve of a file"
    if re.match(URL, spec):
        return f"{spec}: is an address; download the file first"
    if re.search(PATTERN, spec):
        return f"{spec}: no such file; {advice_on_pattern(spec)}"
    path = path if hash_mark else spec
    near = nearest_path(path) or nearest_path(path.replace("\\", "/").strip("'\""))
    advice = f"; did you mean '{near}'?" if near else ""
    return f"{spec}: no such file{advice}"


def advice_on_pattern(pattern: str) -> str:
    """Return what to do about a pattern that the shell left as it is."""
    try:
        matches = len(glob(pattern))
    except UnicodeEncodeError:  # no file has a name that no encoding can write
        matches = 0
    if not matches:
        return "no file matches the pattern"
    return f"without quotes the shell lists the {format_count(matches, 'file')} of the pattern"


def is_of_dialect(name: str) -> bool:
    """Return whether a name begins with that of a dialect."""
    prefix = name.partition(".")[0].strip()
    return any(dialect.is_called(prefix) for dialect in register.dialects.values())


def nearest_path(path: str) -> str | None:
    """Return the path that exists and has the most similar names, part by part, or None."""
    nearest = FilePath()
    try:
        for part in FilePath(path).parts:
            exact = nearest / part
            names = [] if exact.exists() else os.listdir(nearest)[:MAX_NAMES]
            if part.endswith(FILE_ENDINGS):
                names = [name for name in names if name.endswith(FILE_ENDINGS)]
            near = part if exact.exists() else nearest_name(part, names)
            if near is None or nearest_name(FilePath(part).stem, [FilePath(near).stem]) is None:
                return None
            nearest /= near
    except (OSError, ValueError):
        return None
    return str(nearest)


def inline_advice(spec: str) -> str:
    """Return how to write the flags in a SPEC as its parameters, or nothing."""
    name, _, flags = spec.partition(" -")
    if not (flags and register.find(name)):
        return ""
    values = [f"{key.replace('-', '_')}={value}" for key, value in re.findall(FLAG, spec)]
    return f"; write {name}:{','.join(values)}"


def assignment_advice(spec: str) -> str:
    """Return what to write instead of `key=rest`: a label, or a parameter, inline."""
    call = re.fullmatch(CALL, spec)
    if call and register.find(call[1]):
        return f"; write {call[1]}:{call[2]}"
    key, _, value = spec.partition("=")
    if is_file(value):
        return f"; the label of a file is set in it: label: {key}"
    if register.find(value.partition(":")[0]):
        return f"; write {value}{',' if ':' in value else ':'}label={key}"
    return f"; write a parameter after a name, as in cosine:{spec}"

"""The content of a file: a spec of lrviz, or another program's training config."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from lrviz.core.errors import SpecError, did_you_mean, nearest_name
from lrviz.core.exported import is_export
from lrviz.core.file_kinds import HEAD, file_kind, kind_message
from lrviz.core.findings import Finding
from lrviz.core.register import fold
from lrviz.curves.curve import Curve
from lrviz.curves.figure_settings import FigureSettings
from lrviz.specfile.foreign import may_be_foreign, read_foreign
from lrviz.specfile.invalid import Locate, Path
from lrviz.specfile.keys import MAX_CURVES, OWN_KEYS, Context
from lrviz.specfile.reader import read_curves
from lrviz.specfile.schedule_key import not_a_mapping
from lrviz.specfile.settings import WITH_UNITS, CurveSettings
from lrviz.specfile.settings_reader import merge_settings, read_model, read_run

if TYPE_CHECKING:
    from lrviz.specfile.document import Document
    from lrviz.trainers.plan import Plan

MAX_TEXT = 5_000_000
"""Bytes of a spec; the parser takes about a microsecond for each."""
TOML = ".toml"
ARCHIVE = b"PK\x03\x04"
JSON_LINES = r"(?m)\s*\{.*\}[ \t]*\r?\n\s*\{.*\}[ \t]*$"
"""The first two lines of a log in JSON Lines."""
HOSTILE = ("endless-aliases", "too-deep")
"""Faults of the text itself, which are reported for any file."""
TYPO = 0.85
"""How similar a mistyped key is to the right one; `lr_scheduler` is another one's key."""
IGNORE = re.compile(r"#\s*lrviz:\s*ignore\s+([a-z][a-z, -]*)")


@dataclass(frozen=True)
class LoadedSpec:
    """A SPEC's curves, its settings of the figure, and the name of its picture.

    `plan` is what a training config was translated to; None for a spec of lrviz.
    """

    curves: tuple[Curve, ...]
    figure: Mapping[str, Any]
    stem: str
    plan: Plan | None = None
    ignored_rules: tuple[str, ...] = ()
    """Rules that a comment of the file, `# lrviz: ignore RULE`, takes from its checks."""


def read_bytes(raw: bytes, path: str, context: Context) -> LoadedSpec:
    """Return the curves of a file, and the rules that its comments ignore."""
    loaded = read_format(raw, path, context)
    curves = tuple(replace(curve, file=path) for curve in loaded.curves)
    text = raw.decode("utf-8", errors="replace")
    return replace(loaded, curves=curves, ignored_rules=tuple(ignored_in(text)))


def read_format(raw: bytes, path: str, context: Context) -> LoadedSpec:
    """Return the curves of a file: a spec of lrviz, or another program's training config."""
    if raw.startswith(ARCHIVE):
        foreign = read_config("", raw, path, context)
        if foreign:
            return foreign
    kind = file_kind(raw)
    if kind:
        raise SpecError.of(path, kind_message(kind, "spec"), "other-file")
    if is_export(raw[:HEAD].decode(errors="replace")):
        message = f"has the rates of an export, no schedule; lrviz audit {path} reads it as a log"
        raise SpecError.of(path, message, "not-a-schedule")
    if len(raw) > MAX_TEXT:
        raise SpecError.of(path, f"is larger than {MAX_TEXT // 1_000_000} MB", "too-large")
    text = decode(raw, path)
    if not may_be_foreign(text, context.trainer):
        document = parse(text, path)
        if not is_unknown(document.data):
            return read_file(document, path, context)
    if re.match(JSON_LINES, text):
        message = "is not a schedule that lrviz knows: it is a log in JSON Lines"
        raise SpecError.of(path, message, "not-a-schedule")
    foreign = read_config(text, raw, path, context)
    if foreign:
        return foreign
    from lrviz.trainers.registry import not_recognised, program_help
    from lrviz.trainers.source import Source

    source = Source(path, text, raw=raw)
    if is_unknown(source.document.data) or program_help(source):
        refuse_hostile(text, path)
        raise SpecError.of(source.place(), not_recognised(source), "not-a-schedule")
    return read_file(parse_other(text, path), path, context)


def refuse_hostile(text: str, path: str) -> None:
    """Raise SpecError for a text whose aliases or depth are at fault, also where it is no spec."""
    try:
        parse(text, path)
    except SpecError as error:
        if any(finding.id in HOSTILE for finding in error.findings):
            raise


def read_config(text: str, raw: bytes, path: str, context: Context) -> LoadedSpec | None:
    """Return the curves of a training config, or None where the file is of no format."""
    folder = FilePath() if path == "-" else FilePath(path).parent
    foreign = read_foreign(text, raw, path, folder, context)
    if foreign is None:
        return None
    plan, curves = foreign
    return LoadedSpec(tuple(curves), {}, "stdin" if path == "-" else FilePath(path).stem, plan)


def is_unknown(data: Any) -> bool:
    """Return whether data are no spec's: no name under a key near `schedule`, few other keys."""
    if isinstance(data, list):
        return True
    if not isinstance(data, Mapping) or not data:
        return False
    names = [*CurveSettings.model_fields, *FigureSettings.model_fields, *OWN_KEYS]
    keys = [fold(str(key)) for key in data]
    texts = [key for key, value in zip(keys, data.values(), strict=True) if isinstance(value, str)]
    if "curves" in keys or nearest_name("schedule", texts, TYPO):
        return False
    return 2 * sum(key in names for key in keys) < len(keys)


def ignored_in(text: str) -> Iterator[str]:
    """Yield the rules that comments of a spec file name: `# lrviz: ignore RULE, RULE`."""
    for names in IGNORE.findall(text):
        yield from (name.strip() for name in names.split(","))


def parse_other(text: str, name: str) -> Document:
    """Return the document of a text of no format. Raises SpecError with the faults of its language.

    That is TOML by the file's ending, or where the text begins like it and is no YAML.
    """
    if FilePath(name).suffix == TOML:
        raise toml_error(text, name)
    try:
        return parse(text, name)
    except SpecError as error:
        from lrviz.trainers.document import TOML_START

        raise (toml_error(text, name) if TOML_START.match(text) else error) from None


def toml_error(text: str, name: str) -> SpecError:
    """Return the error of a text in TOML, which a spec is not written in."""
    from lrviz.core.toml import TomlError, parse_toml

    try:
        parse_toml(text)
    except TomlError as error:
        return SpecError.of(f"{name}{error.place}", str(error), "not-toml")
    message = "is TOML; a spec of lrviz is YAML or JSON, as schedule: cosine"
    return SpecError.of(name, message, "not-yaml")


def parse(text: str, name: str) -> Document:
    """Return the document of a file's text; the parser is imported when there is a file."""
    from lrviz.specfile.document import read_document

    return read_document(text, name)


def decode(raw: bytes, name: str) -> str:
    """Return the text of UTF-8 bytes."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"is not UTF-8 text (byte 0x{raw[error.start]:02x} at offset {error.start})"
        raise SpecError.of(name, message, "not-text") from None


def read_file(document: Document, path: str, context: Context) -> LoadedSpec:
    """Return the curves of a spec file, of one curve or of several, not labelled yet."""
    data = document.data
    folder = FilePath() if path == "-" else FilePath(path).parent
    stem = "stdin" if path == "-" else FilePath(path).stem
    if not isinstance(data, Mapping):
        message = not_a_mapping(data)
        raise SpecError.of(document.place(()), message, "wrong-type")
    figure = {
        fold(str(key)): value
        for key, value in data.items()
        if fold(str(key)) in FigureSettings.model_fields
    }
    rest = {key: value for key, value in data.items() if fold(str(key)) not in figure}
    findings: list[Finding] = []
    try:
        read_model(FigureSettings, figure, document.place)
    except SpecError as error:
        findings += error.findings
    context = replace(context, locate=document.place, folder=folder)
    many = next((key for key in rest if fold(str(key)) == "curves"), None)
    curves: list[Curve] = []
    try:
        curves = read_curves(rest, context) if many is None else read_many(rest, many, context)
    except SpecError as error:
        findings += error.findings
    if findings:
        raise SpecError(findings)
    return LoadedSpec(tuple(curves), figure, stem)


def read_many(data: Mapping[str, Any], many: str, context: Context) -> list[Curve]:
    """Return the curves under the key `curves`; keys beside it are their defaults."""
    default, findings = read_default(data, many, context)
    items = data[many]
    if not isinstance(items, list) or not items:
        message = "curves must be a list with at least one curve"
        findings.append(Finding.error(context.locate((many,), False), message, "wrong-type"))
        raise SpecError(findings)
    if len(items) > MAX_CURVES:
        message = f"has {len(items):,} curves; at most {MAX_CURVES:,} are drawn in one run"
        raise SpecError.of(context.locate((many,), False), message, "too-many-curves")
    curves: list[Curve] = []
    for index, item in enumerate(items):
        locate = locate_under(context.locate, (many, index))
        nested = replace(context, locate=locate, default=merge_settings(context.default, default))
        try:
            curves += read_curves({"schedule": item} if isinstance(item, str) else item, nested)
        except SpecError as error:
            findings += error.findings
    if findings:
        raise SpecError(findings)
    return curves


def read_default(
    data: Mapping[str, Any], many: str, context: Context
) -> tuple[dict[str, Any], list[Finding]]:
    """Return the settings beside `curves`, unread, and a finding for each fault in them."""
    findings: list[Finding] = []
    default: dict[str, Any] = {}
    for key, value in data.items():
        if fold(key) in CurveSettings.model_fields:
            default[fold(key)] = value
        elif key != many:
            names = [*CurveSettings.model_fields, *FigureSettings.model_fields]
            message = f"unknown key '{key}' beside curves{did_you_mean(key, names)}"
            findings.append(Finding.error(context.locate((key,), True), message, "unknown-key"))
    numbers = dict(default)
    read_run(numbers)
    for name in WITH_UNITS:
        if isinstance(numbers.get(name), str | Mapping):
            numbers.pop(name)
    try:
        read_model(CurveSettings, numbers, context.locate)
    except SpecError as error:
        return {}, [*findings, *error.findings]
    return default, findings


def locate_under(locate: Locate, base: Path) -> Locate:
    """Return the function that locates paths from the value at `base`."""

    def locate_inner(path: Path, key: bool = False) -> str:
        return locate((*base, *path), key)

    return locate_inner

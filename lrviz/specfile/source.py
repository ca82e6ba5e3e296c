"""What a SPEC on the command line names: a file, standard input, a schedule; and its curves."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lrviz.core.errors import SpecError, nearest
from lrviz.core.findings import Finding
from lrviz.core.register import fold, register
from lrviz.curves.curve import Curve
from lrviz.curves.figure_settings import FigureSettings
from lrviz.specfile.inline import flag_name, read_inline
from lrviz.specfile.reader import MOST_CURVES, Context, made_unique, read_curves, read_model
from lrviz.specfile.settings import CurveSettings

if TYPE_CHECKING:
    from lrviz.specfile.document import Document

MOST_BYTES = 50_000_000
FILE_ENDINGS = (".yaml", ".yml", ".json")


@dataclass(frozen=True)
class Sheet:
    """What a SPEC gives: its curves, its settings of the figure, and the name of its picture."""

    curves: tuple[Curve, ...]
    figure: Mapping[str, Any]
    stem: str


def load_sheet(spec: str, override: Mapping[str, Any] | None = None) -> Sheet:
    """Return the curves of a SPEC. Raises SpecError with every problem of it."""
    override = override or {}
    if spec == "-":
        return read_sheet(parsed(decoded(sys.stdin.buffer.read(), "-"), "-"), "-", override)
    path, hash_mark, part = spec, "", ""
    if "#" in spec and not is_file(spec):
        path, hash_mark, part = spec.rpartition("#")
    if is_file(path):
        sheet = read_sheet(parsed(file_text(Path(path)), path), path, override)
        return one_of(sheet, part, path) if hash_mark else sheet
    return typed_sheet(read_inline(spec), spec, lambda *_: spec, override)


def parsed(text: str, name: str) -> Document:
    """Return the document of a file's text; the parser is loaded when there is a file."""
    from lrviz.specfile.document import read_document

    return read_document(text, name)


def load_named(
    name: str, flags: Mapping[str, Any], override: Mapping[str, Any] | None = None
) -> Sheet:
    """Return the curve of a schedule's name and its parameters from flags."""

    def place(path: tuple[str | int, ...], _: bool) -> str:
        path = path[1:] if path[:1] == ("sweep",) else path
        return flag_name(str(path[0])) if path and path[0] in flags else name

    return typed_sheet({"schedule": name, **flags}, name, place, override or {})


def typed_sheet(data: dict[str, Any], spec: str, place: Any, override: Mapping[str, Any]) -> Sheet:
    """Return the curves of a spec that was typed."""
    name = data["schedule"]
    if register.find(name) is None:
        raise SpecError.of("", not_found(spec, name))
    curves = read_curves(data, Context(place, typed=True, override=override))
    return Sheet(tuple(curves), {}, name)


def not_found(spec: str, name: str) -> str:
    """Return the words for a SPEC that is neither a file nor a name."""
    if not spec.strip():
        return "a SPEC is empty; give a schedule's name, a file, or -"
    if Path(spec).is_dir():
        return f"{spec}: is a folder, not a spec file"
    if spec.endswith(FILE_ENDINGS) or "/" in spec or "#" in spec:
        return f"{spec}: no such file"
    return f"unknown schedule '{name}'{nearest(name, register.spellings())}"


def is_file(path: str) -> bool:
    """Tell whether a file, a pipe or a device of that name exists."""
    try:
        return Path(path).exists() and not Path(path).is_dir()
    except (OSError, ValueError):
        return False


def file_text(path: Path) -> str:
    """Return a file's text. Raises SpecError where it cannot be read as UTF-8."""
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise SpecError.of(str(path), f"cannot be read: {error.strerror}") from None
    if len(raw) > MOST_BYTES:
        raise SpecError.of(str(path), f"is larger than {MOST_BYTES // 1_000_000} MB")
    return decoded(raw, str(path))


def decoded(raw: bytes, name: str) -> str:
    """Return the text of UTF-8 bytes."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        words = f"is not UTF-8 text (byte 0x{raw[error.start]:02x} at offset {error.start})"
        raise SpecError.of(name, words) from None


def read_sheet(document: Document, path: str, override: Mapping[str, Any]) -> Sheet:
    """Return the curves of a spec file, of one curve or of many."""
    data, base = document.data, Path() if path == "-" else Path(path).parent
    stem = "stdin" if path == "-" else Path(path).stem
    if not isinstance(data, Mapping):
        raise SpecError.of(document.place(()), "must be a mapping with the key 'schedule'")
    figure = {k: v for k, v in data.items() if fold(str(k)) in FigureSettings.model_fields}
    rest = {k: v for k, v in data.items() if k not in figure}
    figure = {fold(str(key)): value for key, value in figure.items()}
    found: list[Finding] = []
    try:
        read_model(FigureSettings, figure, document.place)
    except SpecError as error:
        found += error.findings
    context = Context(document.place, base, override=override)
    curves: list[Curve] = []
    many = next((key for key in rest if fold(str(key)) == "curves"), None)
    try:
        single = many is None
        curves = read_curves(rest, context) if single else read_many(rest, str(many), context)
    except SpecError as error:
        found += error.findings
    if found:
        raise SpecError(found)
    return Sheet(tuple(curves), figure, stem)


def read_many(data: Mapping[str, Any], many: str, context: Context) -> list[Curve]:
    """Return the curves below the key `curves`; keys beside it are their defaults."""
    found: list[Finding] = []
    default = {}
    for key, value in data.items():
        if fold(key) in CurveSettings.model_fields:
            default[fold(key)] = value
        elif key != many:
            known = [*CurveSettings.model_fields, *FigureSettings.model_fields]
            words = f"unknown key '{key}' beside curves{nearest(key, known)}"
            found.append(Finding.error(context.place((key,), True), words))
    try:
        read_model(CurveSettings, default, context.place)
    except SpecError as error:
        found += error.findings
        default = {}
    items = data[many]
    if not isinstance(items, list) or not items:
        words = "curves must be a list with at least one curve"
        raise SpecError([*found, Finding.error(context.place((many,), False), words)])
    curves: list[Curve] = []
    for index, item in enumerate(items):
        try:
            below = replace(context, place=under(context.place, (many, index)), default=default)
            item = {"schedule": item} if isinstance(item, str) else item  # noqa: PLW2901
            curves += read_curves(item, below)
        except SpecError as error:
            found += error.findings
    if found:
        raise SpecError(found)
    return curves


def under(place: Any, base: tuple[str | int, ...]) -> Any:
    """Return the place function of what stands below a path."""
    return lambda path, key=False: place((*base, *path), key)


def one_of(sheet: Sheet, part: str, path: str) -> Sheet:
    """Return the sheet with the one curve that a label, or a label's end, names."""
    curves = made_unique(list(sheet.curves))
    exact = [curve for curve in curves if curve.label == part]
    ends = re.compile(rf"(?<![\w.-]){re.escape(part)}$")  # `2` is no end of `12`
    found = exact or [curve for curve in curves if ends.search(curve.label)]
    if len(found) != 1:
        has = ", ".join(curve.label for curve in curves)
        words = "names more than one curve" if found else "names no curve"
        raise SpecError.of(f"{path}#{part}", f"{words} (it has: {has})")
    return replace(sheet, curves=(found[0],), stem=f"{sheet.stem}-{part}")


def load_sheets(specs: Iterable[str], override: Mapping[str, Any] | None = None) -> list[Sheet]:
    """Return the sheets of many SPECs, labels made unique. Raises SpecError of all of them."""
    sheets: list[Sheet] = []
    found: list[Finding] = []
    for spec in specs:
        try:
            sheets.append(load_sheet(spec, override))
        except SpecError as error:
            found += error.findings
    if found:
        raise SpecError(found)
    curves = [curve for sheet in sheets for curve in sheet.curves]
    if len(curves) > MOST_CURVES:
        words = f"{len(curves):,} curves; at most {MOST_CURVES:,} are drawn in one run"
        raise SpecError.of("", words)
    unique = iter(made_unique(curves))
    return [replace(s, curves=tuple(next(unique) for _ in s.curves)) for s in sheets]

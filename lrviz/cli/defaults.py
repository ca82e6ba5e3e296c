"""The user's defaults: `lrviz.toml`, or `[tool.lrviz]` in `pyproject.toml`, here or above."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lrviz.cli.options import MAX_WIDTH, WITHOUT_FLAG, read_count
from lrviz.core.errors import SpecError, nearest_name
from lrviz.core.files import FileError, file_content
from lrviz.core.findings import Finding
from lrviz.core.register import fold
from lrviz.curves.figure_settings import FigureSettings
from lrviz.run import Run
from lrviz.specfile.inline import flag_name
from lrviz.specfile.invalid import Path as ValuePath
from lrviz.specfile.settings import CurveSettings
from lrviz.specfile.settings_reader import read_model, read_settings
from lrviz.specfile.synonyms import synonym

FILES = ("lrviz.toml", "pyproject.toml")
FIGURE = ("style", "size", "dpi", "log_y", "facet")
"""The settings of a picture that are a matter of taste, and not of what it shows."""
NAMES = (*FIGURE, "width", *Run.model_fields)
"""The options that may have a default of the user's."""


@dataclass(frozen=True)
class Defaults:
    """The user's defaults of a curve's run, of the picture, and of the terminal's width."""

    run: Mapping[str, Any] = field(default_factory=dict)
    figure: Mapping[str, Any] = field(default_factory=dict)
    width: int | str | None = None


def read_defaults(folder: Path) -> Defaults:
    """Return the defaults of the nearest file in a folder or above it; none without a file.

    Raises SpecError for a file that is not TOML, for keys that are no option, and for values that
    the option refuses.
    """
    for parent in (folder, *folder.parents):
        for name in FILES:
            path = parent / name
            table = read_table(path) if path.is_file() else None
            if table is not None:
                return check_table(table, path)
    return Defaults()


def read_table(path: Path) -> Mapping[str, Any] | None:
    """Return the settings that a file holds, or None where it holds none of lrviz."""
    from lrviz.core.toml import TomlError, parse_toml  # when there is a file

    try:
        content = parse_toml(file_content(path).decode())
    except (FileError, TomlError, UnicodeDecodeError) as error:
        if path.name != FILES[0]:
            return None
        reason = "is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error)
        place = f"{path}{getattr(error, 'place', '')}"
        raise SpecError.of(place, reason, getattr(error, "id", "invalid")) from None
    if path.name == FILES[0]:
        return content
    tools = content.get("tool", {})
    table = tools.get("lrviz") if isinstance(tools, dict) else None
    return table if isinstance(table, dict) else None


def check_table(table: Mapping[str, Any], path: Path) -> Defaults:
    """Return the defaults of a file's settings, whose names have `-` or `_`.

    Raises SpecError with every fault of them.
    """
    folded = {fold(name): value for name, value in table.items()}
    findings = [unknown_setting(name, path) for name in table if fold(name) not in NAMES]
    if len(folded) < len(table):
        names = ", ".join(repr(name) for name in table if [*map(fold, table)].count(fold(name)) > 1)
        findings.append(Finding.error(str(path), f"repeated setting: {names}", "repeated-key"))
    table = folded

    def locate(keys: ValuePath, _: bool) -> str:
        del keys
        return str(path)

    run = {name: value for name, value in table.items() if name in Run.model_fields}
    figure = {name: value for name, value in table.items() if name in FIGURE}
    readers = (
        lambda: read_model(FigureSettings, figure, locate),
        lambda: read_settings(dict(run), locate),
        lambda: read_count(table.get("width"), f"{path}: width", MAX_WIDTH),
    )
    for read in readers:
        try:
            read()
        except SpecError as error:
            findings += error.findings
    if findings:
        raise SpecError(findings)
    return Defaults(run, figure, table.get("width"))


def unknown_setting(name: str, path: Path) -> Finding:
    """Return the finding of a setting that has no default of the user's."""
    setting = fold(name)
    if setting in CurveSettings.model_fields or setting in FigureSettings.model_fields:
        flag = "" if setting in WITHOUT_FLAG else f", or with {flag_name(setting)}"
        kind = "a schedule" if setting in CurveSettings.model_fields else "one picture"
        message = (
            f"'{name}' is a setting of {kind}, which has no default; set it in each spec{flag}"
        )
        return Finding.error(str(path), message, "unknown-setting")
    suggestion = synonym(name, NAMES) or nearest_name(name, NAMES)
    advice = f"did you mean '{suggestion}'?" if suggestion else f"it may hold {', '.join(NAMES)}"
    return Finding.error(str(path), f"unknown setting '{name}'; {advice}", "unknown-setting")

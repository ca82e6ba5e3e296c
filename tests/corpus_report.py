"""What lrviz makes of a folder of training configs, a line each: `python tests/corpus_report.py X`.

Prints the file, its format, its class, its curve in words and as a sparkline, or what is missing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lrviz.core.errors import SpecError
from lrviz.curves.table import tabulate
from lrviz.render.glyphs import GLYPHS
from lrviz.render.summary import facts_text, segments_text
from lrviz.render.terminal import sparkline
from lrviz.specfile.source import load_spec
from lrviz.trainers.settings import TrainerSettings

ENDINGS = (".yaml", ".yml", ".json", ".toml", ".py", ".sh", ".md", ".keras")
OTHER_FOLDERS = ("logs",)
CELLS = 16


@dataclass(frozen=True)
class Line:
    """A config's format, class and curve; or, in `error`, why there is none."""

    path: Path
    format: str = ""
    drawability: str = ""
    schedule: str = ""
    words: str = ""
    spark: str = ""
    error: str = ""

    def __str__(self) -> str:
        if self.error:
            return f"{self.path}\n    {self.error}"
        meaning = f"{self.format}, {self.drawability}: {self.schedule}"
        return f"{self.path}\n    {meaning}\n    {self.spark}  {self.words}"


def configs(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder that may be configs, those of logs left out."""
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder).parts
        if path.suffix in ENDINGS and path.is_file() and not set(inner) & set(OTHER_FOLDERS):
            yield path


def line_of(path: Path, **flags: object) -> Line:
    """Return the line of a config, read with flags of the run and of TrainerSettings."""
    names = TrainerSettings.model_fields
    trainer = {name: value for name, value in flags.items() if name in names}
    run = {name: value for name, value in flags.items() if name not in names}
    try:
        loaded = load_spec(str(path), run, trainer=trainer)
        table = tabulate(loaded.curves)
    except SpecError as error:
        return Line(path, error="; ".join(str(finding) for finding in error.findings))
    assert loaded.plan is not None
    column, unit = table.columns[0], table.unit
    peak = float(np.nanmax(column.rates))
    return Line(
        path,
        loaded.plan.format,
        loaded.plan.drawability.value,
        column.curve.call(),
        "; ".join(filter(None, (facts_text(column, unit), segments_text(column, unit)))),
        sparkline(column.rates, CELLS, 0.0, peak, GLYPHS[0]),
    )


def main(folders: Sequence[str]) -> int:
    """Print the report; the status is 1 where a file is no config that lrviz knows."""
    lines = [line_of(path) for folder in folders for path in configs(Path(folder))]
    for line in lines:
        print(line)
    drawn = sum(not line.error for line in lines)
    print(f"{len(lines)} files, {drawn} drawn, {len(lines) - drawn} not")
    return 0 if drawn == len(lines) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""An export: the sampled rates of curves as a file of a format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Literal, get_args

from lrviz.core.errors import SpecError
from lrviz.curves.table import Table
from lrviz.render.export import as_json, as_npz, long, text_size, wide
from lrviz.render.files import open_atomic

ExportFormat = Literal["csv", "tsv", "json", "npz"]
FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)


@dataclass(frozen=True, eq=False)
class Export:
    """Sampled rates in a file format; they are formatted when they are read."""

    table: Table
    format: ExportFormat
    long: bool = False

    def __str__(self) -> str:
        return repr(self) if self.format == "npz" else self.text().removesuffix("\n")

    def chunks(self) -> Iterator[bytes]:
        """Yield the content of the file, piece by piece."""
        if self.format == "npz":
            yield as_npz(self.table)
            return
        for text in self._texts():
            yield text.encode()

    def text(self) -> str:
        """Return the whole content as text. Raises SpecError for npz, which is binary."""
        if self.format == "npz":
            raise SpecError.of("format", "npz is binary; use chunks() or write(path)")
        return "".join(self._texts())

    def write(self, path: str | PathLike[str]) -> None:
        """Write the file, whole or not at all.

        Raises SpecError for a path that is no file's, OutputError where the system fails to write.
        """
        with open_atomic(Path(path)) as file:
            for chunk in self.chunks():
                file.write(chunk)

    def size(self) -> int:
        """Return about how many bytes the file has, from a sample of the rates."""
        if self.format == "npz":
            return 8 * len(self.table.steps) * (1 + len(self.table.columns))
        if self.format == "json":
            return text_size(self.table, "json")
        return text_size(self.table, "long" if self.long else "wide")

    def _texts(self) -> Iterator[str]:
        if self.format == "json":
            return as_json(self.table)
        delimiter = "\t" if self.format == "tsv" else ","
        return (long if self.long else wide)(self.table, delimiter)

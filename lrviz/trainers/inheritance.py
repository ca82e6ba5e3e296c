"""Configs that inherit from other files: only from those in the same tree of folders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any

from lrviz.core.errors import SpecError
from lrviz.core.files import FileError, file_content
from lrviz.core.text import format_value
from lrviz.trainers.document import MAX_BYTES, Document, Mark, Path
from lrviz.trainers.reading import Reading
from lrviz.trainers.source import Source

MAX_BASES = 20
FLAT = "__"
"""What joins the names of folders in copies of configs that are kept in one folder."""


def inherited(
    source: Source,
    key: str,
    within: FilePath | None = None,
    before: list[Source] | None = None,
) -> Document:
    """Return a file's document over those of the files that a key of it names, or lists.

    They must be below the working folder where the file is, else below the folder that holds the
    file's own. Raises SpecError for others, for those that cannot be read, and for too many.
    """
    own = source.document
    names = source.data.get(key) or []
    root = tree_of(source.folder.resolve()) if within is None else within
    before = [] if before is None else before
    result = Document({})
    for name in names if isinstance(names, list) else [names]:
        base = base_of(source, str(name), key, root)
        before.append(base)
        if len(before) > MAX_BASES:
            message = f"{key} names more than {MAX_BASES} files in turn; do they name each other?"
            raise SpecError.of(source.place(key), message, "base-file")
        if sum(len(item.text) for item in before) > MAX_BYTES:
            message = f"{key} names files of more than {MAX_BYTES // 1_000_000} MB in all"
            raise SpecError.of(source.place(key), message, "base-file")
        result = overlaid(result, inherited(base, key, root, before))
    return overlaid(result, with_file(own, source.name))


def over_bases(source: Source, key: str, needed: Sequence[str]) -> Document | None:
    """Return a file's document over its bases; None where it names none.

    It is also None where they cannot be read but the file has the keys `needed` itself. Raises
    SpecError where it has not.
    """
    if not source.has(key):
        return None
    try:
        return inherited(source, key)
    except SpecError:
        if all(map(source.has, needed)):
            return None
        raise


def note_unread_bases(reading: Reading, key: str) -> None:
    """Note the bases of a file that were not read."""
    if reading.has(key) and not reading.source.document.files:
        names = format_value(reading.source.get(key))
        reading.oddity(f"{key} {names} is not read: the defaults count instead", key)


def tree_of(folder: FilePath) -> FilePath:
    """Return the folder below which the bases of a folder's files must be."""
    working = FilePath.cwd()
    return working if folder.parent.is_relative_to(working) else folder.parent


def base_of(source: Source, name: str, key: str, root: FilePath) -> Source:
    """Return the file that a file inherits from."""
    place = source.place(key)
    if "://" in name or name.startswith(("/", "~")):
        message = f"{key} {name:.80} is not read: only files beside this one, or below its folders"
        raise SpecError.of(place, message, "base-file")
    try:
        path = base_path(source.folder, name)
        is_inside = path.resolve().is_relative_to(root)
        text = file_content(path).decode("utf-8-sig") if is_inside else ""
    except (FileError, OSError, ValueError, RuntimeError):
        message = f"{key} {name:.80} cannot be read; put it there or beside this file"
        raise SpecError.of(place, message, "base-file") from None
    if not is_inside:
        reason = "it is outside of the folder above this file's; run lrviz in one that holds both"
        message = f"{key} {name:.80} is not read: {reason}"
        raise SpecError.of(place, message, "base-file")
    return Source(str(path), text, path.parent)


def base_path(folder: FilePath, name: str) -> FilePath:
    """Return the file of a name, or of its last part, in a folder."""
    path = folder / name
    if path.is_file():
        return path
    copies = list(folder.glob(f"*{FLAT}{path.name}")) if "*" not in name else []
    beside = folder / path.name
    return beside if beside.is_file() else copies[0] if len(copies) == 1 else path


def with_file(document: Document, file: str) -> Document:
    """Return a document whose values all name their file."""
    files = dict.fromkeys(document.marks, file)
    return Document(document.data, document.marks, document.kind, files)


def overlaid(base: Document, own: Document) -> Document:
    """Return a document over another: mappings are merged, other values replaced."""
    marks: dict[Path, Mark] = {**base.marks, **own.marks}
    files: dict[Path, str] = {**base.files, **own.files}
    return Document(merged(base.data, own.data), marks, own.kind, files)


def merged(base: Any, own: Any) -> Any:
    """Return a value over another."""
    if not isinstance(base, Mapping) or not isinstance(own, Mapping):
        return base if own is None and isinstance(base, Mapping) else own
    inner = {key: merged(base[key], value) for key, value in own.items() if key in base}
    return {**base, **own, **inner}

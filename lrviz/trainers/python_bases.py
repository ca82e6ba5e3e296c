"""Python configs that start from others: only files beside or below them, or of the same tree.

A config names its bases in `_base_`, whose values it is merged over, or imports their names within
`with read_base():`, which it then changes as it likes.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from lrviz.core.files import FileError, file_content
from lrviz.trainers.document import Document
from lrviz.trainers.python_literals import MAX_CHARACTERS, merged, read_python

BASE = "_base_"
MAX_FILES = 50
BRACED = re.compile(r"['\"]?\{\{\s*(_base_\.[\w.]+)\s*\}\}['\"]?")
"""How a value of a base is written where the whole is no Python: `{{_base_.model}}`."""
TREE_DEPTH = 3
"""How many folders above a config may hold the folder `_base_` of its tree."""


def read_with_bases(text: str, folder: Path) -> Document | None:
    """Return a config's values, on those of the files that it names; None for no Python.

    A base is read where it is in a folder beside the config's or below it, or in the tree of
    configs whose folder `_base_` is above it. `_base_` keeps the names of those that are not read.
    """
    folder = folder.resolve()
    trees = (above for above in folder.parents[:TREE_DEPTH] if (above / BASE).is_dir())
    return Bases(next(trees, folder.parent)).read(text, folder)


class Bases:
    """Reads configs and their bases below one folder, each file once on its way down."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.count = self.characters = 0  # of all bases

    def read(self, text: str, folder: Path, above: tuple[Path, ...] = ()) -> Document | None:
        """Return the values of a config whose relative paths start at a folder."""
        unread: list[str] = []

        def values_of(name: str) -> dict[str, Any]:
            document = self.base(name, folder, above)
            if document is None:
                unread.append(name)
                return {}
            unread.extend(document.data.get(BASE) or ())
            return {key: value for key, value in document.data.items() if key != BASE}

        def importer(level: int, module: str) -> dict[str, Any]:
            dots = "../" * (level - 1) if level else "/"
            return values_of(f"{dots}{module.replace('.', '/')}.py")

        document = read_python(text, importer=importer)
        names = document.data.get(BASE) if document else None
        base: dict[str, Any] = {}
        for name in names if isinstance(names, list) else [names]:
            base = merged(base, values_of(name)) if isinstance(name, str) else base
        if base:
            document = read_python(BRACED.sub(r"\1", text), {BASE: base}) or document
        if document is None or not (names or unread):
            return document
        return Document(
            {**merged(base, document.data), BASE: unread}, document.marks, document.kind
        )

    def base(self, name: str, folder: Path, above: tuple[Path, ...]) -> Document | None:
        """Return a config that another one in a folder starts from, or None where it is not read.

        `above` are the configs that it is read for; a config does not start from itself.
        """
        self.count += 1
        path = self.path(name, folder) if self.count <= MAX_FILES else None
        if path is None or path in above:
            return None
        try:
            text = file_content(path).decode(errors="replace")
        except FileError:
            return None
        self.characters += len(text)
        if self.characters > MAX_CHARACTERS:
            return None
        return self.read(text, path.parent, (*above, path))

    def path(self, name: str, folder: Path) -> Path | None:
        """Return the Python file that a config names, where it is one below the root."""
        if not name.endswith(".py"):
            return None
        try:
            path = (folder / name).resolve()
        except (OSError, ValueError, RuntimeError):  # a link to itself, or no name of a file
            return None
        return path if path.is_relative_to(self.root) and path.is_file() else None

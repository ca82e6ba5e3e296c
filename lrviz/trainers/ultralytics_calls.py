"""How Ultralytics is started: `yolo train lr0=0.01` in a script, `model.train(lr0=0.01)` in Python.

The words of the command are read as `entrypoint` of ultralytics/cfg reads them (8.4.190).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lrviz.trainers.arguments import (
    ASSIGNMENT,
    CONTINUED,
    VALUE,
    blank,
    expand,
    without_comments,
    word_value,
)
from lrviz.trainers.document import Document, Mark, Path, mark_at
from lrviz.trainers.python_calls import Call, program_calls
from lrviz.trainers.source import Source

PACKAGE = "ultralytics"
TRAIN = "train"
TASKS = ("detect", "segment", "semantic", "depth", "classify", "pose", "obb")
MODES = (TRAIN, "val", "predict", "export", "track", "benchmark")
COMMAND = re.compile(rf"(?m)(?:^|(?<=[\s;&|(!/]))(?:yolo|{PACKAGE})(?=[ \t]+\S)")
WORD = re.compile(rf"[ \t]+(?:--)?([A-Za-z]\w*)(?:[ \t]*=[ \t]*{VALUE}|(?=[\s;&|,)]|\Z)),?")
OTHER_WORD = re.compile(r"""[ \t]+(?:"[^"\n]*"|'[^'\n]*'|\$[^\s;&|]+)""")
"""A word that a shell replaces, as an array of arguments."""
SETTINGS = ("data", "epochs", "imgsz", "batch", "lr0", "lrf", "optimizer", "cos_lr")
"""Arguments of which a call has one that trains a model of Ultralytics."""


def train_commands(text: str) -> list[Document]:
    """Return the arguments of each command of a script that trains, in order."""
    if not COMMAND.search(text):
        return []
    code = CONTINUED.sub(blank, without_comments(text))
    documents = (command_at(text, code, match) for match in COMMAND.finditer(code))
    return [item for item in documents if item.data.get("mode") == TRAIN and len(item.data) > 1]


def command_at(text: str, code: str, command: re.Match[str]) -> Document:
    """Return the arguments after a command's name in the code of a text."""
    variables: dict[str, str] = {}
    for match in ASSIGNMENT.finditer(code[: command.start()]):
        variables[match[1]] = expand(match[2].strip("\"'"), variables)
    data: dict[str, Any] = {}
    marks: dict[Path, Mark] = {}
    for match in words(code, command.end()):
        name, word = match[1], match[2]
        if word is not None:
            value = word_value(expand(word.rstrip(",").strip("\"'"), variables))
        elif name in (*TASKS, *MODES):
            name, value = ("task" if name in TASKS else "mode"), name
        else:
            value = True
        data[name] = value
        marks[name,] = mark_at(text, match.start(1))
    return Document(data, marks, "arguments")


def words(code: str, offset: int) -> Iterator[re.Match[str]]:
    """Yield the arguments from an offset to the end of the command; other words are skipped."""
    while match := WORD.match(code, offset) or OTHER_WORD.match(code, offset):
        if match.re is WORD:
            yield match
        offset = match.end()


def train_calls(source: Source) -> list[Call]:
    """Return the calls of a program that train a model of the package: with a rate, else all."""
    if PACKAGE not in source.text:
        return []
    calls = [call for call in program_calls(source, is_train) if call.has(SETTINGS)]
    return [call for call in calls if call.has(("lr0",))] or calls


def is_train(path: str) -> bool:
    """Return whether the dotted path of what is called is `train` of a model of the package."""
    return path.startswith(f"{PACKAGE}.") and path.endswith(f".{TRAIN}")

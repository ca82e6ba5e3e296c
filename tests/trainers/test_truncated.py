"""No example config, cut off anywhere or with a byte changed, ends in an internal error."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest

from lrviz.core.errors import SpecError
from lrviz.specfile.contents import read_bytes
from lrviz.specfile.keys import Context
from lrviz.specfile.source import locate_nowhere
from lrviz.trainers.settings import TrainerSettings
from tests.trainers.declared import EVERY, Example

CUTS = 6
"""How many of each file's ends are tried; with `-m slow` every one is."""
VALUES = (
    b"-1", b"0", b"[]", b"{}", b"'x'", b"1e999", b".nan", b"true", b"null", b"[1, x]",
    b"!!python/name:os",
)  # fmt: skip
FIRST = list({item.path: item for item in EVERY}.values())


def read(raw: bytes, example: Example) -> None:
    """Read a changed config as its format is read, and sample a few steps of it."""
    trainer = {k: v for k, v in example.flags.items() if k in TrainerSettings.model_fields}
    context = Context(locate_nowhere, trainer=trainer)
    with suppress(SpecError):
        for curve in read_bytes(raw, str(example.path), context).curves:
            curve.sample(range(min(curve.count(), 3)))


def read_as_declared(raw: bytes, example: Example) -> None:
    """Read a changed config also where it is no longer recognised."""
    read(raw, example)
    read(raw, Example(example.format, example.file, {"as_format": example.format}))


def with_value(lines: list[bytes], at: int, value: bytes) -> bytes:
    """Return a file with the value of one of its lines replaced."""
    key, mark, rest = lines[at].partition(b":" if b":" in lines[at] else b"=")
    end = b",\n" if rest.rstrip().endswith(b",") else b"\n"
    return b"".join([*lines[:at], key + mark + b" " + value + end, *lines[at + 1 :]])


every_file = pytest.mark.parametrize("example", FIRST, ids=lambda x: f"{x.format}/{x.file}")


@every_file
def test_cut_off(example: Example) -> None:
    raw = example.path.read_bytes()
    random_cuts = random.Random(len(raw))
    for _ in range(CUTS):
        read_as_declared(raw[: random_cuts.randrange(len(raw))], example)


@every_file
def test_values_of_other_types(example: Example) -> None:
    lines = example.path.read_bytes().splitlines(keepends=True)
    random_lines = random.Random(len(lines))
    for value in VALUES:
        read_as_declared(with_value(lines, random_lines.randrange(len(lines)), value), example)


@pytest.mark.slow
@every_file
def test_cut_off_at_every_byte(example: Example) -> None:
    raw = example.path.read_bytes()
    for size in range(len(raw)):
        read_as_declared(raw[:size], example)


@pytest.mark.slow
@every_file
def test_every_line_with_other_values(example: Example) -> None:
    lines = example.path.read_bytes().splitlines(keepends=True)
    for at in range(len(lines)):
        for value in VALUES:
            read_as_declared(with_value(lines, at, value), example)

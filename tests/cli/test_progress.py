"""The progress bar of an export, and the note on a large one."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from unittest.mock import patch

import pytest

import lrviz
from lrviz.cli import progress
from lrviz.cli.export_command import LARGE, size_findings
from lrviz.render.export_file import Export

CURVES = ("cosine", "exponential", "step", "configs/plateau.yaml")


class FakeTerminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("long", [False, True])
@pytest.mark.parametrize("kind", ["csv", "tsv", "json"])
def test_the_size_of_a_text_is_about_right(kind: str, long: bool) -> None:
    if kind == "json" and long:
        kind, long = "csv", False
    for name in CURVES:
        export = lrviz.export(lrviz.load(name), kind, steps=3_000, long=long)  # type: ignore[arg-type]
        assert export.size() == pytest.approx(len(export.text().encode()), rel=0.15)


def test_the_size_of_numbers_is_theirs() -> None:
    export = lrviz.export(lrviz.load("cosine", "step"), "npz", steps=1_000)
    assert export.size() == 3 * 8 * 1_000


def test_a_large_export_says_its_size() -> None:
    export = lrviz.export(lrviz.load("cosine"))
    assert size_findings(export) == []
    messages = []
    for size in (LARGE - 1, LARGE, 2_940_000_000):
        with patch.object(Export, "size", lambda _, size=size: size):
            messages.append([str(finding) for finding in size_findings(export)])
    assert messages == [[], ["writes about 1.0 GB"], ["writes about 2.9 GB"]]


def chunks(seconds: list[float]) -> Iterator[bytes]:
    for _ in range(4):
        seconds[0] += 0.4
        yield b"x" * 250


def run_tracked(stderr: io.StringIO) -> tuple[bytes, str]:
    seconds = [100.0]
    with (
        patch.object(sys, "stderr", stderr),
        patch.object(progress, "monotonic", lambda: seconds[0]),
    ):
        data = b"".join(progress.track(chunks(seconds), 1_000))
    return data, stderr.getvalue()


def test_a_bar_appears_after_a_second_in_a_terminal() -> None:
    data, text = run_tracked(FakeTerminal())
    assert data == b"x" * 1_000
    assert "1.0/1.0 kB" in text
    assert "250/" not in text
    assert text.endswith("\x1b[1A\x1b[2K")  # up, and the line is empty


def test_there_is_no_bar_in_a_pipe() -> None:
    assert run_tracked(io.StringIO()) == (b"x" * 1_000, "")

"""TOML within bounds: what the parser would take long for is refused before."""

from __future__ import annotations

import time

import pytest

from lrviz.core.toml import TomlError, parse_toml
from tests.conftest import Shell

KEY_OF_100 = "a." * 99 + "b"
REFUSED = {
    "large": ("#" * 1_000_001, "is larger than 1 MB"),
    "long key": ("a." * 400_000 + "a = 1", "has a key of more than 100 parts"),
    "spaced key": ("'a' . " * 100_000 + "a = 1", "has a key of more than 100 parts"),
    "101 parts": (f"x.{KEY_OF_100} = 1", "has a key of more than 100 parts"),
    "tables": ("\n".join(f"[t{i}]" for i in range(10_001)), "has more than 10,000 tables"),
    "deep": ("x = " + "[" * 100_000, "is nested too deep (at most 100 levels)"),
    "digits": ("x = " + "9" * 5_000, "is not TOML: Exceeds the limit"),
    "no value": ("x =", "is not TOML: Invalid value (at end of document)"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    text, message = REFUSED[case]
    begin = time.process_time()
    with pytest.raises(TomlError) as caught:
        parse_toml(text)
    assert str(caught.value).startswith(message)
    assert time.process_time() - begin < 3


def test_read() -> None:
    assert parse_toml("#" * 1_000_000) == {}
    assert len(parse_toml("\n".join(f"[t{i}]" for i in range(10_000)))) == 10_000
    data = parse_toml(f"{KEY_OF_100} = 1\nx = '{'a.' * 99}'\n")
    for _ in range(99):
        data = data["a"]
    assert data == {"b": 1}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"x = " + b"[" * 9_999, "is nested too deep (at most 100 levels)"),
        (b"\xff", "is not UTF-8 text"),
        (b"x", "is not TOML: Expected '=' after a key in a key/value pair (at end of document)"),
    ],
)
def test_the_users_defaults(text: bytes, reason: str, shell: Shell) -> None:
    (shell.folder / "pyproject.toml").write_bytes(text)
    assert shell("measure", "cosine").returncode == 0
    (shell.folder / "lrviz.toml").write_bytes(text)
    done = shell("measure", "cosine")
    assert done.returncode == 2
    assert done.stderr == f"error: {shell.folder / 'lrviz.toml'}: {reason}\n"

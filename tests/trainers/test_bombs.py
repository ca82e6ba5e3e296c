"""Configs that repeat or refer to themselves without end: read in bounded time, or refused."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lrviz.core.errors import SpecError
from lrviz.core.text import format_value
from lrviz.trainers.document import DocumentError, read_document
from lrviz.trainers.hyperpyyaml import plain_document
from lrviz.trainers.inheritance import inherited
from lrviz.trainers.python_bases import MAX_FILES, read_with_bases
from lrviz.trainers.source import Source

DOUBLED = "a0: &a0 [1, 1]\n" + "".join(
    f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 60)
)
TOO_MANY = "has more than 100,000 values, aliases included"


@pytest.fixture(autouse=True)
def in_bounded_time() -> Iterator[None]:
    begin = time.process_time()
    yield
    assert time.process_time() - begin < 6


@pytest.mark.parametrize(
    "text",
    [
        DOUBLED,
        f"{DOUBLED}? *a59\n: 1\n",
        "a: [" + "1," * 100_000 + "1]",
        "a: &a {" + ",".join(f"k{i}: 1" for i in range(300)) + "}\nb: {<<: [" + "*a," * 400 + "]}",
    ],
    ids=["aliases", "key", "values", "merges"],
)
def test_more_values_than_are_read(text: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read_document(text)
    assert str(caught.value) == TOO_MANY


def test_as_many_values_as_are_read() -> None:
    assert len(read_document("[" + "1," * 99_999 + "]").data) == 99_999
    with pytest.raises(DocumentError):
        read_document("[" + "1," * 100_000 + "]")
    aliases = "a: &a [1]\nb: [" + "*a," * 49_997 + "]"  # 1 + 2 + 1 + 2 * 49,997 values
    assert len(read_document(aliases).data["b"]) == 49_997
    with pytest.raises(DocumentError):
        read_document(aliases.replace("]\nb: [", "]\nb: [*a,*a,"))


def test_depth() -> None:
    assert read_document("[" * 101 + "]" * 101).data
    with pytest.raises(DocumentError, match=r"^is nested too deep \(at most 100 levels\)$"):
        read_document("[" * 102 + "]" * 102)


def test_many_merges_of_many_keys() -> None:
    keys = ",".join(f"k{i}: {i}" for i in range(40_000))
    text = f"a: &a {{{keys}}}\nb: &b {{k1: x, n: y}}\nc: {{<<: [{'*b,' * 5_000} *a], k2: z}}\n"
    merged = read_document(text).data["c"]
    assert (merged["k0"], merged["k1"], merged["k2"], merged["n"]) == (0, "x", "z", "y")
    assert len(merged) == 40_001


def test_a_key_that_is_no_scalar_is_left_out_with_its_value() -> None:
    document = read_document("? [a, b]\n: {c: 1}\n? {d: 1}\n: &x 2\ne: *x\n")
    assert document.data == {"e": 2}


def test_references_that_multiply() -> None:
    lines = [f'a{i}: "{f"${{a{i + 1}}}" * 10} x"' for i in range(30)]
    source = Source("a.yaml", "\n".join([*lines, "a30: 1", 'b: "${c}"', 'c: "${b}"', "d: ${a30}"]))
    assert len(source.get("a0")) == 1_000
    assert source.get("b") in ("${b}", "${c}")
    assert source.get("d") == 1


def test_references_in_turn() -> None:
    lines = [f"a{i}: ${{a{i + 1}}}" for i in range(20)]
    source = Source(
        "a.yaml", "\n".join([*lines, "a20: [2]", 'b: "x ${a15} ${c} ${a20}"', "c: yes"])
    )
    assert source.get("a0") == [2]
    assert source.get("b") == "x ${a20} True ${a20}"


def test_tags_that_multiply() -> None:
    lines = [f"a{i}: [{', '.join([f'!ref <a{i + 1}>'] * 5)}]" for i in range(25)]
    data = plain_document(read_document("\n".join([*lines, "a25: 1", "b: !ref <a25>"]))).data
    assert len(data["a0"]) == 5
    assert plain_document(read_document("a: 1\nb: !ref <a>")).data == {"a": 1, "b": 1}


def test_a_message_has_only_the_start_of_a_value() -> None:
    value: object = [1, "a"]
    for _ in range(100):
        value = {"k": [value, value]}
    assert format_value(value) == "{k: [" * 15 + "{k..."
    assert format_value([1, {"a": None, "b": "c"}, (2.5, True)]) == (
        "[1, {a: null, b: 'c'}, [2.5, true]]"
    )
    assert format_value(["x" * 74]) == f"['{'x' * 74}']"
    assert format_value(["x" * 77]) == f"['{'x' * 75}..."


def write(folder: Path, name: str, text: str) -> Source:
    (folder / name).write_text(text, encoding="utf-8")
    return Source(name, text, folder)


def test_bases_that_multiply(here: Path) -> None:
    for level in range(25):
        write(here, f"b{level}.yaml", f"_BASE_: [b{level + 1}.yaml, b{level + 1}.yaml]\n")
    own = write(here, "b25.yaml", "_BASE_: [no.yaml]\n")
    with pytest.raises(SpecError, match="names more than 20 files in turn"):
        inherited(write(here, "a.yaml", "_BASE_: b0.yaml\n"), "_BASE_")
    with pytest.raises(
        SpecError, match=r"_BASE_ no\.yaml cannot be read; put it there or beside this file"
    ):
        inherited(own, "_BASE_")


def test_as_many_bases_as_are_read(here: Path) -> None:
    write(here, "b.yaml", "a: 1\n")
    for count, fits in ((20, True), (21, False)):
        source = write(here, "a.yaml", "_BASE_: [" + "b.yaml," * count + "]\n")
        if fits:
            assert inherited(source, "_BASE_").data["a"] == 1
        else:
            with pytest.raises(SpecError, match="names more than 20 files"):
                inherited(source, "_BASE_")


def test_bases_that_are_large_together(here: Path) -> None:
    write(here, "b.yaml", "#" * 2_000_000)
    assert inherited(write(here, "a.yaml", "_BASE_: [b.yaml, b.yaml]\n"), "_BASE_").data
    with pytest.raises(SpecError, match="_BASE_ names files of more than 5 MB in all"):
        inherited(write(here, "a.yaml", "_BASE_: [b.yaml, b.yaml, b.yaml]\n"), "_BASE_")


@pytest.mark.parametrize("name", ["pipe", '"a\\0b"', "loop.yaml", "folder"])
def test_bases_that_cannot_be_read(name: str, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lrviz.core.files.PIPE_TIMEOUT", 0.05)
    os.mkfifo(here / "pipe")
    (here / "folder").mkdir()
    (here / "loop.yaml").symlink_to("loop.yaml")
    with pytest.raises(SpecError, match="cannot be read; put it there or beside this file"):
        inherited(write(here, "a.yaml", f"_BASE_: {name}\n"), "_BASE_")


def test_python_bases_that_multiply_or_cannot_be_read(here: Path) -> None:
    (here / "loop.py").symlink_to("loop.py")
    for index in range(30):
        write(
            here, f"b{index}.py", f"_base_ = ['b{index + 1}.py', 'b{index + 1}.py']\nx{index} = 1\n"
        )
    names = ["loop.py", "\\ud83d.py", "a\\0b.py", "b0.py"]
    document = read_with_bases(f"_base_ = {names}\nlr = 1\n".replace("\\\\", "\\"), here)
    assert document is not None
    assert document.data["lr"] == 1
    assert document.data["x0"] == 1


def test_as_many_python_bases_as_are_read(here: Path) -> None:
    write(here, "last.py", "last = 1\n")
    for index in range(MAX_FILES - 1):
        write(here, f"b{index}.py", f"x{index} = 1\n")
    names = [f"b{index}.py" for index in range(MAX_FILES - 1)]
    document = read_with_bases(f"_base_ = {[*names, 'last.py']}\n", here)
    assert document is not None
    assert document.data["last"] == 1
    document = read_with_bases(f"_base_ = {['no.py', *names, 'last.py']}\n", here)
    assert document is not None
    assert "last" not in document.data
    assert document.data[f"x{MAX_FILES - 2}"] == 1


def test_python_bases_that_are_large_together(here: Path) -> None:
    text = "x = 1\n#" + " " * 240_000 + "\n"
    for name in ("a.py", "b.py", "c.py"):
        write(here, name, text.replace("x", name[0]))
    document = read_with_bases("_base_ = ['a.py', 'b.py', 'c.py']\n", here)
    assert document is not None
    assert {"a", "b"} <= set(document.data)
    assert "c" not in document.data

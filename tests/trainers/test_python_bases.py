"""Configs on others: which files are read, and how values are merged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lrviz.trainers.python_bases import read_with_bases
from lrviz.trainers.python_literals import merged


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("root/configs", "root/base", "outside"):
        (tmp_path / name).mkdir(parents=True)
    return tmp_path / "root" / "configs"


def values(folder: Path, **files: str) -> Any:
    """Write files beside the folder, and return the values of the config in it."""
    for name, text in files.items():
        if name != "config":
            (folder.parent / "base" / f"{name}.py").write_text(text, encoding="utf-8")
    document = read_with_bases(files["config"], folder)
    assert document
    return {key: value for key, value in document.data.items() if key != "_base_"}


def test_a_config_is_merged_over_its_bases(folder: Path) -> None:
    assert values(
        folder,
        config="_base_ = ['../base/one.py', '../base/two.py']\nd = dict(y=3)\ne = _base_.d.x + 1",
        one="d = dict(x=1, y=1)\nf = 1",
        two="f = [2]",
    ) == {"d": {"x": 1, "y": 3}, "e": 2, "f": [2]}


def test_a_single_base_a_chain_and_braces(folder: Path) -> None:
    assert values(
        folder,
        config="_base_ = '../base/one.py'\na = {{_base_.n}}\nb = '{{ _base_.n }}'",
        one="_base_ = 'two.py'\nm = 1",
        two="n = 2",
    ) == {"m": 1, "n": 2, "a": 2, "b": 2}


def test_bases_in_a_circle_are_read_once(folder: Path) -> None:
    assert values(
        folder,
        config="_base_ = '../base/one.py'\na = 1",
        one="_base_ = ['one.py', 'two.py']\nb = 2",
        two="_base_ = 'one.py'\nc = 3",
    ) == {"a": 1, "b": 2, "c": 3}


@pytest.mark.parametrize(
    "base",
    [
        "../../outside/x.py",
        "../base/missing.py",
        "../base/x.txt",
        "mmdet::x.py",
        "/etc/x.py",
        "a\\0.py",
    ],
)
def test_other_files_are_not_read(folder: Path, base: str) -> None:
    for path in ("outside/x.py", "root/base/x.txt"):
        (folder.parent.parent / path).write_text("secret = 1", encoding="utf-8")
    assert values(folder, config=f"_base_ = ['{base}']\na = 1") == {"a": 1}


def test_unread_bases_are_kept_by_name(folder: Path) -> None:
    (folder.parent / "base" / "one.py").write_text("_base_ = 'two.py'\nb = 1", encoding="utf-8")
    document = read_with_bases("_base_ = ['../base/one.py', 'three.py', 4]\na = 1", folder)
    assert document
    assert document.data == {"_base_": ["two.py", "three.py"], "a": 1, "b": 1}


def test_names_are_imported_from_bases(folder: Path) -> None:
    config = (
        "with read_base():\n"
        "    from ..base.one import *\n"
        "    from .beside import x as y\n"
        "    from mmdet.configs.z import *\n"
        "a = dict(c=3)\nb.c = 4"
    )
    (folder / "beside.py").write_text("x = 5", encoding="utf-8")
    (folder.parent / "base" / "one.py").write_text(
        "with read_base():\n    from .two import b\na = dict(d=1)", encoding="utf-8"
    )
    (folder.parent / "base" / "two.py").write_text("b = dict(d=2)\ne = 1", encoding="utf-8")
    document = read_with_bases(config, folder)
    assert document
    assert document.data == {
        "_base_": ["/mmdet/configs/z.py"],
        "a": {"c": 3},
        "b": {"c": 4, "d": 2},
        "y": 5,
    }


def test_the_tree_of_a_folder_base_is_read(folder: Path) -> None:
    deep = folder / "one" / "two"
    deep.mkdir(parents=True)
    (folder / "_base_").mkdir()
    (folder / "_base_" / "x.py").write_text("b = 1", encoding="utf-8")
    document = read_with_bases("_base_ = '../../_base_/x.py'", deep)
    assert document
    assert document.data == {"_base_": [], "b": 1}
    deeper = deep / "three" / "four"
    deeper.mkdir(parents=True)
    document = read_with_bases("_base_ = '../../../../_base_/x.py'", deeper)
    assert document
    assert document.data == {"_base_": ["../../../../_base_/x.py"]}


def test_a_mapping_may_replace_the_one_of_its_base() -> None:
    base = {"a": {"x": 1}, "b": 1}
    assert merged(base, {"a": {"y": 2, "_delete_": True}}) == {"a": {"y": 2}, "b": 1}
    assert merged(base, {"a": 2, "b": {"z": 1}}) == {"a": 2, "b": {"z": 1}}
    assert merged(base, {"a": {"y": 2}}) == {"a": {"x": 1, "y": 2}, "b": 1}


def test_text_that_is_no_python_is_none(folder: Path) -> None:
    assert read_with_bases("_base_ = [", folder) is None

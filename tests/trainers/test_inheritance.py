"""Configs on others in YAML: which files are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from lrviz.core.errors import SpecError
from lrviz.trainers import inheritance
from lrviz.trainers.inheritance import inherited, tree_of
from lrviz.trainers.source import Source


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder two levels below a base; the working folder is elsewhere."""
    (tmp_path / "project" / "own" / "configs").mkdir(parents=True)
    (tmp_path / "project" / "base.yaml").write_text("a: 1\nb: 1\n", encoding="utf-8")
    return tmp_path / "project" / "own" / "configs"


def config(folder: Path) -> Source:
    return Source("config", "_BASE_: ../../base.yaml\nb: 2\n", folder)


def test_a_base_is_below_the_folder_above_the_files_own(folder: Path) -> None:
    assert tree_of(folder) == folder.parent
    assert refusal(config(folder)) == (
        "config:1:9: _BASE_ ../../base.yaml is not read: it is outside of the folder above this "
        "file's; run lrviz in one that holds both"
    )


@pytest.mark.parametrize("name", ["https://x.org/base.yaml", "/base.yaml", "~/base.yaml"])
def test_a_base_is_beside_the_file_or_below(folder: Path, name: str) -> None:
    assert refusal(Source("config", f"_BASE_: {name}\n", folder)) == (
        f"config:1:9: _BASE_ {name} is not read: only files beside this one, or below its folders"
    )


def test_a_base_that_does_not_exist(folder: Path) -> None:
    assert refusal(Source("config", "_BASE_: none.yaml\n", folder)) == (
        "config:1:9: _BASE_ none.yaml cannot be read; put it there or beside this file"
    )


def refusal(source: Source) -> str:
    with pytest.raises(SpecError) as caught:
        inherited(source, "_BASE_")
    assert caught.value.findings[0].id == "base-file"
    return str(caught.value)


def test_or_below_the_working_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = folder.parent.parent
    monkeypatch.chdir(project)
    assert tree_of(folder) == project
    assert inherited(config(folder), "_BASE_").data == {
        "_BASE_": "../../base.yaml", "a": 1, "b": 2,
    }  # fmt: skip


def test_a_working_folder_is_no_narrower_tree(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for working in (folder, folder.parent):
        monkeypatch.chdir(working)
        assert tree_of(folder) == folder.parent


@pytest.mark.parametrize(("limit", "refused"), [(10, False), (9, True)])
def test_how_much_text_bases_may_have(
    folder: Path, monkeypatch: pytest.MonkeyPatch, limit: int, refused: bool
) -> None:
    monkeypatch.setattr(inheritance, "MAX_BYTES", limit)
    monkeypatch.chdir(folder.parent.parent)
    if refused:
        assert refusal(config(folder)).startswith("config:1:9: _BASE_ names files of more than")
    else:
        assert inherited(config(folder), "_BASE_").data["a"] == 1

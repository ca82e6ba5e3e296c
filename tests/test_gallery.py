"""The gallery's files and pages; its pictures are compared by `python tests/docs.py --check`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lrviz.core.errors import SpecError
from lrviz.gallery import audits, render
from lrviz.render.files import MAKER
from tests import docs
from tests.conftest import ROOT

GALLERY = ROOT / "gallery"


def quick_pictures(drawing: render.Drawing) -> Iterator[tuple[str, bytes]]:
    """Yield files that lrviz seems to have made, in place of pictures."""
    for kind in render.KINDS:
        yield kind, b"Creator\0" + MAKER.encode() + drawing.stem.encode()


@pytest.fixture(scope="module")
def drawings() -> list[render.Drawing]:
    return list(render.pictures("dark"))


def test_every_picture_has_its_style_and_one_has_a_difference(
    drawings: list[render.Drawing],
) -> None:
    assert {drawing.settings["style"] for drawing in drawings} == {"dark"}
    assert [drawing.stem for drawing in drawings if drawing.difference] == [audits.STEM]
    stems = [drawing.stem for drawing in drawings]
    assert sorted(stems) == sorted(path.stem for path in GALLERY.glob("*.svg"))
    for stem, settings in ((drawing.stem, drawing.settings) for drawing in drawings):
        own = {"caption"} if stem.startswith("rule-") else set()
        assert settings.keys() - {"title", "style", "log_y"} == own, stem
    assert [drawing.stem for drawing in drawings if "log_y" in drawing.settings] == [
        "counterpart02"
    ]


def test_a_folder_gets_every_picture_and_page_and_may_be_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, drawings: list[render.Drawing]
) -> None:
    monkeypatch.setattr(render, "encoded", quick_pictures)
    monkeypatch.setattr(render, "pictures", lambda _: iter(drawings))
    folder = tmp_path / "a" / "b"
    for _ in range(2):
        written = list(render.render_gallery(folder, "light"))
        own = {path.name for path in GALLERY.iterdir()} - docs.NOT_RENDERED
        assert {path.name for path in written} == own
        assert set(written) == set(folder.iterdir())
    for name in render.PAGES:
        assert (folder / name).read_bytes() == (GALLERY / name).read_bytes()


@pytest.mark.parametrize("name", ["fig01.png", "fig12.svg", "README.md"])
def test_a_file_of_someone_else_stays(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("mine", encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        next(render.render_gallery(tmp_path, "light"))
    assert caught.value.lines() == [f"{tmp_path / name}: exists and was not made by lrviz gallery"]
    assert [path.name for path in tmp_path.iterdir()] == [name]

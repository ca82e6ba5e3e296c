"""The documentation is generated or run: its table, its Python, its specs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from lrviz.gallery.render import PAGES
from lrviz.specfile.source import load_spec
from tests import docs
from tests.conftest import ROOT
from tests.objects.fakes import Optimizer, StepLR

README, GUIDE = (path.read_text(encoding="utf-8") for path in docs.DOCUMENTS)


@pytest.mark.parametrize("name", docs.PARTS)
def test_generated_parts_are_current(name: str) -> None:
    """The console blocks and the pictures take longer: `python tests/docs.py --check`."""
    start, end = (mark.format(name) for mark in docs.GENERATED)
    assert (README + GUIDE).count(start + docs.PARTS[name]() + end) == 1


@pytest.mark.parametrize("name", PAGES)
def test_the_gallerys_pages_are_current(name: str) -> None:
    assert (ROOT / "gallery" / name).read_text(encoding="utf-8") == PAGES[name]()


def test_the_guides_python_runs(here: Path) -> None:
    blocks = re.findall(r"```python\n(?!# |class )([\s\S]*?)```", GUIDE)
    assert len(blocks) == 2
    exec(blocks[0], {"scheduler": StepLR(Optimizer(0.1), 30)})
    assert (here / "scheduler.png").exists()
    names: dict[str, Any] = {}
    exec(blocks[1], names)
    assert names["rates"].shape == (100,)
    assert (here / "rates.csv").read_text().startswith("step,")
    assert len(names["comparison"].differences) == 2
    facts = names["facts"]
    assert (facts.peak, facts.at[50]) == (0.1, names["table"].columns[0].rates[50])
    assert facts.area == facts.facts.area


def test_the_guides_specs_load(tmp_path: Path) -> None:
    for index, block in enumerate(re.findall(r"```yaml\n([\s\S]*?)```", GUIDE)):
        path = tmp_path / f"{index}.yaml"
        path.write_text(block, encoding="utf-8")
        assert load_spec(str(path)).curves


def test_every_config_is_plain_yaml_with_a_label() -> None:
    for path in (ROOT / "configs").glob("*.yaml"):
        assert yaml.safe_load(path.read_text(encoding="utf-8"))["label"]
        assert load_spec(str(path)).curves

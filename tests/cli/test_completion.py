"""What a shell completes: names of schedules, files that may be specs, choices of options."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from lrviz.cli.complete import names, specs
from lrviz.cli.options import text_option


def test_files_that_may_be_specs_and_folders(here: Path) -> None:
    for name in ("plan.yaml", "plan.yml", "plan.json", "plan.txt", "plan.csv"):
        (here / name).touch()
    (here / "plans").mkdir()
    assert specs("pla") == ["plan.json", "plan.yaml", "plan.yml", "plans/", "plateau"]
    assert specs("plan.[") == []


def test_names_in_any_case() -> None:
    assert names("torch.CosineAnnealingW") == ["torch.CosineAnnealingWarmRestarts"]
    assert names("Torch.cosineannealingw") == ["torch.CosineAnnealingWarmRestarts"]
    assert names("nosuch") == []


@pytest.mark.parametrize(
    ("typed", "choices"), [("", ["light", "dark"]), ("l", ["light"]), ("t", []), ("dark", ["dark"])]
)
def test_choices_of_an_option(typed: str, choices: list[str]) -> None:
    declaration = text_option("--style", "look", "STYLE", choices=("light", "dark"))
    option = get_args(declaration.annotation)[1]
    assert option.autocompletion(typed) == choices

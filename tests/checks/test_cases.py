"""Each case file is found faulty by the rule of its name and no other, or sound by all."""

from __future__ import annotations

from pathlib import Path

import pytest

from lrviz.checks.check import check_table
from lrviz.curves.table import tabulate
from lrviz.specfile.source import load_spec
from tests.conftest import ROOT

CASES = sorted((ROOT / "tests" / "checks" / "cases").glob("*.yaml"))


def warnings_in(path: Path) -> set[str]:
    findings = check_table(tabulate(load_spec(str(path)).curves))
    return {finding.id for finding in findings if finding.severity == "warning"}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    rule = path.stem.partition("--")[0]
    assert warnings_in(path) == (set() if rule == "sound" else {rule})


def test_there_are_many_cases_of_both_kinds() -> None:
    sound = [path for path in CASES if path.stem.startswith("sound--")]
    assert len(sound) >= 60
    assert len(CASES) - len(sound) >= 60

"""Each case file is found faulty by the rule of its name and no other, or sound by all."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from lrviz.checks.check import RULES, check_table
from lrviz.core.findings import Finding
from lrviz.curves.table import tabulate
from lrviz.specfile.source import load_spec
from tests.conftest import ROOT

CASES = sorted((ROOT / "tests" / "checks" / "cases").glob("*.yaml"))
SEVERITY = {rule.id: rule.severity for rule in RULES}


def findings_in(path: Path) -> list[Finding]:
    return check_table(tabulate(load_spec(str(path)).curves))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    rule = path.stem.partition("--")[0]
    findings = findings_in(path)
    warnings = defaultdict(list)
    for finding in findings:
        if finding.severity == "warning":
            warnings[finding.curve].append(finding.id)
    if SEVERITY.get(rule) == "warning":
        assert warnings
        assert {tuple(ids) for ids in warnings.values()} == {(rule,)}
    else:
        assert not warnings
        assert rule == "sound" or rule in [finding.id for finding in findings]


def test_there_are_many_cases_of_both_kinds() -> None:
    sound = [path for path in CASES if path.stem.startswith("sound--")]
    assert len(sound) >= 150
    assert len(CASES) - len(sound) >= 220


def test_each_rule_has_cases() -> None:
    rules = [path.stem.partition("--")[0] for path in CASES]
    assert {rule for rule in SEVERITY if rules.count(rule) < 3} == {"abrupt-warmup"}

"""The register of findings: every rule has an example, and every finding has a rule."""

from __future__ import annotations

import re
import sys

import pytest

from lrviz.core.composition import schedule_from
from lrviz.core.findings import Finding, Rule
from lrviz.core.register import register
from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "tests" / "oracle"))

from sides import RUN, dialects, random_specs

RULES = register.rules()
RUNS, SEED = 300, 4


def findings_of(spec: object) -> list[Finding]:
    assert isinstance(spec, dict)
    parameters = {key: spec[key] for key in spec if key not in ("lr", "steps")}
    return list(schedule_from(parameters).findings(spec.get("lr", 0.1)))


@pytest.mark.parametrize(("dialect", "rule"), RULES, ids=lambda item: getattr(item, "id", item))
def test_the_example_of_a_rule_has_its_finding(dialect: str, rule: Rule) -> None:
    assert isinstance(rule.example, dict)
    assert rule.example["schedule"].startswith(f"{dialect}.")
    findings = [finding for finding in findings_of(rule.example) if finding.id == rule.id]
    assert findings
    assert {finding.severity for finding in findings} == {rule.severity}
    assert all(finding.message and finding.source for finding in findings)


def test_rules_have_distinct_kebab_case_ids_and_sentences() -> None:
    keys = [(dialect, rule.id) for dialect, rule in RULES]
    assert len(set(keys)) == len(keys)
    for _, rule in RULES:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.id)
        assert rule.sentence.endswith(".")


@pytest.mark.parametrize("dialect", dialects())
def test_every_finding_of_random_specs_has_a_rule(dialect: str) -> None:
    for spec in random_specs(dialect, RUNS, SEED):
        assert set(spec) & set(RUN)
        try:
            findings = findings_of(spec)
        except ValueError:
            continue
        # A schedule of another dialect may be inside.
        ids = {rule.id for name, rule in RULES if f"{name}." in str(spec)}
        assert {finding.id for finding in findings} <= ids

"""Every finding of the reader: an example has it, and every id that the code uses is listed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding, Rule
from lrviz.specfile.rules import RULES
from lrviz.specfile.source import load_specs
from tests.conftest import ROOT


def findings_of(example: object, folder: Path) -> list[Finding]:
    (folder / "empty").mkdir()
    (folder / "spec.yaml").write_text("{schedule: step, step_size: 3}", encoding="utf-8")
    parts = example if isinstance(example, dict) else {"file": example}
    spec = parts.get("spec", "example.yaml")
    if "file" in parts:
        (folder / spec).write_text(parts["file"], encoding="utf-8")
    try:
        loaded = load_specs([spec], parts.get("flags"))
        curves = [curve for item in loaded for curve in item.curves]
    except SpecError as error:
        return list(error.findings)
    return [finding for curve in curves for finding in curve.findings()]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_an_example_has_the_finding(rule: Rule, here: Path) -> None:
    found = {(finding.id, finding.severity) for finding in findings_of(rule.example, here)}
    assert found == {(rule.id, rule.severity)}


def test_every_id_of_the_reader_is_listed() -> None:
    ids = set()
    for path in (ROOT / "lrviz" / "specfile").glob("*.py"):
        if path.name != "rules.py":
            text = path.read_text(encoding="utf-8")
            ids |= set(re.findall(r'(?:message|near\)|"|\]|\)),\s*"([a-z]+(?:-[a-z]+)+)"', text))
            ids |= set(re.findall(r'note\("([a-z-]+)"', text))
    listed = {rule.id for rule in RULES}
    assert {"unknown-parameter", "needs-run", "example-value", "repeated-key"} <= ids
    assert ids <= listed
    assert len(listed) == len(RULES)

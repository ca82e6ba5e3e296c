"""The warnings of reading training configs: as rules of `check` they are listed and ignored."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from lrviz.checks.check import RULES as CHECK_RULES
from lrviz.trainers.reading_rules import RULES, ReadingRule
from tests.conftest import ROOT, Shell

every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


def warnings_of(shell: Shell, text: str, *words: str) -> list[str]:
    """Return the ids of the warnings of a config."""
    shell.write("config", text)
    findings = json.loads(shell("check", "config", "--json", *words).stdout)["findings"]
    return [item["rule"] for item in findings if item["severity"] == "warning"]


@every_rule
def test_the_examples_of_a_rule(rule: ReadingRule, shell: Shell) -> None:
    assert warnings_of(shell, rule.faulty) == [rule.id]
    assert warnings_of(shell, rule.sound) == []


@every_rule
def test_a_rule_is_selected_and_ignored(rule: ReadingRule, shell: Shell) -> None:
    assert warnings_of(shell, rule.faulty, "--select", rule.id) == [rule.id]
    assert warnings_of(shell, rule.faulty, "--select", "climbs-again") == []
    assert warnings_of(shell, rule.faulty, "--ignore", rule.id) == []
    assert warnings_of(shell, f"# lrviz: ignore {rule.id}\n{rule.faulty}") == []


@every_rule
def test_a_rule_is_listed_and_explained(rule: ReadingRule, shell: Shell) -> None:
    assert f"\n{rule.id}  warning\n" in shell("check", "--list").stdout
    done = shell("check", "--explain", rule.id, "--width", "99")
    assert (done.returncode, done.stderr) == (0, "")
    head, sentence, *examples = done.stdout.splitlines()
    assert (head, sentence) == (f"{rule.id}  warning", f"  {rule.sentence}")
    wrong, right = (
        [f"  {line}" for line in text.splitlines()] for text in (rule.faulty, rule.sound)
    )
    assert examples == ["", "wrong", *wrong, "", "right", *right]


def test_a_rule_of_reading_has_no_picture(shell: Shell) -> None:
    done = shell("check", "--explain", "unread-key", "-o", "a.png")
    assert (done.returncode, done.stdout, done.stderr) == (
        2, "", "error: --output: unread-key is about a config's text and has no picture\n"
    )  # fmt: skip


def test_ids_are_those_of_one_rule() -> None:
    ids = [rule.id for rule in (*RULES, *CHECK_RULES)]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    "path", sorted((ROOT / "lrviz" / "trainers").rglob("*.py")), ids=lambda path: path.stem
)
def test_every_warning_is_of_a_rule(path: Path) -> None:
    if path.name != "reading_rules.py":
        assert not re.search(r'Finding\([^)]*"warning"', path.read_text(encoding="utf-8"))

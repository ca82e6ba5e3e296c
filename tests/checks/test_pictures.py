"""The picture of each rule: wrong and right over each other, told apart at a glance."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz.checks.check import RULES, find_rule
from lrviz.checks.pictures import COLOURS, example_settings, example_table, picture_stem
from lrviz.checks.rule import CheckRule
from lrviz.curves.facts import difference
from lrviz.gallery.page import rule_section
from lrviz.render.figure import draw
from tests.conftest import Shell

APART = 0.08
"""How far wrong and right are apart at some step, as a share of the plot's height."""


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_wrong_and_right_are_apart(rule: CheckRule) -> None:
    wrong, right = example_table(rule).columns
    assert (wrong.label, right.label) == ("wrong", "right")
    rates = np.concatenate([wrong.rates, right.rates])
    height = rates.max() - min(rates.min(), 0.0)
    assert abs(difference(wrong, right).largest) >= APART * height
    assert wrong.steps == right.steps


def test_right_is_drawn_above_wrong_in_the_colours_of_every_picture() -> None:
    rule = find_rule("climbs-again")
    settings = example_settings(rule, "dark")
    assert (settings.title, settings.caption, settings.style) == (rule.id, rule.sentence, "dark")
    (axes,) = draw(example_table(rule), example_settings(rule), preferred=COLOURS).figure.axes
    colours = {line.get_gid(): line.get_color() for line in axes.lines if line.get_gid()}
    assert list(colours) == ["wrong", "right"]
    assert colours == {"wrong": "#df7b0c", "right": "#1e6ccf"}


def test_a_rule_in_the_gallery() -> None:
    rule = find_rule("never-lands")
    assert picture_stem(rule) == "rule-never-lands"
    lines = rule_section(rule)
    assert lines[:5] == [
        "## Rule `never-lands`",
        "",
        rule.sentence,
        "",
        "[![never-lands](rule-never-lands.png)](rule-never-lands.svg)",
    ]
    assert lines[7] == "$ lrviz check --explain never-lands"
    assert (
        "It finds: the run ends at step 700, after 70 % of the schedule's 1,000 steps: the last "
        "rate is 0.02074, 20.7 % of the peak. Remedy: T_max: 700."
    ) in lines
    assert lines.index("Wrong:") < lines.index("Right:")


def test_explain_draws_the_picture(shell: Shell) -> None:
    done = shell("check", "--explain", "never-lands", "-o", "a.svg")
    assert (done.returncode, done.stderr) == (0, "wrote a.svg\n")
    assert done.stdout.startswith("never-lands  warning\n")
    svg = (shell.folder / "a.svg").read_text(encoding="utf-8")
    assert "never-lands" in svg
    assert "wrong" in svg
    piped = shell("check", "--explain", "never-lands", "-o", "-", "-q")
    assert piped.stdout.startswith("\ufffdPNG")


def test_errors_of_the_picture(shell: Shell) -> None:
    done = shell("check", "--explain", "never-lands", "-o", "a.txt")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: --output: must end in .png, .svg or .pdf (got 'a.txt')\n"
    done = shell("check", "cosine", "-o", "a.png")
    assert done.stderr == "error: --output: needs --explain RULE, whose picture it is\n"
    assert list(shell.folder.iterdir()) == []

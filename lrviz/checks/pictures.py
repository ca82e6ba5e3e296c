"""A picture of each rule: its faulty and its sound example in one figure."""

from __future__ import annotations

from dataclasses import replace

from lrviz.checks.rule import CheckRule
from lrviz.curves.figure_settings import FigureSettings
from lrviz.curves.table import Table, tabulate
from lrviz.specfile.source import load_spec

LABELS = {"faulty": "wrong", "sound": "right"}
"""The label of each example in the picture, in drawing order."""
COLOURS = {"right": 0, "wrong": 1}
"""The colour of each label, the same for every rule, by its index in the palette."""


def picture_stem(rule: CheckRule) -> str:
    """Return the file name of the rule's picture in the gallery, without its ending."""
    return f"rule-{rule.id}"


def example_table(rule: CheckRule) -> Table:
    """Return the rule's faulty and sound example, each over its own run."""
    curves = []
    for kind, label in LABELS.items():
        (curve,) = load_spec(str(rule.example(kind))).curves
        curves.append(replace(curve, label=label))
    return tabulate(curves)


def example_settings(rule: CheckRule, style: str = "light") -> FigureSettings:
    """Return the settings of the picture of a rule's examples."""
    return FigureSettings.model_validate(
        {"title": rule.id, "caption": rule.sentence, "style": style}
    )

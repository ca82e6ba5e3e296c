"""The rules applied to curves; of findings with one cause only the cause is reported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from lrviz.checks import clocks, curves, lengths, notes
from lrviz.checks.rule import CheckRule
from lrviz.checks.subject import Subject
from lrviz.core.errors import SpecError, did_you_mean
from lrviz.core.findings import Finding
from lrviz.curves.column import Column
from lrviz.curves.table import Table
from lrviz.trainers.reading_rules import RULES as READING_RULES
from lrviz.trainers.reading_rules import ReadingRule

RULES: tuple[CheckRule, ...] = (*lengths.RULES, *clocks.RULES, *curves.RULES, *notes.RULES)


AnyRule = CheckRule | ReadingRule
ALL_RULES: tuple[AnyRule, ...] = (*RULES, *READING_RULES)
"""The rules on curves, and those of reading training configs."""


def check_plans(table: Table, rules: Sequence[AnyRule] = ALL_RULES) -> list[Finding]:
    """Return the warnings of reading a table's curves, and the findings of the rules."""
    ids = {rule.id for rule in rules if isinstance(rule, ReadingRule)}
    findings: list[Finding] = []
    for column in table.columns:
        reading = column.curve.findings()
        findings += [item for item in reading if item.severity == "warning" and item.id in ids]
        findings += check_column(column, rules)
    return findings


def check_table(table: Table, rules: Sequence[CheckRule] = RULES) -> list[Finding]:
    """Return the findings of the rules on a table's curves, curve by curve."""
    return [finding for column in table.columns for finding in check_column(column, rules)]


def each_once(notes: Sequence[Finding], findings: Iterable[Finding]) -> list[Finding]:
    """Return the notes on curves and the findings of the rules, so that each fact is there once.

    The finding of a rule replaces the note of that id on the same curve, and follows the notes on
    its cause in one message.
    """
    causes = {rule.id: rule.causes for rule in RULES}
    remaining, joined = list(notes), []
    for finding in findings:
        ids = (finding.id, *causes[finding.id])
        same = [note for note in remaining if note.curve == finding.curve and note.id in ids]
        remaining = [note for note in remaining if note not in same]
        before = [note.message for note in same if note.id in causes[finding.id]]
        joined.append(replace(finding, message="; ".join([*before, finding.message])))
    return [*remaining, *joined]


def check_column(column: Column, rules: Sequence[AnyRule] = RULES) -> Iterator[Finding]:
    """Yield the findings of the rules on a column, without those that another one explains."""
    is_from_start = column.steps == range(len(column.rates))
    if not is_from_start or not len(column.steps) or column.curve.omitted:
        return  # the rules look at whole runs
    subject = Subject(column)
    with column.curve.arithmetic():
        by_rule = {rule: list(rule.findings(subject)) for rule in RULES}
    explained = {name for rule, findings in by_rule.items() if findings for name in rule.explains}
    for rule, findings in by_rule.items():
        if rule in rules and rule.id not in explained:
            yield from findings


def select_rules(select: Iterable[str] = (), ignore: Iterable[str] = ()) -> list[AnyRule]:
    """Return the rules of `select` (all where it is empty) without those of `ignore`.

    Raises SpecError for an id that no rule has.
    """
    ids = [rule.id for rule in ALL_RULES]
    for flag, names in (("--select", select), ("--ignore", ignore)):
        for name in names:
            if name not in ids:
                raise unknown_rule(name, flag)
    selection = set(select) or set(ids)
    return [rule for rule in ALL_RULES if rule.id in selection - set(ignore)]


def find_rule(name: str) -> AnyRule:
    """Return the rule of an id. Raises SpecError for one that no rule has."""
    rule = next((rule for rule in ALL_RULES if rule.id == name), None)
    if rule is None:
        raise unknown_rule(name, "--explain")
    return rule


def unknown_rule(name: str, flag: str) -> SpecError:
    """Return the error of an id that no rule has."""
    near = did_you_mean(name, [rule.id for rule in ALL_RULES])
    return SpecError.of(flag, f"unknown rule '{name}'{near} (lrviz check --list lists them)")

"""The gallery's page: each picture with its text, command and spec."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lrviz.checks.check import RULES, check_table
from lrviz.checks.pictures import picture_stem
from lrviz.checks.rule import CheckRule
from lrviz.core.text import format_count, format_flow, format_rounded
from lrviz.curves.curve import Curve
from lrviz.curves.facts import difference, facts
from lrviz.curves.table import tabulate
from lrviz.gallery.audits import COMMAND as AUDIT_COMMAND
from lrviz.gallery.audits import STEM as AUDIT_STEM
from lrviz.gallery.audits import TITLE as AUDIT_TITLE
from lrviz.gallery.audits import shipped_audit
from lrviz.gallery.counterparts import COUNTERPARTS, Counterpart, corrections, framework
from lrviz.gallery.figures import FIGURES, Figure
from lrviz.gallery.mistakes import MISTAKE_FIGURES, MistakeFigure
from lrviz.specfile import shipped
from lrviz.specfile.source import load_spec

MARK = "<!-- made by lrviz gallery -->"
"""The page's first line, by which lrviz knows its own."""
MAX_VALUE_LENGTH = 60
"""How many characters a corrected value has at most in a sentence."""


def page() -> str:
    """Return the page as Markdown."""
    lines = [MARK, "# Gallery", "", *introduction("figures"), ""]
    for figure in FIGURES:
        lines += figure_section(figure)
    lines += ["# Counterparts", "", *introduction("counterparts"), ""]
    for counterpart in COUNTERPARTS:
        lines += counterpart_section(counterpart)
    lines += ["# Mistakes", "", *introduction("mistakes"), ""]
    for item in MISTAKE_FIGURES:
        lines += mistake_section(item)
    lines += ["# Audit", "", *audit_section()]
    lines += ["# Rules", "", *introduction("rules"), "", *rules_table(), ""]
    for rule in RULES:
        lines += rule_section(rule)
    return "\n".join(lines).rstrip() + "\n"


def introduction(folder: str) -> list[str]:
    """Return the lines of the introduction to the specs of a folder."""
    text = (shipped.folder() / folder / "introduction.md").read_text(encoding="utf-8")
    return text.splitlines()


def figure_section(figure: Figure) -> list[str]:
    """Return the lines of one figure."""
    return [
        f"## Figure {figure.number}: {figure.title}",
        "",
        f"図{figure.number} {figure.caption}",
        "",
        *picture(figure.title, figure.stem),
        *console(figure.command),
        *specs_of(figure),
    ]


def counterpart_section(counterpart: Counterpart) -> list[str]:
    """Return the lines of a pair: how it differs, and what corrects it."""
    second = framework(counterpart.sides[1])
    title = f"{counterpart.title} and its counterpart in {second}"
    lines = [
        f"## Counterpart of figure {counterpart.number}: {counterpart.title} in {second}",
        "",
        *picture(title, counterpart.stem),
        *console(f"lrviz compare configs/counterparts/{counterpart.name}.yaml"),
        *yaml_block(counterpart.path),
        describe_difference(counterpart),
        "",
    ]
    if counterpart.corrected_path is None:
        return lines
    return [
        *lines,
        describe_correction(counterpart),
        "",
        *yaml_block(counterpart.corrected_path),
        describe_check(counterpart),
        "",
    ]


def mistake_section(item: MistakeFigure) -> list[str]:
    """Return the lines of a mistake: what happens, what differs, and the remedy."""
    return [
        f"## {item.title}",
        "",
        *picture(item.title, item.stem),
        *console(item.command),
        *item.sentences(),
        "",
    ]


def audit_section() -> list[str]:
    """Return the lines of the audit: the picture, the command, and what explains the log."""
    audit = shipped_audit()
    explanation = audit.sentence(audit.best)
    return [
        f"## {AUDIT_TITLE}",
        "",
        *picture(AUDIT_TITLE, AUDIT_STEM),
        *console(AUDIT_COMMAND),
        f"{explanation[0].upper()}{explanation[1:]}.",
        "",
    ]


def rules_table() -> list[str]:
    """Return the table of rules, each with a link to its section."""
    rows = [f"| {link(rule)} | {rule.severity} | {rule.sentence} |" for rule in RULES]
    return ["| rule | severity | finds |", "|---|---|---|", *rows]


def link(rule: CheckRule) -> str:
    """Return a link to a rule's section."""
    return f"[`{rule.id}`](#rule-{rule.id})"


def rule_section(rule: CheckRule) -> list[str]:
    """Return the lines of a rule: its examples, and what it finds in the faulty one."""
    findings = check_table(tabulate(load_spec(str(rule.example("faulty"))).curves), [rule])
    return [
        f"## Rule `{rule.id}`",
        "",
        rule.sentence,
        "",
        *picture(rule.id, picture_stem(rule)),
        *console(f"lrviz check --explain {rule.id}"),
        "Wrong:",
        "",
        *yaml_block(rule.example("faulty")),
        *(f"It finds: {finding.message}. Remedy: {finding.remedy}." for finding in findings),
        "",
        "Right:",
        "",
        *yaml_block(rule.example("sound")),
    ]


def picture(title: str, stem: str) -> list[str]:
    """Return a picture that leads to its vector form."""
    return [f"[![{title}]({stem}.png)]({stem}.svg)", ""]


def console(command: str) -> list[str]:
    """Return a command as a console block."""
    return ["```console", f"$ {command}", "```", ""]


def yaml_block(path: Path) -> list[str]:
    """Return a file as a block of YAML."""
    return ["```yaml", path.read_text(encoding="utf-8").rstrip(), "```", ""]


def specs_of(figure: Figure) -> Sequence[str]:
    """Return the figure's spec, or links to its specs where there are several."""
    if len(figure.specs) == 1:
        return yaml_block(shipped.folder() / figure.specs[0])
    links = [f"[{spec}](../configs/{spec})" for spec in figure.specs]
    return ["Specs: " + ", ".join(links), ""]


def describe_difference(counterpart: Counterpart) -> str:
    """Return how the sides of a pair differ, measured on their rates and clocks."""
    first, second = counterpart.sides
    apart = difference(second, first)
    clocks = describe_clocks(counterpart)
    if apart.first_step is None or apart.largest_step is None:
        return f"{clocks} They agree at each of the {len(first.steps):,} steps."
    every = first.curve.steps_per_tick
    at = apart.largest_step
    start = f"first at {describe_step(apart.first_step, every)} and "
    start = start if apart.first_step != at else ""
    rates = {
        side: (format_rounded(side.rates[at]), format_rounded(facts(side).last))
        for side in (first, second)
    }
    return (
        f"{clocks} They differ {start}most at {describe_step(at, every)}, where "
        f"{framework(second)} has {rates[second][0]} and {framework(first)} {rates[first][0]}. "
        f"The last rates are {rates[first][1]} in {framework(first)} and {rates[second][1]} in "
        f"{framework(second)}."
    )


def describe_clocks(counterpart: Counterpart) -> str:
    """Return when the schedule of each side advances."""
    first, second = counterpart.sides
    clocks = [describe_clock(side.curve) for side in (first, second)]
    if clocks[0] == clocks[1]:
        return f"Both schedules advance {clocks[0]}."
    return (
        f"The schedule advances {clocks[0]} in {framework(first)} and {clocks[1]} in "
        f"{framework(second)}."
    )


def describe_clock(curve: Curve) -> str:
    """Return when a curve's schedule advances."""
    if curve.ticks_by_epoch:
        return f"once per epoch of {format_count(curve.steps_per_tick, 'step')}"
    return "at every optimizer step"


def describe_step(step: int, every: int) -> str:
    """Return a step with its epoch."""
    return f"step {step} (epoch {step // every})"


def describe_correction(counterpart: Counterpart) -> str:
    """Return each value that has to be another one for the sides to agree."""
    changes = [describe_change(*change) for change in corrections(counterpart)]
    return f"To make them agree: {'; '.join(changes)}."


def describe_change(key: str, before: object, after: object) -> str:
    """Return a corrected value beside the one before it."""
    if key == "by":
        return "call the schedule once per epoch, from a callback (`by: epoch`)"
    if len(format_flow(after)) > MAX_VALUE_LENGTH:
        return f"another `{key}`, shown below"
    return f"`{key}: {format_flow(after)}` instead of `{format_flow(before)}`"


def describe_check(counterpart: Counterpart) -> str:
    """Return whether the corrected side agrees, measured on the rates."""
    steps = len(counterpart.table.steps)
    if counterpart.agrees():
        return f"Checked: with this correction both agree at each of the {steps:,} steps."
    return "With this correction they still differ."

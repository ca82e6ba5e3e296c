"""What every example config means, word for word: `python tests/docs.py --write` records it.

Each is also read with a few of its values changed, and with flags. That a meaning is the
trainer's is declared beside the examples; here none of it changes unnoticed.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, reduce
from typing import Any

from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.specfile.contents import read_bytes
from lrviz.specfile.keys import Context
from lrviz.specfile.source import locate_nowhere
from lrviz.trainers.plan import Plan
from lrviz.trainers.settings import TrainerSettings
from tests.conftest import ROOT
from tests.trainers.declared import EVERY, EXAMPLES, Example

FILE = ROOT / "tests" / "trainers" / "recorded.json"
CHANGES = 8
"""How many values of each example are changed."""
VALUES = ("-1", "0", "0.25", "1", "3", "7", "40", "1e3", "1e9", "x", "true", "false", "null",
          "[]", "[1, 2]", "{}", "$x")  # fmt: skip
VALUE = re.compile(r"""(--[\w-]+[ =]|[\w-]+["']?[ ]*[:=][ ]*)([^\s,{}\[\]()#-]+)""")
"""A key of YAML, JSON, Python or a command line, and its value."""

FLAGS: Sequence[Mapping[str, Any]] = (
    {"total_steps": 77},
    {"dataset_size": 1000, "batch_size": 8, "trainer_version": "4.40", "metric": "simulate"},
)
"""What each example is read with that declares no flags."""

Record = dict[str, list[str]]


def changed_files(example: Example, meaning: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Yield a config with another value, by place and value, for keys that its meaning names."""
    text = example.path.read_bytes().decode("latin-1")
    named = " ".join(meaning).replace("-", "_")
    values = [match for match in VALUE.finditer(text) if key_of(match) in named]
    choice = random.Random(str(example))
    for match in choice.sample(values, min(CHANGES, len(values))):
        value = choice.choice(VALUES)
        changed = f"{text[: match.start(2)]}{value}{text[match.end(2) :]}"
        yield f"{key_of(match)}: {match[2]} -> {value}", changed.encode("latin-1")


def key_of(match: re.Match[str]) -> str:
    """Return the key of a value, with underscores."""
    return re.sub(r"\W", "", match[1].replace("-", "_")).strip("_")


def meaning_of(raw: bytes, example: Example) -> list[str]:
    """Return the lines of what a config means, or of its errors."""
    trainer = {k: v for k, v in example.flags.items() if k in TrainerSettings.model_fields}
    run = {k: v for k, v in example.flags.items() if k not in TrainerSettings.model_fields}
    context = Context(locate_nowhere, override=run, trainer=trainer)
    try:
        loaded = read_bytes(raw, str(example.path), context)
    except SpecError as error:
        lines = [finding_line(item) for item in error.findings]
    else:
        lines = plan_lines(loaded.plan) if loaded.plan else []
    paths = (str(example.path), f"{EXAMPLES}/")
    return [reduce(lambda text, path: text.replace(path, ""), paths, line) for line in lines]


def plan_lines(plan: Plan) -> list[str]:
    """Return the lines of a plan: its decisions, its notes, its spec."""
    spec = [f"{key}: {format_number(value)}" for key, value in plan.spec.items()]
    return [
        *(" ".join(str(decision).split()) for decision in plan.trace),
        *map(finding_line, plan.notes),
        f"spec: {', '.join(spec)}",
        f"missing: {plan.missing}, filled: {sorted(plan.filled)}, origins: {dict(plan.origins)}",
    ]


def format_number(value: object) -> str:
    """Return the text of a value, of a number in ten digits."""
    return f"{value:.10g}" if isinstance(value, float) else repr(value)


def finding_line(finding: Finding) -> str:
    """Return a finding with its id and how severe it is."""
    return f"{finding.severity} {finding.id}: {finding}"


def record_of(example: Example) -> Record:
    """Return what an example means, and what differs with other values and with flags."""
    raw = example.path.read_bytes()
    declared = meaning_of(raw, example)
    record = {"": declared}
    changes = {
        change: meaning_of(
            changed, replace(example, flags={**example.flags, "as_format": example.format})
        )
        for change, changed in changed_files(example, declared)
    }
    for flags in FLAGS if not example.flags else ():
        changes[f"with {flags}"] = meaning_of(raw, replace(example, flags=flags))
    for change, meaning in changes.items():
        lines = [line for line in meaning if line not in declared and line[:7] != "format:"]
        record |= {change: lines} if lines else {}
    return record


@cache
def recorded() -> dict[str, Record]:
    """Return the records in the file."""
    return json.loads(FILE.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def write() -> None:
    """Record every example."""
    records = {str(example): record_of(example) for example in EVERY}
    FILE.write_text(json.dumps(records, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")

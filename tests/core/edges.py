"""Every schedule with each parameter at an edge: `python tests/docs.py --write` records them.

That the rates are the library's is tested elsewhere; here no edge changes unnoticed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np

import lrviz
from lrviz.cli.options import choices_of
from lrviz.core.annotations import union_members
from lrviz.core.errors import SpecError
from lrviz.core.register import register
from lrviz.core.roles import Target
from lrviz.core.schedule import Schedule
from lrviz.core.segment import Segment
from tests.conftest import ROOT

FILE = ROOT / "tests" / "core" / "edges.json"
NUMBERS = (-1, 0, 0.1, 0.5, 1, 2)
TARGETS = (
    Target(steps=7, peak=0.3),
    Target(steps=100, peak=0.3, warmup=10, floor=0.01),
    Target(steps=4, warmup=0, floor=0.0),
)
STEPS = (0, 1, 7, 60, 99, 150)
LR = 0.1
STOP = 130
MAX_STARTS = 6

Record = list[Any]
"""Identifiers of errors or findings, segments, natural length, last step, and rates."""


def edges_of(cls: type[Schedule]) -> Iterator[tuple[str, Any]]:
    """Yield each parameter with a value at an edge: a number, another truth value, a choice."""
    for name, field in cls.model_fields.items():
        kinds = union_members(field.annotation)
        if bool in kinds:
            yield name, not cls.example_value(name)
        elif int in kinds or float in kinds:
            yield from ((name, number) for number in NUMBERS)
        for choice in choices_of(field.annotation):
            yield name, choice


def record_of(cls: type[Schedule], parameters: dict[str, Any]) -> Record:
    """Return what a schedule is with these parameters and its example's."""
    try:
        schedule = lrviz.schedule(cls.title(), **{**cls.example_values(), **parameters})
        segments = [segment_text(part) for part in schedule.expand(LR, STOP)]
    except (SpecError, NotImplementedError) as error:
        return ids_of(error)
    end = schedule.end()
    return [
        sorted(finding.id for finding in schedule.findings(LR)),
        segments[:MAX_STARTS],
        schedule.natural_length(),
        end.last if end else None,
        [rate_at(schedule, step) for step in STEPS],
    ]


def segment_text(segment: Segment) -> str:
    """Return a segment's name, its first step, and the kind of its shape."""
    return f"{segment.name} {segment.start} {segment.shape.kind if segment.shape else ''}".rstrip()


def ids_of(error: Exception) -> list[str]:
    """Return the identifiers of an error's findings."""
    return [item.id for item in error.findings] if isinstance(error, SpecError) else ["none"]


def rate_at(schedule: Schedule, step: int) -> float | str | None:
    """Return a rate in six digits, an error's identifier, or None for what is no number."""
    try:
        with np.errstate(all="ignore"):
            rate = float(schedule.rate(step, LR))
    except SpecError as error:
        return ids_of(error)[0]
    return float(f"{rate:.6g}") if np.isfinite(rate) else None


def records_of(cls: type[Schedule]) -> dict[str, Record]:
    """Return the record of each edge of a schedule, and what it takes from a run."""
    edges = {f"{name}={value}": record_of(cls, {name: value}) for name, value in edges_of(cls)}
    runs = {f"of {target}": [cls.complete({}, target)] for target in TARGETS}
    return json.loads(json.dumps({**edges, **runs}, default=str))  # type: ignore[no-any-return]


@cache
def recorded() -> dict[str, dict[str, Record]]:
    """Return the records in the file."""
    return json.loads(FILE.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def write() -> None:
    """Record every schedule."""
    schedules = []
    for cls in register.all():
        edges = ",\n".join(
            f"  {json.dumps(edge)}: {json.dumps(record, separators=(',', ':'))}"
            for edge, record in records_of(cls).items()
        )
        schedules.append(f" {json.dumps(cls.title())}: {{\n{edges}\n }}")
    FILE.write_text("{\n" + ",\n".join(schedules) + "\n}\n", encoding="utf-8")


def differences(cls: type[Schedule]) -> list[tuple[str, Record, Record]]:
    """Return the edges of a schedule that differ from the file: now, and recorded."""
    now, before = records_of(cls), recorded().get(cls.title(), {})
    return [
        (edge, now.get(edge, []), before.get(edge, []))
        for edge in {**before, **now}
        if not is_same(now.get(edge, []), before.get(edge, []))
    ]


def is_same(one: Any, other: Any) -> bool:
    """Return whether two records agree; numbers in five digits."""
    if isinstance(one, list) and isinstance(other, list):
        pairs = zip(one, other, strict=False)
        return len(one) == len(other) and all(is_same(a, b) for a, b in pairs)
    if isinstance(one, float) and isinstance(other, float | int):
        return bool(np.isclose(one, other, rtol=1e-5, atol=1e-12))
    return bool(one == other)

"""The facts and segments of a curve as one value, and curves compared with one of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from math import isfinite
from typing import Any

from lrviz.core.display import Displayed
from lrviz.core.errors import SpecError, did_you_mean, similarity
from lrviz.curves.column import Column
from lrviz.curves.curve import require_length
from lrviz.curves.facts import Difference, Facts, differences, facts, names_in_row
from lrviz.curves.spans import Span, spans_of
from lrviz.curves.table import Table

MAX_LABELS = 10
"""Labels that a message lists."""


@dataclass(frozen=True)
class Measurement(Displayed, Facts):
    """The facts of a sampled curve, and its segments; `axis` is the name of its unit.

    `at` has the rates at the steps that were asked for.
    """

    label: str
    call: str
    axis: str
    steps: int
    segments: tuple[Span, ...]
    at: Mapping[int, float] = field(default_factory=dict)

    @property
    def facts(self) -> Facts:
        """The facts alone."""
        return Facts(**{item.name: getattr(self, item.name) for item in fields(Facts)})

    def shares(self) -> list[float]:
        """Return each segment's share of the steps."""
        total = sum(segment.steps for segment in self.segments)
        return [segment.steps / total for segment in self.segments]

    def to_dict(self) -> dict[str, Any]:
        """Return plain data: label, call, axis, steps, the facts, and the segments.

        Each segment has its share of the steps. Where steps were asked for, `at` lists them, each
        with its rate.
        """
        segments = [
            {**without_infinities(asdict(segment)), "share": share}
            for segment, share in zip(self.segments, self.shares(), strict=True)
        ]
        head = {"label": self.label, "call": self.call, "axis": self.axis, "steps": self.steps}
        at = [without_infinities({"step": step, "rate": rate}) for step, rate in self.at.items()]
        return {
            **head,
            **({"at": at} if at else {}),
            **without_infinities(asdict(self.facts)),
            "segments": segments,
        }


@dataclass(frozen=True, eq=False)
class Comparison(Displayed):
    """Sampled curves against the one with index `baseline`.

    `facts` and `differences` have an item per curve, in the order of `table.columns`.
    """

    table: Table
    baseline: int
    facts: tuple[Facts, ...]
    differences: tuple[Difference, ...]

    def to_list(self) -> list[dict[str, Any]]:
        """Return plain data: how each curve but the baseline differs from it."""
        base = self.table.columns[self.baseline].label
        return [
            {"label": column.label, "baseline": base, **without_infinities(asdict(item))}
            for index, (column, item) in enumerate(
                zip(self.table.columns, self.differences, strict=True)
            )
            if index != self.baseline
        ]


def without_infinities(data: dict[str, Any]) -> dict[str, Any]:
    """Return plain data with None for numbers that JSON does not have: infinity and NaN."""
    return {
        key: None if isinstance(value, float) and not isfinite(value) else value
        for key, value in data.items()
    }


def measure_column(column: Column, at: Iterable[int] = ()) -> Measurement:
    """Return the facts and segments of a column that has at least one step.

    `at` are steps whose rates are measured, in the column or after it. Raises SpecError for a step
    that the schedule does not have, and for any where the run's length is not known.
    """
    curve, steps = column.curve, list(at)
    if steps:
        require_length([curve])
    return Measurement(
        label=column.label,
        call=curve.call(),
        axis=curve.axis,
        steps=len(column.steps),
        **asdict(facts(column)),
        segments=tuple(spans_of(column)),
        at={step: float(curve.sample(range(step, step + 1))[0]) for step in steps},
    )


def compare_columns(table: Table, baseline: str | None = None) -> Comparison:
    """Return the comparison of a table's curves with the first, or with the one of a label.

    Raises SpecError for a label that no curve has.
    """
    index = 0 if baseline is None else index_of_label(table, baseline)
    return Comparison(
        table=table,
        baseline=index,
        facts=tuple(facts(column) for column in table.columns),
        differences=tuple(differences(table, index)),
    )


def index_of_label(table: Table, label: str) -> int:
    """Return the index of the curve with a label. Raises SpecError where there is none."""
    labels = [column.label for column in table.columns]
    if label not in labels:
        nearest = sorted(labels, key=lambda other: -similarity(label, other))
        message = f"no curve is called '{label}'{did_you_mean(label, labels)}"
        message = f"{message} (curves: {names_in_row(nearest, MAX_LABELS)})"
        raise SpecError.of("--baseline", message, "no-such-curve")
    return labels.index(label)

"""The decisions in reading a training config, and the notes on them."""

from __future__ import annotations

from lrviz.core.findings import Finding
from lrviz.core.text import format_rounded
from lrviz.trainers.plan import Decision, DecisionKind, Group
from lrviz.trainers.source import Source, find

MAX_GROUPS = 20
"""Groups of parameters of a plan; a log's columns are compared with each."""


class Trace:
    """The decisions in reading a file: values, defaults, conversions, groups of parameters."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.trace: list[Decision] = []
        self.notes: list[Finding] = []
        self.groups: list[Group] = []

    def decide(self, kind: DecisionKind, text: str, key: str = "") -> None:
        """Add a decision to the trace."""
        self.trace.append(Decision(kind, text, key, self.source.place(key) if key else ""))

    def convert(self, text: str) -> None:
        """Add a conversion to the trace, as `warmup_ratio 0.1 x 500 steps = 50 steps`."""
        self.decide("conversion", text)

    def oddity(self, text: str, key: str = "") -> None:
        """Add behaviour of the trainer that a user may not expect to the trace and to the notes."""
        self.decide("oddity", text, key)
        self.notes.append(Finding("trainer-oddity", text))

    def add_group(self, group: Group) -> None:
        """Add a group of parameters with other rates to the plan, to the trace and to the notes."""
        if len(self.groups) == MAX_GROUPS:
            self.decide("ignored", f"{group.key}: more than {MAX_GROUPS} groups", group.key)
            return
        self.groups.append(group)
        text = f"the parameters '{group.name}' {group.difference} ({group.key})"
        self.decide("group", text, group.key)
        file = "FILE" if self.source.name == "-" else self.source.name
        advice = f"lrviz plot {file}#{group.name} draws them"
        self.notes.append(Finding("parameter-group", f"{text}; {advice}"))

    def scale_group(self, name: str, key: str, factor: float, scales_floor: bool = False) -> None:
        """Add a group of parameters whose rate is a multiple of the plan's, unless it is the same.

        `scales_floor` is that of Group.
        """
        if factor != 1:
            difference = f"have {format_rounded(factor)} times the rate"
            self.add_group(Group(name, key, difference, factor, scales_floor))

    def rate_group(
        self, name: str, key: str, rate: float | None, lr: float, scales_floor: bool = False
    ) -> None:
        """Add a group of parameters that have a rate where the plan's is lr; None adds nothing."""
        if rate is not None and lr:
            self.scale_group(name, key, rate / lr, scales_floor)

    def ignore(self, key: str, reason: str) -> None:
        """Add a key to the trace, if the file has it, that is not the schedule's but looks so."""
        if find(self.source.data, key)[1]:  # not asked for: nothing is a misspelling of it
            self.source.requested.add(key)
            self.decide("ignored", f"{key}: {reason}", key)

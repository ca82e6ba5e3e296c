"""The plan of a training config: a spec of lrviz, how it can be drawn, and the trace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal, NamedTuple

from lrviz.core.findings import Finding
from lrviz.curves.curve import SHARE_POINTS

NOMINAL_STEPS = SHARE_POINTS
"""How many steps represent a whole run whose length is not known."""


class Drawability(Enum):
    """How much a config determines of its run's length, which decides the axis of its curve."""

    ABSOLUTE = "absolute"
    PER_EPOCH = "per epoch"
    OPEN_ENDED = "open-ended"
    SCALE_FREE = "scale-free"
    NEEDS_NUMBER = "needs a number"
    METRIC_DRIVEN = "metric-driven"


DecisionKind = Literal[
    "format", "key", "flag", "default", "conversion", "group", "oddity", "ignored", "missing",
    "drawn",
]  # fmt: skip


class Decision(NamedTuple):
    """One step of the translation: a key read, a default taken, a conversion, an oddity."""

    kind: DecisionKind
    text: str
    key: str = ""
    place: str = ""

    def __str__(self) -> str:
        where = f"  ({self.place})" if self.place else ""
        return f"{self.kind + ':':<12}{self.text}{where}"


@dataclass(frozen=True)
class Group:
    """A group of the optimizer's parameters whose rate differs from the plan's.

    Its schedule is the plan's with `parameters` in place of its own, from `factor` times the lr.
    With `scales_floor` that multiplies the rates among the parameters, too, as where the trainer's
    schedule is itself a factor. `difference` says in words what differs, after the group's name,
    and `key` is the file's key for it.
    """

    name: str
    key: str
    difference: str
    factor: float = 1.0
    scales_floor: bool = False
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """A config as a spec of lrviz: `spec` is the mapping of a spec file, with its run.

    `missing` are the flags, any of which would set a value that the file does not; `trace` has
    every decision in order; `origins` has the file's key of each of the spec's keys, `own_keys`
    those of them whose number the file holds as it is; `notes` are findings on the config; `filled`
    are the flags of a curve that set a value; `groups` have
    other rates than the spec; `omitted` names the parts of the curve that are left out because a
    number is missing.
    """

    format: str
    spec: Mapping[str, Any]
    drawability: Drawability
    missing: tuple[str, ...] = ()
    trace: tuple[Decision, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Finding, ...] = ()
    filled: frozenset[str] = frozenset()
    groups: tuple[Group, ...] = ()
    omitted: tuple[str, ...] = ()
    own_keys: Mapping[str, str] = field(default_factory=dict)

    @property
    def on_share(self) -> bool:
        """Whether the axis is the share of the run, because its length is not known."""
        return self.drawability in (Drawability.SCALE_FREE, Drawability.NEEDS_NUMBER) and (
            self.spec.get("steps") == NOMINAL_STEPS
        )

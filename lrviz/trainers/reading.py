"""Reads a training config: the plan of its run, with the decisions made on the way."""

from __future__ import annotations

import os.path
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any

from lrviz.core.errors import SpecError
from lrviz.run import MAX_STEPS
from lrviz.trainers.plan import Drawability, Plan
from lrviz.trainers.reading_rules import UNREAD_KEY
from lrviz.trainers.run_length import RunLength, Total
from lrviz.trainers.source import number_of
from lrviz.trainers.unread import unread_keys

AXES = {
    Drawability.ABSOLUTE: "over steps; no number is missing",
    Drawability.PER_EPOCH: "over epochs, which the schedule counts",
    Drawability.OPEN_ENDED: "over steps; the length of the run is not known",
    Drawability.SCALE_FREE: "over the share of the run, whose length is not known",
    Drawability.NEEDS_NUMBER: "without what needs a missing number",
    Drawability.METRIC_DRIVEN: "with the metric that it follows",
}


class Reading(RunLength):
    """Reads one file of a format: its keys, the length of its run, and then the plan."""

    def report_unread(self) -> None:
        """Add unread keys that look like a schedule's to the trace; note misspelled ones."""
        for key in self.unapplied_keys():
            self.ignore(key, "--dataset-size is taken as the samples after it")
        for unread in unread_keys(self.source):
            text = f"{unread.key}: not read"
            if unread.suggestion:
                text = f"{unread.key} is not read; did you mean '{unread.suggestion}'?"
                self.notes.append(UNREAD_KEY.finding(text))
            self.decide("ignored", text, unread.key)

    def plan(
        self,
        schedule: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        lr: float | None = None,
        total: Total | None = None,
        epochs: int | None = None,
        origins: Mapping[str, str] | None = None,
        **settings: Any,
    ) -> Plan:
        """Return the plan: a schedule of a dialect by name, its parameters, and the run.

        Give `total` for a run of steps, `epochs` where a tick is an epoch. `origins` say which
        key of the file a parameter is from; `settings` are further keys of a spec.
        """
        spec: dict[str, Any] = {"schedule": schedule, **(parameters or {})}
        if lr is not None:
            spec["lr"] = lr
        if epochs is not None:
            spec |= {"epochs": epochs, "by": "epoch"}
            if per_epoch := self.request.integer("steps_per_epoch") or self.steps_per_epoch:
                spec["steps_per_epoch"] = per_epoch
            if self.drawability is Drawability.ABSOLUTE:
                self.drawability = Drawability.PER_EPOCH
        if total is not None:
            spec["steps"] = total.steps
            if total.is_known and 0 < (self.steps_per_epoch or 0) <= MAX_STEPS:
                spec |= {"steps_per_epoch": self.steps_per_epoch, "by": "step"}
            if total.is_known and self.tokens_per_step:
                spec.setdefault("tokens_per_step", self.tokens_per_step)
        spec |= settings
        self.report_unread()
        self.decide("drawn", AXES[self.drawability])
        return Plan(
            self.format.name,
            spec,
            self.drawability,
            tuple(self.missing),
            tuple(self.trace),
            origins or {},
            tuple(self.notes),
            frozenset(self.filled),
            tuple(self.groups),
            tuple(self.omitted),
            self.own_keys(spec, origins or {}),
        )

    def own_keys(self, spec: Mapping[str, Any], origins: Mapping[str, str]) -> dict[str, str]:
        """Return the file's key of each of the spec's keys whose number it holds as it is."""
        return {
            name: key
            for name, key in origins.items()
            if name in spec and number_of(self.source.get(key)) == spec[name]
        }

    def metric_driven(
        self,
        what: str,
        schedule: str,
        parameters: Mapping[str, Any],
        lr: float,
        epochs: int | None = None,
        **settings: Any,
    ) -> Plan:
        """Return the plan of a schedule that follows a metric; it draws with --metric.

        Give `epochs`, the length of the run, where the metric is read once per epoch. A metric with
        values has a length of its own, unless --epochs gives another. `settings` are further keys
        of the spec. Raises SpecError where no metric is given.
        """
        self.drawability = Drawability.METRIC_DRIVEN
        self.decide("missing", f"{what} follows a metric")
        if self.request.metric is None:
            message = f"{what} follows a metric; give its values with --metric"
            raise SpecError.of(self.source.place(), message, "metric-driven")
        metric = metric_of(self.request.metric)
        parameters = {**parameters, "metric": metric}
        if epochs is None:
            return self.plan(schedule, parameters, lr=lr, **settings)
        if "csv" in metric and not self.request.integer("epochs"):
            return self.plan(schedule, parameters, lr=lr, by="epoch")
        return self.plan(schedule, parameters, lr=lr, epochs=max(epochs, 1))


def metric_of(text: str) -> Any:
    """Return the metric that --metric means: FILE.csv, FILE.csv:COLUMN, or simulate."""
    if text == "simulate":
        return {"simulate": {}}
    file, _, column = text.partition(":") if not os.path.exists(text) else (text, "", "")
    return {"csv": str(FilePath(file).absolute()), **({"column": column} if column else {})}

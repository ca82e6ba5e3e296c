"""The specs that fits give: of phases, and of a sequence."""

from __future__ import annotations

from typing import Any

Spec = dict[str, Any]


def piecewise(peak: float, start: float, phases: list[Spec]) -> Spec:
    """Return the spec of phases."""
    return {
        "schedule": "piecewise",
        "lr": peak,
        "total_steps": sum(phase["steps"] for phase in phases),
        "start": start,
        "phases": phases,
    }


def after_warmup(peak: float, start: float, rise: int, schedule: Spec) -> Spec:
    """Return the spec of a schedule after a warm-up from a share of the peak above 0."""
    line = {"schedule": "linear", "start_factor": start, "total_iters": rise}
    return {
        "schedule": "sequential",
        "lr": peak,
        "milestones": [rise],
        "schedules": [line, schedule],
    }

"""What the tests of the dialects compare: a schedule's segments, findings and filled parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lrviz.core.register import register
from lrviz.core.roles import Target
from lrviz.core.schedule import Schedule

Described = list[tuple[str, int, str, float, float]]


def segments_of(schedule: Schedule, stop: int, lr: float = 0.1) -> list[tuple[str, int, str]]:
    """Return each segment's name, first step and shape."""
    return [described[:3] for described in described_segments(schedule, stop, lr)]


def described_segments(schedule: Schedule, stop: int, lr: float = 0.1) -> Described:
    """Return each segment's name, first step, shape, and first and last rate of the shape."""
    described = []
    for part in schedule.expand(lr, stop):
        shape = part.shape
        ends = (shape.first, shape.last) if shape else (0.0, 0.0)
        described.append((part.name, part.start, shape.kind if shape else "", *ends))
    return described


def check_segments(schedule: Schedule, stop: int, expected: Described) -> None:
    """Check the segments of a schedule, and that their curves are its rates."""
    described = described_segments(schedule, stop)
    assert [item[:3] for item in described] == [item[:3] for item in expected]
    ends = [item[3:] for item in described]
    np.testing.assert_allclose(ends, [item[3:] for item in expected], rtol=1e-8, atol=1e-15)
    parts, rates = schedule.expand(0.1, stop), schedule.rate(np.arange(stop))
    for part, end in zip(parts, [*(part.start for part in parts[1:]), stop], strict=True):
        steps = np.arange(part.start, end)
        np.testing.assert_allclose(part.curve(steps), rates[steps], rtol=1e-9, atol=1e-15)


def findings_of(schedule: Schedule) -> list[str]:
    """Return the findings at a rate of 0.1, each as its id and message."""
    return [f"{finding.id}: {finding.message}" for finding in schedule.findings(0.1)]


def filled_parameters(name: str, parameters: Mapping[str, Any], target: Target) -> dict[str, Any]:
    """Return the parameters that follow the run, where some are set."""
    cls = register.find(name)
    assert cls is not None
    return cls.role_values(parameters, target)

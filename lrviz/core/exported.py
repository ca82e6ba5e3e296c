"""The JSON that lrviz exports: the rates of curves, which are no spec and may be read as a log."""

from __future__ import annotations

import re
from typing import Any

TEXT = r'"(?:[^"\\]|\\.)*+"'
START = re.compile(
    r'\s*+\{\s*+"curves"\s*+:\s*+\[\s*+\{\s*+'
    rf'"label"\s*+:\s*+{TEXT}\s*+,\s*+"schedule"\s*+:\s*+{TEXT}\s*+,\s*+"params"\s*+:'
)
"""How an export begins; in a spec the parameters stand beside the schedule."""


def is_export(text: str) -> bool:
    """Return whether a text is an export in JSON."""
    return bool(START.match(text))


def exported_columns(data: Any) -> dict[str, list[Any]] | None:
    """Return the columns that the CSV of an export would have: the steps, and a curve's rates each.

    A curve that ends before the others has None after its end. None is returned for data that are
    no export.
    """
    curves = data.get("curves") if isinstance(data, dict) else None
    if not isinstance(curves, list) or not curves or not all(map(is_curve, curves)):
        return None
    steps: list[Any] = max((curve["step"] for curve in curves), key=len)
    columns = {"step": steps}
    for curve in curves:
        name = curve["schedule"] if curve["label"] in columns else curve["label"]
        rates = curve["lr"]
        columns[name] = [*rates, *[None] * (len(steps) - len(rates))]
    return columns


def is_curve(data: Any) -> bool:
    """Return whether data are a curve of an export."""
    if not isinstance(data, dict):
        return False
    if not all(isinstance(data.get(key), str) for key in ("label", "schedule")):
        return False
    steps, rates = data.get("step"), data.get("lr")
    return isinstance(steps, list) and isinstance(rates, list) and len(steps) == len(rates)

"""A training config's plan as the text of a spec file, with the trace as its comments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import yaml

from lrviz.core.findings import Finding
from lrviz.trainers.plan import Plan


class Conversion(NamedTuple):
    """The text of a spec file, the spec that it has, and what its reader should know at once."""

    text: str
    spec: Mapping[str, Any]
    notes: tuple[Finding, ...] = ()


def convert_plan(plan: Plan, label: str) -> Conversion:
    """Return a spec file that draws the plan's curve, every decision in a comment above it."""
    notes = [*plan.notes]
    if plan.on_share:
        flags = " or ".join(plan.missing)
        text = f"the {plan.spec['steps']:,} steps are the whole run, of any length; {flags} sets it"
        notes.append(Finding("scale-free", text))
    comments = [f"# {line}" for decision in plan.trace for line in str(decision).splitlines()]
    comments += [f"# {note.severity}: {note.message}" for note in notes[len(plan.notes) :]]
    spec = {"label": label, **plan.spec}
    body = yaml.safe_dump(spec, sort_keys=False, allow_unicode=True, default_flow_style=False)
    return Conversion("\n".join([*comments, body]), spec, tuple(notes))

"""A training config's plan as the text of a spec file, with the trace as its comments."""

from __future__ import annotations

import yaml

from lrviz.trainers.plan import Plan


def spec_text(plan: Plan, label: str) -> str:
    """Return a spec file that draws the plan's curve, every decision in a comment above it."""
    comments = [f"# {line}" for decision in plan.trace for line in str(decision).splitlines()]
    if plan.on_share:
        comments.append(f"# The {plan.spec['steps']:,} steps stand for the whole run.")
    spec = {"label": label, **plan.spec}
    body = yaml.safe_dump(spec, sort_keys=False, allow_unicode=True, default_flow_style=False)
    return "\n".join([*comments, body])

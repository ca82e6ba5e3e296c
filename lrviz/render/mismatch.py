"""How a scheduler differs from its plan, as the text of a failed test."""

from __future__ import annotations

from textwrap import wrap

from lrviz.audits.mismatch import Mismatch
from lrviz.core.text import format_rounded
from lrviz.render.glyphs import Glyphs
from lrviz.render.terminal import chart, legend

WIDTH, HEIGHT = 72, 8


def mismatch_text(mismatch: Mismatch, glyphs: Glyphs) -> str:
    """Return the first step that differs, both rates, what explains it, and a small chart."""
    scheduler, plan = mismatch.table.columns
    ours, planned = mismatch.rates(mismatch.first)
    far, near = mismatch.rates(mismatch.furthest)
    paragraphs = [
        f"{scheduler.label} has rate {ours!r} at step {mismatch.first:,}, where the plan "
        f"({plan.label}) has {planned!r}",
        f"{mismatch.count:,} of {len(plan.rates):,} steps differ, by "
        f"{format_rounded(abs(far - near))} at most (step {mismatch.furthest:,})",
        *(f"explained by {sentence}" for sentence in mismatch.explanations),
    ]
    lines = [line for text in paragraphs for line in wrap(text, WIDTH, subsequent_indent="  ")]
    drawing = [*chart(mismatch.table, WIDTH, HEIGHT, glyphs), *legend(mismatch.table, WIDTH)]
    return "\n".join([*lines, "", *(line.plain.rstrip() for line in drawing)])

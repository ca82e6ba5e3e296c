"""A proposal as lines of text: the spec, and what it leaves unexplained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml
from rich.text import Text

from lrviz.audits.countings import NEXT
from lrviz.audits.explanation import share_text
from lrviz.audits.proposal import Proposal
from lrviz.core.text import format_count
from lrviz.curves.figure_settings import FigureSettings
from lrviz.curves.table import Table
from lrviz.render.screen import Screen, title_lines
from lrviz.render.wrapping import wrapped

BUT_FOR_SOME = "but for some rows, the log is of this schedule"
INTERRUPTED = "the log is of this schedule until it is interrupted"
NONE = "no schedule of the usual families gives these rates"
NOT_GOOD = f"{NONE}; the nearest one is"


def proposals_title(proposals: Sequence[Proposal]) -> str:
    """Return which log the proposals are of."""
    return f"the schedule of {Path(proposals[0].log.path).name}"


def proposals_report(
    proposals: Sequence[Proposal],
    tables: Sequence[Table],
    settings: FigureSettings,
    screen: Screen,
) -> Iterator[Text]:
    """Yield the title, then the chart of the table of each proposal, and its lines."""
    yield from title_lines(settings.title)
    for proposal, table in zip(proposals, tables, strict=True):
        yield from screen.chart(table, settings)
        yield Text("")
        yield from proposal_lines(proposal, screen.width)


def proposals_lines(proposals: Sequence[Proposal], width: int) -> list[Text]:
    """Return the lines of every proposal, wrapped to `width` columns."""
    return [line for proposal in proposals for line in proposal_lines(proposal, width)]


def proposal_lines(proposal: Proposal, width: int) -> list[Text]:
    """Return the spec of a proposal and what it leaves open, wrapped to `width` columns.

    Where none is near, that is all there is to say.
    """
    head = "the log is of this schedule" if proposal.is_good else NOT_GOOD
    if proposal.is_good and proposal.matched < 1.0:
        head = BUT_FOR_SOME
    if proposal.open_end:
        head = "the log may be of this schedule"
    if proposal.interruption:
        head = INTERRUPTED
    ahead = ", each the next step's rate" if proposal.convention == NEXT else ""
    rows = format_count(len(proposal.series), "row")
    texts = [f"{proposal.series.label}: {rows}{ahead}", f"{head}:"]
    if not proposal.is_near:
        texts = [f"{proposal.series.label}: {rows}", NONE]
        return [Text(line) for text in texts for line in wrapped(text, width, "  ")]
    lines = [Text(line) for text in texts for line in wrapped(text, width, "  ")]
    lines += [Text(f"  {line}") for line in spec_text(proposal.spec).splitlines()]
    texts = [match_text(proposal), *proposal.remarks]
    lines += [Text(line) for text in texts for line in wrapped(text, width, "  ")]
    following = proposal.interruption and proposal.interruption.following
    return [
        *lines,
        *(Text(f"  {line}") for line in spec_text(following or {}).splitlines() if following),
    ]


def match_text(proposal: Proposal) -> str:
    """Return what the spec leaves unexplained, or how it is interrupted."""
    if proposal.interruption:
        return proposal.interruption.sentence(proposal.plan.plan)
    if proposal.first_difference is None:
        return "it gives every row within its rounding"
    return (
        f"it gives {share_text(proposal.matched)} of the rows within their rounding; the first "
        f"other row is {proposal.log.step_column} {proposal.first_difference:,}, and it is off by "
        f"{proposal.rms:.2g} times the peak"
    )


def spec_text(spec: dict[str, Any]) -> str:
    """Return a spec as YAML; a phase is one line."""
    phases = spec.get("phases", [])
    others = {key: value for key, value in spec.items() if key != "phases"}
    text = yaml.safe_dump(others, sort_keys=False)
    lines = [yaml.safe_dump(phase, default_flow_style=True, sort_keys=False, width=500)
             for phase in phases]  # fmt: skip
    return text + ("phases:\n" + "".join(f"  - {line}" for line in lines) if lines else "")

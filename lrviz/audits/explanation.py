"""What may explain a log: mistakes with their values, and how well they give its rates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from lrviz.audits.plan_rates import PlanRates
from lrviz.audits.rows import Rows
from lrviz.audits.run_length import RunLength
from lrviz.core.errors import SpecError
from lrviz.core.metric import MAX_NUMBER
from lrviz.core.schedule import Array, Steps64
from lrviz.core.text import format_count
from lrviz.curves.curve import Curve
from lrviz.curves.horizons import declares_length
from lrviz.mistakes.mistake import Mistake, Piece, Values
from lrviz.mistakes.registry import find_mistake
from lrviz.mistakes.usual import is_near_warmup
from lrviz.mistakes.variants import slowed_text

OTHER_LENGTH = "other-length"
NEAR_WARMUP = "near-warmup"
"""Another warm-up that is half or twice as long as planned."""
SIMPLICITY = (
    "as-planned",
    "shifted",
    "stepped-per-epoch",
    "never-stepped",
    NEAR_WARMUP,
    "stepped-n-times",
    "stepped-per-n",
    "scaled",
    "restarted",
    OTHER_LENGTH,
    "other-warmup",
    "resumed",
    "skipped",
    "stopped",
)
"""The ids of mistakes, the more common ones first; others come after these.

Explanations that give the same rows are in this order, after what is simpler: one mistake comes
before two, those with no further fitted numbers before others, and two mistakes with usual values
before one with an unusual value. Frameworks tick once per epoch by default, while a tick is seldom
forgotten altogether. Where a plan has a warm-up and no other steps, a setting that is wrong by a
factor of 2 is more common than two ticks a step; larger counts of ticks are those of processes.
"""
FURTHER = 2 * len(SIMPLICITY)
"""What each freedom adds to the complexity: so much as the order of two mistakes never does."""
ROWS_PER_FREEDOM = 0.25
"""Each freedom of an explanation has to give so many rows more."""
COMPARED, SAME = 400, 1e-6
"""Rows on which a mistake with its values is compared with the plan, and how near they are, as a
share of the peak."""
MEASURED, PROMISING = 20_000, 0.8
"""An explanation of a smaller share of so many rows is compared with no further ones."""
FOLLOWED = 0.99
"""An explanation of a smaller share of the rows is not the cause of all of them."""


@dataclass(frozen=True)
class Fit:
    """A mistake with the values that fit a log best, and the run in pieces.

    `addition` says in what the run differs from the mistake as it is declared, `extra` is how many
    numbers were fitted besides the values, and `text` and `remedy` say what happened and what mends
    it in place of the mistake's own.
    """

    mistake: Mistake
    values: Values
    pieces: tuple[Piece, ...]
    addition: str = ""
    extra: int = 0
    text: str = ""
    remedy: str = ""

    def sentence(self, plan: Curve, run: RunLength | None = None) -> str:
        """Return what happened and what mends it; `run` is the length by the log."""
        if run and self.has_length(run.steps):
            return self.explain(plan, run)
        whole = plan.with_steps(run.steps) if run else plan
        remedy = self.remedy or self.mistake.mend(whole, self.values)
        remedy = "" if self.is_relative(whole) else remedy
        return "; ".join(filter(None, (self.explain(whole), remedy)))

    def explain(self, plan: Curve, run: RunLength | None = None) -> str:
        """Return what happened."""
        if run and self.has_length(run.steps):
            return run.comparison(plan.count())
        if self.is_relative(plan):
            return self.explain_without_length(plan)
        return (self.text or self.mistake.explain(plan, self.values)) + self.addition

    def is_relative(self, plan: Curve) -> bool:
        """Return whether the mistake is another length than the plan's, which declares none."""
        return self.mistake.id == OTHER_LENGTH and not declares_length(plan)

    def explain_without_length(self, plan: Curve) -> str:
        """Return what another length is where the plan declares none to compare it with."""
        steps = slowed_text(self.pieces[0].plan.schedule)
        what = f"is made for {format_count(self.values['total'], plan.axis)}"
        if steps:
            what = f"has {steps} instead of {slowed_text(plan.schedule)}"
        return f"the schedule {what}{self.addition}"

    def has_length(self, steps: int | None) -> bool:
        """Return whether the mistake is another length of so many steps."""
        return self.mistake.id == OTHER_LENGTH and self.values["total"] == steps

    def kind(self, plan: Curve) -> str:
        """Return the mistake's name in `SIMPLICITY`."""
        is_near = self.mistake.id == "other-warmup" and is_near_warmup(plan, self.values["steps"])
        return NEAR_WARMUP if is_near else self.mistake.id

    def unusual(self, plan: PlanRates) -> int:
        """Return how many values runs seldom have; a length that the log says is none."""
        if self.has_length(plan.logged_length):
            return 0
        return self.mistake.unusual(plan.plan, self.values)


def fitted(name: str, plan: PlanRates, **values: Any) -> Iterator[Fit]:
    """Yield a mistake with its values, where the plan can have it."""
    mistake = find_mistake(name)
    pieces = pieces_of(mistake, plan, values)
    if pieces:
        yield Fit(mistake, values, pieces)


def pieces_of(mistake: Mistake, plan: PlanRates, values: Values) -> tuple[Piece, ...] | None:
    """Return the run in pieces, or None where the plan cannot be changed so."""
    try:
        return tuple(mistake.pieces(plan.plan, values))
    except SpecError:
        return None


@dataclass(frozen=True, eq=False)
class Explanation:
    """Mistakes with their values, and how well they give the rows of a log.

    `offset` is added to a log's step to get the step whose rate it has; `kinds` are the mistakes'
    names in `SIMPLICITY`; `unusual` counts values that runs seldom have; `is_logged` tells whether
    it has the length of the run by the log, and `is_redundant` whether one of the mistakes changes
    nothing. `missed` counts the rows with another rate, `matched` is the share of the others, and
    `rms` the root of the mean square of all differences, as a share of the larger peak, of the log
    or the plan.
    """

    fits: tuple[Fit, ...]
    pieces: tuple[Piece, ...]
    offset: int = 0
    kinds: tuple[str, ...] = ()
    unusual: int = 0
    is_logged: bool = False
    is_redundant: bool = False
    missed: int = field(default=0, compare=False)
    matched: float = field(default=0.0, compare=False)
    rms: float = field(default=0.0, compare=False)

    @property
    def ids(self) -> tuple[str, ...]:
        """The mistakes' ids."""
        return tuple(fit.mistake.id for fit in self.fits)

    @property
    def id(self) -> str:
        """The mistake's id, or both of a pair with a plus between."""
        return "+".join(self.ids)

    @property
    def values(self) -> dict[str, Any]:
        """The values of the mistakes' parameters."""
        return {name: value for fit in self.fits for name, value in fit.values.items()}

    @property
    def extra(self) -> int:
        """How many numbers were fitted besides the values."""
        return sum(fit.extra for fit in self.fits)

    @property
    def numbers(self) -> int:
        """How many numbers were fitted; a lag that grows is one more, however often it does."""
        counts = (len(item) if isinstance(item, tuple) else 1 for item in self.values.values())
        return sum(counts) + min(self.extra, 1)

    @property
    def freedom(self) -> int:
        """How freely it fits: a second mistake, each further number, and an unusual value twice."""
        return len(self.fits) - 1 + self.extra + 2 * self.unusual

    @property
    def complexity(self) -> int:
        """How much has to have gone wrong; a length that the log says has not."""
        kinds = [name for name in self.kinds if name != OTHER_LENGTH or not self.is_logged]
        ranks = [SIMPLICITY.index(n) if n in SIMPLICITY else len(SIMPLICITY) for n in kinds]
        return sum(ranks) + FURTHER * self.freedom

    @property
    def rank(self) -> tuple[float, int, float]:
        """What explanations are sorted by, the best first.

        Rows that two explanations give alike do not tell them apart, however many they are: what
        counts is how many rows each one misses.
        """
        return self.missed + ROWS_PER_FREEDOM * self.freedom, self.complexity, self.rms

    @property
    def is_complete(self) -> bool:
        """Whether it gives all rows with usual values, and nothing else is fitted."""
        return not (self.missed or self.unusual or self.extra)

    def sentence(self, plan: Curve, run: RunLength | None = None) -> str:
        """Return what happened and what mends it; of a pair, both. `run` is the length by the log.

        Of an explanation that does not give all rows, their share, and not what mends it.
        """
        if self.matched >= FOLLOWED:
            return "; and ".join(fit.sentence(plan, run) for fit in self.fits)
        what = "; and ".join(fit.explain(plan, run) for fit in self.fits)
        return f"explains {share_text(self.matched)} of the rows, not all: {what}"

    def rates(self, plan: PlanRates, steps: Steps64) -> Array:
        """Return the rates that a log has at its steps, if this is what happened."""
        return plan.run(self.pieces, steps + self.offset if self.offset else steps)

    @property
    def values_text(self) -> str:
        """The values of the mistakes' parameters: `n=4`."""
        return ", ".join(f"{name}={value_text(value)}" for name, value in self.values.items())

    @property
    def label(self) -> str:
        """The mistakes with their values: `stepped-n-times (n=4)`."""
        return self.id + (f" ({self.values_text})" if self.values else "")


def value_text(value: Any) -> str:
    """Return a value, or several in brackets, as one types it."""
    if isinstance(value, tuple):
        return f"[{','.join(map(value_text, value))}]"
    return f"{value:.6g}"


def share_text(share: float) -> str:
    """Return a share as a percentage that says 100 % only of all."""
    return "100 %" if share == 1 else f"{min(share * 100, 99.9):.1f} %"


def measured(item: Explanation, plan: PlanRates, rows: Rows) -> Explanation:
    """Return an explanation with how many rows it misses, and by how much.

    Of a long log, what gives few of some rows is not compared with all.
    """
    total, stride = len(rows), -(-len(rows) // MEASURED)
    every, rows = rows, rows if item.id == "as-planned" else rows.take(slice(None, None, stride))
    rates = item.rates(plan, rows.steps)
    if len(rows) < total and rows.share(rates) >= PROMISING:
        rows, rates = every, item.rates(plan, every.steps)
    matches = rows.matches(rates)
    peak = max(rows.peak, plan.peak) if rows.rates.any() else plan.peak
    apart = (rates - rows.rates) / peak
    np.clip(apart, -MAX_NUMBER, MAX_NUMBER, out=apart)
    rms = float(np.sqrt(np.mean(np.square(apart, out=apart))))
    unusual = sum(fit.unusual(plan) for fit in item.fits)
    return replace(
        item,
        kinds=tuple(fit.kind(plan.plan) for fit in item.fits),
        unusual=unusual,
        is_logged=any(fit.has_length(plan.logged_length) for fit in item.fits),
        is_redundant=any(changes_nothing(fit, plan, rows) for fit in item.fits),
        missed=total - round(total * float(matches.mean())),
        matched=float(matches.mean()),
        rms=rms,
    )


def changes_nothing(fit: Fit, plan: PlanRates, rows: Rows) -> bool:
    """Return whether a mistake with its values gives rows the rates of the plan.

    So does a factor of 1, or the plan's own length. No other number may be fitted beside them; a
    lag that was fitted is not spread as the mistake declares it.
    """
    if fit.mistake.id in ("as-planned", "skipped") or fit.extra:
        return False
    pieces = pieces_of(fit.mistake, plan, fit.values)
    steps = rows.sampled(COMPARED).steps
    if pieces is None or not len(steps):
        return False
    apart = np.abs(plan.run(pieces, steps) - plan.at(steps))
    return bool(np.all(apart <= SAME * plan.peak))


def ranked(explanations: Iterable[Explanation]) -> list[Explanation]:
    """Return explanations by the rows that they miss, the simpler ones first; each id once.

    Those without a rate for each row are left out, except for the plan, and redundant ones.
    """
    order = sorted(
        (
            item
            for item in explanations
            if item.id == "as-planned" or (np.isfinite(item.rms) and not item.is_redundant)
        ),
        key=lambda item: item.rank,
    )
    first: dict[str, Explanation] = {}
    for item in order:
        first.setdefault(item.id, item)
    return list(first.values())

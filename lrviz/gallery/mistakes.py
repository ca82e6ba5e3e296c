"""The figures of the common mistakes: a plan, and a run that leaves it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from lrviz.core.errors import SpecError
from lrviz.curves.table import Table, tabulate
from lrviz.mistakes.as_if import Mistaken, apply_mistake
from lrviz.mistakes.differences import describe_differences
from lrviz.mistakes.registry import MISTAKES, read_mistake
from lrviz.specfile import shipped
from lrviz.specfile.contents import LoadedSpec
from lrviz.specfile.source import load_spec

PLAN = "mistakes/plan.yaml"


@dataclass(frozen=True)
class MistakeFigure:
    """A figure: its title, the plan's spec in `configs/`, and what `--as-if` makes of it.

    A spec without `as_if` holds both curves itself; `explanation` and `remedy` are its words.
    """

    name: str
    title: str
    as_if: str = ""
    spec: str = PLAN
    explanation: str = ""
    remedy: str = ""

    @property
    def stem(self) -> str:
        """The pictures' file name without its ending."""
        return f"mistake-{self.name}"

    @property
    def command(self) -> str:
        """The command line that draws this figure from a checkout."""
        if not self.as_if:
            return f"lrviz compare configs/{self.spec}"
        return f"lrviz plot configs/{self.spec} --as-if {self.as_if}"

    @cached_property
    def loaded(self) -> LoadedSpec:
        """The spec with the plan."""
        return load_spec(str(shipped.folder() / self.spec))

    @cached_property
    def mistaken(self) -> Mistaken:
        """The plan and the run."""
        plan = self.loaded.curves[0]
        if self.as_if:
            return apply_mistake(plan, *read_mistake(self.as_if, plan, self.name))
        if len(self.loaded.curves) != 2:
            raise SpecError.of(self.spec, "needs two curves: the plan and the run")
        return Mistaken(plan, self.loaded.curves[1], self.explanation, self.remedy)

    @cached_property
    def table(self) -> Table:
        """Both curves over the run."""
        return tabulate([self.mistaken.plan, self.mistaken.curve])

    def sentences(self) -> list[str]:
        """Return what happens, what differs in numbers, and the remedy."""
        parts = [self.mistaken.explanation, *describe_differences(self.table)]
        return [f"{part[0].upper()}{part[1:]}." for part in (*parts, self.mistaken.remedy)]


PLANS = {"shifted": "mistakes/short.yaml", "other-value": "mistakes/drops.yaml"}
"""The plans of figures whose mistake could not be seen in the common one, or not made there."""
MISTAKE_FIGURES: tuple[MistakeFigure, ...] = (
    *(
        MistakeFigure(
            mistake.id,
            mistake.title,
            ":".join(filter(None, (mistake.id, mistake.figure_values))),
            PLANS.get(mistake.id, PLAN),
        )
        for mistake in MISTAKES
        if mistake.title
    ),
    MistakeFigure(
        "no-metric", "A plateau without its metric", "never-stepped", spec="plateau.yaml"
    ),
    MistakeFigure(
        "two-schedulers",
        "Several schedulers on one optimizer",
        spec="mistakes/two-schedulers.yaml",
        explanation="two schedulers are stepped in turn, and the factors of both multiply",
        remedy="give the optimizer one scheduler; SequentialLR runs one after another",
    ),
)

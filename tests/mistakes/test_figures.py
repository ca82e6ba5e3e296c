"""The gallery's figures of mistakes: each mistake has one, and its text is measured."""

from __future__ import annotations

import pytest

from lrviz.gallery.mistakes import MISTAKE_FIGURES, MistakeFigure
from lrviz.gallery.page import mistake_section
from lrviz.gallery.render import pictures
from lrviz.mistakes.registry import MISTAKES
from tests.conftest import ROOT

BY_NAME = {item.name: item for item in MISTAKE_FIGURES}
each_figure = pytest.mark.parametrize("item", MISTAKE_FIGURES, ids=lambda item: item.name)


def test_every_mistake_has_a_figure() -> None:
    drawn = {item.as_if.partition(":")[0] for item in MISTAKE_FIGURES}
    assert drawn - {""} == {mistake.id for mistake in MISTAKES} - {"as-planned"}
    assert len(BY_NAME) == len(MISTAKE_FIGURES)
    specs = {item.spec.removeprefix("mistakes/") for item in MISTAKE_FIGURES}
    assert {path.name for path in (ROOT / "configs" / "mistakes").glob("*.yaml")} <= specs


@each_figure
def test_the_run_differs_visibly_from_the_plan(item: MistakeFigure) -> None:
    plan, run = (column.rates for column in item.table.columns)
    count = min(len(plan), len(run))
    assert abs(run[:count] - plan[:count]).max() > 0.2 * plan.max()


@each_figure
def test_the_command_draws_the_figure(item: MistakeFigure) -> None:
    verb = "plot" if item.as_if else "compare"
    rest = f" --as-if {item.as_if}" if item.as_if else ""
    assert item.command == f"lrviz {verb} configs/{item.spec}{rest}"


def test_the_section_of_a_mistake() -> None:
    assert mistake_section(BY_NAME["resumed"]) == [
        "## Resumed with another length",
        "",
        "[![Resumed with another length](mistake-resumed.png)](mistake-resumed.svg)",
        "",
        "```console",
        "$ lrviz plot configs/mistakes/plan.yaml --as-if resumed:at=500,total=2000",
        "```",
        "",
        "From step 500 on the schedule is one of 2,000 steps.",
        "First differs at step 500: 0.08946 instead of 0.05868.",
        "Differs most at step 866: 0.06498 instead of 0.005371.",
        "At step 999, the last that both have: 0.05421 instead of 3.046e-7.",
        "Resume with the number of steps that the run began with; for a run of open length choose "
        "a schedule that holds its rate until a late decay.",
        "",
    ]


def test_two_schedulers_multiply() -> None:
    assert BY_NAME["two-schedulers"].sentences() == [
        "Two schedulers are stepped in turn, and the factors of both multiply.",
        "First differs at epoch 30: 0.03969 instead of 0.07939.",
        "Differs most at epoch 30: 0.03969 instead of 0.07939.",
        "At epoch 99, the last that both have: 3.084e-6 instead of 2.467e-5.",
        "Give the optimizer one scheduler; SequentialLR runs one after another.",
    ]


def test_the_plan_has_the_first_colour_and_the_run_the_second() -> None:
    drawn = {item.stem: (item.table, item.settings, item.colours) for item in pictures("dark")}
    table, settings, colours = drawn["mistake-scaled"]
    assert [column.label for column in table.columns] == ["plan", "as if scaled (factor=0.5)"]
    assert settings == {"title": "Another peak", "style": "dark"}
    assert colours == {"plan": 0, "as if scaled (factor=0.5)": 1}

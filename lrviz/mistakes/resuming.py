"""Mistakes of a run that was interrupted: it goes on with a state or a length of its own."""

from __future__ import annotations

from lrviz.curves.curve import Curve
from lrviz.mistakes.mistake import Mistake, Parameter, Piece, Values
from lrviz.mistakes.usual import is_usual_length, is_usual_resumption
from lrviz.mistakes.variants import with_length

AT = Parameter(
    "at", "the step at which the run is resumed", 40, in_steps=True, is_usual=is_usual_resumption
)


def restarted(plan: Curve, values: Values) -> list[Piece]:
    """Return the run whose schedule begins again at a step."""
    at = values["at"]
    return [Piece(0, plan, lambda t: t), Piece(at, plan, lambda t: t - at)]


def resumed(plan: Curve, values: Values) -> list[Piece]:
    """Return the run that goes on at a step with the schedule of another length."""
    other = with_length(plan, values["total"])
    return [Piece(0, plan, lambda t: t), Piece(values["at"], other, lambda t: t)]


MISTAKES = (
    Mistake(
        "restarted",
        "The schedule begins again at a step.",
        title="Resumed without the scheduler's state",
        figure_values="at=500",
        explanation="the schedule begins again at {unit} {at:,}",
        remedy="save scheduler.state_dict() with the checkpoint, and load it when the run is "
        "resumed",
        pieces=restarted,
        parameters=(AT,),
        source="mlfoundations/open_clip#413",
    ),
    Mistake(
        "resumed",
        "The run goes on at a step with another length.",
        title="Resumed with another length",
        figure_values="at=500,total=2000",
        explanation="from {unit} {at:,} on the schedule is one of {total:step}",
        remedy="resume with the number of steps that the run began with; for a run of open "
        "length choose a schedule that holds its rate until a late decay",
        pieces=resumed,
        parameters=(
            AT,
            Parameter(
                "total",
                "steps of the schedule after that",
                200,
                in_steps=True,
                is_usual=is_usual_length,
            ),
        ),
        length=lambda plan, values: max(plan.count(), values["total"]),
    ),
)

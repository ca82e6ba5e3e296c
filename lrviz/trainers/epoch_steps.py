"""The steps of an epoch, from the steps that flags give a run whose config counts epochs."""

from __future__ import annotations

from dataclasses import replace

from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.text import format_count
from lrviz.trainers.plan import Decision, Plan
from lrviz.trainers.request import Request


def counts_epochs_only(plan: Plan) -> bool:
    """Return whether a plan is of epochs whose steps are not known."""
    return "epochs" in plan.spec and not {"steps", "steps_per_epoch"} & {*plan.spec}


def divide_steps(plan: Plan, request: Request) -> tuple[Request, Decision] | None:
    """Return the request with the steps of an epoch that the run's steps make, and how.

    None is returned where the epochs do not divide the steps of --total-steps, or --steps are not
    more than the epochs. Raises SpecError for other --steps that the epochs do not divide.
    """
    epochs = plan.spec["epochs"]
    flag, steps = "--total-steps", request.total_steps
    if not steps:
        flag, steps = "--steps", request.integer("steps")
        if not steps or steps <= epochs:
            return None
        if steps % epochs:
            raise SpecError.of(flag, undivided(steps, epochs), "contradiction")
    if steps % epochs:
        return None
    per_epoch = format_count(steps // epochs, "step")
    text = f"{flag} {steps:,} / {format_count(epochs, 'epoch')} = {per_epoch} per epoch"
    run = {name: value for name, value in request.run.items() if name != "steps"}
    divided = replace(request, run={**run, "steps_per_epoch": steps // epochs}, total_steps=None)
    return divided, Decision("conversion", text)


def undivided(steps: int, epochs: int) -> str:
    """Return the message on steps that epochs do not divide."""
    return (
        f"{steps:,} steps are not the same number in each of {format_count(epochs, 'epoch')}; "
        "--steps-per-epoch sets that number, --epochs the epochs"
    )


def note_on_steps(plan: Plan, request: Request) -> Finding | None:
    """Return a note on flags that give a run steps where its plan counts epochs, or None."""
    if request.total_steps:
        message = (
            f"--total-steps is not used: {undivided(request.total_steps, plan.spec['epochs'])}"
        )
    elif steps := request.integer("steps"):
        message = (
            f"the file counts epochs, and so does --steps {steps:,} (--steps-per-epoch gives an "
            "epoch its steps)"
        )
    else:
        return None
    return Finding("other-clock", message)

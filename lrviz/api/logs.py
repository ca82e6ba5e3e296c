"""What a log says of its run: whether it followed its plan, and which schedule it is of."""

from __future__ import annotations

import os
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from lrviz.api.arguments import Drawable, read_curves, require_one
from lrviz.api.curves import split_settings
from lrviz.api.errors import in_python_terms
from lrviz.audits.audit import Audit, audit_log
from lrviz.audits.discovery import find_log
from lrviz.audits.log import read_log
from lrviz.audits.open_facts import load_for_log
from lrviz.audits.proposal import Proposal
from lrviz.audits.proposal_search import propose as proposals_of
from lrviz.audits.range_test import SMOOTHING, RangeTest, read_range_test
from lrviz.core.display import Displayed
from lrviz.core.errors import SpecError
from lrviz.specfile.contents import LoadedSpec
from lrviz.specfile.source import load_specs


class Proposals(Displayed, list[Proposal]):
    """A schedule for each column of a log, as specs."""


@in_python_terms()
def audit(
    log: str | PathLike[str],
    against: str | PathLike[str] | Drawable | None = None,
    *,
    step_column: str | None = None,
    lr_column: str | None = None,
    every: int | None = None,
    steps_per_epoch: int | None = None,
    **settings: Any,
) -> Audit:
    """Return whether the rates in a run's log follow its plan, and the mistakes that explain them.

    `log` is a file or the run's folder, in which the log is found by its name. `against` is the
    plan: a file, a name, or a curve; without one it is the training config of the folder. The
    columns of the log are found by their names unless they are given; the rows of a log without
    steps are `every` steps apart, or have shares of epochs of `steps_per_epoch` steps. `settings`
    are those of the plan, as for `load`. Raises SpecError for a file without a log of rates, and
    where there is no plan.
    """
    path = Path(log)
    folder = path if os.path.isdir(path) else None
    path = find_log(path) if folder else path
    if against is None and folder is None:
        raise SpecError.of(str(log), "needs its plan; lrviz.propose finds one")
    rows = read_log(path, step_column, lr_column, every, steps_per_epoch)
    plan = folder if against is None else against
    if not isinstance(plan, str | PathLike):
        return audit_log(rows, read_curves(plan, settings=settings)[0])
    own, own_trainer = split_settings(settings, [str(plan)])
    loaded, rows = load_for_log(
        lambda facts, trainer: load_plan(str(plan), {**facts, **own}, {**trainer, **own_trainer}),
        rows,
    )
    return audit_log(rows, loaded.curves[0])


def load_plan(spec: str, settings: Mapping[str, Any], trainer: Mapping[str, Any]) -> LoadedSpec:
    """Return a spec of one curve. Raises SpecError for more or less than one."""
    loaded = load_specs([spec], settings, trainer=trainer)
    require_one(spec, [curve for item in loaded for curve in item.curves])
    return loaded[0]


@in_python_terms()
def propose(
    log: str | PathLike[str],
    *,
    step_column: str | None = None,
    lr_column: str | None = None,
    every: int | None = None,
    steps_per_epoch: int | None = None,
) -> Proposals:
    """Return the schedule that has the rates of each column of a log, as a spec.

    The columns of the log are found by their names unless they are given; the rows of a log without
    steps are `every` steps apart, or have shares of epochs of `steps_per_epoch` steps. Raises
    SpecError for a file without a log of rates, or with too few of them.
    """
    return Proposals(proposals_of(read_log(log, step_column, lr_column, every, steps_per_epoch)))


def find_lr(
    log: str | PathLike[str],
    *,
    lr_column: str | None = None,
    loss_column: str | None = None,
    smoothing: float = SMOOTHING,
) -> RangeTest:
    """Return the LR range test in a log, with the rates that its losses suggest.

    `smoothing` is the weight of the running average of the losses, from 0 (no smoothing) to below
    1. Raises SpecError for a file without rates and losses, and where the rates do not rise.
    """
    return read_range_test(log, lr_column, loss_column, smoothing)

"""A training config of another program as a SPEC: its plan, read as the mapping of a spec file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.parameters import unit_name
from lrviz.core.register import register
from lrviz.core.roles import WarmUp
from lrviz.core.schedule import Schedule
from lrviz.core.text import format_count, format_rounded
from lrviz.curves.curve import Curve
from lrviz.curves.horizons import declares_length
from lrviz.run import Run
from lrviz.specfile.inline import flag_name
from lrviz.specfile.invalid import Path
from lrviz.specfile.keys import Context
from lrviz.specfile.quantities import Clock, Resolver
from lrviz.specfile.reader import read_curves
from lrviz.specfile.settings_reader import read_model, read_run

if TYPE_CHECKING:
    from lrviz.trainers.plan import Group, Plan
    from lrviz.trainers.request import Request

OWN_KEY = r"""["']?(?:schedule|curves)["']?[ \t]*:"""
OWN_SPEC = rf"(?ims)^{OWN_KEY}|\A\s*{{(?:.*[{{,])?\s*{OWN_KEY}"
"""A top-level line sets a key that a spec of lrviz begins with, or a mapping in braces may."""
CONSUMED = ("epochs", "dataset_size", "batch_size", "grad_accum", "world_size", "steps_per_epoch")
"""Flags of the run that the plan has counted in, so that they are not set beside it."""
BY_EPOCH_IGNORED = (
    "--by epoch is ignored: the trainer ticks this schedule once per step (--axis epoch counts in "
    "epochs)"
)
BY_STEP_IGNORED = (
    "--by step is ignored: the trainer ticks this schedule once per epoch (--axis step counts in "
    "steps)"
)
FILLING = ("lr", "warmup")
"""Other flags that may fill in what a config leaves to the program that reads it."""


def may_be_foreign(text: str, trainer: Mapping[str, Any]) -> bool:
    """Return whether a file may be a training config, without parsing it."""
    return bool(trainer.get("as_format")) or not re.search(OWN_SPEC, text)


def read_foreign(
    text: str, raw: bytes, path: str, folder: FilePath, context: Context
) -> tuple[Plan, list[Curve]] | None:
    """Return the plan and the curves of a training config, or None where the file is none.

    Raises SpecError with every fault of the config.
    """
    from lrviz.trainers.registry import read_plan
    from lrviz.trainers.source import Source

    plan = read_plan(Source(path, text, folder, raw), request_of(context))
    return None if plan is None else (plan, plan_curves(plan, path, folder, context))


def request_of(context: Context) -> Request:
    """Return what the flags around a file say of its run.

    Raises SpecError for numbers that the run cannot have.
    """
    from lrviz.trainers.request import Request

    names = [*Run.model_fields, *FILLING]
    run = {name: context.override[name] for name in names if name in context.override}
    read_run(run)
    read_model(Run, {name: run[name] for name in CONSUMED if name in run}, flag_of)
    return Request(run=run, **context.trainer)


def flag_of(path: Path, key: bool = False) -> str:
    """Return the flag of a setting of the run, as its place."""
    del key
    return flag_name(str(path[0]))


def plan_curves(plan: Plan, path: str, folder: FilePath, context: Context) -> list[Curve]:
    """Return the curves of a plan; flags apply as on any spec."""
    counted = {*CONSUMED, *plan.filled}
    override = {key: value for key, value in context.override.items() if key not in counted}
    notes = plan.notes
    ignored = {"epoch": BY_EPOCH_IGNORED, "step": BY_STEP_IGNORED}
    tick, by = tick_of(plan), str(override.get("by"))
    if tick and by in ignored and by != tick:
        del override["by"]
        notes = (*notes, Finding("other-clock", ignored[by]))

    def locate(spec_path: Path, key: bool = False) -> str:
        del key
        origin = plan.origins.get(str(spec_path[0])) if spec_path else None
        return f"{path}: {origin}" if origin else path

    warmup = warmup_parameter(plan, override)
    if warmup:
        clock = Clock(read_run({**plan.spec}), plan.spec.get("by", "step"))
        resolver = Resolver(clock, lambda *_: flag_name("warmup"))
        steps = resolver.value(override.pop("warmup"), ())
        if resolver.findings:
            raise SpecError(resolver.findings)
        plan = replace(plan, spec={**plan.spec, warmup: steps})
    nested = replace(context, locate=locate, folder=folder, override=override)
    if tick == "step":
        plan = replace(plan, spec={"by": "step", **plan.spec})
    curves = spec_curves(plan, plan.spec, nested)
    groups = [group_curves(plan, group, nested) for group in plan.groups]
    label = FilePath(path).name if path != "-" else "stdin"
    name = label if len(curves) > 1 else ""
    return [
        replace(
            curve,
            label=label,
            name=name,
            from_config=True,
            own_keys=plan.own_keys,
            notes=(*notes, *length_notes(plan, curve), *curve.notes),
            groups=tuple(group[index] for group in groups),
        )
        for index, curve in enumerate(curves)
    ]


def tick_of(plan: Plan) -> str | None:
    """Return what a plan's trainer ticks its schedule by, step or epoch; None where a metric is."""
    from lrviz.trainers.plan import Drawability

    if plan.drawability is Drawability.METRIC_DRIVEN:
        return None
    cls = register.find(plan.spec["schedule"])
    return str(plan.spec.get("by") or (cls.clock_unit if cls else "step"))


def warmup_parameter(plan: Plan, override: Mapping[str, Any]) -> str | None:
    """Return the parameter that a warm-up of the flags replaces, or None."""
    cls = register.find(plan.spec["schedule"])
    parameter = cls.parameter_with(WarmUp) if cls else None
    if parameter is None or parameter[1].share or not isinstance(override.get("warmup"), int | str):
        return None
    return parameter[0]


def spec_curves(plan: Plan, spec: Mapping[str, Any], context: Context) -> list[Curve]:
    """Return the curves of a spec of a plan, on the plan's axis; a sweep of flags makes several."""
    curves = read_curves(spec, context)
    return [
        replace(curve, on_share=plan.on_share, length_flags=plan.missing, omitted=plan.omitted)
        for curve in curves
    ]


def group_curves(plan: Plan, group: Group, context: Context) -> list[Curve]:
    """Return the curve of a group of parameters beside each curve of its plan."""
    curves = spec_curves(plan, {**plan.spec, **group.parameters}, context)
    curves = [replace(curve, label=group.name, lr=curve.lr * group.factor) for curve in curves]
    if not group.scales_floor:
        return curves
    try:
        return [replace(curve, schedule=scaled(curve.schedule, group.factor)) for curve in curves]
    except ValidationError:
        message = (
            f"the rates of the schedule cannot be {format_rounded(group.factor)} times as high"
        )
        raise SpecError.of(context.locate((), False), f"{group.key}: {message}") from None


def scaled(schedule: Schedule, factor: float) -> Schedule:
    """Return a schedule whose parameters that are rates are multiplied by a factor.

    Raises ValidationError where the schedule cannot have such rates.
    """
    cls = type(schedule)
    values = {
        name: value * factor if unit_name(cls, name) == "rate" and value is not None else value
        for name, value in schedule
    }
    return cls(**values)


def length_notes(plan: Plan, curve: Curve) -> list[Finding]:
    """Return a note on the axis of a curve where the file leaves the run's length open."""
    from lrviz.trainers.plan import Drawability

    flags = " or ".join(plan.missing)
    is_nominal = plan.spec.get("steps") or not declares_length(curve)
    if plan.drawability is Drawability.SCALE_FREE:
        what = "drawn as a share of it"
    elif plan.drawability is Drawability.OPEN_ENDED and is_nominal:
        what = f"{format_count(curve.count(), curve.axis)} show its shape"
    else:
        return []
    message = f"the file leaves the run's length open: {what} ({flags} sets it)"
    return [Finding("scale-free", message)]

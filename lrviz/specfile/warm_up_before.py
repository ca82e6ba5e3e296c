"""A warm-up before a schedule: the setting `warmup` where no parameter of the schedule is one."""

from __future__ import annotations

from types import ModuleType

from pydantic import ValidationError

from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.register import register
from lrviz.core.roles import WarmUp
from lrviz.core.schedule import Schedule
from lrviz.specfile.invalid import invalid
from lrviz.specfile.settings import CurveSettings


def warm_up_idioms(cls: type[Schedule]) -> ModuleType | None:
    """Return how a schedule's dialect warms up before any schedule, if it does."""
    idioms = register.dialects[cls.dialect].module("idioms")
    return idioms if hasattr(idioms, "warm_up") else None


def has_warm_up(cls: type[Schedule]) -> bool:
    """Return whether the setting `warmup` applies to a schedule whose name is typed."""
    own = "warmup" in cls.model_fields or cls.parameter_with(WarmUp) is not None
    return own or warm_up_idioms(cls) is not None


def warm_up(schedule: Schedule, settings: CurveSettings, place: str) -> Schedule:
    """Return the schedule after the linear warm-up of settings.

    Raises SpecError at `place` for a warm-up that the schedule's library refuses.
    """
    idioms = warm_up_idioms(type(schedule))
    assert idioms
    assert settings.warmup
    steps, factor = settings.warmup.steps, settings.warmup.start_factor
    try:
        sequence: Schedule = idioms.warm_up(schedule, steps, factor)
    except ValidationError as error:
        raise SpecError(invalid(error, lambda *_: place, None, {})) from None
    return sequence


def takes_no_warm_up(cls: type[Schedule], settings: CurveSettings, place: str) -> Finding:
    """Return the error of a warm-up before a schedule whose library has none."""
    assert settings.warmup
    role = cls.parameter_with(WarmUp)
    if role and role[1].share:
        advice = f"give {role[0]}"
    elif role:
        advice = f"write {role[0]}: {settings.warmup.steps} in its place"
    else:
        advice = f"take a schedule of {cls.dialect} that has one"
    message = f"{cls.title()} takes no warm-up before it; {advice}"
    return Finding.error(place, message, "no-warm-up")

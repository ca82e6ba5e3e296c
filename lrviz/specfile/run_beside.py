"""The run of the files beside a typed name, which the name follows where nothing else is said."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.register import fold
from lrviz.core.roles import DEFAULT_LR, Length, Peak, Role, WarmUp
from lrviz.core.schedule import Schedule
from lrviz.core.text import format_choice, format_compact, format_count
from lrviz.curves.curve import Curve
from lrviz.run import Run
from lrviz.specfile.keys import Context
from lrviz.specfile.reader import read_curves
from lrviz.specfile.role_settings import RUN_LENGTH
from lrviz.specfile.settings_reader import merge_settings
from lrviz.specfile.warm_up_before import has_warm_up


@dataclass(frozen=True)
class RunBeside:
    """The longest run of curves of files with its peak, and the warm-up that all of them have.

    `run` are the settings of its length, `length` is that in words; `file` is the one that has it.
    `lr` is None where its schedule states no peak, `warmup` where the curves differ in it.
    """

    run: Mapping[str, Any]
    length: str
    file: str
    lr: float | None
    warmup: str | None

    def follow(self, cls: type[Schedule], data: Mapping[str, Any], context: Context) -> list[Curve]:
        """Return the curves of a mapping that was typed beside the files, with a note.

        A schedule that the warm-up, or the whole of the settings, makes impossible is drawn without
        them. Raises SpecError with every fault of the mapping.
        """
        settings = self.settings(cls, [*data, *map(fold, data)], context.override)
        for omitted in ((), ("warmup",)):
            remaining = {name: value for name, value in settings.items() if name not in omitted}
            nested = replace(context, default=merge_settings(context.default, remaining))
            try:
                curves = read_curves(data, nested)
                for curve in curves:
                    curve.sample(range(curve.count())[-1:])
            except SpecError:
                continue
            notes = self.notes(remaining, context.override)
            return [following(curve, remaining, notes) for curve in curves]
        return read_curves(data, context)

    def settings(
        self, cls: type[Schedule], typed: Collection[str], flags: Collection[str]
    ) -> dict[str, Any]:
        """Return the settings of a schedule that was typed beside the files.

        `typed` are the parameters and settings that were typed with its name, `flags` the settings
        that apply to all curves. A schedule that was typed with its length keeps it, and its
        warm-up.
        """
        settings: dict[str, Any] = {}
        own_length = is_typed(cls, Length, typed) or any(name in typed for name in Run.model_fields)
        if not own_length and not any(name in flags for name in RUN_LENGTH):
            settings |= self.run
        fills_peak = not cls.sets_rate or cls.parameter_with(Peak) is not None
        if self.lr is not None and fills_peak and not is_typed(cls, Peak, typed, "lr"):
            settings["lr"] = self.lr
        has_own = own_length or is_typed(cls, WarmUp, typed, "warmup")
        if self.warmup is not None and not has_own and has_warm_up(cls):
            settings["warmup"] = self.warmup
        return settings

    def notes(self, settings: Mapping[str, Any], flags: Collection[str]) -> list[Finding]:
        """Return a note on settings that a schedule follows, without those that a flag sets."""
        parts = []
        if any(name in settings for name in RUN_LENGTH):
            parts.append(f"the {self.length}")
        if settings.get("lr", DEFAULT_LR) != DEFAULT_LR and "lr" not in flags:
            parts.append(f"lr={format_compact(self.lr)}")
        if "warmup" in settings and "warmup" not in flags:
            parts.append("the warm-up")
        if not parts:
            return []
        return [Finding("follows-file", f"follows {format_choice(parts, 'and')} of {self.file}")]


def following(curve: Curve, settings: Mapping[str, Any], notes: Sequence[Finding]) -> Curve:
    """Return a curve with notes, and without what it follows among what tells it apart."""
    options = {name: value for name, value in curve.options.items() if name not in settings}
    return replace(curve, options=options, notes=(*notes, *curve.notes))


def is_typed(
    cls: type[Schedule], role: type[Role], typed: Collection[str], setting: str = ""
) -> bool:
    """Return whether the parameter of a role, what decides in its place, or a setting was typed."""
    own = cls.parameter_with(role)
    names = (own[0], getattr(own[1], "unless", "")) if own else ()
    return any(name in typed for name in (*names, setting))


def run_beside(curves: Sequence[Curve]) -> RunBeside | None:
    """Return the run of curves of files or objects, or None where none of them has a length.

    A curve whose rates cannot be computed has none; its fault is reported elsewhere.
    """
    lengths = {index: count for index, curve in enumerate(curves) if (count := steps_of(curve))}
    if not lengths:
        return None
    longest = curves[max(lengths, key=lambda index: lengths[index])]
    count = max(lengths.values())
    whole = replace(longest, on_share=False)
    run = {name: value for name, value in whole.run if value is not None}
    if whole.axis == "epoch":
        run = {**run, "steps": None, "epochs": count}
    elif whole.run.length is None:
        run["steps"] = count
    length = "run" if longest.on_share else format_count(count, whole.axis)
    warmups = {warmup_of(curve) for curve in curves}
    return RunBeside(
        run,
        length,
        "standard input" if longest.file == "-" else longest.file or longest.label,
        peak_of(longest),
        warmups.pop() if len(warmups) == 1 else None,
    )


def steps_of(curve: Curve) -> int | None:
    """Return the steps of a curve on its axis, nominal ones of an open run; None without length."""
    try:
        return replace(curve, on_share=False).count() if curve.has_length else None
    except SpecError:
        return None


def peak_of(curve: Curve) -> float | None:
    """Return the rate that a curve's schedule starts from, or states as its peak.

    That of an object of a program is its highest rate.
    """
    if not curve.schedule.dialect:
        return float(curve.sample(range(curve.count())).max())
    if not curve.schedule.sets_rate:
        return curve.lr
    peak = role_value(curve.schedule, Peak)
    return float(peak) if isinstance(peak, int | float) else None


def warmup_of(curve: Curve) -> str | None:
    """Return a curve's warm-up that is a number of steps, with its unit, or None."""
    own = curve.schedule.parameter_with(WarmUp)
    steps = None if own and own[1].share else role_value(curve.schedule, WarmUp)
    before = curve.options.get("warmup")
    steps = getattr(before, "steps", before) if steps is None else steps
    if isinstance(steps, bool) or not isinstance(steps, int) or steps <= 0:
        return None
    return f"{steps}{'ep' if curve.by == 'epoch' else 'st'}"


def role_value(schedule: Schedule, role: type[Role]) -> Any:
    """Return the value of a schedule's parameter of a role, or None where it has none."""
    own = schedule.parameter_with(role)
    return getattr(schedule, own[0]) if own else None

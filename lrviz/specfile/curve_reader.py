"""One curve of a mapping: its settings, the quantities in it, its parameters, and its warm-up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.floors import class_with_floor
from lrviz.core.roles import DEFAULT_LR, Length, Peak, Role, Target, WarmUp
from lrviz.core.schedule import Schedule, as_plain_data
from lrviz.core.text import format_choice, format_value
from lrviz.curves.curve import Curve
from lrviz.curves.horizons import declared_steps
from lrviz.run import Run
from lrviz.specfile.completion import (
    UNUSABLE_VALUE,
    Completion,
    complete,
    contradictions,
    floor_parameter,
    missing_values,
    stated_values,
    target_of,
    uses_floor,
)
from lrviz.specfile.inline import flag_name
from lrviz.specfile.invalid import Path, invalid
from lrviz.specfile.keys import Context, Keys
from lrviz.specfile.quantities import Clock, Resolver
from lrviz.specfile.replacements import replace_by_flags, with_shared_warmup
from lrviz.specfile.role_settings import required_roles
from lrviz.specfile.settings import CurveSettings
from lrviz.specfile.settings_reader import merge_settings, read_run, resolve_steps
from lrviz.specfile.validation import advice_on_length, validate
from lrviz.specfile.warm_up_before import takes_no_warm_up, warm_up, warm_up_idioms

MAX_SHIFTED = 4
"""Changes that a note lists."""
SHARED_NAMES = ("epochs", "steps_per_epoch", "warmup")
"""Settings that fill a parameter of their name where a schedule has one and no length."""


class CurveReader:
    """Reads one curve: one combination of the swept values of a mapping."""

    def __init__(
        self,
        cls: type[Schedule],
        name: str,
        keys: Keys,
        swept: Mapping[str, Any],
        context: Context,
    ) -> None:
        self.cls = cls
        self.name = name
        self.keys = keys
        self.swept = swept
        self.context = context
        self.findings: list[Finding] = []
        self.notes: list[Finding] = []
        self.is_complete = True
        self.stated: Mapping[str, Any] = {}

    def read(self) -> Curve:
        """Return the curve. Raises SpecError with every fault."""
        fields = self.cls.model_fields
        parameters = {**self.keys.parameters}
        parameters |= {key: value for key, value in self.swept.items() if key in fields}
        settings = self.read_settings(parameters)
        if self.context.typed and settings.by is None and settings.run.counts_steps:
            parameters = {**self.cls.step_clock, **parameters}
        clock = self.clock(settings.run, settings.by, parameters)
        parameters = self.resolve(parameters, clock)
        if not self.context.typed:
            if self.source_of_warmup() is self.context.default:
                parameters, settings = with_shared_warmup(self.cls, parameters, settings, clock.by)
            flags = {*self.context.override} - {*self.keys.settings}
            parameters, settings, notes = replace_by_flags(
                self.cls, parameters, settings, flags, self.context.locate
            )
            self.notes += notes
        length = self.cls.parameter_with(Length)
        has_length = length is not None and parameters.get(length[0]) is not None
        for name in () if has_length else SHARED_NAMES:
            value = getattr(settings, name)
            if name in fields and value is not None:
                parameters.setdefault(name, getattr(value, "steps", value))
        parameters, completion = self.complete(parameters, settings, clock.by)
        for name in self.keys.intended:
            parameters.setdefault(name, self.cls.example_value(name))
        target = target_of(settings, clock.by)
        schedule = self.validate(parameters, completion, target, clock.by)
        if self.warms_up_before(settings) and warm_up_idioms(self.cls) is None:
            place = self.locate(("warmup",), False)
            self.findings.append(takes_no_warm_up(self.cls, settings, place))
        if not self.is_complete and not self.findings:
            message = f"{self.cls.title()} has no such peak, warm-up or floor with its parameters"
            self.findings.append(Finding.error(self.context.locate((), False), message))
        if self.findings or schedule is None:
            raise SpecError(self.findings)
        self.add_notes(completion, settings, schedule)
        return self.make_curve(schedule, settings, completion.values)

    def complete(
        self, parameters: dict[str, Any], settings: CurveSettings, by: str
    ) -> tuple[dict[str, Any], Completion]:
        """Return the parameters with the values that the run or the examples add to them.

        The parameters are not validated yet. Where one has a value that no rule can take,
        validation reports it, and what is missing besides comes from the examples.
        """
        try:
            if not self.context.typed:
                floor = floor_parameter(self.cls, parameters, settings) if settings.floor else {}
                parameters = {**parameters, **floor}
                if self.findings:
                    return {**parameters, **self.unread_values(parameters)}, Completion({}, ())
                self.stated = stated_values(self.cls, parameters, settings, by)
                return parameters, Completion(self.stated, ())
            if not self.findings:
                completion = complete(self.cls, parameters, settings, by)
                self.findings += [*contradictions(self.cls, parameters, settings, by, self.locate)]
                return parameters, completion
        except UNUSABLE_VALUE:
            self.is_complete = False
        if self.context.typed:
            parameters = {**missing_values(self.cls, parameters, Target()), **parameters}
        return parameters, Completion({}, ())

    def unread_values(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Return examples of the parameters that settings state, whose values may have faults.

        So they are not reported as missing, too.
        """
        names = self.setting_names()
        return {
            name: self.cls.example_value(name)
            for name, settings in required_roles(self.cls)
            if name not in parameters and names & {*settings}
        }

    def source_of_warmup(self) -> Mapping[str, Any] | None:
        """Return the settings that the curve's warm-up is from, or None."""
        layers = (self.context.override, self.swept, self.keys.settings, self.context.default)
        return next((layer for layer in layers if layer.get("warmup") is not None), None)

    def locate(self, path: Path, key: bool) -> str:
        """Return the place of a path: a flag, below `sweep`, or in the curve's own mapping."""
        if path and path[0] in self.context.override and path[0] not in self.cls.model_fields:
            return flag_name(str(path[0]))
        swept = bool(path) and path[0] in self.swept
        return self.context.locate(("sweep", *path) if swept else path, key)

    def read_settings(self, parameters: Mapping[str, Any]) -> CurveSettings:
        """Return the curve's settings, quantities resolved."""
        fields = CurveSettings.model_fields
        own = {**self.keys.settings}
        override = {k: v for k, v in self.context.override.items() if not isinstance(v, list)}
        for name, value in self.swept.items():
            if name in fields and (name not in self.cls.model_fields or name in override):
                (override if name in self.context.override else own)[name] = value
        settings = merge_settings(self.context.user, self.context.default, own, override)
        resolver = resolve_steps(settings, self.locate)
        run = read_run(settings)
        by = settings.get("by")
        resolver.clock = self.clock(run, by if isinstance(by, str) else None, parameters)
        warmup = settings.get("warmup")
        self.note_plain_warmup(warmup, resolver.clock)
        if isinstance(warmup, Mapping) and "steps" in warmup:
            steps = resolver.value(warmup["steps"], ("warmup", "steps"))
            settings["warmup"] = {**warmup, "steps": steps}
        elif warmup is not None:
            settings["warmup"] = resolver.value(warmup, ("warmup",))
        self.findings += resolver.findings
        try:
            return CurveSettings.model_validate(settings)
        except ValidationError as error:
            self.findings += invalid(error, self.locate, None, settings)
            return CurveSettings()

    def note_plain_warmup(self, warmup: Any, clock: Clock) -> None:
        """Note a warm-up without a unit that is as short as one in epochs, and counts steps."""
        run = clock.run
        if not isinstance(warmup, int) or clock.by != "step" or (run.epoch_steps or 1) == 1:
            return
        if 0 < warmup <= (run.epochs or 0):
            text = f"the warm-up of {warmup} is in steps; {warmup}ep would be epochs"
            self.note("warmup-in-steps", text)

    def clock(self, run: Run, by: str | None, parameters: Mapping[str, Any]) -> Clock:
        """Return what quantities are resolved against, from parameters that are not validated yet.

        Shares of a run without a length are those of a length that counts the schedule's warm-up.
        """
        length, warmup = self.cls.parameter_with(Length), self.cls.parameter_with(WarmUp)
        if run.length is None and length and warmup and not warmup[1].share:
            resolver = Resolver(Clock(run, "step"), self.locate)
            steps = resolver.value(parameters.get(length[0]), ())
            is_whole = not self.cls.length_is_after_warmup(parameters, length[1])
            is_whole = is_whole and not resolver.findings
            if isinstance(steps, int) and not isinstance(steps, bool) and steps > 0 and is_whole:
                run = run.model_copy(update={"steps": steps})
        return Clock(run, self.clock_unit(run, by, parameters))

    def clock_unit(self, run: Run, by: str | None, parameters: Mapping[str, Any]) -> str:
        """Return what a tick of the schedule is, from parameters that are not validated yet."""
        if by or run.counts_epochs:
            return by or "epoch"
        return self.cls.model_construct(**parameters).clock()

    def resolve(self, parameters: Mapping[str, Any], clock: Clock) -> dict[str, Any]:
        """Return the parameters with their quantities resolved."""
        resolver = Resolver(clock, self.locate)
        resolved = resolver.parameters(self.cls, parameters)
        self.findings += resolver.findings
        return resolved

    def validate(
        self, parameters: Mapping[str, Any], completion: Completion, target: Target, by: str
    ) -> Schedule | None:
        """Return the schedule, or None where `findings` say why there is none."""
        folder, complete = self.context.folder, {**parameters, **completion.values}
        try:
            return validate(self.cls, complete, target, folder, self.locate)
        except SpecError as error:
            advice = advice_on_length(self.cls, parameters, completion, target, folder, by)
            for finding in error.findings:
                self.findings.append(replace(finding, message=f"{finding.message}{advice}"))
            return None

    def note_shift(self, schedule: Schedule, settings: CurveSettings) -> None:
        """Note at which steps changes are that a schedule counts from the end of its warm-up."""
        assert settings.warmup
        steps = declared_steps(schedule)
        if steps:
            before, after = (
                format_choice([f"{step + more:,}" for step in steps[:MAX_SHIFTED]], "and")
                for more in (0, settings.warmup.steps)
            )
            text = f"the warm-up goes before: the changes at {before} are at {after}"
            self.note("shifted-changes", text)

    def add_notes(
        self, completion: Completion, settings: CurveSettings, schedule: Schedule
    ) -> None:
        """Note what is ignored, which parameters take their example, and what is no decay."""
        title, advice = self.cls.title(), schedule.advice_on_name()
        for key in self.keys.ignored:
            self.note("ignored-parameter", f"{key} has no effect on the rate")
        for name in completion.examples:
            value = format_value(as_plain_data(completion.values[name]))
            self.note("example-value", f"{name} not given; using the example {value}")
        for name, value in self.stated.items():
            text = f"{name} not given; {format_value(value)} follows from {self.source_of(name)}"
            self.note("stated-value", text)
        uses_lr = self.fills(Peak) or not self.cls.sets_rate
        if settings.lr == 0 and uses_lr:
            self.note("zero-rate", "lr is 0: the rate is 0 at every step, and nothing is trained")
        if settings.lr is not None and not uses_lr:
            self.note("lr-not-used", f"{title} sets its own rate; lr is not used")
        peak = self.cls.parameter_with(Peak)
        own_peak = self.keys.parameters.get(peak[0]) if peak and uses_lr else None
        if peak and own_peak not in (None, settings.lr) and "lr" in self.context.override:
            self.note(
                "lr-not-used", f"{peak[0]} sets the peak, {format_value(own_peak)}, and not lr"
            )
        if settings.floor is not None and not uses_floor(self.cls):
            subject = "it" if title == (self.keys.label or self.name) else title
            message = (
                f"{subject} has no parameter for a floor; floor is not used{floor_advice(self.cls)}"
            )
            self.note("floor-not-used", message)
        length = self.cls.parameter_with(Length)
        is_whole_run = bool(settings.run.length and (not length or length[0] in completion.values))
        if self.context.typed and self.warms_up_before(settings):
            self.note_shift(schedule, settings)
        if advice and (settings.floor or settings.warmup or is_whole_run):
            self.note("other-shape", f"{title} {advice}")

    def fills(self, role: type[Role]) -> bool:
        """Return whether the run's settings fill the parameter of a role."""
        own = self.cls.parameter_with(role)
        return own is not None and (self.context.typed or own[0] in self.stated)

    def source_of(self, parameter: str) -> str:
        """Return the setting that states a required parameter."""
        names = self.setting_names()
        settings = next(item for name, item in required_roles(self.cls) if name == parameter)
        return next(name for name in settings if name in names)

    def setting_names(self) -> set[str]:
        """Return the names of the settings that any layer has."""
        context = self.context
        layers = (context.user, context.default, self.keys.settings, self.swept, context.override)
        return {name for layer in layers for name, value in layer.items() if value is not None}

    def note(self, id: str, message: str) -> None:  # noqa: A002
        """Add a finding of severity note."""
        self.notes.append(Finding(id, message))

    def make_curve(
        self, schedule: Schedule, settings: CurveSettings, derived: Mapping[str, Any]
    ) -> Curve:
        """Return the curve of a schedule with its settings; a warm-up goes before it.

        `following` are the parameters that were completed.
        """
        options = {name: getattr(schedule, name) for name in self.cls.model_fields}
        options |= {
            name: getattr(settings, name)
            for name in CurveSettings.model_fields
            if name not in self.cls.model_fields
        }
        if self.cls.sets_rate or self.fills(Peak):
            options.pop("lr", None)
        length = self.cls.parameter_with(Length)
        follows_run = bool(length and length[0] in derived and settings.run.length)
        if self.has_own_warmup:
            options.pop("warmup", None)
        if uses_floor(self.cls):
            options.pop("floor", None)
        by = settings.by or ("epoch" if settings.run.counts_epochs else schedule.clock())
        if self.warms_up_before(settings):
            schedule = warm_up(schedule, settings, self.locate(("warmup",), False))
        return Curve(
            label=self.keys.label or self.name,
            schedule=schedule,
            lr=DEFAULT_LR if settings.lr is None else settings.lr,
            run=settings.run,
            by=by,
            place=self.context.locate((), False),
            notes=tuple(self.notes),
            name="" if self.keys.label and not self.swept else self.keys.label or self.name,
            options=options,
            derived=(length[0],) if length and follows_run else (),
            own_label=self.keys.label or "",
            is_typed=self.context.typed,
        )

    @property
    def has_own_warmup(self) -> bool:
        """Whether the warm-up is a parameter of the schedule, which `warmup` fills or is."""
        return self.fills(WarmUp) or "warmup" in self.cls.model_fields

    def warms_up_before(self, settings: CurveSettings) -> bool:
        """Return whether a warm-up goes before the schedule."""
        return bool(settings.warmup and settings.warmup.steps and not self.has_own_warmup)


def floor_advice(cls: type[Schedule]) -> str:
    """Return which schedule of this shape has a floor, or nothing."""
    other = class_with_floor(cls)
    return f"; {other.title()} has one" if other else ""

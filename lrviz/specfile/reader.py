"""From a mapping to curves: settings, quantities, parameters, and the warm-up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import ModuleType
from typing import Any

from pydantic import ValidationError

from lrviz.core.composition import unknown_schedule
from lrviz.core.errors import SpecError, nearest_name
from lrviz.core.findings import Finding
from lrviz.core.name_hints import nearest_schedule
from lrviz.core.register import fold, register
from lrviz.core.roles import DEFAULT_LR, Floor, Length, Peak, Role, Target, WarmUp
from lrviz.core.schedule import Schedule, as_plain_data
from lrviz.core.text import format_value
from lrviz.curves.curve import Curve
from lrviz.curves.horizons import planned_ticks
from lrviz.run import Run
from lrviz.specfile.completion import (
    UNUSABLE_VALUE,
    Completion,
    complete,
    contradictions,
    floor_parameter,
    format_setting,
    missing_values,
    stated_values,
    target_of,
    uses_floor,
)
from lrviz.specfile.inline import flag_name
from lrviz.specfile.invalid import Path, invalid
from lrviz.specfile.keys import MAX_KEYS, OWN_KEYS, Context, Keys, combinations, sort_keys
from lrviz.specfile.quantities import Clock, Resolver
from lrviz.specfile.role_settings import required_roles
from lrviz.specfile.settings import CurveSettings
from lrviz.specfile.settings_reader import RUN_LENGTH, merge_settings, read_run, resolve_steps
from lrviz.specfile.synonyms import synonym
from lrviz.specfile.unknown import is_parameter, parameters_alone
from lrviz.specfile.validation import advice_on_length, validate

__all__ = ["Context", "read_curves"]

SHARED_NAMES = ("epochs", "steps_per_epoch", "warmup")
"""Settings that fill a parameter of their name where a schedule has one and no length."""
FAULTS_OF_VALUES = ("out-of-bounds", "wrong-type", "unknown-parameter", "needs-run", "empty-sweep")
"""Faults that do not depend on which parameters a schedule needs."""


def read_curves(data: Any, context: Context) -> list[Curve]:
    """Return the curves of one mapping: one, or as many as its sweep makes.

    Raises SpecError with every fault of the mapping.
    """
    try:
        cls, name = schedule_class(data, context)
    except SpecError as error:
        others = faults_beside_name(with_schedule(data), context)
        raise SpecError([*error.findings, *others]) from None
    keys, findings = sort_keys(cls, data, context)
    curves: list[Curve] = []
    for swept in combinations(keys.sweep, context):
        try:
            curves.append(read_curve(cls, name, keys, swept, context))
        except SpecError as error:
            findings += error.findings
    if findings:
        raise SpecError(findings)
    return curves


def read_curve(
    cls: type[Schedule], name: str, keys: Keys, swept: Mapping[str, Any], context: Context
) -> Curve:
    """Return the curve of one combination of swept values.

    The length among the user's defaults is that of a schedule that declares none: one that is the
    same without it keeps its own. Raises SpecError with every fault.
    """
    curve = CurveReader(cls, name, keys, swept, context).read()
    layers = (context.default, keys.settings, swept, context.override)
    if not states_length(context.user) or any(map(states_length, layers)) or curve.derived:
        return curve
    if planned_ticks(curve.schedule) is None and curve.longest() is None:
        return curve
    user = {key: value for key, value in context.user.items() if key not in RUN_LENGTH}
    try:
        own = CurveReader(cls, name, keys, swept, replace(context, user=user)).read()
    except SpecError:  # a quantity in it follows from the length
        return curve
    return own if own.schedule == curve.schedule else curve


def states_length(settings: Mapping[str, Any]) -> bool:
    """Return whether settings state the length of the run."""
    return any(settings.get(name) is not None for name in RUN_LENGTH)


def faults_beside_name(data: Any, context: Context) -> Iterator[Finding]:
    """Yield the other faults of a mapping whose schedule is unknown: those of any meaning of it.

    The values are checked as those of the schedule with the most similar name. What it needs, and
    the parameters of other schedules, depend on what the name means.
    """
    name = name_in(data) if isinstance(data, Mapping) else None
    if not isinstance(name, str) or len(data) > MAX_KEYS:
        return
    similar = nearest_schedule(name, parameters_alone(data))
    cls = register.find(similar) if similar else None
    own = {key: value for key, value in data.items() if is_readable(str(key), cls)}
    similar = similar if cls else register.all()[0].title()
    try:
        read_curves({**own, "schedule": similar}, context)
    except SpecError as error:
        yield from (finding for finding in error.findings if finding.id in FAULTS_OF_VALUES)


def is_readable(key: str, cls: type[Schedule] | None) -> bool:
    """Return whether a key can be read before it is known which schedule it belongs to."""
    if cls is None or fold(key) in OWN_KEYS:
        return fold(key) in CurveSettings.model_fields
    return bool(cls.find_parameter(key)) or not is_parameter(key)


def with_schedule(data: Any) -> Any:
    """Return a mapping whose key that means `schedule` has this name, and other data as it is."""
    near = schedule_key(data) if isinstance(data, Mapping) and name_in(data) is None else None
    if near is None:
        return data
    return {"schedule" if key == near else key: value for key, value in data.items()}


def schedule_key(data: Mapping[str, Any]) -> str | None:
    """Return the key of a mapping that is meant to be `schedule`, or None."""
    keys = [str(key) for key in data if fold(str(key)) != "schedule"]
    return nearest_name("schedule", keys) or synonym("schedule", keys)


def name_in(data: Mapping[str, Any]) -> Any:
    """Return the value of a mapping's key `schedule`, or None."""
    return next((value for key, value in data.items() if fold(str(key)) == "schedule"), None)


def schedule_class(data: Any, context: Context) -> tuple[type[Schedule], str]:
    """Return the schedule's class, and its name as typed."""
    if not isinstance(data, Mapping):
        place = context.locate((), False)
        raise SpecError.of(place, not_a_mapping(data), "wrong-type")
    if len(data) > MAX_KEYS:
        message = f"a curve has {len(data):,} keys; at most {MAX_KEYS:,} are read"
        raise SpecError.of(context.locate((), False), message, "too-large")
    name = name_in(data)
    if name is None:
        near = schedule_key(data)
        advice = f"; write it instead of '{near}'" if near else ", for example schedule: cosine"
        message = f"needs the key 'schedule'{advice}"
        raise SpecError.of(context.locate((), False), message, "missing-parameter")
    cls = register.find(name) if isinstance(name, str) else None
    if cls is None:
        place = context.locate(("schedule",), False)
        message = unknown_schedule(name, parameters_alone(data))
        raise SpecError.of(place, message, "unknown-schedule")
    return cls, name


def not_a_mapping(data: Any) -> str:
    """Return the message for data that is no mapping."""
    advice = ""
    if isinstance(data, str):
        is_name = register.find(data) is not None
        colon = "; write a space after each colon" if ":" in data else ""
        advice = f"; write schedule: {data}" if is_name else colon
    return f"must be a mapping with the key 'schedule' (got {format_value(data)}){advice}"


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
        parameters, settings = self.with_own_warmup(parameters, settings)
        parameters = self.without_replaced_floor(parameters, settings)
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
        self.check_warm_up(settings)
        if not self.is_complete and not self.findings:
            message = f"{self.cls.title()} has no such peak, warm-up or floor with its parameters"
            self.findings.append(Finding.error(self.context.locate((), False), message))
        if self.findings or schedule is None:
            raise SpecError(self.findings)
        self.add_notes(completion, settings, schedule.advice_on_name())
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
        given = self.given_settings()
        return {
            name: self.cls.example_value(name)
            for name, settings in required_roles(self.cls)
            if name not in parameters and given & {*settings}
        }

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

    def with_own_warmup(
        self, parameters: dict[str, Any], settings: CurveSettings
    ) -> tuple[dict[str, Any], CurveSettings]:
        """Return parameters and settings in which a flag's warm-up is the schedule's own.

        That is in a file, whose warm-up it replaces with a note; the warm-up of a name that is
        typed fills what is not typed, and a warm-up before the schedule is the file's own setting.
        """
        own, warmup = self.cls.parameter_with(WarmUp), settings.warmup
        is_flag = "warmup" in self.context.override and "warmup" not in self.keys.settings
        if self.context.typed or not is_flag or warmup is None or own is None or own[1].share:
            return parameters, settings
        name = own[0]
        before = parameters.get(name)
        if before is None and name in self.cls.example_values():  # stated as what is missing
            return parameters, settings
        if before not in (None, warmup.steps):
            flag, place = flag_name("warmup"), self.context.locate((name,), False)
            text = f"{flag} {warmup.steps} replaces {name}: {format_value(before)} ({place})"
            self.note("warmup-replaced", text)
        return {**parameters, name: warmup.steps}, settings.model_copy(update={"warmup": None})

    def without_replaced_floor(
        self, parameters: dict[str, Any], settings: CurveSettings
    ) -> dict[str, Any]:
        """Return the parameters of a file without the floor that a flag's replaces, with a note."""
        own, floor = self.cls.parameter_with(Floor), settings.floor
        is_flag = "floor" in self.context.override and "floor" not in self.keys.settings
        if self.context.typed or not is_flag or floor is None or own is None:
            return parameters
        names = [name for name in (own[0], own[1].unless) if parameters.get(name) is not None]
        for name in names:
            flag, place = flag_name("floor"), self.context.locate((name,), False)
            value = format_value(parameters[name])
            text = f"{flag} {format_setting(floor)} replaces {name}: {value} ({place})"
            self.note("floor-replaced", text)
        return {name: value for name, value in parameters.items() if name not in names}

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

    def add_notes(self, completion: Completion, settings: CurveSettings, advice: str) -> None:
        """Note what is ignored, which parameters take their example, and what is no decay."""
        title = self.cls.title()
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
        stated = self.keys.parameters.get(peak[0]) if peak and uses_lr else None
        if peak and stated not in (None, settings.lr) and "lr" in self.context.override:
            self.note("lr-not-used", f"{peak[0]} sets the peak, {format_value(stated)}, and not lr")
        if settings.floor is not None and not uses_floor(self.cls):
            subject = "it" if title == (self.keys.label or self.name) else title
            message = (
                f"{subject} has no parameter for a floor; floor is not used{floor_advice(self.cls)}"
            )
            self.note("floor-not-used", message)
        length = self.cls.parameter_with(Length)
        is_whole_run = bool(settings.run.length and (not length or length[0] in completion.values))
        if advice and (settings.floor or settings.warmup or is_whole_run):
            self.note("other-shape", f"{title} {advice}")

    def fills(self, role: type[Role]) -> bool:
        """Return whether the run's settings fill the parameter of a role."""
        own = self.cls.parameter_with(role)
        return own is not None and (self.context.typed or own[0] in self.stated)

    def source_of(self, parameter: str) -> str:
        """Return the setting that states a required parameter."""
        given = self.given_settings()
        names = next(names for name, names in required_roles(self.cls) if name == parameter)
        return next(name for name in names if name in given)

    def given_settings(self) -> set[str]:
        """Return the names of the settings that are given in any layer."""
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
            schedule = self.warm_up(schedule, settings)
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

    @property
    def idioms(self) -> ModuleType | None:
        """How the schedule's dialect warms up before any schedule, if it does."""
        return warm_up_idioms(self.cls)

    def check_warm_up(self, settings: CurveSettings) -> None:
        """Add a finding for a warm-up before a schedule of a dialect that has none."""
        if self.warms_up_before(settings) and self.idioms is None:
            place = self.locate(("warmup",), False)
            advice = self.warm_up_advice(settings)
            message = f"{self.cls.title()} takes no warm-up before it; {advice}"
            self.findings.append(Finding.error(place, message, "no-warm-up"))

    def warm_up(self, schedule: Schedule, settings: CurveSettings) -> Schedule:
        """Return the schedule after a linear warm-up."""
        assert settings.warmup
        assert self.idioms
        steps, factor = settings.warmup.steps, settings.warmup.start_factor
        try:
            sequence: Schedule = self.idioms.warm_up(schedule, steps, factor)
        except ValidationError as error:
            place = self.locate(("warmup",), False)
            raise SpecError(invalid(error, lambda *_: place, None, {})) from None
        return sequence

    def warm_up_advice(self, settings: CurveSettings) -> str:
        """Return what sets the warm-up of the settings instead."""
        assert settings.warmup
        role = self.cls.parameter_with(WarmUp)
        if role and role[1].share:
            return f"give {role[0]}"
        if role:
            return f"write {role[0]}: {settings.warmup.steps} in its place"
        library = self.cls.dialect
        return f"take a schedule of {library} that has one"


def warm_up_idioms(cls: type[Schedule]) -> ModuleType | None:
    """Return how a schedule's dialect warms up before any schedule, if it does."""
    idioms = register.dialects[cls.dialect].module("idioms")
    return idioms if hasattr(idioms, "warm_up") else None


def has_warm_up(cls: type[Schedule]) -> bool:
    """Return whether the setting `warmup` applies to a schedule whose name is typed."""
    own = "warmup" in cls.model_fields or cls.parameter_with(WarmUp) is not None
    return own or warm_up_idioms(cls) is not None


def floor_advice(cls: type[Schedule]) -> str:
    """Return which schedule with a floor has the name of this one with more after it."""
    titles = [other.title() for other in register.all() if other.parameter_with(Floor)]
    longer = [title for title in titles if title.startswith(f"{cls.title()}_")]
    return f"; {min(longer, key=len)} has one" if longer else ""

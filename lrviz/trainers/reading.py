"""Reads the keys of a training config, and records the decisions made on the way."""

from __future__ import annotations

import math
import os.path
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import Any, NamedTuple

from lrviz.core.errors import SpecError, did_you_mean
from lrviz.core.findings import Finding
from lrviz.core.register import fold, register
from lrviz.core.schedule import Schedule
from lrviz.core.text import format_choice, format_count, format_rounded, format_value
from lrviz.run import MAX_STEPS
from lrviz.trainers.format import Format
from lrviz.trainers.plan import (
    NOMINAL_STEPS,
    Decision,
    DecisionKind,
    Drawability,
    Group,
    Plan,
)
from lrviz.trainers.reading_rules import NEEDS_NUMBER, UNREAD_KEY, UNSET_VARIABLE
from lrviz.trainers.samples import SAMPLE_KEYS, SampleRule, limited, without
from lrviz.trainers.source import Source, find, number_of
from lrviz.trainers.unread import unread_keys

BOOLEANS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False,
            "off": False, "0": False}  # fmt: skip
DIGITS = re.compile(r"\d{1,9}")
AXES = {
    Drawability.ABSOLUTE: "over steps; no number is missing",
    Drawability.PER_EPOCH: "over epochs, which the schedule counts",
    Drawability.SCALE_FREE: "over the share of the run, whose length is not known",
    Drawability.NEEDS_NUMBER: "without what needs a missing number",
    Drawability.METRIC_DRIVEN: "with the metric that it follows",
}
MAX_TOKENS = 10**15
"""Of an optimizer step."""
MAX_GROUPS = 20
"""Groups of parameters of a plan; a log's columns are compared with each."""
LENGTH_FLAGS = ("--total-steps", "--steps-per-epoch", "--dataset-size")


@dataclass(frozen=True)
class Request:
    """The values of flags: of the run (fields of `Run` by name, lr, warmup), and of the reading."""

    run: Mapping[str, Any] = field(default_factory=dict)
    total_steps: int | None = None
    trainer_version: str | None = None
    as_format: str | None = None
    metric: str | None = None

    def integer(self, name: str) -> int | None:
        """Return a number of the run that a flag gives."""
        number = number_of(self.run.get(name))
        return None if number is None or number < 1 else int(number)

    @property
    def counts_samples(self) -> bool:
        """Whether the length of the run depends on the samples of the data."""
        has_steps = self.total_steps or self.integer("steps_per_epoch")
        return bool(self.integer("dataset_size") and not has_steps)


class Total(NamedTuple):
    """The optimizer steps of a run; where they are not known, a nominal number of them."""

    steps: int
    is_known: bool = True


class Reading:
    """Reads one file of a format.

    Each accessor takes dotted keys, and reads the first of them that the file has. Every value,
    default and conversion is added to the trace. Values of a wrong type are collected, and raised
    together at the end.
    """

    def __init__(self, source: Source, format: Format, request: Request) -> None:  # noqa: A002
        format_keys = {key for keys in format.keys for key in keys}
        self.source = replace(source, parsed=source.document, requested=format_keys)
        self.format = format
        self.request = request
        self.default_version = format.version
        self.trace: list[Decision] = []
        self.faults: list[Finding] = []
        self.notes: list[Finding] = []
        self.groups: list[Group] = []
        self.missing: dict[str, None] = {}
        self.omitted: list[str] = []
        self.filled: set[str] = set()
        self.sample_rules: dict[str, SampleRule] = {}
        self.samples: int | None = None
        self.steps_per_epoch: int | None = None
        self.tokens_per_step: int | None = None
        self.drawability = Drawability.ABSOLUTE

    # -- the trace

    def decide(self, kind: DecisionKind, text: str, key: str = "") -> None:
        """Add a decision to the trace."""
        self.trace.append(Decision(kind, text, key, self.source.place(key) if key else ""))

    def convert(self, text: str) -> None:
        """Add a conversion to the trace, as `warmup_ratio 0.1 x 500 steps = 50 steps`."""
        self.decide("conversion", text)

    def oddity(self, text: str, key: str = "") -> None:
        """Add behaviour of the trainer that a user may not expect to the trace and to the notes."""
        self.decide("oddity", text, key)
        self.notes.append(Finding("trainer-oddity", text))

    def add_group(self, group: Group) -> None:
        """Add a group of parameters with other rates to the plan, to the trace and to the notes."""
        if len(self.groups) == MAX_GROUPS:
            self.decide("ignored", f"{group.key}: more than {MAX_GROUPS} groups", group.key)
            return
        self.groups.append(group)
        text = f"the parameters '{group.name}' {group.difference} ({group.key})"
        self.decide("group", text, group.key)
        file = "FILE" if self.source.name == "-" else self.source.name
        advice = f"lrviz plot {file}#{group.name} draws them"
        self.notes.append(Finding("parameter-group", f"{text}; {advice}"))

    def scale_group(self, name: str, key: str, factor: float, scales_floor: bool = False) -> None:
        """Add a group of parameters whose rate is a multiple of the plan's, unless it is the same.

        `scales_floor` is that of Group.
        """
        if factor != 1:
            difference = f"have {format_rounded(factor)} times the rate"
            self.add_group(Group(name, key, difference, factor, scales_floor))

    def rate_group(
        self, name: str, key: str, rate: float | None, lr: float, scales_floor: bool = False
    ) -> None:
        """Add a group of parameters that have a rate where the plan's is lr; None adds nothing."""
        if rate is not None and lr:
            self.scale_group(name, key, rate / lr, scales_floor)

    def ignore(self, key: str, reason: str) -> None:
        """Add a key to the trace, if the file has it, that is not the schedule's but looks so."""
        if find(self.source.data, key)[1]:  # not asked for: nothing is a misspelling of it
            self.source.requested.add(key)
            self.decide("ignored", f"{key}: {reason}", key)

    def report_unread(self) -> None:
        """Add unread keys that look like a schedule's to the trace; note misspelled ones."""
        for key in self.unapplied_keys():
            self.ignore(key, "--dataset-size is taken as the samples after it")
        for unread in unread_keys(self.source):
            text = f"{unread.key}: not read"
            if unread.suggestion:
                text = f"{unread.key} is not read; did you mean '{unread.suggestion}'?"
                self.notes.append(UNREAD_KEY.finding(text))
            self.decide("ignored", text, unread.key)

    # -- values

    def has(self, key: str) -> bool:
        """Return whether the file has a value other than null for a key."""
        return self.source.get(key) is not None

    def key_of(self, *keys: str) -> str:
        """Return the first of several keys that the file has; the first where it has none."""
        return next(filter(self.has, keys), keys[0])

    def value(self, *keys: str, default: Any = None, version: str = "") -> Any:
        """Return the value of the first key that the file has, as the file has it."""
        for key in keys:
            value = self.source.get(key)
            if value is not None:
                self.decide("key", f"{key}: {format_value(value)}", key)
                return value
        if default is not None:
            since = version or self.default_version
            self.decide("default", f"{keys[0]}: {format_value(default)} ({since})")
        return default

    def number(self, *keys: str, default: float | None = None, version: str = "") -> Any:
        """Return a number, also where it is written as text."""
        return self.checked(number_of, "must be a number", keys, default, version)

    def integer(self, *keys: str, default: int | None = None, version: str = "") -> Any:
        """Return a whole number; `1e3` and `1000.0` are whole, too."""
        return self.checked(integer_of, "must be a whole number", keys, default, version)

    def flag(self, *keys: str, default: bool | None = None, version: str = "") -> Any:
        """Return a boolean."""
        return self.checked(boolean_of, "must be true or false", keys, default, version)

    def text(self, *keys: str, default: str | None = None, version: str = "") -> Any:
        """Return a text."""
        return self.checked(text_of, "must be a text", keys, default, version)

    def choice(
        self,
        *keys: str,
        choices: Iterable[str],
        default: str,
        aliases: Mapping[str, str] | None = None,
    ) -> str:
        """Return one of several texts, without regard to case and to `-` or `_`.

        `aliases` are other spellings, each with its choice.
        """
        text = str(self.text(*keys, default=default))
        names = {name: name for name in choices}
        spellings = {fold(name): name for name in names}
        spellings |= {fold(alias): name for alias, name in (aliases or {}).items()}
        if fold(text.strip()) in spellings:
            return spellings[fold(text.strip())]
        key = self.key_of(*keys)
        rule = f"must be one of {', '.join(names)} (got {format_value(text)})"
        self.fault(key, f"{key} {rule}{did_you_mean(text, names)}")
        return default

    def mapping(self, *keys: str) -> Mapping[str, Any]:
        """Return a mapping, empty where the file has none."""
        value = self.checked(mapping_of, "must be a mapping", keys, None, "")
        return value or {}

    def numbers(self, *keys: str, default: Sequence[float] | None = None) -> Any:
        """Return a list of numbers; a single number is a list of one."""
        return self.checked(numbers_of, "must be a list of numbers", keys, default, "")

    def checked(
        self,
        read: Callable[[Any], Any],
        rule: str,
        keys: Sequence[str],
        default: Any,
        version: str,
    ) -> Any:
        """Return a value as `read` gives it; the default where that is None, a fault."""
        raw = self.value(*keys, default=default, version=version)
        if raw is None or raw is default:
            return default
        value = read(raw)
        if value is None:
            key = self.key_of(*keys)
            rule = f"{rule} (got {format_value(raw)})"
            if is_unset(raw):
                rule = f"is {raw}, which the file does not set; write its value there"
            self.fault(key, f"{key} {rule}")
            return default
        return value

    def per_batch(self, key: str, default: int) -> int:
        """Return a number on which only the steps of an epoch depend.

        For a variable that a script does not set it is the default, with a warning.
        """
        raw = self.source.get(key)
        if not is_unset(raw):
            return int(self.integer(key, default=default))
        text = f"{key} is {raw}, which the file does not set; {default} is taken"
        note = UNSET_VARIABLE.finding(text)
        if note not in self.notes:
            self.decide("missing", text, key)
            self.notes.append(note)
        return default

    def floor(self, rate: float, peak: float, key: str) -> float:
        """Return the rate of a floor; one above the peak is a fault of its key."""
        if rate > peak:
            text = f"{key} ({format_value(rate)}) must not be above lr ({format_value(peak)})"
            self.fault(key, text)
        return rate

    def parameters(self, schedule: str, keys: Mapping[str, str]) -> dict[str, Any]:
        """Return the numbers of a schedule's parameters, each from its key, else its default.

        Left out are parameters without a default that the file does not have.
        """
        fields = required_class(schedule).model_fields
        values: dict[str, Any] = {}
        for name, key in keys.items():
            default = None if fields[name].is_required() else fields[name].default
            value = self.number(key, default=default)
            if value is not None:
                values[name] = value
        return values

    def require(self, value: Any, *keys: str) -> Any:
        """Return a value that the trainer requires. Raises SpecError where it is None."""
        if value is None:
            self.raise_faults()
            message = f"{self.format.title} needs {' or '.join(keys)}"
            raise SpecError.of(self.source.place(), message, "missing-parameter")
        return value

    def fault(self, key: str, message: str) -> None:
        """Add an error at a key."""
        self.faults.append(Finding.error(self.source.place(key), message, "wrong-type"))

    def raise_faults(self) -> None:
        """Raise SpecError with every fault so far, if there is one."""
        if self.faults:
            raise SpecError(self.faults)

    def version_before(self, *numbers: int) -> bool:
        """Return whether --trainer-version is below a version, as `version_before(4, 52)`."""
        if self.request.trainer_version is None:
            return False
        version = tuple(map(int, DIGITS.findall(self.request.trainer_version)))
        return version < numbers

    def fill(self, name: str) -> int | float | None:
        """Return the number of a flag that fills in what the file leaves open, lr or warmup."""
        number = number_of(self.request.run.get(name))
        if number is not None and name not in self.filled:
            self.filled.add(name)
            self.decide("flag", f"--{name} {format_value(number)}")
        return number

    # -- the length of the run

    def total(
        self,
        steps: int | None = None,
        *,
        epochs: float | None = None,
        batch_size: int | None = None,
        grad_accum: int | None = None,
        floor_per_epoch: bool = False,
    ) -> Total:
        """Return the run's optimizer steps: those in the file, else computed from its epochs.

        `steps` are those of the file, `batch_size` is that of one process. Where their number is
        not known, the run is scale-free, over a nominal number of steps.
        """
        request = self.request
        has_batch = bool(batch_size or request.integer("steps_per_epoch"))
        if not steps or steps < 0 or (has_batch and self.steps_per_epoch is None):
            self.epoch_steps(batch_size, grad_accum, floor_per_epoch)
        per_epoch = self.steps_per_epoch
        if request.total_steps:
            self.decide("flag", f"--total-steps {request.total_steps:,}")
            return Total(request.total_steps)
        if steps is not None and steps > 0:
            return self.bounded(steps)
        epochs = number_of(request.run.get("epochs")) or epochs
        if per_epoch and epochs:
            count = math.ceil(epochs * per_epoch)
            unit = "epoch" if epochs == 1 else "epochs"
            product = f"{format_count(per_epoch, 'step')} = {format_count(count, 'step')}"
            self.convert(f"{format_value(epochs)} {unit} x {product}")
            return self.bounded(max(count, 1))
        if number := request.integer("steps"):
            self.decide("flag", f"--steps {number:,}")
            return self.bounded(number)
        self.drawability = Drawability.SCALE_FREE
        self.missing |= dict.fromkeys(LENGTH_FLAGS)
        self.decide("missing", "the steps of the run")
        return Total(NOMINAL_STEPS, is_known=False)

    def epochs(self, *keys: str, default: float | None = None, version: str = "") -> Any:
        """Return the epochs of the run: those of --epochs, else a number of the file."""
        if number := self.request.integer("epochs"):
            self.decide("flag", f"--epochs {number:,}")
            return number
        return self.number(*keys, default=default, version=version)

    def bounded(self, steps: int) -> Total:
        """Return a number of steps that can be sampled. Raises SpecError for too many."""
        if steps > MAX_STEPS:
            message = f"has {steps:,} steps; at most {MAX_STEPS:,} are sampled"
            raise SpecError.of(self.source.place(), message, "too-many-steps")
        return Total(steps)

    def limit_samples(self, key: str) -> None:
        """Read the most samples of the data that are trained on."""
        most = self.integer(key)
        if most and most > 0:
            self.sample_rules[key] = limited(most)

    def hold_out(self, key: str, count: Callable[[float, int], int]) -> None:
        """Read the size of what is split off the data; `count` gives its samples."""
        size = self.number(key)
        if size and size > 0:
            self.sample_rules[key] = without(size, count)

    def unapplied_keys(self) -> list[str]:
        """Return the file's keys of `SAMPLE_KEYS` that change nothing in the plan."""
        keys = (key for key in SAMPLE_KEYS if key not in self.sample_rules)
        return [key for key in keys if number_of(self.source.get(key))]

    def training_samples(self) -> int | None:
        """Return the samples of --dataset-size that the config trains on.

        A note says so where they are fewer, and where a key that limits them is not applied.
        """
        samples = all_samples = self.request.integer("dataset_size")
        if samples is None or all_samples is None or self.samples is not None:
            return self.samples
        applied = []
        for key, rule in self.sample_rules.items():
            kept = rule(samples)
            if kept < 1:
                value = format_value(self.source.get(key))
                self.fault(key, f"{key} leaves none of {samples:,} samples (got {value})")
                break
            if kept != samples:
                self.convert(f"{key}: {kept:,} of {samples:,} samples")
                samples = kept
                applied.append(key)
        if applied:
            keys = format_choice(applied, "and")
            message = f"{samples:,} of {all_samples:,} samples are trained on ({keys})"
            self.notes.append(Finding("training-samples", message))
        if unapplied := self.unapplied_keys():
            message = (
                f"--dataset-size is taken as the samples after {format_choice(unapplied, 'and')}"
            )
            self.notes.append(Finding("training-samples", message))
        self.samples = samples
        return samples

    def epoch_steps(
        self, batch_size: int | None = None, grad_accum: int | None = None, floor: bool = False
    ) -> int | None:
        """Return the optimizer steps of an epoch that flags give or from which they are counted.

        The plan's run has those that were returned last.
        """
        request = self.request
        if number := request.integer("steps_per_epoch"):
            self.decide("flag", f"--steps-per-epoch {number:,}")
            self.steps_per_epoch = number
            return number
        batch = request.integer("batch_size") or batch_size
        if not batch or batch < 0:
            return None
        samples = self.training_samples()
        if not samples:
            return None
        world = request.integer("world_size") or 1
        accumulation = request.integer("grad_accum") or grad_accum or 1
        batches = math.ceil(samples / (batch * world))
        count = max(batches // accumulation if floor else math.ceil(batches / accumulation), 1)
        self.convert(
            f"{format_count(samples, 'sample')} / ({batch:,} x {format_count(world, 'process')}) = "
            f"{format_count(batches, 'batch')}, / {accumulation:,} accumulated = "
            f"{format_count(count, 'step')} per epoch"
        )
        self.steps_per_epoch = count
        return count

    def step_tokens(self, length: int | None, *sizes: int | None) -> None:
        """Count the tokens of an optimizer step, where all of its numbers are known.

        `length` are the tokens of a sample, those of --sequence-length first; the product of
        `sizes` are the samples of all processes. The plan's run has the tokens.
        """
        if flag := self.request.integer("sequence_length"):
            length = flag
            self.filled.add("sequence_length")
        samples = math.prod(size if size and size > 0 else 0 for size in sizes)
        tokens = samples * (length or 0)
        if 0 < tokens <= MAX_TOKENS:
            self.tokens_per_step = tokens
            self.convert(
                f"{format_count(samples, 'sample')} x {format_count(length or 0, 'token')} = "
                f"{tokens:,} tokens per step"
            )

    def sizes(self, *keys: str, **defaults: int) -> list[int | None]:
        """Return the whole number of each key, or None; another value is no fault."""
        with_defaults = {**dict.fromkeys(keys), **defaults}
        return [integer_of(self.source.get(key, size)) for key, size in with_defaults.items()]

    def open_ended(self) -> None:
        """Note that the schedule needs no total, and is drawn over its natural length."""
        self.drawability = Drawability.ABSOLUTE
        self.missing.clear()
        self.decide("conversion", "the schedule needs no total; its end is not known")

    def needs(self, what: str, *flags: str) -> None:
        """Note that something is left out because a number is missing, which `flags` set."""
        self.drawability = Drawability.NEEDS_NUMBER
        self.missing |= dict.fromkeys(flags or LENGTH_FLAGS)
        self.decide("missing", what)
        self.omitted.append(what)
        message = f"{what} is left out; it needs {' or '.join(flags or LENGTH_FLAGS)}"
        self.notes.append(NEEDS_NUMBER.finding(message))

    # -- the result

    def plan(
        self,
        schedule: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        lr: float | None = None,
        total: Total | None = None,
        epochs: int | None = None,
        origins: Mapping[str, str] | None = None,
        **settings: Any,
    ) -> Plan:
        """Return the plan: a schedule of a dialect by name, its parameters, and the run.

        Give `total` for a run of steps, `epochs` where a tick is an epoch. `origins` say which
        key of the file a parameter is from; `settings` are further keys of a spec.
        """
        spec: dict[str, Any] = {"schedule": schedule, **(parameters or {})}
        if lr is not None:
            spec["lr"] = lr
        if epochs is not None:
            spec |= {"epochs": epochs, "by": "epoch"}
            if per_epoch := self.request.integer("steps_per_epoch") or self.steps_per_epoch:
                spec["steps_per_epoch"] = per_epoch
            if self.drawability is Drawability.ABSOLUTE:
                self.drawability = Drawability.PER_EPOCH
        if total is not None:
            spec["steps"] = total.steps
            if total.is_known and 0 < (self.steps_per_epoch or 0) <= MAX_STEPS:
                spec |= {"steps_per_epoch": self.steps_per_epoch, "by": "step"}
            if total.is_known and self.tokens_per_step:
                spec.setdefault("tokens_per_step", self.tokens_per_step)
        spec |= settings
        self.report_unread()
        self.decide("drawn", AXES[self.drawability])
        return Plan(
            self.format.name,
            spec,
            self.drawability,
            tuple(self.missing),
            tuple(self.trace),
            origins or {},
            tuple(self.notes),
            frozenset(self.filled),
            tuple(self.groups),
            tuple(self.omitted),
        )

    def metric_driven(
        self, what: str, schedule: str, parameters: Mapping[str, Any], lr: float
    ) -> Plan:
        """Return the plan of a schedule that follows a metric; it draws with --metric.

        Raises SpecError where no metric is given.
        """
        self.drawability = Drawability.METRIC_DRIVEN
        self.decide("missing", f"{what} follows a metric")
        if self.request.metric is None:
            message = f"{what} follows a metric; give its values with --metric"
            raise SpecError.of(self.source.place(), message, "metric-driven")
        return self.plan(schedule, {**parameters, "metric": metric_of(self.request.metric)}, lr=lr)


def required_class(schedule: str) -> type[Schedule]:
    """Return the class of a schedule that a format names."""
    cls = register.find(schedule)
    assert cls, schedule
    return cls


def metric_of(text: str) -> Any:
    """Return the metric that --metric means: FILE.csv, FILE.csv:COLUMN, or simulate."""
    if text == "simulate":
        return {"simulate": {}}
    file, _, column = text.partition(":") if not os.path.exists(text) else (text, "", "")
    return {"csv": str(FilePath(file).absolute()), **({"column": column} if column else {})}


def is_unset(value: Any) -> bool:
    """Return whether a value has a variable that its file does not set."""
    return isinstance(value, str) and "$" in value


def integer_of(value: Any) -> int | None:
    """Return the whole number of a value, or None."""
    number = number_of(value)
    return int(number) if number is not None and number % 1 == 0 else None


def boolean_of(value: Any) -> bool | None:
    """Return the boolean that a value is or that its text spells, or None."""
    return value if isinstance(value, bool) else BOOLEANS.get(str(value).strip().lower())


def text_of(value: Any) -> str | None:
    """Return a text or the text of a plain value, or None."""
    return str(value) if isinstance(value, str | int | float) else None


def mapping_of(value: Any) -> Mapping[str, Any] | None:
    """Return a mapping, or None."""
    return value if isinstance(value, dict) else None


def numbers_of(value: Any) -> list[int | float] | None:
    """Return a list of numbers, or None."""
    items = value if isinstance(value, list | tuple) else [value]
    numbers = [number_of(item) for item in items]
    return None if None in numbers else [number for number in numbers if number is not None]

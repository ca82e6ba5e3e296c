"""The length of a run: its optimizer steps, and those and the tokens of which it is made."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.core.text import format_choice, format_count, format_value
from lrviz.run import MAX_STEPS
from lrviz.trainers.config_keys import ConfigKeys
from lrviz.trainers.conversions import integer_of
from lrviz.trainers.format import Format
from lrviz.trainers.plan import NOMINAL_STEPS, Drawability
from lrviz.trainers.processes import Processes, processes_of
from lrviz.trainers.reading_rules import NEEDS_NUMBER
from lrviz.trainers.request import Request
from lrviz.trainers.samples import SAMPLE_KEYS, SampleRule, limited, without
from lrviz.trainers.source import Source, number_of

MAX_TOKENS = 10**15
"""Of an optimizer step."""
DROPPED = " (an incomplete one is dropped)"
LENGTH_FLAGS = ("--total-steps", "--steps-per-epoch", "--dataset-size")


class Total(NamedTuple):
    """The optimizer steps of a run; where they are not known, a nominal number of them."""

    steps: int
    is_known: bool = True


class RunLength(ConfigKeys):
    """The length of the run of a file, and what is missing for it."""

    def __init__(self, source: Source, format: Format, request: Request) -> None:  # noqa: A002
        super().__init__(source, format, request)
        self.missing: dict[str, None] = {}
        self.omitted: list[str] = []
        self.sample_rules: dict[str, SampleRule] = {}
        self.samples: int | None = None
        self.steps_per_epoch: int | None = None
        self.tokens_per_step: int | None = None
        self.drawability = Drawability.ABSOLUTE
        self.stated_processes: Processes | None = None

    def processes(self) -> int | None:
        """Return the processes of the run: those of --world-size, else those that the file states.

        A number of the file is entered in the trace; None is returned where none is known.
        """
        if number := self.request.integer("world_size"):
            return number
        if self.stated_processes is None:
            self.stated_processes = processes_of(self, self.format.devices)
        return self.stated_processes.count

    def counted_processes(self) -> int:
        """Return the processes of the run, 1 where none are known; a note says which are open."""
        count = self.processes()
        note = self.stated_processes and self.stated_processes.note
        if count is None and note and note not in self.notes:
            self.notes.append(note)
        return count or 1

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
            count = rule(samples)
            if count < 1:
                value = format_value(self.source.get(key))
                self.fault(key, f"{key} leaves none of {samples:,} samples (got {value})")
                break
            if count != samples:
                self.convert(f"{key}: {count:,} of {samples:,} samples")
                samples = count
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
        batch = request.integer("batch_size") or batch_size
        accumulation = request.integer("grad_accum") or grad_accum or 1
        if batch and batch > 0 and request.integer("sequence_length") and not self.tokens_per_step:
            self.step_tokens(None, batch, accumulation, self.counted_processes())
        if number := request.integer("steps_per_epoch"):
            self.decide("flag", f"--steps-per-epoch {number:,}")
            self.steps_per_epoch = number
            return number
        if not batch or batch < 0:
            return None
        samples = self.training_samples()
        if not samples:
            return None
        world = self.counted_processes()
        batches, rest = divmod(samples, batch * world)
        is_dropped = bool(rest) and self.drops_last()
        batches += bool(rest) and not is_dropped
        count = max(batches // accumulation if floor else math.ceil(batches / accumulation), 1)
        self.convert(
            f"{format_count(samples, 'sample')} / ({batch:,} x {format_count(world, 'process')}) = "
            f"{format_count(batches, 'batch')}{DROPPED * is_dropped}, / {accumulation:,} "
            f"accumulated = {format_count(count, 'step')} per epoch"
        )
        self.steps_per_epoch = count
        return count

    def drops_last(self) -> bool:
        """Return whether an epoch's incomplete last batch is dropped: by a flag, or the file."""
        flag = self.request.run.get("drop_last")
        if flag is not None:
            self.decide("flag", "--drop-last" if flag else "--no-drop-last")
            return bool(flag)
        key = next(filter(self.has, self.format.drop_last_keys), None)
        return bool(self.flag(key)) if key else self.format.drop_last

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

    def open_ended(self, *flags: str) -> None:
        """Note that the schedule needs no total, and is drawn over its natural length.

        Any of the `flags` sets the length of the run. Where the schedule has no end of its own, the
        plan's steps are how many of them show its shape.
        """
        self.drawability = Drawability.OPEN_ENDED
        self.missing |= {} if self.missing else dict.fromkeys(flags or LENGTH_FLAGS)
        self.decide("conversion", "the schedule needs no total; its end is not known")

    def needs(self, what: str, *flags: str) -> None:
        """Note that something is left out because a number is missing, which `flags` set."""
        self.drawability = Drawability.NEEDS_NUMBER
        self.missing |= dict.fromkeys(flags or LENGTH_FLAGS)
        self.decide("missing", what)
        self.omitted.append(what)
        message = f"{what} is left out; it needs {' or '.join(flags or LENGTH_FLAGS)}"
        self.notes.append(NEEDS_NUMBER.finding(message))

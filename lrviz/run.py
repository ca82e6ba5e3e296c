"""A training run: how many optimizer steps it has, and how that number is computed.

All arithmetic of epochs, data, batches, accumulation and processes is in `Run`; spec keys, flags
and the JSON Schema are derived from its fields.
"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from lrviz.core.findings import Finding, Rule
from lrviz.core.integers import ceil_div
from lrviz.core.parameters import Flag, Steps
from lrviz.core.text import format_count
from lrviz.core.validation import errors_at

MAX_STEPS = 100_000_000
"""How many steps are sampled at most."""

NEEDS = {
    "share": "needs the run's length: give steps, or epochs and steps_per_epoch",
    "epochs": "needs the steps of an epoch: give steps_per_epoch, or dataset_size and batch_size",
    "tokens": "needs the tokens of a step: give tokens_per_step (--tokens-per-step), or "
    "sequence_length and batch_size",
}
"""What a run has to say so that a share of it, epochs, or tokens are a number of steps."""

FIELD_UNITS = {
    "steps_per_epoch": "steps", "epochs": "epochs", "tokens_per_step": "tokens",
    "sequence_length": "tokens",
}  # fmt: skip
"""The units of a run's numbers, with which they may be written."""

RunLength = Annotated[Steps, Field(le=MAX_STEPS)]

RULES = (
    Rule(
        "rounded-per-epoch",
        "Counting optimizer steps per epoch gives another number than counting over the run.",
        "schedule: step\nstep_size: 1\nepochs: 3\ndataset_size: 10\nbatch_size: 1\ngrad_accum: 4\n",
    ),
    Rule(
        "uncounted-epochs",
        "The size of the data or of a batch is given without the other, so that an epoch's steps "
        "are not known.",
        "schedule: step\nstep_size: 1\nepochs: 3\nbatch_size: 8\n",
    ),
)


class Run(BaseModel):
    """A training run; None where a number is not known.

    Raises pydantic's validation errors for numbers that contradict each other.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)

    steps: RunLength | None = Field(None, description="optimizer steps of the run")
    epochs: RunLength | None = Field(None, description="passes over the data")
    steps_per_epoch: RunLength | None = Field(
        None, description="optimizer steps per epoch; with 'by epoch' the schedule ticks once per"
        " epoch",
    )  # fmt: skip
    dataset_size: Steps | None = Field(None, description="samples of the training data")
    batch_size: Steps | None = Field(None, description="samples of a batch of one process")
    grad_accum: Steps | None = Field(
        None, description="batches per optimizer step (1 if not given)"
    )
    world_size: Steps | None = Field(None, description="processes (1 if not given)")
    drop_last: Flag | None = Field(None, description="whether incomplete batches are dropped")
    tokens_per_step: Steps | None = Field(None, description="tokens per optimizer step")
    sequence_length: Steps | None = Field(None, description="tokens per sample")

    @property
    def samples_per_process(self) -> int | None:
        """The samples that one process reads in an epoch."""
        if self.dataset_size is None:
            return None
        return self._quotient(self.dataset_size, self.world_size or 1)

    @property
    def batches_per_epoch(self) -> int | None:
        """The batches that one process reads in an epoch."""
        if self.samples_per_process is None or self.batch_size is None:
            return None
        return self._quotient(self.samples_per_process, self.batch_size)

    def _quotient(self, count: int, size: int) -> int:
        return count // size if self.drop_last else ceil_div(count, size)

    @property
    def epoch_steps(self) -> int | None:
        """The optimizer steps of an epoch: given, counted from the data, or those of the run."""
        if self.steps_per_epoch is not None:
            return self.steps_per_epoch
        return self._counted_epoch_steps() or self._shared_epoch_steps()

    def _shared_epoch_steps(self) -> int | None:
        if self.steps is None or self.epochs is None or self.steps % self.epochs:
            return None
        return self.steps // self.epochs

    def _counted_epoch_steps(self) -> int | None:
        batches = self.batches_per_epoch
        return None if batches is None else ceil_div(batches, self.grad_accum or 1)

    @property
    def step_tokens(self) -> int | None:
        """The tokens of an optimizer step: given, or counted from the batch."""
        if self.tokens_per_step is not None:
            return self.tokens_per_step
        return self._counted_tokens()

    def _counted_tokens(self) -> int | None:
        if self.sequence_length is None or self.batch_size is None:
            return None
        processes, accumulated = self.world_size or 1, self.grad_accum or 1
        return self.sequence_length * self.batch_size * accumulated * processes

    @property
    def length(self) -> int | None:
        """The optimizer steps of the run; its epochs where an epoch's steps are not known."""
        if self.steps is not None or self.epochs is None:
            return self.steps
        return self.epochs * (self.epoch_steps or 1)

    @property
    def counts_steps(self) -> bool:
        """Whether only the steps are known, and not how many of them an epoch has."""
        return self.steps is not None and self.epoch_steps is None

    @property
    def counts_epochs(self) -> bool:
        """Whether only the epochs are known, so that they are what is counted."""
        return self.epochs is not None and self.epoch_steps is None

    def steps_per_tick(self, by: str) -> int:
        """Return the steps between two ticks of a schedule that ticks by step or by epoch."""
        return (self.epoch_steps or 1) if by == "epoch" else 1

    def ticks(self, by: str) -> int | None:
        """Return the length of the run in ticks of a schedule's clock, rounded up."""
        return None if self.length is None else ceil_div(self.length, self.steps_per_tick(by))

    def count(self, number: Decimal, unit: str, by: str) -> int | None:
        """Return how many ticks of a schedule's clock a quantity is, rounded up.

        `unit` is epochs, steps, tokens, or share (of the run). Returns None where the run does
        not say enough.
        """
        per_tick = self.steps_per_tick(by)
        size: Fraction | int | None = None
        if unit == "share":
            size = self.ticks(by)
        elif unit == "steps":
            size = Fraction(1, per_tick)
        elif unit == "epochs":
            by_epoch = by == "epoch" or self.counts_epochs
            size = 1 if by_epoch else self.epoch_steps
        elif unit == "tokens":
            size = Fraction(1, self.step_tokens * per_tick) if self.step_tokens else None
        return None if size is None else ceil(Fraction(number) * size)

    @model_validator(mode="after")
    def check_consistency(self) -> Self:
        """Refuse numbers that contradict each other, with the arithmetic."""
        faults = [((key,), message, None) for key, message in self._contradictions()]
        if faults:
            raise errors_at(faults)
        return self

    def _contradictions(self) -> Iterator[tuple[str, str]]:
        """Yield the key and the message of each number that contradicts others."""
        fault = self._fault_of_data()
        if fault:
            yield "dataset_size", fault
            return
        counted = self._counted_epoch_steps()
        if None not in (counted, self.steps_per_epoch) and counted != self.steps_per_epoch:
            yield (
                "steps_per_epoch",
                f"steps_per_epoch contradicts the data: {self._epoch_arithmetic()} "
                f"(got {self.steps_per_epoch:,})",
            )
        yield from self._contradictions_of_length()
        tokens = self._counted_tokens()
        if None not in (tokens, self.tokens_per_step) and tokens != self.tokens_per_step:
            factors = (self.sequence_length, self.batch_size, self.grad_accum, self.world_size)
            product = " x ".join(f"{factor or 1:,}" for factor in factors)
            yield (
                "tokens_per_step",
                "tokens_per_step contradicts sequence_length x batch_size x grad_accum x "
                f"world_size = {product} = {tokens:,} (got {self.tokens_per_step:,})",
            )

    def _fault_of_data(self) -> str:
        """Return the message on data of no step, or of too many, per epoch; else nothing."""
        counted = self._counted_epoch_steps()
        if counted == 0:
            arithmetic = self._epoch_arithmetic()
            return f"dataset_size {self.dataset_size:,} has no complete batch: {arithmetic}"
        if counted and counted > MAX_STEPS:
            return f"an epoch has at most {MAX_STEPS:,} steps: {self._epoch_arithmetic()}"
        return ""

    def _contradictions_of_length(self) -> Iterator[tuple[str, str]]:
        """Yield the key and the message where steps and epochs disagree, or are too many."""
        per_epoch = self.epoch_steps
        if self.epochs is None or per_epoch is None:
            return
        total = self.epochs * per_epoch
        product = (
            f"{format_count(self.epochs, 'epoch')} x {format_count(per_epoch, 'step')} = "
            f"{format_count(total, 'step')}"
        )
        if self.steps is not None and self.steps != total:
            yield "steps", f"steps contradicts epochs: {product} (got {self.steps:,})"
        elif total > MAX_STEPS:
            yield "epochs", f"a run has at most {MAX_STEPS:,} steps: {product}"

    def _epoch_arithmetic(self) -> str:
        """Return the arithmetic from the data to the steps of an epoch."""
        rounding = "floor" if self.drop_last else "ceil"
        samples, batches = self.samples_per_process, self.batches_per_epoch
        processes = format_count(self.world_size or 1, "process")
        return (
            f"{rounding}({self.dataset_size:,} samples / {processes}) = "
            f"{samples:,}, {rounding}({samples:,} / {self.batch_size:,} per batch) = {batches:,}, "
            f"ceil({batches:,} / {self.grad_accum or 1:,} accumulated) = "
            f"{format_count(self._counted_epoch_steps() or 0, 'step')} per epoch"
        )

    def findings(self) -> Iterator[Finding]:
        """Yield notes on numbers that are not used, and on another way to round the steps."""
        if self.counts_epochs and (self.dataset_size or self.batch_size):
            present, absent = "dataset_size", "batch_size"
            if not self.dataset_size:
                present, absent = absent, present
            message = (
                f"the run is counted in epochs: {present} gives no steps per epoch without {absent}"
            )
            yield Finding("uncounted-epochs", message)
        batches, accumulated = self.batches_per_epoch, self.grad_accum or 1
        if self.steps is None and self.epochs and batches and self.steps_per_epoch is None:
            over_run = ceil_div(self.epochs * batches, accumulated)
            if over_run != self.length:
                counted = format_count(self.length or 0, "step")
                message = (
                    f"the run has {counted}, rounded up in each epoch; "
                    f"rounded once over the run it has {over_run:,}"
                )
                yield Finding("rounded-per-epoch", message)

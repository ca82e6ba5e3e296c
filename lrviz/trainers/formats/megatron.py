"""Megatron-LM's arguments: in a shell script or a log, or as YAML; and those of Megatron-SWIFT."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from lrviz.core.integers import int_if_whole
from lrviz.core.text import format_count, format_number
from lrviz.trainers.arguments import read_arguments
from lrviz.trainers.batch_sizes import Batches, batches_of
from lrviz.trainers.document import Document, Mark, Path
from lrviz.trainers.format import Format
from lrviz.trainers.plan import Plan
from lrviz.trainers.reading import Reading
from lrviz.trainers.run_length import Total
from lrviz.trainers.source import Source, number_of

RATE, LENGTHS = "lr", ("train_iters", "train_samples")
SWIFT = re.compile(r"\bmegatron[ \t]+(?:sft|pt|rlhf)\b|\bswift/cli/_megatron/\w+\.py")
"""A command of ms-swift, whose runs may be as long as epochs (megatron_args.py of 4.6)."""
EPOCHS = ("num_train_epochs", "max_epochs")
SWIFT_BATCH = 16
WORDS = ("train", "TRAIN", *EPOCHS)
"""What a text with the length of a run has."""
OTHERS = (
    "lr_decay_style",
    "lr_decay_iters",
    "lr_decay_samples",
    "lr_warmup_fraction",
    "lr_warmup_iters",
    "lr_warmup_samples",
    "micro_batch_size",
    "tensor_model_parallel_size",
)
IN_TOKENS = ("train", "lr_decay", "lr_warmup")
"""The lengths that Megatron-DeepSpeed takes in tokens, too; such a length counts first."""
SECTIONS = ("train", "scheduler", "optimizer")
"""The sections of Megatron Bridge's YAML that hold the arguments of a schedule."""
INVERSE = "inverse-square-root"
STYLES = {
    "linear": "linear",
    "cosine": "cosine",
    "constant": "constant",
    INVERSE: "inverse_square_root",
    "WSD": "WSD",
}
WSD_STYLES = ("exponential", "linear", "cosine", "minus_sqrt")


def parse(source: Source) -> Document | None:
    """Return the arguments of a file as a document, or None where it has none."""
    if RATE not in source.text or not any(word in source.text for word in WORDS):
        return None
    candidates = mappings(source) if source.data else iter([read_arguments(source.text)])
    lengths = lengths_of(source)
    return next((item for item in candidates if has_schedule(item, lengths)), None)


def lengths_of(source: Source) -> tuple[str, ...]:
    """Return the arguments, any of which is the length of a run."""
    return (*LENGTHS, *EPOCHS) if SWIFT.search(source.text) else LENGTHS


def has_schedule(document: Document, lengths: tuple[str, ...]) -> bool:
    """Return whether arguments have a rate, a length, and one more that is Megatron's."""
    data = document.data
    return (
        data.get(RATE, True) is not True
        and any(map(data.__contains__, lengths))
        and any(map(data.__contains__, OTHERS))
    )


def mappings(source: Source) -> Iterator[Document]:
    """Yield the mappings of a file that may hold the arguments, names in their plain form."""
    top = source.data
    yield as_arguments(source, {(): top})
    for key, value in top.items():
        if isinstance(value, dict) and any(str(name).startswith("--") for name in value):
            yield as_arguments(source, {(key,): value})
    sections: dict[Path, Any] = {
        (key,): top[key] for key in SECTIONS if isinstance(top.get(key), dict)
    }
    yield as_arguments(source, sections)


def as_arguments(source: Source, parts: Mapping[Path, Mapping[str, Any]]) -> Document:
    """Return the document of one mapping out of parts of a file, each at its path."""
    data: dict[str, Any] = {}
    marks: dict[Path, Mark] = {}
    for path, part in parts.items():
        for key, value in part.items():
            name = key.lstrip("-").replace("-", "_")
            data[name] = source.resolve(value)
            if mark := source.document.marks.get((*path, key)):
                marks[name,] = mark
    return Document(data, marks, "arguments")


def test(source: Source) -> str | None:
    """Return why a file has Megatron's arguments, or None."""
    lengths = lengths_of(source)
    if source.document.kind != "arguments" or not has_schedule(source.document, lengths):
        return None
    length = next(filter(source.has, lengths))
    return f"has the arguments {RATE}, {length} and {next(filter(source.has, OTHERS))}"


def read(reading: Reading) -> Plan:
    """Return the plan of Megatron's arguments."""
    lr = reading.require(reading.number(RATE), "--lr")
    default = "cosine" if SWIFT.search(reading.source.text) else "linear"
    style = reading.choice("lr_decay_style", choices=STYLES, default=default)
    count_tokens(reading)
    refuse_contradictions(reading)
    reading.raise_faults()
    batches = batches_of(reading, in_samples=style == INVERSE)
    lengths = Lengths(reading, batches)
    total = lengths.total
    if not batches.sizes:
        reading.step_tokens(*reading.sizes("seq_length", "global_batch_size"))
    parameters: dict[str, Any] = {"lr_warmup_iters": lengths.warmup()}
    if (start := reading.number("lr_warmup_init", default=0.0)) != 0:
        parameters["lr_warmup_init"] = start
    if style != "constant":
        parameters["lr_decay_iters"] = lengths.decay()
        parameters["min_lr"] = reading.floor(reading.number("min_lr", default=0.0), lr, "min_lr")
    if style == "WSD":
        parameters |= stable_parameters(reading, lengths)
    parameters |= batches.parameters()
    if style == INVERSE and parameters["lr_warmup_iters"] < 1:
        parameters |= sample_scale(reading, batches, parameters["lr_warmup_iters"])
    note_others(reading)
    return reading.plan(f"megatron.{STYLES[style]}", parameters, lr=lr, total=total)


def count_tokens(reading: Reading) -> None:
    """Replace lengths in tokens by the same in samples or iterations, whichever the run counts."""
    names = [name for name in IN_TOKENS if reading.has(f"{name}_tokens")]
    if not names:
        return
    unit = "samples" if reading.has("train_samples") else "iters"
    size = reading.integer("seq_length")
    if unit == "iters" and size:
        size *= reading.integer("global_batch_size", default=0)
    if not size:
        text = "lengths in tokens need seq_length and global_batch_size; they are left out"
        reading.oddity(text, f"{names[0]}_tokens")
        return
    data = dict(reading.source.data)
    for name in names:
        count = int_if_whole((reading.number(f"{name}_tokens") or 0) / size)
        if name == "train":  # the run ends at the first of its two lengths
            count = min(math.ceil(count), number_of(data.get(f"train_{unit}")) or math.inf)
        reading.convert(f"{name}_tokens: / {size:,} = {count:,} {unit}")
        data[f"{name}_{unit}"] = count
    document = replace(reading.source.document, data=data)
    reading.source = replace(reading.source, parsed=document)


def refuse_contradictions(reading: Reading) -> None:
    """Add a fault for a run without steps, and for arguments that Megatron refuses together."""
    for name in LENGTHS:
        length = number_of(reading.source.get(name))
        if length is not None and length < 1:
            reading.fault(name, f"{name} must be at least 1 (got {format_number(length)})")
    if reading.has("warmup"):
        reading.fault("warmup", "--warmup is no longer valid; use --lr-warmup-fraction")
    if reading.has("train_iters") and reading.has("train_samples"):
        reading.fault("train_samples", "give one of --train-iters and --train-samples")
    in_samples = reading.has("train_samples") and not reading.has("train_iters")
    unit, other = ("samples", "iters") if in_samples else ("iters", "samples")
    for name in (f"lr_decay_{other}", f"lr_warmup_{other}"):
        if reading.has(name) and number_of(reading.source.get(name)) != 0:
            message = f"--{name.replace('_', '-')} needs --train-{other}, not --train-{unit}"
            reading.fault(name, message)
    steps = number_of(reading.source.get(f"lr_warmup_{unit}"))
    if reading.has("lr_warmup_fraction") and steps:
        message = f"give one of --lr-warmup-fraction and --lr-warmup-{unit}"
        reading.fault("lr_warmup_fraction", message)


class Lengths:
    """The lengths of a run's schedule in iterations, from arguments in iterations or samples."""

    def __init__(self, reading: Reading, batches: Batches) -> None:
        self.reading = reading
        self.samples = None
        if reading.has("train_samples"):
            samples = reading.require(reading.integer("train_samples"), "--train-samples")
            self.samples = samples
            count = batches.iterations(samples)
            if count:
                reading.convert(f"train_samples {samples:,} = {count:,} iterations")
            self.total = reading.total(count)
            if not self.total.is_known:
                reading.missing["--world-size"] = None
            self.unit = batches.unit or self.samples / self.total.steps
            return
        self.unit = 1
        if not reading.has("train_iters") and any(map(reading.has, EPOCHS)):
            self.total = total_of_epochs(reading)
            return
        steps = reading.require(reading.integer("train_iters"), "--train-iters")
        self.total = reading.total(steps)

    def iterations(self, name: str) -> float | None:
        """Return a length in iterations, of the argument for them or for samples."""
        if self.samples is None:
            length: float | None = self.reading.number(f"{name}_iters")
            return length
        samples = self.reading.number(f"{name}_samples")
        return None if samples is None else int_if_whole(samples / self.unit)

    def decay(self) -> float:
        """Return the iterations of the decay, the run's where no argument gives them."""
        length = self.iterations("lr_decay")
        if length is None:
            unit = "samples" if self.samples else "iters"
            text = f"lr_decay_{unit}: train_{unit} ({self.reading.format.version})"
            self.reading.decide("default", text)
            return self.run()
        return length

    def run(self) -> float:
        """Return the length of the run; that of samples may end within an iteration."""
        return int_if_whole(self.samples / self.unit) if self.samples else self.total.steps

    def warmup(self) -> float:
        """Return the iterations of the warm-up, given as such or as a share of the decay."""
        share = self.reading.number("lr_warmup_fraction")
        if share is None:
            length = self.iterations("lr_warmup") or 0
            if length and not self.samples and not self.total.is_known:
                self.reading.needs(f"the warm-up of {length:,g} iterations")
                return 0
            return length
        name = "lr_decay_samples" if self.samples else "lr_decay_iters"
        amount = number_of(self.reading.source.get(name))
        decay = self.run() if amount is None else amount / self.unit
        length = int_if_whole(share * decay)
        if self.total.is_known:
            self.reading.convert(
                f"lr_warmup_fraction: {format_number(share)} x {decay:,g} = {length:,g} iterations"
            )
        return length


def total_of_epochs(reading: Reading) -> Total:
    """Return the length of a run of epochs, of which ms-swift leaves a partial last batch out."""
    epochs = reading.epochs(*EPOCHS)
    samples = reading.request.integer("dataset_size")
    if not samples or not epochs:
        return reading.total(epochs=epochs)
    batch = reading.integer("global_batch_size", default=SWIFT_BATCH)
    steps = max(int(samples * epochs // batch), 1)
    count = f"{format_count(samples, 'sample')} x {format_count(epochs, 'epoch')}"
    reading.convert(f"{count} / {batch:,} = {format_count(steps, 'iteration')}")
    return reading.total(steps)


def stable_parameters(reading: Reading, lengths: Lengths) -> dict[str, Any]:
    """Return the parameters of the decay of WSD."""
    name = "lr_wsd_decay_samples" if lengths.samples else "lr_wsd_decay_iters"
    length = reading.require(lengths.iterations("lr_wsd_decay"), f"--{name.replace('_', '-')}")
    shape = reading.choice("lr_wsd_decay_style", choices=WSD_STYLES, default="exponential")
    return {"lr_wsd_decay_iters": length, "lr_wsd_decay_style": shape}


def sample_scale(reading: Reading, batches: Batches, warmup: float) -> dict[str, Any]:
    """Return the batch size by which an inverse square root with next to no warm-up collapses.

    Its time scale is the warm-up, which is at least one sample.
    """
    if not warmup:
        reading.oddity(f"{INVERSE} without a warm-up has a time scale of one sample")
    if batches.unit is None:
        reading.needs("the time scale of one sample", "--world-size")
    return {"global_batch_size": batches.unit or 1}


def note_others(reading: Reading) -> None:
    """Note what gives other rates, and what looks like a length and is none."""
    if reading.has("decoupled_lr"):
        text = "decoupled_lr gives the embedding and the output layer another rate; it is left out"
        reading.oddity(text, "decoupled_lr")
    reading.ignore("exit_interval", "it stops the program, not the schedule")
    for key in ("weight_decay_incr_style", "eval_iters"):
        reading.ignore(key, "no part of the schedule")


FORMAT = Format(
    name="megatron",
    title="Megatron-LM",
    rank=150,
    version="Megatron Core 0.16.1",
    read=read,
    keys=((RATE, "--lr"), LENGTHS, OTHERS),
    test=test,
    parse=parse,
)

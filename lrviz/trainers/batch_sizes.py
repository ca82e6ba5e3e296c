"""The samples of an iteration: one batch size, a ramp, or a schedule of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from lrviz.core.integers import ceil_div
from lrviz.trainers.reading import Reading
from lrviz.trainers.source import number_of

PARALLEL = (
    "tensor_model_parallel_size",
    "pipeline_model_parallel_size",
    "context_parallel_size",
)
ENTRY = re.compile(r"([0-9.]+)([KMBT]?):([0-9.]+)([KMBT]?)", re.IGNORECASE)
SCALES = {"": 1, "K": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}
MAX_BATCH_SIZES = 1_000


class Batches(NamedTuple):
    """The samples of an iteration: `unit` where lengths are in iterations, and all sizes."""

    unit: int | None
    sizes: Sequence[int] = ()
    boundaries: Sequence[int] = ()
    keeps_partial: bool = False

    def iterations(self, samples: int) -> int | None:
        """Return how many iterations so many samples are, None without a batch size.

        As Megatron counts them: a partial batch counts in a schedule and in a ramp, not after it.
        """
        sizes = self.sizes or ([self.unit] if self.unit else [])
        if not sizes:
            return None
        ramp = min(self.boundaries[-1], samples) + 1 if self.boundaries else 0
        with_partial = samples if self.keeps_partial else ramp
        count = consumed = 0
        for size, end in zip(sizes, [*self.boundaries, with_partial], strict=True):
            batches = max(ceil_div(min(end, with_partial) - consumed, size), 0)
            count, consumed = count + batches, consumed + batches * size
        return count + max(samples - consumed, 0) // sizes[-1]

    def parameters(self) -> dict[str, Any]:
        """Return the parameters of a schedule on whose clock the sizes count."""
        if not self.sizes:
            return {}
        sizes = {"batch_sizes": list(self.sizes), "batch_size_boundaries": list(self.boundaries)}
        return {"global_batch_size": self.unit, **sizes}


def batches_of(reading: Reading, in_samples: bool) -> Batches:
    """Return the batch sizes of the run: a schedule of them, a ramp, or one.

    With `in_samples` one is needed even if nothing in the file counts samples.
    """
    schedule = reading.text("step_batch_size_schedule")
    if schedule is not None:
        return scheduled_batches(reading, schedule)
    ramp = reading.value("rampup_batch_size")
    in_samples = in_samples or ramp is not None or reading.has("train_samples")
    unit = global_batch(reading) if in_samples else None
    if ramp is None:
        return Batches(unit)
    numbers = [number_of(item) for item in as_list(ramp)]
    integers = [int(number) for number in numbers if number and number % 1 == 0 and number > 0]
    if len(integers) != 3 or len(numbers) != 3:
        message = "rampup_batch_size must be three whole numbers: start, increment, samples"
        reading.fault("rampup_batch_size", f"{message} (got {ramp})")
        return Batches(unit)
    if unit is None:
        reading.needs("the ramp of the batch size", "--world-size")
        return Batches(unit)
    return ramped_batches(reading, unit, *integers)


def as_list(value: Any) -> list[Any]:
    """Return the items of a list, or of its text as a log prints it."""
    return list(value) if isinstance(value, list) else re.findall(r"[^\s,\[\]]+", str(value))


def ramped_batches(
    reading: Reading, unit: int, start: int, increment: int, samples: int
) -> Batches:
    """Return batch sizes that grow by an increment over a number of samples."""
    count, remainder = divmod(unit - start, increment)
    if remainder or count < 0 or count > MAX_BATCH_SIZES:
        message = f"must reach global_batch_size ({unit:,}) in at most {MAX_BATCH_SIZES:,} steps"
        reading.fault("rampup_batch_size", f"rampup_batch_size {message}")
        return Batches(unit)
    if not count:
        return Batches(unit)
    reading.convert(f"batch size {start:,} to {unit:,} in {count:,} steps over {samples:,} samples")
    sizes = [start + index * increment for index in range(count + 1)]
    boundaries = [ceil_div(samples * index, count) for index in range(1, count + 1)]
    return Batches(unit, *distinct(sizes, boundaries))


def distinct(sizes: list[int], boundaries: list[int]) -> tuple[list[int], list[int]]:
    """Return batch sizes and boundaries, of several at one boundary only the last."""
    last = dict(zip(boundaries, sizes[1:], strict=True))
    return [sizes[0], *last.values()], [*last]


def scheduled_batches(reading: Reading, text: str) -> Batches:
    """Return the batch sizes of `THRESHOLD:SIZE ...`; thresholds are tokens or samples."""
    length = reading.integer("seq_length", "encoder_seq_length") or 1
    entries = [ENTRY.fullmatch(entry) for entry in text.replace(",", " ").split()]
    pairs = sorted(
        (scaled(entry[1], entry[2]) // length, scaled(entry[3], entry[4]))
        for entry in entries
        if entry
    )
    starts = [start for start, _ in pairs]
    valid = (
        None not in entries and 0 < len(pairs) <= MAX_BATCH_SIZES and len({*starts}) == len(starts)
    )
    if not valid or starts[0] != 0 or any(size < 1 for _, size in pairs):
        message = "step_batch_size_schedule must be 'THRESHOLD:SIZE ...' from threshold 0 on"
        reading.fault("step_batch_size_schedule", f"{message} (got {text})")
        reading.raise_faults()
    if samples := reading.source.get("train_samples"):
        pairs = [pair for pair in pairs if pair[0] < (number_of(samples) or 1)]
        starts = starts[: len(pairs)]
    sizes = [size for _, size in pairs]
    reading.convert(f"batch sizes {sizes} from samples {starts}")
    if len(sizes) == 1 and reading.has("train_samples"):
        return Batches(sizes[0], keeps_partial=True)
    if reading.has("train_samples"):
        return Batches(sizes[-1], sizes, starts[1:], keeps_partial=True)
    unit = global_batch(reading)
    if unit is None:
        reading.needs("the schedule of the batch size", "--world-size")
        return Batches(None)
    return Batches(unit, sizes, starts[1:], keeps_partial=True)


def scaled(number: str, suffix: str) -> int:
    """Return a number with a suffix, as 2.4B, in whole units; 0 where it is none."""
    value = number_of(number)
    return int(value * SCALES[suffix.upper()]) if value else 0


def global_batch(reading: Reading) -> int | None:
    """Return the samples of an iteration, or None where the processes are not known."""
    size = reading.integer("global_batch_size")
    if size and size > 0:
        return int(size)
    micro, world = reading.integer("micro_batch_size"), reading.processes()
    if not micro or not world:
        return None
    parallel = 1
    for name in PARALLEL:
        parallel *= max(reading.integer(name, default=1), 1)
    size = max(micro, 1) * max(world // parallel, 1)
    reading.convert(
        f"{micro:,} x {world:,} processes / {parallel:,} that share a model = {size:,} samples"
    )
    return int(size)

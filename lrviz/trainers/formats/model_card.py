"""A model card's list "Training hyperparameters", as transformers' Trainer writes it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from lrviz.core.text import format_number
from lrviz.trainers.document import Document, Mark, Path, mark_at, parse_number
from lrviz.trainers.format import Format
from lrviz.trainers.huggingface import Arguments, WarmUp, kwargs_of, schedule_name, schedule_plan
from lrviz.trainers.plan import Plan
from lrviz.trainers.reading import Reading
from lrviz.trainers.run_length import Total
from lrviz.trainers.source import Source, number_of

ITEM = re.compile(r"^[ \t]*[-*][ \t]+([a-z]\w*)[ \t]*:[ \t]*(.*?)[ \t]*$", re.MULTILINE)
ROW = re.compile(r"^\|(.+)\|[ \t]*$", re.MULTILINE)
MAX_CHARACTERS = 1_000_000
ROUNDING = 0.005
"""How far the epoch of a row may be from the exact one: two decimals, or more, are written."""
RATE, SCHEDULE = "learning_rate", "lr_scheduler_type"


def parse(source: Source) -> Document | None:
    """Return the items of a card's lists as a document, or None where it has no schedule."""
    if SCHEDULE not in source.text or RATE not in source.text:
        return None
    text = source.text[:MAX_CHARACTERS]
    items: dict[str, str | int | float] = {}
    marks: dict[Path, Mark] = {}
    for match in ITEM.finditer(text):
        if match[1] not in items:
            items[match[1]] = parse_number(match[2].strip("`"))
            marks[(match[1],)] = mark_at(text, match.start(2))
    return Document(items, marks, "list") if {RATE, SCHEDULE} <= set(items) else None


def test(source: Source) -> str | None:
    """Return why a file is a model card with hyperparameters, or None."""
    return f"lists {RATE} and {SCHEDULE}" if source.document.kind == "list" else None


def read(reading: Reading) -> Plan:
    """Return the plan of a model card."""
    lr = reading.number(RATE)
    schedule = schedule_name(reading, SCHEDULE, default="linear")
    steps = reading.number("lr_scheduler_warmup_steps")
    ratio = reading.number("lr_scheduler_warmup_ratio") or 0.0
    warmup = WarmUp(steps) if steps else WarmUp(ratio, key="lr_scheduler_warmup_ratio")
    kwargs = kwargs_of(reading, "lr_scheduler_kwargs", schedule)
    total = total_of(reading)
    reading.raise_faults()
    return schedule_plan(reading, Arguments(lr, schedule, warmup, total, kwargs))


def total_of(reading: Reading) -> Total:
    """Return the length of the run: training_steps, else what the table of results says of it."""
    steps = reading.integer("training_steps")
    if steps and steps > 0:
        return reading.total(steps)
    epochs = reading.number("num_epochs")
    row = last_row(reading.source.text)
    if row and epochs and not reading.request.total_steps:
        return total_of_rows(reading, *row, epochs)
    batch = reading.integer("train_batch_size")
    accumulation = reading.integer("gradient_accumulation_steps")
    return reading.total(epochs=epochs, batch_size=batch, grad_accum=accumulation)


def total_of_rows(reading: Reading, epoch: float, step: int, epochs: float) -> Total:
    """Return the length of a run of some epochs by the table of results and its last row."""
    what = f"results: step {step:,} at epoch {format_number(epoch)}, so"
    accumulates = epoch != epochs and (reading.integer("gradient_accumulation_steps") or 1) > 1
    per_epoch = None if accumulates else steps_of_epoch(reading.source.text)
    if per_epoch and epoch != epochs:
        count = max(round(per_epoch * epochs), 1)
        reading.convert(f"{what} {per_epoch:,} an epoch, which fit each row, and {count:,} steps")
        return reading.total(count)
    count = max(round(step / epoch * epochs), 1)
    reading.convert(f"{what} about {count:,} steps")
    if epoch != epochs:
        reading.oddity("the steps are counted from the rounded epochs of the results' table")
    return reading.total(count)


def steps_of_epoch(text: str) -> int | None:
    """Return the steps of an epoch by the table of results, or None where it leaves them open.

    Without accumulation they are a whole number, and each row has a rounded epoch: it is the only
    number that gives all of them.
    """
    bounds = [
        (step / (epoch + ROUNDING), step / (epoch - ROUNDING))
        for epoch, step in rows(text[:MAX_CHARACTERS])
        if epoch > ROUNDING
    ]
    lows, highs = zip(*bounds, strict=True) if bounds else ((), ())
    least, most = max(lows, default=0.0), min(highs, default=math.inf)
    if not math.isfinite(most) or math.ceil(least) != math.floor(most):
        return None
    return math.ceil(least)


def last_row(text: str) -> tuple[float, int] | None:
    """Return the last epoch and step of the table of results, or None where there is none."""
    return max(rows(text[:MAX_CHARACTERS]), key=lambda row: row[1], default=None)


def rows(text: str) -> Iterator[tuple[float, int]]:
    """Yield the epoch and the step of each row of the table of results."""
    columns: tuple[int, int] | None = None
    for match in ROW.finditer(text):
        cells = [cell.strip() for cell in match[1].split("|")]
        if "Epoch" in cells and "Step" in cells:
            columns = cells.index("Epoch"), cells.index("Step")
        elif columns and len(cells) > max(columns):
            epoch, step = (number_of(cells[index]) for index in columns)
            if epoch and step and epoch > 0 and step >= 1:
                yield float(epoch), int(step)


FORMAT = Format(
    name="model_card",
    title="Hugging Face model card",
    rank=910,
    version="transformers 5.23.0",
    read=read,
    test=test,
    parse=parse,
)

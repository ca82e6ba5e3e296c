"""A model card's list "Training hyperparameters", as transformers' Trainer writes it."""

from __future__ import annotations

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
        epoch, step = row
        count = max(round(step / epoch * epochs), 1)
        reading.convert(
            f"results: step {step:,} at epoch {format_number(epoch)}, so about {count:,} steps"
        )
        if epoch != epochs:
            reading.oddity("the steps are counted from the rounded epochs of the results' table")
        return reading.total(count)
    batch = reading.integer("train_batch_size")
    accumulation = reading.integer("gradient_accumulation_steps")
    return reading.total(epochs=epochs, batch_size=batch, grad_accum=accumulation)


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

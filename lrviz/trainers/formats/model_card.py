"""A model card's list "Training hyperparameters", as transformers' Trainer writes it."""

from __future__ import annotations

import re

from lrviz.trainers.format import Format
from lrviz.trainers.huggingface import (
    KWARGS,
    Arguments,
    WarmUp,
    kwargs_of,
    schedule_plan,
)
from lrviz.trainers.plan import Plan
from lrviz.trainers.reading import Reading
from lrviz.trainers.source import Source, number_of

ITEM = re.compile(r"^[ \t]*[-*][ \t]+([a-z][\w]*)[ \t]*:[ \t]*(.*?)[ \t]*$", re.MULTILINE)
ROW = re.compile(r"^\|(.+)\|[ \t]*$", re.MULTILINE)
MOST_CHARACTERS = 1_000_000


def hyperparameters(text: str) -> dict[str, tuple[str, int]]:
    """Return the items of the lists by name, each with its line."""
    items: dict[str, tuple[str, int]] = {}
    for match in ITEM.finditer(text[:MOST_CHARACTERS]):
        line = text.count("\n", 0, match.start()) + 1
        items.setdefault(match[1], (match[2].strip("`"), line))
    return items


def test(source: Source) -> str | None:
    """Return why a text is a model card with hyperparameters, or None."""
    if "lr_scheduler_type" not in source.text or "learning_rate" not in source.text:
        return None
    items = hyperparameters(source.text)
    wanted = ("learning_rate", "lr_scheduler_type")
    return "lists learning_rate and lr_scheduler_type" if set(wanted) <= set(items) else None


def steps_of_table(text: str) -> tuple[float, int] | None:
    """Return the last epoch and step of the results' table, or None where there is none."""
    columns: tuple[int, int] | None = None
    last: tuple[float, int] | None = None
    for match in ROW.finditer(text[:MOST_CHARACTERS]):
        cells = [cell.strip() for cell in match[1].split("|")]
        if "Epoch" in cells and "Step" in cells:
            columns = cells.index("Epoch"), cells.index("Step")
        elif columns and len(cells) > max(columns):
            epoch, step = (number_of(cells[index]) for index in columns)
            if epoch and step and epoch > 0 and step >= 1:
                last = float(epoch), int(step)
    return last


def read(reading: Reading) -> Plan:
    """Return the plan of a model card."""
    text = reading.source.text
    items = hyperparameters(text)

    def number(name: str) -> float | None:
        if name not in items:
            return None
        value, line = items[name]
        found = number_of(value)
        reading.decide("key", f"{name}: {value} (line {line})")
        if found is None:
            reading.fault("", f"{name} must be a number (got {value!r:.80})")
        return found

    lr = number("learning_rate") or 0.0
    written, line = items["lr_scheduler_type"]
    schedule = written.lower().removeprefix("schedulertype.")
    reading.decide("key", f"lr_scheduler_type: {written} (line {line})")
    if schedule not in KWARGS:
        message = f"lr_scheduler_type must be one of {', '.join(KWARGS)} (got {written!r:.80})"
        reading.fault("", message)
        reading.raise_faults()
    steps = number("lr_scheduler_warmup_steps") or 0.0
    ratio = number("lr_scheduler_warmup_ratio") or 0.0
    warmup = WarmUp(steps) if steps else WarmUp(min(max(ratio, 0.0), 1 - 2**-53))
    steps_given = number("training_steps")
    epochs = number("num_epochs")
    table = steps_of_table(text)
    if steps_given:
        total = reading.total(int(steps_given))
    elif table and epochs and not reading.request.total_steps:
        count = round(table[1] / table[0] * epochs)
        reading.convert(
            f"results: step {table[1]:,} at epoch {table[0]:g}, so about {count:,} steps"
        )
        if abs(table[0] - epochs) > 1e-9:
            reading.oddity("the steps are counted from rounded epochs of the results' table")
        total = reading.total(max(count, 1))
    else:
        batch = number("train_batch_size")
        accumulated = number("gradient_accumulation_steps")
        total = reading.total(
            epochs=epochs,
            batch_size=int(batch) if batch else None,
            grad_accum=int(accumulated) if accumulated else None,
        )
    kwargs = kwargs_of(reading, "lr_scheduler_kwargs", schedule)
    return schedule_plan(reading, Arguments(lr, schedule, warmup, total, kwargs))


FORMAT = Format(
    name="model_card",
    title="Hugging Face model card",
    rank=910,
    version="transformers 5.23.0",
    read=read,
    test=test,
)

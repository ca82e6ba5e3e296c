"""Keras' serialised optimizers and schedules: JSON, also that inside a `.keras` archive.

keras.saving.serialize_keras_object of 3.15.1 writes an object as its class's name and config.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any

from lrviz.core.register import register
from lrviz.core.text import format_number
from lrviz.trainers.document import MAX_BYTES, Document, DocumentError, read_document
from lrviz.trainers.format import Format
from lrviz.trainers.plan import Plan
from lrviz.trainers.reading import Reading
from lrviz.trainers.source import Source, number_of

ARCHIVE = b"PK\x03\x04"
CONFIG = "config.json"
HOLDERS = (
    "compile_config.optimizer.config.",
    "optimizer.config.",
    "optimizer_config.config.",
    "training_config.optimizer_config.config.",
    "optimizer.",
    "config.",
    "",
)
"""Where an optimizer's rate may be: in a model's file, in an optimizer's, or in its config."""
OPTIMIZERS = (
    "Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "Ftrl", "Lamb", "Lion",
    "LossScaleOptimizer", "Muon", "Nadam", "RMSprop", "SGD", "AdamWeightDecay",
)  # fmt: skip
SCHEDULES = (
    "CosineDecay",
    "CosineDecayRestarts",
    "ExponentialDecay",
    "InverseTimeDecay",
    "PiecewiseConstantDecay",
    "PolynomialDecay",
)
IGNORED = ("name", "dtype")


def parse(source: Source) -> Document | None:
    """Return the config of the model in an archive, or None where the file is none."""
    if not source.raw.startswith(ARCHIVE):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(source.raw)) as archive:
            if archive.getinfo(CONFIG).file_size > MAX_BYTES:
                return None
            return read_document(archive.read(CONFIG).decode("utf-8", errors="replace"))
    except (zipfile.BadZipFile, zlib.error, KeyError, OSError, EOFError, DocumentError):
        return None
    except (NotImplementedError, RuntimeError, ValueError):  # a method or a password unknown here
        return None


def schedule_key(source: Source) -> str | None:
    """Return the dotted key of a schedule or of a plain rate, "" for the whole file, or None."""
    for holder in HOLDERS:
        for name in ("learning_rate", "lr"):
            key = f"{holder}{name}"
            if source.has(f"{key}.class_name") or (plain_rate(source, holder, key)):
                return key
    return "" if source.get("class_name") in SCHEDULES and source.has("config") else None


def plain_rate(source: Source, holder: str, key: str) -> bool:
    """Return whether a key is a number beside an optimizer's class or name."""
    beside = holder[: -len("config.")] if holder.endswith("config.") else holder
    has_class = source.get(f"{beside}class_name") in OPTIMIZERS
    return has_class and number_of(source.get(key)) is not None


def test(source: Source) -> str | None:
    """Return why a file is Keras', or None."""
    key = schedule_key(source)
    if key is None:
        return None
    place = f" in {CONFIG}" if source.raw.startswith(ARCHIVE) else ""
    return f"has {key or 'the class_name and config of a schedule'}{place}"


def read(reading: Reading) -> Plan:
    """Return the plan of a serialised optimizer or schedule."""
    key = schedule_key(reading.source)
    if key is None:
        reading.require(None, "learning_rate.class_name")
    prefix = f"{key}." if key else ""
    if key and not reading.source.has(f"{key}.class_name"):
        return constant(reading, key)
    name = reading.choice(f"{prefix}class_name", choices=SCHEDULES, default=SCHEDULES[0])
    config = reading.mapping(f"{prefix}config")
    reading.raise_faults()
    parameters: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for parameter, value in config.items():
        if parameter not in IGNORED and value is not None:
            parameters[parameter] = value
            origins[parameter] = f"{prefix}config.{parameter}"
            reading.value(origins[parameter])
    return over_run(reading, f"keras.{name}", parameters, origins)


def constant(reading: Reading, key: str) -> Plan:
    """Return the plan of a rate that is a number; an older Keras may divide it as it goes."""
    rate = reading.number(key)
    holder = key.rpartition(".")[0]
    decay = reading.number(f"{holder}.decay" if holder else "decay")
    if decay:
        reading.oddity(
            f"decay {format_number(decay)} divides the rate by 1 + decay * step, as before "
            "Keras 2.11"
        )
        parameters = {"initial_learning_rate": rate, "decay_steps": 1, "decay_rate": decay}
        return over_run(reading, "keras.InverseTimeDecay", parameters, {})
    total = reading.total()
    return reading.plan("transformers.constant", lr=rate, total=total)


def over_run(
    reading: Reading, name: str, parameters: dict[str, Any], origins: dict[str, str]
) -> Plan:
    """Return the plan of a schedule, which knows no run: its own length, or what flags say."""
    for parameter in sorted(set(origins) & unknown(name, parameters)):
        text = f"{origins[parameter]}: lrviz's {name} does not have it"
        reading.decide("ignored", text, origins[parameter])
        parameters.pop(parameter)
    if reading.request.total_steps:
        return reading.plan(name, parameters, total=reading.total(), origins=origins)
    reading.open_ended("--total-steps")
    return reading.plan(name, parameters, origins=origins)


def unknown(name: str, parameters: dict[str, Any]) -> set[str]:
    """Return the parameters that a schedule does not have."""
    cls = register.find(name)
    return set(parameters) - set(cls.model_fields if cls else ())


FORMAT = Format(
    name="keras",
    title="Keras",
    rank=190,
    version="keras 3.15.1",
    read=read,
    test=test,
    parse=parse,
)

"""Schedules and optimizers that a config names by their class, with the arguments of the class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lrviz.core.register import register
from lrviz.core.text import format_value
from lrviz.trainers.reading import Reading
from lrviz.trainers.source import number_of

PACKAGES = {
    "": "torch",
    "torch": "torch",
    "lightning": "torch",
    "pytorch_lightning": "torch",
    "transformers": "transformers",
    "diffusers": "transformers",
    "pl_bolts": "lightning",
    "lightning_bolts": "lightning",
    "flash": "lightning",
}
"""The library of a class, by the first part of its path; a bare name is torch's."""
DEFAULT_RATES = {
    "adadelta": 1.0, "adafactor": 1e-2, "adagrad": 1e-2, "adam": 1e-3, "adamax": 2e-3,
    "adamw": 1e-3, "asgd": 1e-2, "lbfgs": 1.0, "muon": 1e-3, "nadam": 2e-3, "radam": 1e-3,
    "rmsprop": 1e-2, "rprop": 1e-2, "sgd": 1e-3, "sparseadam": 1e-3,
}  # fmt: skip
"""The rate of torch's optimizers where none is given (torch 2.13.0)."""
PLATEAU = "torch.ReduceLROnPlateau"


def schedule_of_class(
    reading: Reading, path: str, arguments: Mapping[str, Any], key: str
) -> tuple[str, dict[str, Any]] | None:
    """Return the schedule of a class's path or bare name, and its parameters.

    A class that lrviz does not have is a fault at `key`, and None.
    """
    package, _, name = path.strip().rpartition(".")
    dialect = PACKAGES.get(package.partition(".")[0])
    cls = register.find(f"{dialect}.{name}") if dialect else None
    if cls is None:
        names = ", ".join(cls.name for cls in register.all() if cls.dialect == "torch")
        reading.fault(
            key, f"{key}: lrviz has no schedule {format_value(path)} (torch's are {names})"
        )
        return None
    parameters = {
        name: with_numbers(value) for name, value in arguments.items() if value is not None
    }
    for name in ("schedulers", "schedules"):
        children = parameters.get(name)
        if isinstance(children, list):
            parameters[name] = [child_of(reading, child, key) for child in children]
    return cls.title(), parameters


def child_of(reading: Reading, child: Any, key: str) -> Any:
    """Return the spec of a schedule that is an argument of another one's class."""
    if not isinstance(child, dict) or "class_path" not in child:
        return child
    schedule = schedule_of_class(reading, str(child["class_path"]), class_arguments(child), key)
    return {"schedule": schedule[0], **schedule[1]} if schedule else child


def class_arguments(mapping: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments beside a `class_path`."""
    parts = [mapping.get(name) for name in ("init_args", "dict_kwargs")]
    return {key: value for part in parts if isinstance(part, dict) for key, value in part.items()}


def rate_of_optimizer(reading: Reading, path: str, *keys: str) -> Any:
    """Return the rate of an optimizer's class: its argument, else torch's default for the class."""
    default = DEFAULT_RATES.get(path.rpartition(".")[2].lower())
    return reading.require(reading.number(*keys, default=default, version="torch 2.13.0"), *keys)


def with_numbers(value: Any) -> Any:
    """Return a value with the numbers that it spells as text."""
    if isinstance(value, list):
        return [with_numbers(item) for item in value]
    number = number_of(value)
    return value if number is None else number

"""Values are frozen: all dataclasses and models but those that collect, or are stepped."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from pydantic import BaseModel

import lrviz

OTHERS = ("__main__", "callback")
"""Modules that run when they are imported, or that import the library of a dialect."""
MUTABLE = {
    "audits": {"Budget", "JsonRows", "Column", "LogRows"},
    "cli": {"Follower"},
    "dialects": {"ChainExecution", "LeafExecution", "SequenceExecution", "Optimizer", "Plateau"},
    "specfile": {"Node", "Keys"},
}
"""What collects rows or keys, and what is stepped, by room."""


def classes() -> Iterator[type]:
    """Yield the classes that lrviz defines."""
    for module in pkgutil.walk_packages(lrviz.__path__, "lrviz."):
        if module.name.rpartition(".")[2] not in OTHERS:
            values = vars(importlib.import_module(module.name)).values()
            yield from (v for v in values if isinstance(v, type) and v.__module__ == module.name)


CLASSES = [*classes()]
DATACLASSES = [cls for cls in CLASSES if dataclasses.is_dataclass(cls)]
MODELS = [cls for cls in CLASSES if issubclass(cls, BaseModel)]


def test_dataclasses_are_frozen() -> None:
    mutable: dict[str, set[str]] = {}
    for cls in DATACLASSES:
        if not cls.__dataclass_params__.frozen:  # type: ignore[attr-defined]
            mutable.setdefault(cls.__module__.split(".")[1], set()).add(cls.__name__)
    assert mutable == MUTABLE


@pytest.mark.parametrize("cls", MODELS, ids=lambda cls: f"{cls.__module__}.{cls.__name__}")
def test_models_are_frozen_and_have_no_other_keys(cls: type[BaseModel]) -> None:
    config = cls.model_config
    assert (config.get("frozen"), config.get("extra")) == (True, "forbid")

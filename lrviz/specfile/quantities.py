"""Quantities in a spec: resolved against its run, wherever a declaration counts steps."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from pydantic import BaseModel, WithJsonSchema

from lrviz.core.annotations import metadata_in
from lrviz.core.findings import Finding
from lrviz.core.parameters import PERCENT as PERCENT_SCHEMA
from lrviz.core.parameters import unit_name
from lrviz.core.quantity import int_or_float, read_quantity
from lrviz.core.register import fold, register
from lrviz.core.schedule import Schedule
from lrviz.run import NEEDS, Run
from lrviz.specfile.invalid import Locate, Path


class Clock(NamedTuple):
    """What quantities are resolved against: the run, and what a tick is (step or epoch)."""

    run: Run
    by: str


@lru_cache(maxsize=4096)
def takes_percent(model: type[BaseModel], name: str) -> bool:
    """Return whether a field reads a percentage itself, as a share of its schedule's own length."""
    field = model.model_fields[name]
    schemas = [
        mark.json_schema or {}
        for mark in (*field.metadata, *metadata_in(field.annotation))
        if isinstance(mark, WithJsonSchema)
    ]
    return any(PERCENT_SCHEMA in schema.get("anyOf", ()) for schema in schemas)


def is_percentage(value: Any) -> bool:
    """Return whether a value is a text that ends in a percent sign."""
    return isinstance(value, str) and value.rstrip().endswith("%")


class Resolver:
    """Resolves the quantities of parameters, collecting a finding for each that needs more."""

    def __init__(self, clock: Clock, locate: Locate) -> None:
        self.clock = clock
        self.locate = locate
        self.findings: list[Finding] = []

    def value(self, value: Any, path: Path) -> Any:
        """Return a count of steps as a number, lists item by item; any other value as it is."""
        if isinstance(value, list | tuple):
            return [self.value(item, (*path, index)) for index, item in enumerate(value)]
        quantity = read_quantity(value) if isinstance(value, str) else None
        if quantity is None:
            return value
        if not quantity.unit:
            return int_or_float(quantity.number) if value.strip()[-1].isalpha() else value
        count = self.clock.run.count(quantity.number, quantity.unit, self.clock.by)
        if count is None:
            message = f"{value.strip()} {NEEDS[quantity.unit]}"
            self.findings.append(Finding.error(self.locate(path, False), message, "needs-run"))
            return 1
        return count

    def parameters(
        self, cls: type[Schedule], parameters: Mapping[str, Any], path: Path = ()
    ) -> dict[str, Any]:
        """Return a schedule's parameters with their quantities resolved, children's too."""
        resolved = {}
        for key, value in parameters.items():
            name = cls.find_parameter(str(key))
            unit = unit_name(cls, name) if name else ""
            if name and unit == "steps" and is_percentage(value) and takes_percent(cls, name):
                unit = ""
            resolved[key] = self.parameter(unit, value, (*path, key))
        return resolved

    def parameter(self, unit: str, value: Any, path: Path) -> Any:
        """Return the value of one parameter."""
        if unit == "steps":
            return self.value(value, path)
        if unit == "schedule":
            return self.child(value, path)
        if unit == "schedules" and isinstance(value, list | tuple):
            return [self.child(item, (*path, index)) for index, item in enumerate(value)]
        return value

    def child(self, value: Any, path: Path) -> Any:
        """Return a nested schedule's mapping."""
        if not isinstance(value, Mapping):
            return value
        name = next((item for key, item in value.items() if fold(str(key)) == "schedule"), None)
        cls = register.find(name) if isinstance(name, str) else None
        return self.parameters(cls, value, path) if cls else value

"""From mappings to settings: of a curve, its quantities resolved, and of other models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from lrviz.core.errors import SpecError
from lrviz.core.quantity import int_or_float, read_quantity
from lrviz.run import FIELD_UNITS, Run
from lrviz.specfile.invalid import Locate, invalid
from lrviz.specfile.quantities import Clock, Resolver
from lrviz.specfile.settings import CurveSettings

RUN_LENGTH = ("steps", "epochs")
"""Each replaces the other where it is set at a higher level."""


def merge_settings(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of layers, later ones first; steps and epochs replace each other."""
    merged: dict[str, Any] = {}
    for layer in layers:
        lengths = [name for name in RUN_LENGTH if layer.get(name) is not None]
        if lengths:
            for name in RUN_LENGTH:
                merged.pop(name, None)
        merged |= layer
    return merged


def resolve_steps(settings: dict[str, Any], locate: Locate) -> Resolver:
    """Make the steps of settings a number; return the resolver, with what it could not resolve."""
    resolver = Resolver(Clock(read_run(settings), "step"), locate)
    if "steps" in settings:
        settings["steps"] = resolver.value(settings["steps"], ("steps",))
    return resolver


def read_settings(settings: dict[str, Any], locate: Locate) -> CurveSettings:
    """Return settings that are of no schedule. Raises SpecError with every fault."""
    resolver = resolve_steps(settings, locate)
    read_run(settings)
    if resolver.findings:
        raise SpecError(resolver.findings)
    checked: CurveSettings = read_model(CurveSettings, settings, locate)
    return checked


def read_run(settings: dict[str, Any]) -> Run:
    """Return the run of settings whose quantities may not be resolved yet.

    Numbers with a scale or with their own unit, as 300k or 90ep, become numbers in `settings`.
    """
    for name in Run.model_fields:
        value = settings.get(name)
        if isinstance(value, str) and value.strip()[-1:].isalpha():
            quantity = read_quantity(value)
            if quantity and quantity.unit in ("", FIELD_UNITS.get(name)):
                settings[name] = int_or_float(quantity.number)
    numbers = {
        name: settings[name]
        for name in Run.model_fields
        if settings.get(name) is not None and not isinstance(settings[name], str)
    }
    try:
        return Run.model_validate(numbers)
    except ValidationError:  # reported where the settings are validated
        return Run()


def read_model(model: type[BaseModel], values: Mapping[str, Any], locate: Locate) -> Any:
    """Return the settings of a mapping. Raises SpecError with every fault."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise SpecError(invalid(error, locate, None, values)) from None

"""The schedules of LearningRateSchedule objects."""

from __future__ import annotations

from typing import Any

from lrviz.core.register import register
from lrviz.objects.reader import FLOAT32_TOLERANCE, Inputs, Match, ObjectReader, class_names

BASE = "LearningRateSchedule"


def identify(value: Any, _: int, inputs: Inputs) -> Match | None:
    """Return the schedule of an object of one of Keras' own classes."""
    is_own = type(value).__module__.partition(".")[0] in ("keras", "tf_keras")
    is_schedule = any(name.endswith(f".{BASE}") for name in class_names(value))
    cls = register.find(f"keras.{type(value).__name__}") if is_own and is_schedule else None
    if cls is None or inputs.start:
        return None
    settings = value.get_config()
    parameters = {name: settings[name] for name in cls.model_fields if name in settings}
    return Match(cls.model_validate(parameters), 1.0)


READER = ObjectReader(identify=identify, tolerance=FLOAT32_TOLERANCE)

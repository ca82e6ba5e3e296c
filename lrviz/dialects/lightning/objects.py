"""The scheduler in the value of configure_optimizers, and the unit of its steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lrviz.core.register import register
from lrviz.dialects.torch.objects import steps_taken
from lrviz.objects.reader import Inputs, Match, ObjectReader, Unwrapped, class_names

CONFIG = ".utilities.types.LRSchedulerConfig"
WARMUP_COSINE = "pl_bolts.optimizers.lr_scheduler.LinearWarmupCosineAnnealingLR"


def unwrap(value: Any) -> Unwrapped | None:
    """Return the scheduler of a dictionary or a config of lightning, and its interval."""
    if isinstance(value, Mapping) and "lr_scheduler" in value:
        config = value["lr_scheduler"]
        return Unwrapped(config if isinstance(config, Mapping) else {"scheduler": config})
    if isinstance(value, Mapping) and "scheduler" in value:
        return Unwrapped(value["scheduler"], value.get("interval", "epoch"))
    if any(name.endswith(CONFIG) for name in class_names(value)):
        return Unwrapped(value.scheduler, value.interval)
    return None


def identify(value: Any, group: int, _: Inputs) -> Match | None:
    """Return the schedule of lightning-bolts' LinearWarmupCosineAnnealingLR, before any step."""
    cls = register.find("lightning.LinearWarmupCosineAnnealingLR")
    if cls is None or WARMUP_COSINE not in class_names(value) or steps_taken(value):
        return None
    parameters = {name: getattr(value, name) for name in cls.model_fields}
    return Match(cls.model_validate(parameters), float(value.base_lrs[group]))


READER = ObjectReader(unwrap=unwrap, identify=identify)

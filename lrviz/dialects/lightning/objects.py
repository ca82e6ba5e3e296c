"""What configure_optimizers returns: the scheduler in it, and what a step of it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lrviz.core.register import register
from lrviz.dialects.torch.objects import steps_taken
from lrviz.objects.reader import Inputs, Match, ObjectReader, Wrapped, class_names

CONFIG = ".utilities.types.LRSchedulerConfig"
WARMUP_COSINE = "pl_bolts.optimizers.lr_scheduler.LinearWarmupCosineAnnealingLR"


def unwrap(value: Any) -> Wrapped | None:
    """Return the scheduler of a dictionary or a config of lightning, and its interval."""
    if isinstance(value, Mapping) and "lr_scheduler" in value:
        inner = value["lr_scheduler"]
        return Wrapped(inner if isinstance(inner, Mapping) else {"scheduler": inner})
    if isinstance(value, Mapping) and "scheduler" in value:
        return Wrapped(value["scheduler"], value.get("interval", "epoch"))
    if any(name.endswith(CONFIG) for name in class_names(value)):
        return Wrapped(value.scheduler, value.interval)
    return None


def identify(value: Any, group: int, _: Inputs) -> Match | None:
    """Return the schedule of lightning-bolts' warm-up before a cosine, at its start."""
    cls = register.find("lightning.LinearWarmupCosineAnnealingLR")
    if cls is None or WARMUP_COSINE not in class_names(value) or steps_taken(value):
        return None
    parameters = {name: getattr(value, name) for name in cls.model_fields}
    return Match(cls.model_validate(parameters), float(value.base_lrs[group]))


READER = ObjectReader(unwrap=unwrap, identify=identify)

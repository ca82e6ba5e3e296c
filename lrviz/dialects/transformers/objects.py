"""The schedules of Transformers' functions, which `get_scheduler` binds to a LambdaLR."""

from __future__ import annotations

from functools import partial
from typing import Any

from lrviz.core.register import register
from lrviz.objects.reader import Inputs, Match, ObjectReader

MODULE = "transformers.optimization"
SCHEDULES = {
    "_get_constant_lambda": "constant",
    "_get_constant_schedule_with_warmup_lr_lambda": "constant_with_warmup",
    "_get_linear_schedule_with_warmup_lr_lambda": "linear",
    "_get_cosine_schedule_with_warmup_lr_lambda": "cosine",
    "_get_cosine_with_hard_restarts_schedule_with_warmup_lr_lambda": "cosine_with_restarts",
    "_get_polynomial_decay_schedule_with_warmup_lr_lambda": "polynomial",
    "_get_inverse_sqrt_schedule_lr_lambda": "inverse_sqrt",
    "_get_cosine_with_min_lr_schedule_with_warmup_lr_rate_lambda": "cosine_warmup_with_min_lr",
    "_get_wsd_scheduler_lambda": "warmup_stable_decay",
}
"""The schedule of each function."""
WITH_FLOOR = "cosine_with_min_lr"
"""The schedule of the cosine's function where it has a min_lr_rate."""


def identify(value: Any, group: int, _: Inputs) -> Match | None:
    """Return the schedule of a LambdaLR of transformers that has not taken a step."""
    lambdas = getattr(value, "lr_lambdas", None)
    if not isinstance(lambdas, list) or getattr(value, "last_epoch", None) != 0:
        return None
    function = lambdas[group]
    keywords = dict(function.keywords) if isinstance(function, partial) else {}
    function = function.func if isinstance(function, partial) else function
    name = SCHEDULES.get(getattr(function, "__name__", ""))
    if name is None or function.__module__ != MODULE:
        return None
    if name == "cosine" and keywords.get("min_lr_rate"):
        name = WITH_FLOOR
    cls = register.find(f"transformers.{name}")
    if cls is None:
        return None
    parameters = {key: keywords[key] for key in cls.model_fields if key in keywords}
    return Match(cls.model_validate(parameters), float(value.base_lrs[group]))


READER = ObjectReader(identify=identify)

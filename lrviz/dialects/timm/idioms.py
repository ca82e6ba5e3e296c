"""How users of timm write an intent: one scheduler, its warm-up overlaid by default.

Its length is the whole run's, which the warm-up then adds to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lrviz.core.intent import Idiom, Intent, idiom


def idioms(intent: Intent) -> Iterator[Idiom]:
    """Yield the idioms of an intent: without and with warmup_prefix."""
    names = {"cosine": "cosine", "linear": "poly", "polynomial": "poly"}
    name = names.get(intent.shape)
    if name is None:
        return
    powers = {"linear": {"power": 1.0}, "polynomial": {"power": intent.power}}
    parameters = {**powers.get(intent.shape, {}), "t_initial": intent.total, "t_in_epochs": False}
    if not intent.warmup:
        yield idiom(f"timm.{name}", intent, **parameters)
        return
    for prefix in (False, True):
        one = idiom(f"timm.{name}", intent, **parameters, warmup_prefix=prefix)
        yield replace(one, label=f"{one.label}, warmup_prefix={prefix}")

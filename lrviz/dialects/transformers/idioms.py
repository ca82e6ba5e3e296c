"""How users of transformers write an intent: the name of a scheduler type and two numbers."""

from __future__ import annotations

from collections.abc import Iterator

from lrviz.core.intent import Idiom, Intent, idiom


def idioms(intent: Intent) -> Iterator[Idiom]:
    """Yield the idioms of an intent; there is none for an exponential decay."""
    match intent.shape:
        case "cosine":
            name = "cosine_with_min_lr" if intent.floor else "cosine"
            yield idiom(f"transformers.{name}", intent)
            yield idiom("transformers.cosine_warmup_with_min_lr", intent)
        case "linear":
            yield idiom(f"transformers.{'polynomial' if intent.floor else 'linear'}", intent)
        case "polynomial":
            yield idiom("transformers.polynomial", intent, power=intent.power)
        case "constant":
            name = "constant_with_warmup" if intent.warmup else "constant"
            yield idiom(f"transformers.{name}", intent)

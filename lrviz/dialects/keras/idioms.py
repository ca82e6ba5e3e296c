"""How users of keras write an intent: one schedule object; only CosineDecay has a warm-up."""

from __future__ import annotations

from collections.abc import Iterator

from lrviz.core.intent import Idiom, Intent, idiom


def idioms(intent: Intent) -> Iterator[Idiom]:
    """Yield the idiom of an intent; there is none for a warm-up before anything but a cosine."""
    if intent.shape == "cosine":
        # decay_steps is what users take for the run; keras adds the warm-up to it.
        warm_up = {"initial_learning_rate": 0.0, "warmup_target": intent.peak}
        first = warm_up if intent.warmup else {}
        yield idiom("keras.CosineDecay", intent, **first, decay_steps=intent.total)
        return
    if intent.warmup:
        return
    match intent.shape:
        case "linear":
            yield idiom("keras.PolynomialDecay", intent)
        case "polynomial":
            yield idiom("keras.PolynomialDecay", intent, power=intent.power)
        case "exponential":
            yield idiom(
                "keras.ExponentialDecay",
                intent,
                decay_steps=intent.decay_steps,
                decay_rate=intent.floor_share,
            )

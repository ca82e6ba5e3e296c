"""Callbacks of keras that change the optimizer's rate between epochs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from lrviz.core.errors import SpecError
from lrviz.core.expression import Expression
from lrviz.core.metric import Recorded
from lrviz.core.parameters import Factor, InNames, Number, Rate, Trace, Unit, Whole
from lrviz.core.schedule import CHUNK, Array, PathDependent
from lrviz.core.validation import error_at
from lrviz.dialects.keras.base import Keras

DOWN = (
    "loss",
    "binary_crossentropy",
    "categorical_crossentropy",
    "categorical_hinge",
    "hinge",
    "kl_divergence",
    "logcosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "poisson",
    "root_mean_squared_error",
    "sparse_categorical_crossentropy",
    "squared_hinge",
)
UP = (
    "accuracy",
    "auc",
    "binary_accuracy",
    "binary_io_u",
    "categorical_accuracy",
    "concordance_correlation",
    "cosine_similarity",
    "f1_score",
    "fbeta_score",
    "io_u",
    "mean_io_u",
    "one_hot_io_u",
    "one_hot_mean_io_u",
    "pearson_correlation",
    "precision",
    "precision_at_recall",
    "r2_score",
    "recall",
    "recall_at_precision",
    "sensitivity_at_specificity",
    "sparse_categorical_accuracy",
    "sparse_top_k_categorical_accuracy",
    "specificity_at_sensitivity",
    "top_k_categorical_accuracy",
)
"""The names of keras' own metrics, by the direction in which they improve."""


EpochExpression = Annotated[Expression, InNames(("epoch", "lr", "t", "step"))]
"""An expression in the epoch and the rate of the last one."""


class Callback(PathDependent, Keras, abstract=True):
    """A callback: the rate at n is the one used during epoch n."""

    clock_unit = "epoch"
    ignored_parameters: ClassVar[tuple[str, ...]] = ("verbose",)
    source = "keras 3.15.1, keras.callbacks"


class ReduceLROnPlateau(Callback):
    """Multiplies the rate by factor when the metric has not improved for patience epochs."""

    formula = "rate * factor at the end of `patience` epochs without improvement"
    monitor: Annotated[str, Unit("name")] = Field(
        "val_loss", description="name of the metric, which says the direction in mode auto"
    )
    factor: Factor = Field(0.1, lt=1, description="what each drop multiplies the rate by")
    patience: Whole = Field(10, description="epochs without improvement until the drop")
    mode: Literal["auto", "min", "max"] = Field(
        "auto", description="whether lower or higher is better; auto goes by monitor"
    )
    min_delta: Number = Field(1e-4, description="how much better counts as better")
    cooldown: Whole = Field(0, description="epochs after a drop in which nothing counts")
    min_lr: Rate = Field(0.0, description="rate below which it never goes")
    metric: Trace = Field(
        description="the metric: a list, a CSV column, or a simulated loss",
        examples=[{"simulate": {}}],
    )

    @model_validator(mode="after")
    def direction_that_is_known(self) -> ReduceLROnPlateau:
        """Refuse a monitor whose direction keras cannot tell."""
        if self.mode == "auto" and self.monitor.removeprefix("val_") not in (*DOWN, *UP):
            words = (
                f"keras.ReduceLROnPlateau isn't able to determine whether '{self.monitor}' should "
                "be maximized or minimized: give mode max or min"
            )
            raise error_at("monitor", words, self.monitor)
        return self

    def rises(self) -> bool:
        """Tell whether higher is better."""
        if self.mode == "auto":
            return self.monitor.removeprefix("val_") in UP
        return self.mode == "max"

    def improves(self, value: float, best: float | None) -> bool:
        """Tell whether a value is better than the best by more than min_delta."""
        if best is None:
            return True
        # The two are tensors of float32 when keras compares them: smaller steps go unseen.
        delta = abs(self.min_delta)
        if self.rises():
            return bool(np.float32(value - delta) > np.float32(best))
        return bool(np.float32(value + delta) < np.float32(best))

    def run(self, stop: int, lr: float) -> tuple[Array, Array]:
        """Return the rates of epochs 0 to stop - 1, and the metric after each but the last."""
        if isinstance(self.metric, Recorded) and len(self.metric) < stop - 1:
            raise SpecError.of(
                "", f"metric has {len(self.metric)} values, and {stop} epochs use {stop - 1}"
            )
        with np.errstate(over="ignore"):
            return self.driven(stop, lr)

    def driven(self, stop: int, lr: float) -> tuple[Array, Array]:
        """Return what `run` does, from a metric that is long enough."""
        feed, rates, seen = self.metric.feed(), np.empty(stop), np.empty(max(stop - 1, 0))
        best: float | None = None
        wait = rest = 0
        for epoch in range(stop - 1):
            rates[epoch] = lr
            seen[epoch] = value = feed(lr)
            if rest > 0:
                rest, wait = rest - 1, 0
            if self.improves(value, best):
                best, wait = value, 0
            elif rest <= 0:
                wait += 1
                if wait >= self.patience and lr > self.min_lr:
                    lr = max(lr * self.factor, self.min_lr)
                    rest, wait = self.cooldown, 0
        rates[stop - 1 :] = lr
        return rates, seen

    def simulate(self, stop: int, lr: float) -> Array:
        return self.run(stop, lr)[0]

    def metric_trace(self, stop: int, lr: float) -> tuple[str, Array] | None:
        return self.metric.title, self.run(stop, lr)[1]

    def natural_length(self) -> int | None:
        return len(self.metric) or None if isinstance(self.metric, Recorded) else None

    def findings(self, lr: float) -> Iterator[str]:
        if self.patience < 1:
            yield f"patience {self.patience} acts as 1: the first epoch without improvement drops"
        if self.factor < 0 and lr > 0:
            yield f"factor is negative ({self.factor:g}): a drop goes to min_lr at once"
        if self.min_lr >= lr:
            yield f"min_lr ({self.min_lr:g}) is not below lr ({lr:g}): keras never drops"


class LearningRateScheduler(Callback):
    """Sets each epoch's rate by an expression in the epoch and the last epoch's rate."""

    formula = "rate(n) = function(n, rate(n - 1)), and before epoch 0 the rate is lr"
    function: EpochExpression = Field(
        description="keras' schedule(epoch, lr): the new rate, an expression in epoch and lr",
        examples=["lr if epoch < 10 else lr * exp(-0.1)"],
    )

    def simulate(self, stop: int, lr: float) -> Array:
        rates = np.empty(stop)
        alone = re.search(r"\blr\b", self.function.text) is None
        with np.errstate(all="ignore"):
            for start in range(0, stop, CHUNK):
                epochs = np.arange(start, min(start + CHUNK, stop), dtype=np.float64)
                here = rates[start : start + CHUNK]
                here[:] = self.function(epochs, lr=lr) if alone else self.compounded(epochs, lr)
                lr = float(here[-1])
                if not np.isfinite(here).all():
                    epoch = start + int(np.flatnonzero(~np.isfinite(here))[0])
                    words = f"function has no finite value at epoch {epoch} (got {rates[epoch]})"
                    raise SpecError.of("", f"{self.title()}: {words}: {self.function}")
        return rates

    def compounded(self, epochs: Array, lr: float) -> list[float]:
        """Return the rates of some epochs, each from the one before."""
        rates = []
        last = np.float64(lr)
        for epoch in epochs:
            last = np.float64(self.function.evaluate({"t": epoch, "lr": last}))
            rates.append(float(last))
        return rates

"""Callbacks of keras that change the optimizer's rate between epochs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from lrviz.core.errors import SpecError
from lrviz.core.expression import Expression
from lrviz.core.findings import Finding
from lrviz.core.metric_driven import MetricDriven, Update
from lrviz.core.parameters import ExpressionIn, Factor, Integer, Number, Rate, Trace, Unit
from lrviz.core.schedule import CHUNK, Array, End, PathDependent
from lrviz.core.text import format_number
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


EpochExpression = Annotated[Expression, ExpressionIn(("epoch", "lr", "t", "step"))]
"""An expression in the epoch and the rate of the last one."""


class Callback(PathDependent, Keras, abstract=True):
    """A callback: the rate at n is the one used during epoch n."""

    clock_unit = "epoch"
    ignored_parameters: ClassVar[tuple[str, ...]] = ("verbose",)
    source = "keras 3.15.1, keras.callbacks"


class ReduceLROnPlateau(MetricDriven, Callback):
    """Multiplies the rate by factor when the metric has not improved for patience epochs."""

    formula = "rate * factor at the end of `patience` epochs without improvement"
    monitor: Annotated[str, Unit("name")] = Field(
        "val_loss", description="name of the metric, which decides the direction in mode auto"
    )
    factor: Factor = Field(0.1, lt=1, description="what each drop multiplies the rate by")
    patience: Integer = Field(10, description="epochs without improvement until the drop")
    mode: Literal["auto", "min", "max"] = Field(
        "auto", description="whether lower or higher is better; auto follows monitor"
    )
    min_delta: Number = Field(1e-4, description="how much better counts as an improvement")
    cooldown: Integer = Field(0, description="epochs after a drop that are not counted")
    min_lr: Rate = Field(0.0, description="lowest rate")
    metric: Trace = Field(
        description="the metric: FILE.csv:COLUMN, a list, or a simulated loss",
        examples=[{"simulate": {}}],
    )

    @property
    def higher_is_better(self) -> bool:
        """Whether the metric improves when it rises."""
        if self.mode == "auto":
            return self.monitor.removeprefix("val_") in UP
        return self.mode == "max"

    def improves(self, value: float, best: float | None) -> bool:
        """Return whether a value is better than the best by more than min_delta."""
        if best is None:
            return True
        # The two are tensors of float32 when keras compares them: smaller changes are lost.
        delta = abs(self.min_delta)
        with np.errstate(over="ignore"):
            if self.higher_is_better:
                return bool(np.float32(value - delta) > np.float32(best))
            return bool(np.float32(value + delta) < np.float32(best))

    def update(self, lr: float) -> Update:
        del lr
        best: float | None = None
        wait = cooldown_counter = 0

        def next_rate(epoch: int, value: float, rate: float) -> float:
            nonlocal best, wait, cooldown_counter
            del epoch
            if cooldown_counter > 0:
                cooldown_counter, wait = cooldown_counter - 1, 0
            if self.improves(value, best):
                best, wait = value, 0
            elif cooldown_counter <= 0:
                wait += 1
                if wait >= self.patience and rate > self.min_lr:
                    cooldown_counter, wait = self.cooldown, 0
                    return max(rate * self.factor, self.min_lr)
            return rate

        return next_rate

    def end(self) -> End | None:
        """Return the first epoch where keras cannot tell in which direction monitor improves."""
        if self.mode != "auto" or self.monitor.removeprefix("val_") in (*DOWN, *UP):
            return None
        message = (
            "fails at the end of the first epoch: it isn't able to determine whether "
            f"'{self.monitor}' should be maximized or minimized; set mode to min or max"
        )
        return End(0, message)

    def findings(self, lr: float) -> Iterator[Finding]:
        if self.patience < 1:
            message = (
                f"patience {self.patience} acts as 1: the first epoch without improvement drops"
            )
            yield self.note("patience", message)
        if self.factor < 0 and lr > 0:
            message = (
                f"factor is negative ({format_number(self.factor)}): a drop goes to min_lr at once"
            )
            yield self.note("drops-to-floor", message)
        if self.min_lr >= lr:
            message = (
                f"min_lr ({format_number(self.min_lr)}) is not below lr ({format_number(lr)}): "
                "keras never drops"
            )
            yield self.note("never-changes", message)
        end = self.end()
        if end:
            yield self.note("stops", f"{self.title()} {end.message}")


class LearningRateScheduler(Callback):
    """Sets each epoch's rate by an expression in the epoch and the last epoch's rate."""

    parameter_aliases = {"schedule": "function"}
    formula = "rate(n) = function(n, rate(n - 1)), and before epoch 0 the rate is lr"
    function: EpochExpression = Field(
        description="keras' schedule(epoch, lr): the new rate, an expression in epoch and lr",
        examples=["lr if epoch < 10 else lr * exp(-0.1)"],
    )

    @model_validator(mode="before")
    @classmethod
    def accept_the_argument_of_keras(cls, data: Any) -> Any:
        """Return the parameters with keras' own name, `schedule`, as `function`.

        In a spec that key holds the name of the schedule.
        """
        if not isinstance(data, Mapping) or "schedule" not in data or "function" in data:
            return data
        return {("function" if key == "schedule" else key): data[key] for key in data}

    def simulate(self, stop: int, lr: float) -> Array:
        rates = np.empty(stop)
        alone = re.search(r"\blr\b", self.function.text) is None
        with np.errstate(all="ignore"):
            for start in range(0, stop, CHUNK):
                epochs = np.arange(start, min(start + CHUNK, stop), dtype=np.float64)
                chunk = rates[start : start + CHUNK]
                chunk[:] = self.function(epochs, lr=lr) if alone else self.compounded(epochs, lr)
                lr = float(chunk[-1])
                if not np.isfinite(chunk).all():
                    epoch = start + int(np.flatnonzero(~np.isfinite(chunk))[0])
                    message = f"function has no finite value at epoch {epoch} (got {rates[epoch]})"
                    raise SpecError.of("", f"{self.title()}: {message}: {self.function}")
        return rates

    def compounded(self, epochs: Array, lr: float) -> list[float]:
        """Return the rates of some epochs, each from the one before."""
        rates = []
        last = np.float64(lr)
        for epoch in epochs:
            last = np.float64(self.function.evaluate({"t": epoch, "lr": last}))
            rates.append(float(last))
        return rates

"""The schedule that follows a metric: torch's plateau after a warm-up, with noise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from lrviz.core.findings import Finding
from lrviz.core.metric_driven import MetricDriven, Update
from lrviz.core.parameters import Count, Factor, Integer, Number, Rate, Trace
from lrviz.dialects.timm import base
from lrviz.dialects.timm.base import Timm
from lrviz.dialects.timm.noise import Noise
from lrviz.dialects.torch.plateau import Plateau


class PlateauLR(MetricDriven, Timm):
    """Multiplies the rate by decay_rate when the metric stops improving."""

    name = "plateau"
    formula = "rate * decay_rate after more than `patience_t` epochs without improvement"
    decay_rate: Factor = Field(0.1, lt=1, description="what each drop multiplies the rate by")
    patience_t: Count = Field(10, description="epochs without improvement that are tolerated")
    threshold: Number = Field(1e-4, description="how much better counts, relative to the best")
    cooldown_t: Count = Field(0, description="epochs after a drop in which no value counts")
    warmup_t: base.WarmUpLength = 0
    warmup_lr_init: base.WarmUpStart = 0.0
    lr_min: Rate = Field(0.0, description="rate below which it never goes")
    mode: Literal["min", "max"] = Field("max", description="whether lower or higher is better")
    noise_range_t: base.NoiseRange = None
    noise_type: Literal["normal", "uniform"] = Field("normal", description="the noise's kind")
    noise_pct: base.NoisePct = 0.67
    noise_std: base.NoiseStd = 1.0
    noise_seed: Annotated[Integer | None, Field(description="seed of the noise; 42 if none")] = None
    metric: Trace = Field(
        description="the metric: FILE.csv:COLUMN, a list, or a simulated loss",
        examples=[{"simulate": {}}],
    )

    def noise(self) -> Noise:
        return replace(super().noise(), uniform=self.noise_type == "uniform")

    def first_rate(self, lr: float) -> float:
        return self.warmup_lr_init if self.warmup_t else lr

    def update(self, lr: float) -> Update:
        rule = Plateau(
            self.mode,
            self.decay_rate,
            self.patience_t,
            self.threshold,
            cooldown=self.cooldown_t,
            min_lr=self.lr_min,
        )
        slope = (lr - self.warmup_lr_init) / (self.warmup_t or 1)
        noise_at, clean = self.noise().by_step(), self.first_rate(lr)

        def update(step: int, value: float, rate: float) -> float:
            nonlocal clean
            del rate
            epoch = step + 1
            if epoch <= self.warmup_t:
                clean = self.warmup_lr_init + epoch * slope
                return clean
            clean = rule.next_rate(value, clean)
            return clean + clean * noise_at(epoch) if self.is_noisy(epoch) else clean

        return update

    def is_noisy(self, epoch: int) -> bool:
        """Return whether an epoch has noise."""
        span = self.noise_range_t
        if isinstance(span, tuple):
            return bool(span[0] <= epoch < span[1])
        return span is not None and bool(epoch >= span)

    def findings(self, lr: float) -> Iterator[Finding]:
        yield from super().findings(lr)
        if self.mode == "max" and getattr(self.metric, "title", "") == "simulated loss":
            message = "mode is max (timm's default) and the simulated loss falls; use mode: min"
            yield self.note("wrong-direction", message)
        if self.warmup_t:
            message = f"the metric of the first {self.warmup_t} epochs is ignored"
            yield self.note("ignored-metric", message)

"""fastai's fits: the one cycle, flat before a cosine, and warm restarts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from lrviz.core.parameters import Factor, Fraction, Rate, Steps, Times
from lrviz.core.roles import Peak, WarmUp
from lrviz.dialects.fastai.base import Fastai, Phase, WithFinal

Top = Annotated[Rate | None, Peak()]


class FitOneCycle(WithFinal, insert_after="n_epoch"):
    """Rises along half a cosine to lr_max, then falls along another one to almost nothing."""

    name = "fit_one_cycle"
    formula = (
        "lr_max / div + (lr_max - lr_max / div) * (1 - cos(pi * t / (pct_start * T))) / 2 "
        "if t < pct_start * T else lr_max / div_final + (lr_max - lr_max / div_final) "
        "* (1 + cos(pi * (t - pct_start * T) / (T - pct_start * T))) / 2"
    )
    lr_max: Top = Field(None, description="rate at the top; the optimizer's if not given")
    div: Factor = Field(25.0, gt=0, description="lr_max divided by the first rate")
    div_final: Factor = Field(1e5, gt=0, description="lr_max divided by the last rate")
    pct_start: Annotated[Fraction, WarmUp(share=True)] = Field(
        0.25, description="share of the steps that rise"
    )

    def phases(self, lr: float) -> Sequence[Phase]:
        top = lr if self.lr_max is None else self.lr_max
        return [
            Phase(self.pct_start, "SchedCos", top / self.div, top),
            Phase(1 - self.pct_start, "SchedCos", top, top / self.div_final),
        ]


class FitFlatCos(WithFinal, insert_after="n_epoch"):
    """Holds lr, then falls along half a cosine to almost nothing."""

    name = "fit_flat_cos"
    formula = (
        "lr if t < pct_start * T else lr / div_final + (lr - lr / div_final) "
        "* (1 + cos(pi * (t - pct_start * T) / (T - pct_start * T))) / 2"
    )
    div_final: Factor = Field(1e5, gt=0, description="lr divided by the last rate")
    pct_start: Fraction = Field(0.75, description="share of the steps at lr")

    def phases(self, lr: float) -> Sequence[Phase]:
        return [
            Phase(self.pct_start, "SchedCos", lr, lr),
            Phase(1 - self.pct_start, "SchedCos", lr, lr / self.div_final),
        ]


class FitSGDR(Fastai, inherit_after="cycle_mult"):
    """Cosines from lr_max to 0, each cycle_mult times as many epochs as the one before.

    Where float32 rounds the sum of the shares up, a cycle starts a batch late, and the batch
    before it has rate 0.
    """

    name = "fit_sgdr"
    formula = (
        "lr_max * (1 + cos(pi * t_cur / T_i)) / 2, t_cur batches into cycle i, which has "
        "T_i = cycle_len * cycle_mult ** i epochs"
    )
    n_cycles: Times = Field(le=30, description="number of cycles", examples=[3])
    cycle_len: Steps = Field(description="epochs of the first cycle", examples=[20])
    lr_max: Top = Field(None, description="rate at the top; the optimizer's if not given")
    cycle_mult: Times = Field(
        2, ge=2, description="how many times longer each cycle is than the last"
    )

    @property
    def epochs(self) -> int:
        ratio: int = self.cycle_mult**self.n_cycles
        return self.cycle_len * (ratio - 1) // (self.cycle_mult - 1)

    @property
    def shares(self) -> list[float]:
        """The cycles' shares of the training."""
        lengths = (self.cycle_len * self.cycle_mult**index for index in range(self.n_cycles))
        return [length / self.epochs for length in lengths]

    def phases(self, lr: float) -> Sequence[Phase]:
        top = lr if self.lr_max is None else self.lr_max
        return [Phase(share, "SchedCos", top, 0.0) for share in self.shares]

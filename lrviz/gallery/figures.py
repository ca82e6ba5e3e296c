"""The article's twelve figures: their titles, captions and specs, which are kept in `configs/`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A figure: its title, the article's caption, its specs, and the steps that they share."""

    number: int
    title: str
    caption: str
    specs: tuple[str, ...]
    steps: int | None = None

    @property
    def stem(self) -> str:
        """The pictures' file name without its ending."""
        return f"fig{self.number:02d}"

    @property
    def command(self) -> str:
        """The command line that draws this figure from a checkout."""
        verb = "plot" if len(self.specs) == 1 else "compare"
        specs = " ".join(f"configs/{spec}" for spec in self.specs)
        return f"lrviz {verb} {specs}" + (f" --steps {self.steps}" if self.steps else "")


FIGURES = (
    Figure(1, "StepLR", "StepLRの学習率推移", ("step.yaml",)),
    Figure(2, "MultiStepLR", "MultiStepLRの学習率推移", ("multistep.yaml",)),
    Figure(3, "ExponentialLR", "ExponentialLRの学習率推移", ("exponential.yaml",)),
    Figure(4, "CosineAnnealingLR", "CosineAnnealingLRの学習率推移", ("cosine.yaml",)),
    Figure(
        5,
        "CosineAnnealingWarmRestarts (SGDR)",
        "CosineAnnealingWarmRestartsの学習率推移",
        ("warm-restarts.yaml",),
    ),
    Figure(
        6,
        "ReduceLROnPlateau at work: loss and rate",
        "ReduceLROnPlateauの動作イメージ",
        ("plateau.yaml",),
    ),
    Figure(7, "LinearLR", "LinearLRの学習率推移", ("linear.yaml",)),
    Figure(
        8,
        "PolynomialLR by power",
        "PolynomialLRの学習率推移(異なるpower値)",
        ("figures/powers.yaml",),
    ),
    Figure(9, "LambdaLR with a step function", "LambdaLRのカスタム学習率推移例", ("lambda.yaml",)),
    Figure(10, "OneCycleLR", "OneCycleLRの学習率推移", ("onecycle.yaml",)),
    Figure(
        11,
        "The main schedulers compared",
        "主要スケジューラーの比較",
        (
            "step.yaml",
            "multistep.yaml",
            "exponential.yaml",
            "cosine.yaml",
            "warm-restarts.yaml",
            "linear.yaml",
            "polynomial.yaml",
            "onecycle.yaml",
        ),
        steps=100,
    ),
    Figure(
        12,
        "Warm-up, then cosine",
        "スケジューラーの組み合わせ例(ウォームアップ→コサイン減衰)",
        ("warmup-cosine.yaml",),
    ),
)

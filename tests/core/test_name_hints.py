"""Which schedule an unknown name means."""

from __future__ import annotations

import pytest

from lrviz.core.composition import unknown_schedule
from lrviz.core.name_hints import nearest_of_words, words_of
from lrviz.core.register import register


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("cosin", "cosine"),
        ("StepLRR", "StepLR"),
        ("cosine_warm_restarts", "CosineAnnealingWarmRestarts"),
        ("CosineAnnealingWarmRestart", "CosineAnnealingWarmRestarts"),
        ("cosine_anealing", "CosineAnnealing"),
        ("linear_warmup_cosine", "LinearWarmupCosineAnnealingLR"),
        ("exp", "exponential"),
        ("cos", "cosine"),
        ("ex", "rex"),
        ("ReduceOnPlateau", "ReduceLROnPlateau"),
        ("WSDScheduler", "wsd"),
        ("noam_scheduler", "noam"),
        ("sgdr_restarts", "jagged_restarts"),
        ("keras.cosine", "keras.CosineDecay"),
        ("jax.cosine", "optax.cosine_decay_schedule"),
        ("HF.cosine", "transformers.cosine"),
        ("torch.cosin", "torch.cosine"),
        ("torch.CosineDecay", "keras.CosineDecay"),
        ("keras.step", "torch.StepLR"),
        ("keras.Cosne", "keras.CosineDecay"),
        ("pytorch.StepLR", "torch.StepLR"),
        ("tf.CosineDecay", "keras.CosineDecay"),
        ("d2.WarmupMultiStepLR", "detectron2.WarmupMultiStepLR"),
        ("tourch.StepLR", "torch.StepLR"),
        ("xyz", None),
        ("foo.bar", None),
        ("", None),
    ],
)
def test_the_name_that_is_meant(name: str, meant: str | None) -> None:
    advice = f"did you mean '{meant}'?" if meant else "lrviz list shows all"
    assert unknown_schedule(name) == f"unknown schedule '{name}'; {advice}"
    assert meant is None or register.find(meant)


@pytest.mark.parametrize(
    ("name", "parameters", "meant"),
    [
        ("cosine_restarts", [], "cosine_with_restarts"),
        ("cosine_restarts", ["T_0"], "CosineAnnealingWarmRestarts"),
        ("cosine_restarts", ["t-0", "T_mult"], "CosineAnnealingWarmRestarts"),
        ("cosine_restarts", ["T_0", "num_cycles"], "cosine_with_restarts"),
        ("cosine_restarts", ["xyz"], "cosine_with_restarts"),
        ("cosin", ["T_max"], "cosine"),
        ("cosin", ["xyz"], "cosine"),
    ],
)
def test_a_schedule_with_the_parameters_comes_first(
    name: str, parameters: list[str], meant: str
) -> None:
    message = f"unknown schedule '{name}'; did you mean '{meant}'?"
    assert unknown_schedule(name, parameters) == message


def test_words_of_a_name() -> None:
    assert words_of("torch.CosineAnnealingWarmRestarts") == {
        "cosine",
        "annealing",
        "warm",
        "restarts",
    }
    assert words_of("get_cosine_with_LR-scheduler2") == {"get", "cosine", "2"}
    assert words_of("lr_schedule") == set()


def test_the_name_with_the_fewest_other_words() -> None:
    names = ["warmup_cosine_decay", "warmup_cosine", "WarmCosine", "cosine"]
    assert nearest_of_words("cosine_warmup", names) == "warmup_cosine"
    assert nearest_of_words("cosine_warm", names) == "WarmCosine"
    assert nearest_of_words("cosine_warm", names[:2]) == "warmup_cosine"
    assert nearest_of_words("cosine_war", names) == "warmup_cosine"
    assert nearest_of_words("cosine_wa", names) is None
    assert nearest_of_words("lr", names) is None


def test_the_usual_name_of_a_cosine_is_torchs() -> None:
    cls = register.find("CosineAnnealing")
    assert cls is not None
    assert cls.title() == "torch.CosineAnnealingLR"

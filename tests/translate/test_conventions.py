"""What is measured on the rates of an idiom, at its edges."""

from __future__ import annotations

import numpy as np
import pytest

import lrviz
from lrviz.core.schedule import Schedule
from lrviz.curves.curve import Curve
from lrviz.translate.conventions import (
    AT_FLOOR,
    ROUNDING,
    Convention,
    after_end,
    last_step,
    measure_convention,
    warm_up_fraction,
    warm_up_in_total,
)
from lrviz.translate.intents import Intent, curve_of, idioms

INTENT = Intent(peak=1, warmup=2, total=5)


@pytest.mark.parametrize(
    ("rates", "text"),
    [
        ([], "none"),
        ([0.0, 0.5], "t/W"),
        ([0.0, 0.5 + 1e-8], "from 0"),
        ([0.5, 1.0], "(t+1)/W"),
        ([1 / 3, 2 / 3], "from 0.3333"),
    ],
)
def test_warm_up_fraction(rates: list[float], text: str) -> None:
    assert warm_up_fraction(np.array(rates)) == text


@pytest.mark.parametrize(
    ("rates", "end", "text"),
    [
        ([0, 0.5, 1.0, 0.6, 0.3, 0.0], 5, "included"),
        ([0.5, 1.0, 0.9, 0.6, 0.3, 0.0], 6, "included"),
        ([0, 0.5, 1.0 - ROUNDING, 0.6, 0.3, 0.0], 5, "included"),
        ([0, 0.5, 1.0 - 2 * ROUNDING, 0.6, 0.3, 0.0], 5, "overlaid"),
        ([0, 0.5, 1.0, 0.8, 0.6, 0.4, 0.2, 0.0], 7, "added"),
        ([0, 0.5, 1.0, 0.8, 0.6, 0.4, 0.2, 0.1], None, "-"),
    ],
)
def test_warm_up_in_total(rates: list[float], end: int | None, text: str) -> None:
    assert warm_up_in_total(np.array(rates), INTENT, end) == text


def test_without_a_warm_up_or_a_decay_nothing_counts() -> None:
    rates = np.array([1.0, 0.5, 0.0])
    assert warm_up_in_total(rates, Intent(warmup=0, total=2), 2) == "-"
    assert warm_up_in_total(rates, Intent(warmup=1, total=2, shape="constant"), 2) == "-"


@pytest.mark.parametrize(
    ("rate", "end", "text"),
    [
        (0.1, 4, "at floor"),
        (0.25, 5, "0.3 above floor"),
        (0.125, None, "0.05 above floor"),
        (0.05, 6, "at floor"),
    ],
)
def test_last_step(rate: float, end: int | None, text: str) -> None:
    assert last_step(rate, Intent(peak=2, warmup=2, total=5, floor=0.2), end) == text


@pytest.mark.parametrize(
    ("rates", "text"),
    [
        ([0.1, 0.1, 0.1], "holds"),
        ([0.1, 0.1 + AT_FLOOR, 0.1], "holds"),
        ([0.1, 0.1 + 2 * AT_FLOOR, 0.1], "climbs"),
        ([0.1, 0.1 - AT_FLOOR, 0.1 - AT_FLOOR], "holds"),
        ([0.1, 0.1, 0.1 - 2 * AT_FLOOR], "keeps falling"),
        ([0.1, 0.05, 0.05], "keeps falling"),
        ([0.1, 0.05, 0.1], "holds"),
        ([0.3, 0.2, 0.1], "holds"),
    ],
)
def test_after_end(rates: list[float], text: str) -> None:
    assert after_end(np.array(rates), 0.1) == text


@pytest.mark.parametrize(
    ("intent", "schedule", "convention"),
    [
        (
            Intent(peak=1, warmup=4, total=5),
            lrviz.schedule("timm.cosine", t_initial=5, warmup_t=4, warmup_prefix=True),
            Convention("t/W", "added", "1 above floor", "holds"),
        ),
        (
            Intent(peak=1, warmup=0, total=1),
            lrviz.schedule("torch.CosineAnnealingLR", T_max=1),
            Convention("none", "-", "1 above floor", "climbs"),
        ),
        (
            Intent(peak=1, warmup=0, total=2),
            lrviz.schedule("lambda", lr_lambda="1 - t / 5 if t < 3 else 0.4 * (t > 3)"),
            Convention("none", "-", "0.8 above floor", "climbs"),
        ),
    ],
)
def test_the_choices_of_a_curve(intent: Intent, schedule: Schedule, convention: Convention) -> None:
    assert measure_convention(intent, Curve("a", schedule, lr=1.0)) == convention


def test_the_last_step_of_a_long_run_is_above_the_floor_that_its_schedule_never_reaches() -> None:
    curve = Curve("cosine", lrviz.schedule("cosine", T_max=100_000), lr=1.0)
    measured = measure_convention(Intent(warmup=0, total=100_000, shape="cosine"), curve)
    assert measured.last_step == "2.5e-10 above floor"


@pytest.mark.parametrize(
    ("name", "in_total", "last"),
    [
        ("torch LinearLR, CosineAnnealingLR", "included", "2.7e-13 above floor"),
        ("keras CosineDecay", "added", "3.3e-11 above floor"),
        ("transformers cosine_warmup_with_min_lr", "included", "at floor"),
        ("timm cosine, warmup_prefix=False", "overlaid", "2.7e-13 above floor"),
        ("timm cosine, warmup_prefix=True", "added", "3.3e-11 above floor"),
    ],
)
def test_a_long_decay_ends_where_its_schedule_says(name: str, in_total: str, last: str) -> None:
    intent = Intent(peak=1, warmup=10, total=3_000_000)
    idiom = next(item for item in idioms(intent) if item.label == name)
    measured = measure_convention(intent, curve_of(idiom, intent))
    assert (measured.in_total, measured.last_step) == (in_total, last)

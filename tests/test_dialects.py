"""One intent in each framework's words."""

from __future__ import annotations

import pytest

from lrviz.curves.table import tabulate
from lrviz.translate.conventions import manner
from lrviz.translate.intents import SHAPES, Intent, ways
from tests.conftest import Shell

MEASURED = {
    "transformers cosine": "0 .9 1 .58682 .00030 .117",
    "optax warmup_cosine_decay_schedule": "0 .9 1 .58682 .00030 0",
    "torch LinearLR, CosineAnnealingLR": ".3333 .9333 1 .58682 .00030 .117",
    "transformers cosine_warmup_with_min_lr": ".1 1 .9997 .56959 0 .128",
    "timm cosine, warmup_prefix=False": "0 .9 .97553 .5 .00025 0",
    "timm cosine, warmup_prefix=True": "0 .9 1 .65451 .02956 0",
    "keras CosineDecay": "0 .9 1 .65451 .02956 0",
}
"""Rates that the real libraries gave at steps 0, 9, 10, 50, 99 and 120, run in each."""

MANNERS = {
    "transformers cosine": ("t/W", "inside", "3e-4 above floor", "climbs"),
    "optax warmup_cosine_decay_schedule": ("t/W", "inside", "3e-4 above floor", "holds"),
    "torch LinearLR, CosineAnnealingLR": ("from 0.3333", "inside", "3e-4 above floor", "climbs"),
    "transformers cosine_warmup_with_min_lr": ("(t+1)/W", "inside", "floor", "climbs"),
    "timm cosine, warmup_prefix=False": ("t/W", "over", "2.5e-4 above floor", "holds"),
    "timm cosine, warmup_prefix=True": ("t/W", "before", "0.03 above floor", "holds"),
    "keras CosineDecay": ("t/W", "before", "0.03 above floor", "holds"),
}


def test_the_usual_intent_has_the_rates_that_were_measured() -> None:
    intent = Intent(peak=1, warmup=10, total=100)
    assert intent.milestones() == [0, 9, 10, 50, 99, 120]
    known = {way.label: way for way in ways(intent)}
    assert list(known) == list(MEASURED)
    for label, line in MEASURED.items():
        rates = known[label].curve(intent).sample(range(121))
        for step, text in zip(intent.milestones(), line.split(), strict=True):
            digits = len(text.partition(".")[2])
            assert f"{rates[step]:.{digits}f}".removeprefix("0") in (text, text.strip("0")), label


def test_what_makes_them_differ_is_read_off_the_rates() -> None:
    intent = Intent()
    found = {way.label: manner(intent, way.curve(intent)) for way in ways(intent)}
    assert {label: tuple(vars(each).values()) for label, each in found.items()} == MANNERS


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("warmup", [0, 1, 10])
@pytest.mark.parametrize("floor", [0.0, 0.01])
def test_every_way_can_be_drawn(shape: str, warmup: int, floor: float) -> None:
    if shape == "exponential" and not floor:
        return
    intent = Intent(peak=0.3, warmup=warmup, total=60, floor=floor, shape=shape)
    found = ways(intent)
    assert len(found) >= 2
    table = tabulate([way.curve(intent) for way in found], range(intent.milestones()[-1] + 1))
    for column, way in zip(table.columns, found, strict=True):
        assert column.rates.max() <= 0.3 * (1 + 1e-9)
        assert manner(intent, column.curve).after
        assert way.written(intent).startswith(way.label.split()[0])


def test_the_command(shell: Shell) -> None:
    done = shell("dialects", "--peak", "1", "--warmup", "10", "--total", "100", "--width", "100")
    assert done.returncode == 0, done.stderr
    rates = "0      0.9        1  0.65451  0.02956        0"
    assert f"keras CosineDecay                             {rates}" in done.stdout
    assert (shell.folder / "dialects.png").exists()
    narrow = shell("dialects", "--no-image", "-q", "--width", "70").stdout
    assert "  0.33333" in narrow


def test_intents_that_cannot_be_are_refused_with_their_flag(shell: Shell) -> None:
    done = shell("dialects", "--warmup", "9", "--total", "9")
    assert done.stderr == "error: --warmup: must be less than total, 9 (got 9)\n"
    done = shell("dialects", "--shape", "exponential")
    assert done.stderr == "error: --floor: must be above 0 for shape exponential, as 0.01\n"
    assert "--shape" in shell("dialects", "--shape", "cosin").stderr

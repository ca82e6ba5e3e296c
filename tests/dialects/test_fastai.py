"""fastai's fits: phases by shares of the training, roles, refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lrviz.core.composition import schedule_from
from lrviz.core.errors import SpecError
from lrviz.core.register import register
from lrviz.core.roles import Target

ONE = {"schedule": "fastai.fit_one_cycle", "n_epoch": 8, "div": 4.0, "div_final": 10.0}
SGDR = {"schedule": "fastai.fit_sgdr", "n_cycles": 3, "cycle_len": 2}


def curve(name: str, start: float, end: float, **values: float) -> dict[str, Any]:
    return {"sched": name, "start": start, "end": end, **values}


def combined(pcts: list[float], *scheds: dict[str, Any], n_epoch: int = 8) -> dict[str, Any]:
    spec = {"schedule": "fastai.combine_scheds", "n_epoch": n_epoch, "pcts": pcts}
    return {**spec, "scheds": list(scheds)}


def parts_of(spec: dict[str, Any], stop: int = 99) -> list[tuple[str, int]]:
    schedule = schedule_from(spec)
    return [(part.name, part.start) for part in schedule.expand(0.4, stop)]


def rates_of(spec: dict[str, Any], *steps: int) -> list[float]:
    return [float(rate) for rate in schedule_from(spec).rate(np.array(steps), 0.4)]


def test_one_cycle() -> None:
    assert rates_of(ONE, 0, 1, 2, 5) == pytest.approx([0.1, 0.25, 0.4, 0.22])
    assert parts_of(ONE) == [("warm-up", 0), ("decay", 2)]
    assert rates_of({**ONE, "lr_max": 0.8}, 0, 2) == pytest.approx([0.2, 0.8])
    assert rates_of({**ONE, "n_epoch": 4, "n_iter": 2}, 0, 1, 2, 5) == rates_of(ONE, 0, 1, 2, 5)
    assert parts_of({**ONE, "pct_start": 0.0}) == [("decay", 0)]
    assert parts_of({**ONE, "pct_start": 1.0}) == [("warm-up", 0)]


def test_the_fit_ends() -> None:
    schedule = schedule_from({**ONE, "n_iter": 200})
    assert schedule.natural_length() == 1600
    with pytest.raises(SpecError, match=r"fastai\.fit_one_cycle ends: the fit has 1,600 batches"):
        schedule.rate(1600)


def test_flat_before_a_cosine() -> None:
    spec = {"schedule": "fastai.fit_flat_cos", "n_epoch": 8, "div_final": 10.0}
    assert rates_of(spec, 0, 6, 7) == pytest.approx([0.4, 0.4, 0.22])
    assert parts_of(spec) == [("hold", 0), ("decay", 6)]


def test_restarts() -> None:
    # In float32 the shares 2 / 14 and 4 / 14 add up to more than 6 / 14.
    assert rates_of(SGDR, 0, 1, 2, 4, 6, 10) == pytest.approx([0.4, 0.2, 0.4, 0.2, 0.0, 0.2])
    assert parts_of(SGDR) == [("decay", 0), ("restart", 2), ("restart", 7)]
    assert schedule_from(SGDR).natural_length() == 14
    assert rates_of({**SGDR, "lr_max": 0.8}, 1) == pytest.approx([0.4])
    assert schedule_from({**SGDR, "cycle_mult": 3, "n_iter": 5}).natural_length() == 130


def test_float32_decides_the_first_batch_of_a_phase() -> None:
    spec = {**SGDR, "n_cycles": 5, "cycle_len": 6, "cycle_mult": 3}
    assert [start for _, start in parts_of(spec, 726)] == [0, 6, 24, 79, 240]
    thirds = combined([1 / 3, 1 / 3, 1 / 3], *[curve("SchedLin", 0.2, 0.1)] * 3, n_epoch=300)
    assert [start for _, start in parts_of(thirds, 300)] == [0, 100, 200]


def test_curves() -> None:
    line, held = curve("SchedLin", 0.1, 0.3), curve("SchedNo", 0.3, 9.0)
    power, decay = curve("SchedPoly", 0.3, 0.1, power=2.0), curve("SchedExp", 0.1, 0.4)
    spec = combined([0.25, 0.25, 0.25, 0.25], line, held, power, decay)
    assert rates_of(spec, 0, 1, 2, 3, 4, 5, 6, 7) == pytest.approx(
        [0.1, 0.2, 0.3, 0.3, 0.3, 0.25, 0.1, 0.2]
    )
    assert parts_of(spec) == [("warm-up", 0), ("hold", 2), ("decay", 4), ("rise", 6)]
    kinds = [part.shape and part.shape.kind for part in schedule_from(spec).expand(0.1, 9)]
    assert kinds == ["linear", "hold", None, "exponential"]
    assert rates_of(combined([1.0], curve("SchedPoly", 0.3, 0.1, power=1.0)), 4) == pytest.approx(
        [0.2]
    )
    early = combined([0.3, 0.7], held, curve("SchedPoly", 0.3, 0.1, power=0.5), n_epoch=10)
    assert rates_of(early, 3) == pytest.approx([0.3])
    skipped = combined([0.0, 1.0, 0.0], power, line, power)
    assert parts_of(skipped) == [("warm-up", 0)]
    jump = combined([0.5, 0.5], line, curve("SchedCos", 0.5, 0.1))
    assert parts_of(jump) == [("warm-up", 0), ("restart", 4)]
    assert schedule_from(spec).spec()["scheds"] == [line, held, power, decay]


def test_combined_cos() -> None:
    spec = {"schedule": "fastai.combined_cos", "n_epoch": 8, "pct": 0.25, "start": 0.1}
    spec |= {"middle": 0.4, "end": 0.04}
    assert rates_of(spec, 0, 1, 2, 5) == pytest.approx([0.1, 0.25, 0.4, 0.22])
    assert schedule_from(spec).spec()["last"] == 0.04


def test_roles_follow_the_run() -> None:
    cls = register.find("fit_one_cycle")
    assert cls
    values = cls.complete({}, Target(steps=100, peak=0.2, warmup=10, floor=0.01))
    assert values == {"n_epoch": 100, "lr_max": 0.2, "pct_start": 0.1, "div_final": 20.0}
    assert cls.complete({"lr_max": 0.4}, Target(floor=0.01))["div_final"] == 40.0
    assert cls.complete({}, Target(floor=0.01))["div_final"] == 10.0
    assert "div_final" not in cls.complete({"div_final": 3.0}, Target(floor=0.01))
    assert "div_final" not in cls.complete({}, Target(peak=0.1))


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({**ONE, "start_epoch": 2}, "start_epoch must be 0: a curve starts at step 0"),
        ({**ONE, "div": 0}, "greater than 0"),
        ({**SGDR, "cycle_mult": 1}, "greater than or equal to 2"),
        ({**SGDR, "n_cycles": 31}, "less than or equal to 30"),
        (combined([0.3, 0.6], *[curve("SchedLin", 0, 1)] * 2), "must add up to exactly 1"),
        (combined([1.0], *[curve("SchedLin", 0, 1)] * 2), r"as many as scheds, 2 \(got 1\)"),
        (combined([1.0], curve("SchedLin", 0, 1, power=2)), "SchedLin does not take power"),
        (combined([1.0], curve("SchedPoly", 0, 1)), "SchedPoly needs power"),
        (combined([1.0], curve("SchedPoly", 0, 1, power=0)), "greater than 0"),
        (combined([1.0], curve("SchedExp", 0, 1)), "SchedExp needs both ends above 0"),
        (combined([1.0], curve("SchedTan", 0, 1)), "Input should be 'SchedLin'"),
    ],
)
def test_refusals(spec: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        schedule_from(spec)

"""The terminal's chart: readable drawings as goldens, and what must hold for every chart."""

from __future__ import annotations

import numpy as np
import pytest

import lrviz
from lrviz.render.glyphs import GLYPHS, glyphs_for
from lrviz.render.terminal import chart, sparkline
from lrviz.render.ticks import log_ticks, nice_ticks, rate_text, step_text

BRAILLE, BLOCK, ASCII = GLYPHS


def drawn(spec: str, glyphs=BRAILLE, width=40, height=7, steps=None, log_y=False) -> list[str]:
    table = lrviz.sample(lrviz.load(spec), steps=steps)
    lines = chart(table, width, height, glyphs, log_y=log_y)
    return [line.plain.rstrip() for line in lines]


def test_braille() -> None:
    assert drawn("step:step_size=20,gamma=0.5") == [
        "  0.1┤⠉⠉⠉⠉⠉⠉⢹",
        "     │      ⢸",
        "     │      ⢸",
        " 0.05┤      ⠘⠒⠒⠒⠒⠒⠒⡆",
        "     │             ⡇",
        "     │             ⠉⠉⠉⠉⠉⠉⢹",
        "    0┤                   ⠈⠉⠉⠉⠉⠉⠉⠙⠒⠒⠒⠒⠒⠒",
        "     └┬───────────────┬────────────────",
        "      0              50            step",
    ]


def test_ascii() -> None:
    assert drawn("linear:total_iters=20,start_factor=1,end_factor=0.5", ASCII, 30, 5) == [
        " 0.1+*******",
        "    |       ************",
        "    |                  ******",
        "    |",
        "   0+",
        "    ++-----------+-----------",
        "     0          10       step",
    ]


def test_a_one_step_spike_is_seen() -> None:
    lines = drawn("lambda:lr_lambda=9.0 if t == 5001 else 1.0", steps=10_000)
    assert any(mark in lines[0] for mark in "⡇⢸⠁⠈⢰⡆⡀⢀")


@pytest.mark.parametrize("glyphs", GLYPHS, ids=lambda glyphs: glyphs.name)
def test_the_axis_is_never_negative_for_positive_rates(glyphs) -> None:
    for spec in ("cosine", "onecycle", "exponential", "cosine:lr=0", "constant:factor=1"):
        assert "-0" not in "\n".join(line.split("┤")[0] for line in drawn(spec, glyphs))


def test_log_axis() -> None:
    lines = drawn("exponential:gamma=0.9", log_y=True)
    labels = [line.split("┤")[0].strip() for line in lines if "┤" in line]
    assert labels == ["0.1", "0.001", "1e-5"]


def test_a_single_step() -> None:
    assert drawn("cosine", steps=1)


def test_glyphs_follow_the_encoding() -> None:
    assert glyphs_for("utf-8", "xterm") is BRAILLE
    assert glyphs_for("cp437", "xterm") in (BLOCK, ASCII)
    assert glyphs_for("ascii", "xterm") is ASCII
    assert glyphs_for("utf-8", "dumb") is ASCII
    assert glyphs_for(None, None) is ASCII


def test_sparklines_share_a_scale_and_show_peaks() -> None:
    rates = np.zeros(1000)
    rates[500] = 1.0
    line = sparkline(rates, 10, 0.0, 1.0, BRAILLE)
    assert line == "▁▁▁▁▁█▁▁▁▁"
    assert sparkline(rates * 0.5, 10, 0.0, 1.0, BRAILLE) == "▁▁▁▁▁▅▁▁▁▁"
    assert sparkline(np.zeros(0), 10, 0.0, 1.0, BRAILLE) == ""


def test_ticks() -> None:
    assert nice_ticks(0, 0.106, 6) == [0.0, 0.025, 0.05, 0.075, 0.1]
    assert nice_ticks(0, 3, 9, whole=True) == [0.0, 1.0, 2.0, 3.0]
    assert log_ticks(1e-5, 1.0, 8) == [1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0]
    assert [rate_text(x) for x in (0.1, 3e-4, 0.025, 1e-5, 0.0, -0.05)] == [
        "0.1", "3e-4", "0.025", "1e-5", "0", "-0.05",
    ]  # fmt: skip
    assert [step_text(x) for x in (0, 500, 20_000, 1_500_000)] == [
        "0",
        "500",
        "20k",
        "1.5M",
    ]

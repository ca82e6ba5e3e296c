"""The terminal's chart: readable drawings as goldens, and what must hold for every chart."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

import lrviz
from lrviz.curves.units import base_unit
from lrviz.render.glyphs import GLYPHS, glyphs_for
from lrviz.render.grid import grid
from lrviz.render.terminal import (
    chart,
    chart_height,
    connected,
    facts_lines,
    legend,
    sparkline,
)
from tests.render.conftest import table_of

BRAILLE, BLOCK, ASCII = GLYPHS


def lines_of(*specs: str, glyphs=BRAILLE, width=40, height=7, steps=None, **options) -> list[str]:
    return [
        line.plain
        for line in chart(table_of(*specs, steps=steps), width, height, glyphs, **options)
    ]


def test_braille() -> None:
    assert lines_of("step:step_size=20,gamma=0.5") == [
        "  0.1┤⠉⠉⠉⠉⠉⠉⠉⡇",
        "     │       ⡇",
        "     │       ⡇",
        " 0.05┤       ⠓⠒⠒⠒⠒⠒⢲",
        "     │             ⢸",
        "     │             ⠈⠉⠉⠉⠉⠉⠉⢹",
        "    0┤                    ⠈⠉⠉⠉⠉⠉⠉⠓⠒⠒⠒⠒⠒⠒",
        "     └┬────────────────┬───────────────┬",
        "      0               50        step 100",
    ]


def test_two_curves_in_ascii_have_letters() -> None:
    assert lines_of("cosine", "step:step_size=50", glyphs=ASCII, width=32, height=5, steps=100) == [
        " 0.1+aaaaaaabbbbbbb",
        "    |      aaaaaa b",
        "    |           aaaaa",
        "    |             b aaaaaa",
        "   0+             bbbbbbbaaaaaaa",
        "    ++------------+------------+",
        "     0           50     step 100",
    ]


def test_rates_of_0_throughout_have_one_tick() -> None:
    assert lines_of("cosine:lr=0", width=20, height=3)[:3] == ["  │", "  │", " 0┤" + "⣀" * 17]


def test_blocks_on_a_log_axis() -> None:
    assert lines_of("exponential:gamma=0.9", glyphs=BLOCK, height=5, log_y=True) == [
        " 1e-1┤▀▀█▄▄▄",
        "     │      ▀▀▀█▄▄▄▄",
        "     │             ▀▀▀▀▄▄▄▄",
        "     │                    ▀▀▀▀█▄▄▄",
        " 1e-5┤                            ▀▀▀█▄▄",
        "     └┬────────────────┬───────────────┬",
        "      0               50        step 100",
    ]


def test_what_a_log_axis_cuts_is_marked_and_not_drawn() -> None:
    assert lines_of("polynomial:total_iters=1000,power=4", height=5, log_y=True) == [
        " 1e-1┤⠉⠉⠉⠉⠒⠒⠒⠒⠒⠒⠦⠤⠤⠤⠤⣄⣀⣀⣀",
        "     │                   ⠉⠉⠉⠓⠒⠢⠤⢄⣀",
        "     │                            ⠉⠓⠦⡀",
        "     │                               ⠈⢆",
        " 1e-8┤                                ⠈▼",
        "     └┬────────────────┬───────────────┬",
        "      0               500      step 1000",
        "▼ rate below the axis",
    ]


def test_y_max_cuts_and_says_so() -> None:
    assert lines_of("cosine", glyphs=ASCII, height=5, y_min=0.02, y_max=0.08) == [
        " 0.08+^         ***",
        "     |            ****",
        "     |               ****",
        "     |                  ****",
        " 0.02+                      **v",
        "     ++----------------+---------------+",
        "      0               50        step 100",
        "v rate below the axis, ^ rate above the axis",
    ]


def test_an_axis_that_does_not_begin_at_0_is_labelled_with_the_lowest_rate() -> None:
    steps = lines_of("step:step_size=20,gamma=-0.5", steps=60, width=30, height=6)
    assert steps[:6] == [
        "   0.1┤⠉⠉⠉⠉⠉⠉⠉⢹",
        "      │       ⢸",
        "      │       ⢸       ⢀⣀⣀⣀⣀⣀⣀⣀",
        "     0┤       ⢸       ⢸",
        "      │       ⢸       ⢸",
        " -0.05┤       ⢸⣀⣀⣀⣀⣀⣀⣀⣸",
    ]
    lines = lines_of("cosine:T_max=100,eta_min=0.09", steps=100, width=30, height=6)
    assert (lines[0][:7], lines[5][:7]) == ("   0.1┤", "  0.09┤")


def test_a_chart_from_a_later_step() -> None:
    curves = lrviz.load("linear:start_factor=1,end_factor=0,total_iters=30")
    table = lrviz.sample(curves, range(10, 31))
    assert [line.plain for line in chart(table, 30, 4, BRAILLE, y_max=0.04)] == [
        " 0.04┤▲        ⠈⠒⠤⣄",
        "     │             ⠉⠒⠤⡀",
        "     │                ⠈⠑⠢⢄⡀",
        "    0┤                    ⠈⠓⠢⢄",
        "     └┬───────────┬──────────┬",
        "     10          20    step 30",
        "▲ rate above the axis",
    ]


def test_curves_of_their_own_lengths_end_together_on_an_axis_of_percent() -> None:
    specs = ("step:step_size=50,gamma=0,steps=100", "step:step_size=60,gamma=0,steps=80")
    table = table_of(*specs).on_axis("percent")
    assert [line.plain for line in chart(table, 47, 5, ASCII)] == [
        " 0.1+aaaaaaaaaaaaaaaaaaaaaabbbbbbbbbb",
        "    |                     a         b",
        "    |                     a         b",
        "    |                     a         b",
        "   0+                     aaaaaaaaaaaaaaaaaaaaa",
        "    ++--------------------+-------------------+",
        "    0%                   50%         share 100%",
    ]
    assert [line.plain for line in chart(table, 47, 5, ASCII, y_min=0.05)][3:] == [
        "     |",
        " 0.05+                    v         v",
        "     ++-------------------+-------------------+",
        "     0%                  50%         share 100%",
        "v rate below the axis",
    ]


def test_a_chart_of_two_steps() -> None:
    options = {"steps": 2, "width": 30, "height": 4, "y_min": 0.06}
    assert lines_of("step:step_size=1,gamma=0.5", **options) == [
        " 0.1┤⠁",
        "    │",
        "    │",
        "    │                        ▼",
        "    └┬───────────────────────┬",
        "     0                  step 1",
        "▼ rate below the axis",
    ]


def test_a_one_step_spike_is_seen() -> None:
    lines = lines_of("lambda:lr_lambda=9.0 if t == 5001 else 1.0", steps=10_000)
    assert any(mark in lines[0] for mark in "⡇⢸⠁⠈⢰⡆⡀⢀")


@pytest.mark.parametrize("glyphs", GLYPHS, ids=lambda glyphs: glyphs.name)
@pytest.mark.parametrize("width", [20, 40, 79, 200])
def test_every_chart_fits_its_size(glyphs, width) -> None:
    for spec in ("cosine", "onecycle", "exponential", "cosine:lr=0", "constant:factor=1"):
        lines = lines_of(spec, glyphs=glyphs, width=width, height=9)
        assert max(map(len, lines)) <= max(width, 22)
        assert max(map(len, lines)) >= width - 1
        assert not any(line.endswith(" ") for line in lines)
        assert sum(line.lstrip().startswith(glyphs.corner) for line in lines) >= 1
        assert not any(line.strip().startswith("-0") for line in lines)
        ticks = sum(glyphs.tick in line.partition(glyphs.vertical)[0] for line in lines[:9])
        assert ticks == 1 if spec.endswith("lr=0") else ticks >= 2


def test_the_height_is_half_of_the_terminal() -> None:
    assert [chart_height(lines) for lines in (10, 16, 18, 24, 40, 60, 61, 100)] == [
        8, 8, 9, 12, 20, 30, 30, 30,
    ]  # fmt: skip


def test_a_single_step() -> None:
    lines = lines_of("cosine", steps=1)
    assert lines[-1].split() == ["step", "0"]


@pytest.mark.parametrize(("steps", "end"), [(5, 4), (24, 24), (60, 60)])
def test_the_last_tick_is_where_the_chart_or_the_rhythm_ends(steps: int, end: int) -> None:
    lines = lines_of("cosine", steps=steps, width=54)
    assert lines[-1].endswith(f"step {end}")


def test_neighbouring_columns_touch() -> None:
    low, high = connected(np.array([0.0, 1.0, 3.0, 2.0, 0.0]), np.array([0.0, 1.0, 3.0, 2.0, 0.0]))
    assert low.tolist() == [0, 1, 2, 2, 0]
    assert high.tolist() == [0, 1, 3, 2, 1]


def test_glyphs_follow_the_encoding() -> None:
    assert glyphs_for("utf-8", "xterm") is BRAILLE
    assert glyphs_for("cp437", "xterm") is BLOCK
    assert glyphs_for("ascii", "xterm") is ASCII
    assert glyphs_for("utf-8", "dumb") is ASCII
    assert glyphs_for(None, None) is ASCII
    assert glyphs_for("no such encoding", "xterm") is ASCII


def test_cells_of_dots() -> None:
    on, off = True, False
    assert BRAILLE.cell(np.array([[on, off], [off, off], [off, off], [off, on]])) == "⢁"
    assert BRAILLE.cell(np.array([[off, on], [on, on], [on, off], [on, off]])) == "⡞"
    assert BLOCK.cell(np.array([[on], [off]])) == "▀"
    assert BLOCK.cell(np.array([[off], [on]])) == "▄"
    assert BLOCK.cell(np.array([[on], [on]])) == "█"


def test_sparklines_share_a_scale_and_show_peaks() -> None:
    rates = np.zeros(1000)
    rates[500] = 1.0
    assert sparkline(rates, 10, 0.0, 1.0, BRAILLE) == "▁▁▁▁▁█▁▁▁▁"
    assert sparkline(rates * 0.5, 10, 0.0, 1.0, BRAILLE) == "▁▁▁▁▁▅▁▁▁▁"
    assert sparkline(np.zeros(0), 10, 0.0, 1.0, BRAILLE) == ""
    assert sparkline(rates, 0, 0.0, 1.0, BRAILLE) == ""
    assert sparkline(np.arange(8.0), 8, 0.0, 8.0, BRAILLE) == "▁▂▃▄▅▆▇█"
    assert sparkline(np.arange(8.0), 4, 0.0, 7.0, BRAILLE) == "▂▄▆█"
    assert sparkline(np.arange(3.0), 5, 0.0, 2.0, BRAILLE) == "▁▁▅▅█"
    assert sparkline(np.full(3, 5.0), 3, 5.0, 5.0, BRAILLE) == "▁▁▁"
    assert sparkline(np.array([0.0, np.inf]), 2, 0.0, 1.0, BRAILLE) == "▁█"


def test_facts_are_what_a_person_reads() -> None:
    (column,) = table_of("cosine:T_max=298000,lr=3e-4,warmup=2000").columns
    assert [line.plain for line in facts_lines(column, base_unit(column.curve), 80, BRAILLE)] == [
        "peak 3e-4 at step 2k · last 8.335e-15",
        "warm-up: 3e-7 to 3e-4 until step 2k · decay: 3e-4 to 8.335e-15 until step 300k",
    ]
    assert [line.plain for line in facts_lines(column, base_unit(column.curve), 30, ASCII)] == [
        "peak 3e-4 at step 2k",
        "last 8.335e-15",
        "warm-up: 3e-7 to 3e-4 until",
        "step 2k",
        "decay: 3e-4 to 8.335e-15 until",
        "step 300k",
    ]


def test_the_lowest_rate_is_a_fact_where_it_is_at_neither_end() -> None:
    (column,) = table_of("cosine:T_max=50", steps=101).columns
    assert facts_lines(column, base_unit(column.curve), 80, BRAILLE)[0].plain == (
        "peak 0.1 at step 0 · lowest 0 at step 50 · last 0.1"
    )


def test_segments_in_a_line() -> None:
    def segments(spec: str, steps: int | None = None) -> str:
        table = table_of(spec, steps=steps)
        return facts_lines(table.columns[0], table.unit, 200, BRAILLE)[1].plain

    assert segments("step:step_size=20,gamma=0.5") == (
        "hold: 0.1 until step 20 · drop: 0.05 until step 40 · drop: 0.025 until step 60 · "
        "drop: 0.0125 until step 80 · drop: 0.00625 until step 100"
    )
    assert segments("step:step_size=10,gamma=0.5").endswith(
        "drop: 0.00625 until step 50 · 5 more until step 100"
    )
    assert (
        segments("sgdr:T_0=20", 40)
        == "decay: 0.1 to 6.156e-4 until step 20 · restart: 0.1 to 6.156e-4 until step 40"
    )
    assert segments("exponential:gamma=1.1", 50) == "rise: 0.1 to 10.67 until step 50"
    assert segments("cosine:t_max=50,eta_min=0.2") == "rise: 0.1 to 0.1999 until step 50"
    assert segments("cosine:t_max=30,eta_min=0.05", 60) == (
        "decay: 0.1 to 0.05 until step 30 · rise: 0.05 to 0.09986 until step 60"
    )


def test_the_legend_wraps_between_entries() -> None:
    table = table_of("cosine", "step", "linear")
    assert [line.plain for line in legend(table, 80)] == ["a cosine   b step   c linear"]
    assert [line.plain for line in legend(table, 19)] == ["a cosine   b step", "c linear"]


def test_equal_curves_are_named_together() -> None:
    table = table_of("cosine", "step", "keras.CosineDecay:decay_steps=100", "linear")
    assert [line.plain for line in legend(table, 80)] == [
        "a cosine = c keras.CosineDecay   b step   d linear"
    ]
    assert [line.plain for line in legend(table, 30)] == [
        "a cosine = c keras.CosineDecay",
        "b step   d linear",
    ]
    assert [line.plain for line in legend(table, 29)] == [
        "a cosine",
        "= c keras.CosineDecay",
        "b step   d linear",
    ]


def test_colours_are_readable_on_black_and_on_white() -> None:
    from lrviz.render.colours import TERMINAL_PALETTE, TERMINAL_RAMP, contrast

    for number in (*TERMINAL_PALETTE, *TERMINAL_RAMP):
        colour = xterm(number)
        assert contrast(colour, "#000000") >= 3, (number, colour)
        assert contrast(colour, "#ffffff") >= 2.5, (number, colour)
    assert len(set(TERMINAL_PALETTE)) == 12


def xterm(number: int) -> str:
    """Return the colour of one of xterm's numbers from 16 on."""
    if number >= 232:
        return "#" + f"{8 + 10 * (number - 232):02x}" * 3
    steps = (0, 95, 135, 175, 215, 255)
    number -= 16
    return f"#{steps[number // 36]:02x}{steps[number // 6 % 6]:02x}{steps[number % 6]:02x}"


@pytest.mark.parametrize(
    ("steps", "width", "numbers"),
    [
        (140, 80, [0, 20, 40, 60, 80, 100, 120, 140]),
        (140, 40, [0, 50, 100, 140]),
        (72, 72, [0, 12, 24, 36, 48, 60, 72]),
        (118, 72, [0, 20, 40, 60, 80, 100, 118]),
        (1000, 72, [0, 250, 500, 750, 1000]),
        (9, 20, [0, 4, 8]),
        (22, 54, [0, 10, 20]),
    ],
)
def test_ticks_of_steps_have_a_rhythm(steps: int, width: int, numbers: list[int]) -> None:
    line = next(text for text in lines_of("cosine", steps=steps, width=width) if " 0  " in text)
    assert [int(word) for word in line.split() if word.isdigit()] == numbers


def test_a_curve_that_others_hide_has_its_letter() -> None:
    lines = lines_of("cosine", "step", "cosine:eta_min=1e-9", "cosine", steps=100)
    chart_lines = [line for line in lines if "┤" in line or "│" in line]
    letters = Counter(letter for line in chart_lines for letter in line if letter in "abcd")
    assert letters["c"] == 2
    assert letters["d"] == 0  # the legend says that it is equal to the first


def test_a_heading_above_names_has_a_line_of_its_own() -> None:
    rows = [["a long name", "1", "2"]]
    assert [line.plain for line in grid(["name", "x", "y"], rows, ["red"], 12)] == [
        "name", "  x  y", "a long name", "  1  2",
    ]  # fmt: skip
    assert next(line.plain for line in grid(["", "x", "y"], rows, ["red"], 12)) == "  x  y"

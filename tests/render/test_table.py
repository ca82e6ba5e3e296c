"""The comparison: numbers, widths and words."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

import lrviz
from lrviz.curves.facts import differences
from lrviz.curves.table import tabulate
from lrviz.curves.units import AxisName
from lrviz.render.glyphs import GLYPHS
from lrviz.render.grid import decimals_text, grid
from lrviz.render.table import cells_of, comparison_lines, spark_in_time
from lrviz.render.wrapping import broken, wrapped, wrapped_parts
from tests.render.conftest import table_of

BRAILLE = GLYPHS[0]


def lines_of(*specs: str, width=100, steps=None, baseline=0) -> list[str]:
    table = table_of(*specs, steps=steps)
    return [line.plain for line in comparison_lines(table, width, BRAILLE, baseline)]


def test_a_row_per_curve() -> None:
    assert lines_of("cosine", "step:step_size=50,label=step by 50", "linear", steps=100) == [
        "curve                            peak  at step      last  area  differs at   most by  at  area ratio",
        "cosine      █████▇▇▆▅▅▄▄▃▂▂▁▁▁▁   0.1        0  2.467e-5  5.05           -         -   -           1",
        "step by 50  ██████████▁▁▁▁▁▁▁▁▁   0.1        0      0.01   5.5           1  +0.04843  49       1.089",
        "linear      ▇██████████████████   0.1        5       0.1   9.8           0  +0.09998  99       1.941",
        "sparklines 0 to 0.1; differences are from the first curve",
    ]


def test_a_narrow_table_keeps_what_differs() -> None:
    assert lines_of(
        "cosine", "step:step_size=50,label=step by 50", "linear", width=72, steps=100
    ) == [
        "curve               peak      last  differs at   most by  at  area ratio",
        "cosine      ██▇▅▃▁   0.1  2.467e-5           -         -   -           1",
        "step by 50  ███▁▁▁   0.1      0.01           1  +0.04843  49       1.089",
        "linear      ██████   0.1       0.1           0  +0.09998  99       1.941",
        "sparklines 0 to 0.1; differences are from the first curve",
    ]


def test_cards_where_rows_are_too_wide() -> None:
    assert lines_of(
        "cosine", "step:step_size=50,label=step by 50", "cosine:T_max=1e2", width=40, steps=100
    ) == [
        "cosine",
        "  ████████▇▇▇▆▆▆▅▅▅▄▄▃▃▃▂▂▂▁▁▁▁▁▁▁",
        "  peak 0.1 at step 0, last 2.467e-5,",
        "  area 5.05, ratio 1",
        "step by 50",
        "  ████████████████▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁",
        "  peak 0.1 at step 0, last 0.01, area",
        "  5.5, ratio 1.089; differs from step 1,",
        "  most at 49: +0.04843",
        "cosine #2",
        "  ████████▇▇▇▆▆▆▅▅▅▄▄▃▃▃▂▂▂▁▁▁▁▁▁▁",
        "  peak 0.1 at step 0, last 2.467e-5,",
        "  area 5.05, ratio 1, same as the first",
        "sparklines 0 to 0.1; differences are",
        "from the first curve",
    ]


def test_curves_of_different_lengths_say_where_they_are_compared() -> None:
    text = lines_of("cosine:T_max=100", "step", steps=None)
    assert "over the steps that both curves have" not in text[-1]
    lines = lines_of("cosine:steps=100", "cosine:steps=50,T_max=50")
    assert lines[-1].endswith("over the steps that both curves have")
    assert lines[1].index("█") == lines[2].index("█")
    assert lines[2].count("▁") < lines[1].count("▁") + 10


RUNS = (
    "cosine:t_max=100,steps=100,steps_per_epoch=20,tokens_per_step=400",
    "cosine:t_max=300,steps=300,steps_per_epoch=50,tokens_per_step=100",
)


@pytest.mark.parametrize(
    ("axis", "first", "second", "places"),
    [
        ("percent", ["0%", "2.467e-5", "5.05"], ["same", "0", "-", "1"],
         "at equal shares of the runs, with area ratios of the mean rates there"),
        ("epoch", ["0", "2.467e-5", "5.05"], ["0.04", "+0.01645", "3.5", "1.188"],
         "at the epochs that both curves have, with area ratios of the mean rates there"),
        ("tokens", ["0", "2.467e-5", "5.05"], ["400", "-0.02563", "22k", "0.7727"],
         "at the tokens that both curves have, with area ratios of the mean rates there"),
    ],
)  # fmt: skip
def test_an_axis_of_each_curves_own_units(
    axis: AxisName, first: list[str], second: list[str], places: str
) -> None:
    table = table_of(*RUNS).on_axis(axis)
    lines = [line.plain for line in comparison_lines(table, 400, BRAILLE)]
    assert lines[1].split()[-7:] == [*first, "-", "-", "-", "1"]
    assert lines[2].split()[-len(second) :] == second
    assert lines[-1].endswith(f"differences are from the first curve, {places}")


def test_a_sparkline_takes_as_much_as_its_curve_of_the_axis() -> None:
    def cells(axis: AxisName) -> list[int]:
        table = table_of(*RUNS).on_axis(axis)
        ends = (0.0, 0.1)
        return [len(spark_in_time(c, table, 30, ends, BRAILLE)) for c in table.columns]

    assert [cells(axis) for axis in ("step", "percent", "epoch", "tokens")] == [
        [10, 30], [30, 30], [25, 30], [30, 22],
    ]  # fmt: skip


def test_curves_without_a_common_place_have_no_difference() -> None:
    curves = lrviz.load(*RUNS)
    table = tabulate(curves, range(50, 60)).on_axis("percent")
    assert cells_of(table.columns[1], differences(table, 0)[1], table.unit)[4:] == (
        "-",
        "-",
        "-",
        "-",
    )


def test_differences_are_from_the_baseline() -> None:
    first, second = lines_of("cosine", "linear", steps=100, baseline=1)[1:3]
    assert second.split()[-4:] == ["-", "-", "-", "1"]
    assert first.split()[-1] != "1"


def test_one_curve_is_not_compared() -> None:
    assert lines_of("cosine") == []


@pytest.mark.parametrize("width", [24, 40, 60, 71, 72, 73, 80, 100, 120, 200])
def test_no_line_is_too_wide(width) -> None:
    specs = "transformers.cosine:num_warmup_steps=10,num_training_steps=100", "学習率:", "step"
    lines = lines_of(specs[0], specs[2], "multistep:milestones=[30,60]", width=width, steps=100)
    assert max(map(cell_len, lines)) <= width
    assert not any(line.endswith(" ") for line in lines)
    if width >= 72:
        assert len(lines) == 5 if width >= 77 else 6


def test_words_wrap() -> None:
    assert wrapped("one two three", 7) == ["one two", "three"]
    assert wrapped("one two three", 8, "  ") == ["one two", "  three"]
    assert wrapped("abcdefgh", 3) == ["abc", "def", "gh"]
    assert wrapped("学習率の推移", 5) == ["学習", "率の", "推移"]
    assert wrapped_parts(["one", "two three"], 20, " · ") == ["one · two three"]
    assert wrapped_parts(["one", "two three"], 9, " · ") == ["one", "two three"]
    assert wrapped_parts(["one", "two three"], 6, " · ") == ["one", "two", "three"]


LONG = "Ours: cosine with a long warm-up and a floor of 10 % of the peak"


def test_a_label_is_whole() -> None:
    assert lines_of(f"cosine:t_max=300,label={LONG}", "step", width=80, steps=100) == [
        "curve                                    peak     last  differs at   most by  at",
        "Ours: cosine with a long         █████▇   0.1  0.07545           -         -   -",
        "  warm-up and a floor of 10 %",
        "  of the peak",
        "step                             ██▁▁▁▁   0.1     1e-4           1  -0.08945  60",
        "sparklines 0 to 0.1; differences are from the first curve",
    ]
    wide = lines_of(f"cosine:t_max=300,label={LONG}", "step", width=150, steps=100)
    assert wide[1].startswith(f"{LONG}  █")


def test_a_label_leaves_room_for_what_differs() -> None:
    assert lines_of(f"cosine:label={LONG}", "step", width=72, steps=1000) == [
        "curve                            peak     last  differs at  most by   at",
        "Ours: cosine with a      ██████   0.1  0.09998           -        -    -",
        "  long warm-up and a",
        "  floor of 10 % of the",
        "  peak",
        "step                     █▁▁▁▁▁   0.1        0           1     -0.1  600",
        "sparklines 0 to 0.1; differences are from the first curve",
    ]


def test_rows_without_room_for_a_sparkline_have_none() -> None:
    first = "cosine:t_max=300000,lr=1.2345e-4,label=first"
    second = "step:step_size=123456,gamma=0.5,lr=1.11e-4,label=a step of another rate"
    assert lines_of(first, second, width=72, steps=234567) == [
        "curve                      peak      last  differs at    most by      at",
        "first                  1.234e-4  1.393e-5           -          -       -",
        "a step of another       1.11e-4   5.55e-5           0  +4.157e-5  234566",
        "  rate",
        "differences are from the first curve",
    ]


def test_grids_of_cells() -> None:
    rows = [["first", "1", "22"], ["b", "333", "4"]]
    lines = grid(["name", "x", "y"], rows, ["red", "blue"], 40)
    assert [line.plain for line in lines] == [
        "name     x   y",
        "first    1  22",
        "b      333   4",
    ]
    assert [line.plain for line in grid(["name", "x", "y"], rows, ["red", "blue"], 13)] == [
        "name",
        "    x   y",
        "first",
        "    1  22",
        "b",
        "  333   4",
    ]
    assert lines[1].spans[0].style == "red"
    assert (lines[1].spans[0].start, lines[1].spans[0].end) == (0, 5)
    head = ["name", "x", "y"]
    assert [line.plain for line in grid(head, rows, ["", ""], 14, "ab")][1] == "first    1  22"
    assert [line.plain for line in grid(head, rows, ["", ""], 13, "ab")] == [
        "     x   y",
        "a    1  22",
        "b  333   4",
    ]
    assert len(grid(head, rows, ["", ""], 10, "ab")) == 3
    assert len(grid(head, rows, ["", ""], 9, "ab")) == 6


def test_values_of_a_grid_have_decimals_as_rates_have_digits() -> None:
    values = (0.1, 0.12346, 0.0, -0.00001, 3e-4, 1.0)
    assert [decimals_text(value, 4) for value in values] == [
        "0.1", "0.1235", "0", "0", "3e-4", "1",
    ]  # fmt: skip
    assert decimals_text(1.51581123e-4, 9) == "1.51581e-4"


def test_words_that_are_wider_than_the_terminal_are_broken() -> None:
    call = "cosine(num_warmup_steps=2000, lr=3e-4)"
    assert wrapped(call, 24) == ["cosine(num_warmup_steps=", "2000, lr=3e-4)"]
    assert wrapped(call, 23, "  ") == ["cosine(num_warmup_", "  steps=2000, lr=3e-4)"]
    assert broken("abcdefg", 3) == ["abc", "def", "g"]
    assert broken("日本語", 5) == ["日本", "語"]
    assert broken("日本語", 1) == ["日", "本", "語"]
    assert broken("e\u0301" * 4, 2) == ["e\u0301" * 2] * 2


def test_a_curve_of_epochs_has_no_difference_from_one_of_steps() -> None:
    specs = "cosine:T_max=90,by=epoch", "cosine:T_max=300", "step:by=epoch"
    lines = lines_of(*specs, width=400)
    assert [line.split()[-4:] for line in lines[2:4]] == [
        ["-", "-", "-", "-"],
        ["1", "-0.065", "30", "0.7307"],
    ]
    assert lines[-1].endswith("differences are from the first curve, of curves that count epochs")

"""Ticks and the ends of axes, number by number."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz import load, sample, schedule
from lrviz.core.schedule import Array
from lrviz.curves.curve import SHARE, Curve
from lrviz.curves.units import TOKENS, AxisName, AxisUnit
from lrviz.render.figure.axes import rate_axis, second_step_axis, step_axis, step_ticks
from lrviz.render.scale import RateScale, limits, padded, rate_scale
from lrviz.render.ticks import (
    axis_end,
    digits_of,
    dividing_ticks,
    end_of_axis,
    log_ticks,
    nice_ticks,
    place_text,
    rate_text,
    rate_tick_texts,
    step_text,
    step_tick_texts,
    unit_text,
    unit_ticks,
    with_required,
)
from lrviz.run import Run


def test_steps_as_people_write_them() -> None:
    steps = (0, 1, 500, 999, 1000, 1250, 1234, 2000, 12_500, 10_001, 20_000, 300_000, 999_999,
             1_000_000, 1_500_000, 1_234_567, 0.5, -2000)  # fmt: skip
    assert [step_text(step) for step in steps] == [
        "0", "1", "500", "999", "1k", "1.25k", "1234", "2k", "12.5k", "10001", "20k", "300k",
        "999999", "1M", "1.5M", "1234567", "0.5", "-2k",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("unit", "steps", "texts"),
    [
        (AxisUnit("step"), (0, 2000, 1234), ["0", "2k", "1234"]),
        (AxisUnit("epoch", 500), (0, 500, 1000, 1250, 100, 333), ["0", "1", "2", "2.5", "0.2",
         "0.666"]),
        (AxisUnit("epoch", 3), (1, 3000), ["0.3333", "1k"]),
        (AxisUnit(SHARE, 10), (0, 125, 1000, 333), ["0%", "12.5%", "100%", "33.3%"]),
        (AxisUnit(SHARE, 12.34), (1234, 617, 1), ["100%", "50%", "0.08104%"]),
        (AxisUnit(TOKENS, 2**-22), (300_000, 1000, 1, 0), ["1.26T", "4.19B", "4.19M", "0"]),
        (AxisUnit(TOKENS, 0.01), (10, 9, 12_345_678), ["1k", "900", "1.23B"]),
    ],
)  # fmt: skip
def test_steps_in_a_unit(unit: AxisUnit, steps: tuple[int, ...], texts: list[str]) -> None:
    assert [unit_text(step, unit) for step in steps] == texts


def test_places_in_a_unit() -> None:
    assert place_text(AxisUnit("step"), 2000) == "step 2k"
    assert place_text(AxisUnit("epoch", 500), 1500) == "epoch 3"
    assert place_text(AxisUnit(SHARE, 10), 125) == "12.5% of the run"
    assert place_text(AxisUnit(TOKENS, 0.001), 2000) == "2M tokens"


def test_ticks_are_round_in_their_unit() -> None:
    assert unit_ticks(0, 46_000, 6, AxisUnit("epoch", 500)) == [0, 10_000, 20_000, 30_000, 40_000]
    assert unit_ticks(1000, 45_000, 6, AxisUnit("epoch", 500)) == [
        10_000, 20_000, 30_000, 40_000,
    ]  # fmt: skip
    assert unit_ticks(0, 300, 4, AxisUnit(TOKENS, 0.5)) == [0, 100, 200, 300]
    assert unit_ticks(0, 14, 6, AxisUnit("epoch", 7)) == [0, 7, 14]


def test_ticks_of_steps_end_at_the_last_one_where_a_round_distance_divides_it() -> None:
    assert unit_ticks(0, 45_000, 6, AxisUnit("epoch", 500)) == [0, 15_000, 30_000, 45_000]
    assert unit_ticks(0, 150, 9, AxisUnit("step")) == [0, 25, 50, 75, 100, 125, 150]
    assert unit_ticks(0, 300_000, 3, AxisUnit("step")) == [0, 150_000, 300_000]
    assert unit_ticks(0, 5, 3, AxisUnit("step")) == [0, 5]  # and no half steps
    assert unit_ticks(0, 113, 7, AxisUnit("step")) == [0, 20, 40, 60, 80, 100]


def test_round_numbers_that_end_at_both_ends() -> None:
    assert dividing_ticks(0, 0.3, 3) == [0, 0.15, 0.3]
    assert dividing_ticks(0, 150, 3, integers_only=True) == [0, 75, 150]
    assert dividing_ticks(0, 450, 7, integers_only=True) == [0, 150, 300, 450]
    assert dividing_ticks(0, 0.3, 4) == [0, 0.1, 0.2, 0.3]
    assert dividing_ticks(0, 6e-4, 6) == [0, 2e-4, 4e-4, 6e-4]
    assert dividing_ticks(0, 1, 5) == [0, 0.25, 0.5, 0.75, 1]
    assert dividing_ticks(0, 5, 6) == [0, 1, 2, 3, 4, 5]
    assert dividing_ticks(0, 5, 3) == [0, 2.5, 5]
    assert dividing_ticks(0, 5, 3, integers_only=True) == []
    assert dividing_ticks(0, 5, 2) == [0, 5]
    assert dividing_ticks(0, 25, 5, integers_only=True) == []  # [0, 25] would do with room for two
    assert dividing_ticks(0, 36, 4) == [0, 12, 24, 36]
    assert dividing_ticks(0, 90, 4) == [0, 30, 60, 90]
    assert dividing_ticks(0, 8, 3) == [0, 4, 8]
    assert dividing_ticks(0, 180, 4) == [0, 60, 120, 180]
    assert dividing_ticks(100, 400, 4) == [100, 200, 300, 400]
    assert dividing_ticks(50, 350, 4) == []  # 50 is no multiple of 100
    assert dividing_ticks(0, 7, 5) == []
    assert dividing_ticks(0, 5e-324, 4) == []
    assert dividing_ticks(0, 7, 8) == [0, 1, 2, 3, 4, 5, 6, 7]


def test_rates_on_an_axis_end_at_the_peak_where_a_round_distance_divides_it() -> None:
    scale = RateScale(0.0, 0.318)
    assert scale.ticks(3) == [0, 0.2]
    assert scale.ticks(3, 0.3) == [0, 0.15, 0.3]
    assert scale.ticks(5, 0.3) == [0, 0.1, 0.2, 0.3]
    assert scale.ticks(3, 0.2999) == [0, 0.2]
    assert scale.ticks(3, 0.3181) == scale.ticks(3, 0.0) == scale.ticks(3, -0.3) == [0, 0.2]
    assert RateScale(0.0, 0.3).ticks(3, 0.3) == [0, 0.15, 0.3]
    assert RateScale(-0.1, 0.318).ticks(3, 0.3) == [0, 0.25]
    assert RateScale(1e-4, 0.3, log=True).ticks(5, 0.3) == [1e-4, 1e-3, 1e-2, 1e-1]


def test_a_long_number_of_steps_on_an_axis_is_rounded() -> None:
    step = AxisUnit("step")
    assert step_tick_texts([0, 200_000, 450_360], step) == ["0", "200k", "450.4k"]
    assert step_tick_texts([0, 99_999], step) == ["0", "99999"]
    assert step_tick_texts([0, 100_001], step) == ["0", "100k"]
    assert step_tick_texts([0, 1_234_567], step) == ["0", "1.235M"]
    assert step_tick_texts([450_000, 450_360], step) == ["450k", "450.36k"]
    assert step_tick_texts([430_360, 450_360], step) == ["430.4k", "450.4k"]  # 40 of 20,000
    assert step_tick_texts([430_361, 450_360], step) == ["430.4k", "450.36k"]
    assert step_tick_texts([0, 500, 1407], step) == ["0", "500", "1407"]
    assert step_tick_texts([0, 1000, 1407], step) == ["0", "1k", "1.407k"]
    assert step_tick_texts([0, 500, 1000, 1500], step) == ["0", "500", "1000", "1500"]
    assert step_tick_texts([0, 999, 9999], step) == ["0", "999", "9999"]
    assert step_tick_texts([7, 5000, 10_000], step) == ["7", "5k", "10k"]
    assert step_tick_texts([0, 10_000, 11_730], step) == ["0", "10k", "11.73k"]
    assert step_tick_texts([0, 90_000, 99_999], step) == ["0", "90k", "99.999k"]
    assert step_tick_texts([0, 2000, 2001.5], step) == ["0", "2k", "2002"]
    assert step_tick_texts([0, 900_720], AxisUnit("epoch", 2)) == ["0", "450.4k"]
    assert step_tick_texts([0, 333], AxisUnit(SHARE, 3.33)) == ["0%", "100%"]
    assert step_tick_texts([0, 123_456], AxisUnit(TOKENS, 1e-6)) == ["0", "123B"]


def test_rates_on_an_axis_have_three_digits_and_one_notation() -> None:
    assert rate_tick_texts([0, 4e-4, 6.988e-4]) == ["0", "4e-4", "6.99e-4"]
    assert rate_tick_texts([0, 5e-4, 1e-3]) == ["0", "5e-4", "1e-3"]
    assert rate_tick_texts([0.0, 0.001, 0.002]) == ["0", "0.001", "0.002"]
    assert rate_tick_texts([0.0, 0.001], with_exponent=True) == ["0", "1e-3"]
    assert rate_tick_texts([-5e-5, 0, 0.01]) == ["-5e-5", "0", "1e-2"]
    assert rate_tick_texts([1e-4, 0.001, 1, 6.988], log=True) == ["1e-4", "1e-3", "1", "6.99"]
    assert rate_tick_texts([0.001, 0.01, 0.1], log=True) == ["0.001", "0.01", "0.1"]
    assert rate_tick_texts([0.0997, 0.09975, 0.0998]) == ["0.0997", "0.09975", "0.0998"]
    assert rate_tick_texts([9.97e-4, 9.975e-4]) == ["9.97e-4", "9.975e-4"]
    assert rate_tick_texts([0.0, 0.5001, 1.001]) == ["0", "0.5", "1"]
    assert rate_tick_texts([0.0, 1.002]) == ["0", "1"]  # by 0.002 of 1.002
    assert rate_tick_texts([0.01, 1.002]) == ["0.01", "1.002"]


def test_rates_of_a_narrow_range_have_the_digits_that_tell_them_apart() -> None:
    texts = ["0.0999996", "0.0999998", "0.1"]
    assert rate_tick_texts([0.0999996, 0.0999998, 0.1]) == texts
    assert rate_tick_texts([3.0000001e-4, 3.0000002e-4]) == ["3.0000001e-4", "3.0000002e-4"]
    smallest = float(np.nextafter(0.1, 1))
    assert rate_tick_texts([0.1, smallest]) == ["0.1", "0.1"]
    assert digits_of([0.1, smallest]) == 15
    assert digits_of([0.0, 1.0]) == 3


def test_a_single_rate_has_the_digits_that_show_on_its_axis() -> None:
    assert rate_tick_texts([0.0997260947684137], span=0.1) == ["0.0997"]
    assert rate_tick_texts([0.0997260947684137], span=0.01) == ["0.09973"]


def test_rates_have_four_digits() -> None:
    rates = (0.1, 3e-4, 0.025, 1e-5, 0.0, -0.05, 0.123456, 2.46719817e-5)
    assert [rate_text(rate) for rate in rates] == [
        "0.1", "3e-4", "0.025", "1e-5", "0", "-0.05", "0.1235", "2.467e-5",
    ]  # fmt: skip


def test_nice_ticks() -> None:
    assert nice_ticks(0, 0.106, 6) == [0.0, 0.025, 0.05, 0.075, 0.1]
    assert nice_ticks(0, 1, 2) == [0.0, 1.0]
    assert nice_ticks(0, 1, 3) == [0.0, 0.5, 1.0]
    assert nice_ticks(0, 10, 6) == [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]
    assert nice_ticks(-1, 1, 5) == [-1.0, -0.5, 0.0, 0.5, 1.0]
    assert nice_ticks(3, 9, 4) == [4.0, 6.0, 8.0]
    assert nice_ticks(0, 3, 9, integers_only=True) == [0.0, 1.0, 2.0, 3.0]
    assert nice_ticks(0, 12, 6, integers_only=True) == [0.0, 5.0, 10.0]
    assert nice_ticks(5, 5, 4) == [5]
    assert nice_ticks(0, float("inf"), 4) == [0]


def test_log_ticks() -> None:
    assert log_ticks(1e-5, 1.0, 8) == [1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0]
    assert log_ticks(1e-5, 1.0, 3) == [1e-5, 1e-3, 1e-1]
    assert log_ticks(0.02, 3, 8) == [0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0]
    assert log_ticks(0.3, 0.4, 8) == [0.3, 0.346, 0.4]


def test_required_ticks_push_others_away() -> None:
    assert with_required([0, 2, 4, 6, 8], [7.0], 1.5) == [0, 2, 4, 7.0]
    assert with_required([0, 2, 4], [4, 0], 1) == [0, 2, 4]
    assert with_required([0, 2, 4], [3], 1) == [0, 2, 3, 4]


def test_the_end_of_an_axis_is_the_rounder_number() -> None:
    assert [end_of_axis(last) for last in (99, 100, 299_999, 10_000, 136, 0)] == [
        100, 100, 300_000, 10_000, 137, 0,
    ]  # fmt: skip


def test_the_end_of_an_axis_of_few_steps_is_the_last_one() -> None:
    assert [end_of_axis(last) for last in (2, 9, 11, 12)] == [2, 9, 11, 13]
    assert [end_of_axis(last) for last in (19, 29)] == [20, 30]
    assert end_of_axis(2, [AxisUnit("epoch", 3)]) == 3


def test_the_end_of_an_axis_is_a_whole_number_of_epochs_where_the_count_is() -> None:
    epochs = AxisUnit("epoch", 467)
    assert end_of_axis(1400) == end_of_axis(1400, [AxisUnit("step")]) == 1400
    assert end_of_axis(1400, [epochs]) == end_of_axis(1400, [AxisUnit("step"), epochs]) == 1401
    assert end_of_axis(1410, [epochs]) == 1410
    assert end_of_axis(1400, [AxisUnit(TOKENS, 0.5)]) == 1400


@pytest.mark.parametrize("axis", ["step", "epoch"])
def test_both_axes_of_three_epochs_end_at_their_last_number(axis: AxisName) -> None:
    run = Run(epochs=3, steps_per_epoch=467)
    curve = Curve("cosine", schedule("cosine", T_max=1401), run=run)
    table = sample(curve).on_axis(axis)
    assert axis_end(table) == 1401
    steps = step_axis(table, 7.0, lambda text: 0.08 * len(text))
    assert table.second_unit is not None
    second = second_step_axis(steps, table.second_unit, 7.0, lambda text: 0.08 * len(text))
    assert {steps.name: steps.ticks[-1].text, second.name: second.ticks[-1].text} == {
        "epoch": "3",
        "step": "1400",
    }


@pytest.mark.parametrize(
    ("axis", "end"), [("percent", 300), ("epoch", 300), ("tokens", 400), ("step", 300)]
)
def test_the_end_of_an_axis_of_each_curves_own_units(axis: AxisName, end: float) -> None:
    short = "cosine:steps=100,steps_per_epoch=20,tokens_per_step=400"
    table = sample(load(short, "cosine:steps=300,steps_per_epoch=50,tokens_per_step=100"))
    assert axis_end(table.on_axis(axis)) == end


def test_the_end_of_a_stretched_axis_is_a_whole_number_of_each_curves_epochs() -> None:
    curves = load("cosine:steps=1401,steps_per_epoch=467", "cosine:steps=9,steps_per_epoch=934")
    table = sample(curves).on_axis("epoch")
    assert (table.unit.steps, axis_end(table)) == (934, 2802)


def test_limits_leave_out_what_is_not_finite() -> None:
    rates = [np.array([0.5, np.nan, 2.0]), np.array([np.inf, -1.0])]
    assert limits(rates) == (-1.0, 2.0)
    assert limits([np.array([np.nan])]) == (0.0, 0.0)


def test_linear_axes_start_at_zero_where_that_wastes_little_room() -> None:
    assert padded(0.0, 1.0) == (0.0, 1.06)
    assert padded(0.6, 1.0) == (0.0, 1.06)
    assert padded(0.7, 1.0) == (pytest.approx(0.676), pytest.approx(1.024))
    assert padded(0.99, 1.0) == (pytest.approx(0.9892), pytest.approx(1.0008))
    assert padded(-1.0, 1.0) == (pytest.approx(-1.16), pytest.approx(1.16))
    assert padded(0.1, 0.1) == (0.0, 0.125)
    assert padded(-0.1, -0.1) == (-0.125, 0.0)
    assert padded(0.0, 0.0) == (0.0, 1.0)
    assert padded(-0.1 * (1 + 1e-13), -0.1) == (-0.125, 0.0)


def test_rates_that_differ_by_rounding_errors_are_one_rate() -> None:
    assert padded(1 - 1e-12, 1.0) == (0.0, 1.25)
    assert padded(1 - 2e-12, 1.0) == (pytest.approx(1, abs=1e-11), pytest.approx(1, abs=1e-11))


def log_end(*rates: Array, **ends: float) -> float:
    """Return the lower end of a log axis."""
    scale = rate_scale(rates, log=True, **ends)
    assert scale.log
    return scale.low


def test_the_ends_of_a_log_axis() -> None:
    falling = np.array([1.0, 0.1, 0.002])
    assert rate_scale([falling], log=True) == RateScale(0.002, 1.0, log=True)
    assert log_end(np.array([1.0, 0.5, 0.0])) == 0.1
    assert log_end(falling, y_min=0.01) == 0.01
    assert log_end(falling, y_min=0.0) == 0.002
    assert rate_scale([falling], log=True, y_max=0.5) == RateScale(0.002, 0.5, log=True)
    assert log_end(falling, y_max=0.005) == pytest.approx(5e-4)
    assert log_end(np.ones(3)) == 0.1
    assert rate_scale([np.zeros(3)], log=True) == RateScale(0.0, 1.0)
    assert log_end(np.array([1.0, 0.03, np.inf, np.nan])) == 0.03


def test_a_log_axis_shows_an_exponential_decay_whole() -> None:
    steps = np.arange(200.0)
    assert log_end(0.9**steps) == pytest.approx(0.9**199)
    assert log_end(0.9 ** steps[::-1]) == pytest.approx(0.9**199)
    assert log_end(0.5**steps) == pytest.approx(0.5**39)  # twelve decades


def test_a_log_axis_leaves_out_a_percent_of_a_curve() -> None:
    warmup = np.concatenate([np.arange(1, 201) / 1e6, np.linspace(1.0, 0.03, 19_800)])
    assert log_end(warmup) == pytest.approx(0.03)
    assert log_end(np.concatenate([warmup[:100], np.linspace(1.0, 0.4, 19_900)])) == 0.1
    longer = np.concatenate([np.zeros(9000), np.arange(1, 301) / 1e6, warmup[200:]])
    assert log_end(longer) == pytest.approx(2.02e-4)
    decay = np.linspace(1.0, 0.0, 1001)
    assert log_end(decay) == pytest.approx(0.011)
    assert log_end(decay, 1e-3 * decay) == pytest.approx(1.1e-5)


def test_how_far_a_log_axis_goes_for_all_of_a_curve() -> None:
    rates = np.concatenate([np.full(198, 1.0), [1e-4, 0.9e-4]])
    assert log_end(rates) == 0.1
    rates[:10] = 1e-4
    assert log_end(rates) == 0.9e-4
    rates[-1] = 1.1e-5
    assert log_end(rates) == 1.1e-5
    rates[-1] = 0.9e-5
    assert log_end(rates) == 1e-4
    assert log_end(rates, y_max=1e-3) == 1e-4
    rates[-1] = 3e-5
    assert log_end(rates, y_max=1e-3) == 1e-4


def test_the_ends_of_a_linear_axis() -> None:
    rates = [np.array([0.0, 1.0])]
    assert rate_scale(rates) == RateScale(0.0, 1.06)
    assert rate_scale(rates, headroom=False) == RateScale(0.0, 1.0)
    assert rate_scale(rates, y_min=0.5, y_max=2.0) == RateScale(0.5, 2.0)
    assert rate_scale(rates, y_min=3.0, y_max=2.0) == RateScale(3.0, 4.0)


def test_fractions_of_an_axis() -> None:
    values = np.array([-1.0, 0.0, 1.0, 2.0, 4.0])
    np.testing.assert_allclose(RateScale(0.0, 2.0).fractions(values), [0, 0, 0.5, 1, 1])
    logs = RateScale(0.01, 1.0, log=True).fractions(np.array([0.0, 0.01, 0.1, 1.0, 10.0]))
    np.testing.assert_allclose(logs, [0, 0, 0.5, 1, 1])


def test_what_an_axis_cuts() -> None:
    scale = RateScale(-1.0, 1.0)
    values = np.array([-1.1, -1.0 - 1e-12, -1.0, 1.0, 1.0 + 1e-12, 1.1])
    assert scale.below(values).tolist() == [True, False, False, False, False, False]
    assert scale.above(values).tolist() == [False, False, False, False, False, True]
    assert RateScale(1e-5, 1.0, log=True).below(np.array([0.99e-5, 1e-5])).tolist() == [True, False]


def test_ticks_of_a_rate_axis() -> None:
    def texts(scale: RateScale, peak: float, height: float) -> list[str]:
        return [tick.text for tick in rate_axis(scale, peak, height, 0.15, "rate").ticks]

    assert texts(RateScale(0.0, 0.106), 0.1, 3.0) == ["0", "0.025", "0.05", "0.075", "0.1"]
    assert texts(RateScale(0.0, 0.106), 0.1, 0.5) == ["0", "0.1"]
    assert texts(RateScale(0.0, 0.106), 0.1, 0.16) == ["0", "0.1"]
    assert texts(RateScale(0.0, 0.106), 0.1, 0.158) == ["0.1"]
    assert texts(RateScale(-0.114, 0.102), float("nan"), 0.1) == ["0"]
    assert texts(RateScale(0.021, 0.024), 0.1, 0.2) == ["0.022"]
    assert texts(RateScale(0.0, 0.0985), 0.093, 3.0) == [
        "0",
        "0.02",
        "0.04",
        "0.06",
        "0.08",
        "0.093",
    ]
    assert texts(RateScale(0.02, 0.05), 0.1, 3.0) == ["0.02", "0.03", "0.04", "0.05"]
    assert texts(RateScale(0.021, 0.024), 0.1, 0.3) == ["0.022", "0.024"]
    assert texts(RateScale(-0.114, 0.091), float("nan"), 0.32) == ["\N{MINUS SIGN}0.1", "0"]
    assert texts(RateScale(-0.114, 0.102), float("nan"), 0.2) == ["\N{MINUS SIGN}0.1", "0.1"]
    assert texts(RateScale(-0.114, 0.102), float("nan"), 0.8) == ["\N{MINUS SIGN}0.1", "0", "0.1"]
    assert texts(RateScale(3e-4, 0.9, log=True), float("nan"), 0.25) == ["0.001", "1"]
    assert texts(RateScale(0.098, 0.1, log=True), 0.1, 1.0) == ["0.08", "0.1"]
    assert texts(RateScale(1e-3, 0.1, log=True), 0.1, 0.3) == ["0.001", "0.1"]
    assert texts(RateScale(1e-4, 1.0, log=True), 1.0, 3.0) == [
        "1e-4",
        "1e-3",
        "1e-2",
        "1e-1",
        "1",
    ]
    assert texts(RateScale(3e-8, 3e-4, log=True), 3e-4, 3.0) == [
        "1e-7", "1e-6", "1e-5", "1e-4", "3e-4",
    ]  # fmt: skip


def test_ticks_of_a_step_axis() -> None:
    def texts(first: float, end: float, width: float) -> list[str]:
        return [
            t.text
            for t in step_ticks(first, end, width, lambda text: 0.08 * len(text), AxisUnit("step"))
        ]

    assert texts(0, 100, 5.0) == ["0", "20", "40", "60", "80", "100"]
    assert texts(0, 137, 5.0) == ["0", "20", "40", "60", "80", "100", "120", "137"]
    assert texts(0, 300_000, 1.0) == ["0", "300k"]
    assert texts(100_000, 300_000, 0.3) == ["300k"]
    assert texts(0, 3, 5.0) == ["0", "1", "2", "3"]

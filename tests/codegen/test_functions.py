"""Functions from segments: their constants, tests, cycles and products, word for word."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import lrviz
from lrviz.codegen.bodies import array_body, constant_lines, python_function
from lrviz.codegen.builder import Builder, ends_of, horizon_of, write_function
from lrviz.codegen.candidates import from_product, steps_of_part
from lrviz.codegen.function import Case, Function, Local, with_own_names
from lrviz.codegen.languages import PYTHON
from lrviz.codegen.names import Names
from lrviz.codegen.nodes import STEP, Node, apply, name_node, number
from lrviz.codegen.parts import Product, infer_parts
from lrviz.codegen.rewriting import choices, repeated_part, simplify_at
from lrviz.codegen.samples import Samples, sample_around
from lrviz.codegen.shapes import ShapeWriter
from lrviz.core.schedule import End
from lrviz.core.segment import Cycles, Part, Segment, Shape, hold
from lrviz.curves.curve import Curve
from lrviz.dialects.keras.code import OPS
from lrviz.dialects.optax.code import JAX
from lrviz.run import Run
from tests.listed import Listed


def function_of(*parts: Part, **options: Any) -> Function:
    class Example(Listed, abstract=True):
        listed = list(parts)

    curve = Curve("example", Example(), 0.1)
    defaults = {"clamped": False, "is_factor": True, "counts_steps": False}
    return write_function(curve, **{**defaults, **options})


def text_of(*parts: Part) -> str:
    function = function_of(*parts)
    assert not function.is_table
    return "\n".join(
        [*constant_lines(function.used_constants()), *python_function(function, "factor")]
    )


def shape(kind: str, first: float, last: float, begin: float, length: float, **more: Any) -> Shape:
    return Shape(kind, first, last, begin, length, **more)


def test_warm_up_hold_decay_and_floor() -> None:
    parts = [
        Segment("warm-up", 0, shape("linear", 0.0, 0.1, 0, 10)),
        Segment("hold", 10, hold(0.1)),
        Segment("decay", 60, shape("cosine", 0.1, 0.02, 60, 40)),
        Segment("floor", 100, hold(0.02)),
    ]
    assert (
        text_of(*parts)
        == """\
WARMUP = 10
DECAY_START = 60
TOTAL = 100
FLOOR = 0.2
def factor(step):
    if step < WARMUP:
        return step / WARMUP
    if step < DECAY_START:
        return 1.0
    if step < TOTAL:
        progress = (step - DECAY_START) / (TOTAL - DECAY_START)
        return FLOOR + (1 - FLOOR) * (1 + math.cos(math.pi * progress)) / 2
    return FLOOR"""
    )
    rates = function_of(*parts, is_factor=False, clamped=True)
    assert list(rates.used_constants().items()) == [
        ("PEAK", 0.1),
        ("WARMUP", 10),
        ("DECAY_START", 60),
        ("TOTAL", 100),
        ("FLOOR", 0.02),
    ]
    assert array_body(rates, JAX, 0) == [
        "warm_up = PEAK * step / WARMUP",
        "progress = (step - DECAY_START) / (TOTAL - DECAY_START)",
        "decay = FLOOR + (PEAK - FLOOR) * (1 + jnp.cos(jnp.pi * progress)) / 2",
        "return jnp.select(",
        "    [step < WARMUP, step < DECAY_START, step < TOTAL], [warm_up, PEAK, decay], FLOOR",
        ")",
    ]
    assert array_body(rates, OPS, 0)[-3:] == [
        "rate = ops.where(step < self.total, decay, self.floor)",
        "rate = ops.where(step < self.decay_start, self.peak, rate)",
        "return ops.where(step < self.warmup, warm_up, rate)",
    ]


FALLS = {
    "linear": "return (TOTAL - step) / TOTAL",
    "cosine": "return (1 + math.cos(math.pi * step / TOTAL)) / 2",
    "1-sqrt": "return 1 - math.sqrt(step / TOTAL)",
    "rex": "return (1 - step / TOTAL) / (1 - step / TOTAL / 2)",
}
RISES = {
    "linear": "return step / WARMUP",
    "cosine": "return (1 - math.cos(math.pi * step / WARMUP)) / 2",
    "1-sqrt": "return math.sqrt(step / WARMUP)",
    "rex": "return 1 - (1 - step / WARMUP) / (1 - step / WARMUP / 2)",
}


@pytest.mark.parametrize("kind", FALLS)
def test_falls_to_zero(kind: str) -> None:
    decay = Segment("decay", 0, shape(kind, 0.1, 0.0, 0, 100))
    lines = text_of(decay, Segment("floor", 100, hold(0.0))).splitlines()
    assert lines[-3:] == ["    if step < TOTAL:", f"        {FALLS[kind]}", "    return 0.0"]


@pytest.mark.parametrize("kind", RISES)
def test_rises_from_zero(kind: str) -> None:
    rise = Segment("warm-up", 0, shape(kind, 0.0, 0.1, 0, 20))
    lines = text_of(rise, Segment("hold", 20, hold(0.1))).splitlines()
    assert lines[-3:] == ["    if step < WARMUP:", f"        {RISES[kind]}", "    return 1.0"]


def test_powers() -> None:
    floor = Segment("floor", 100, hold(0.0))
    square = Segment("decay", 0, shape("polynomial", 0.1, 0.0, 0, 100, power=2.0))
    assert "return (1 - step / TOTAL) ** 2" in text_of(square, floor)
    root = Segment("decay", 0, shape("polynomial", 0.1, 0.0, 0, 100, power=0.9))
    assert "return (1 - step / TOTAL) ** 0.9" in text_of(root, floor)
    clamped = function_of(root, floor, clamped=True, is_factor=False)
    assert "decay = PEAK * jnp.maximum(1 - step / TOTAL, 0) ** 0.9" in array_body(clamped, JAX, 0)
    clamped = function_of(square, floor, clamped=True, is_factor=False)
    assert "decay = PEAK * (1 - step / TOTAL) ** 2" in array_body(clamped, JAX, 0)
    wave = Segment("decay", 0, shape("cosine-power", 0.1, 0.0, 0, 100, power=1.5))
    assert "return ((1 + math.cos(math.pi * step / TOTAL)) / 2) ** 1.5" in text_of(wave, floor)


def test_exponentials_and_inverse_roots() -> None:
    decay = Segment("decay", 0, shape("exponential", 0.1, 0.095, 0, 1))
    assert text_of(decay) == "GAMMA = 0.95\ndef factor(step):\n    return GAMMA ** step"
    decay = Segment("decay", 0, shape("exponential", 0.1, 0.001, 0, 100))
    assert text_of(decay).splitlines()[-1] == "    return FLOOR ** (step / TOTAL)"
    warm_up = Segment("warm-up", 0, shape("linear", 0.0, 0.1, 0, 10))
    root = Segment("decay", 10, shape("inverse_sqrt", 0.1, 0.0, 10, 10))
    assert text_of(warm_up, root).splitlines()[-1] == "    return math.sqrt(WARMUP / step)"
    root = Segment("decay", 10, shape("inverse_sqrt", 0.1, 0.0, 10, 50))
    assert text_of(warm_up, root).splitlines()[-1] == (
        "    return 1 / math.sqrt(1 + (step - WARMUP) / TIMESCALE)"
    )
    early = Segment("warm-up", 0, shape("linear", 0.0, 0.1, -1, 10))
    root = Segment("decay", 9, shape("inverse_sqrt", 0.1, 0.0, 9, 10))
    assert text_of(early, root).splitlines()[-3:] == [
        "    if step < WARMUP - 1:",
        "        return (step + 1) / WARMUP",
        "    return math.sqrt(WARMUP / (step + 1))",
    ]


def test_end_that_belongs_to_the_segment_is_the_boundary() -> None:
    rise = Segment("warm-up", 0, shape("linear", 0.02, 0.1, 0, 29))
    fall = Segment("decay", 30, shape("linear", 0.1, 0.01, 29, 70))
    assert (
        text_of(rise, fall)
        == """\
WARMUP = 29
START = 0.2
FLOOR = 0.1
DECAY_STEPS = 70
def factor(step):
    if step <= WARMUP:
        return START + (1 - START) * step / WARMUP
    progress = (step - WARMUP) / DECAY_STEPS
    return FLOOR + (1 - FLOOR) * (1 - progress)"""
    )


def test_stairs_of_four_are_a_list_and_fewer_are_branches() -> None:
    steps = [
        Segment("drop" if index else "hold", 20 * index, hold(0.1 / 2**index)) for index in range(4)
    ]
    assert (
        text_of(*steps)
        == """\
MILESTONES = [20, 40, 60]
FACTORS = [1, 0.5, 0.25, 0.125]
def factor(step):
    return FACTORS[bisect.bisect_right(MILESTONES, step)]"""
    )
    assert (
        text_of(*steps[:3])
        == """\
DROP_START = 20
TOTAL = 40
def factor(step):
    if step < DROP_START:
        return 1.0
    if step < TOTAL:
        return 0.5
    return 0.25""".replace("TOTAL", "DROP_START_2")
    )


def test_hold_that_continues_another_is_no_case() -> None:
    twice = [Segment("hold", 0, hold(0.1)), Segment("hold", 50, hold(0.1))]
    assert text_of(*twice) == "def factor(step):\n    return 1.0"


def test_cycles_follow_their_rule() -> None:
    def restart(index: int) -> list[Segment]:
        return [
            Segment("restart", 10 + 20 * index, shape("cosine", 0.1, 0.01, 10 + 20 * index, 20))
        ]

    def rates(t: Any) -> Any:
        part = (t - 10) % 20 / 20
        return 0.01 + 0.09 * (1 + np.cos(np.pi * part)) / 2

    warm_up = Segment("warm-up", 0, shape("linear", 0.0, 0.1, 0, 10))
    cycles = Cycles("restart", 10, rates, restart, period=20)
    assert (
        text_of(warm_up, cycles)
        == """\
WARMUP = 10
PERIOD = 20
END = 0.1
def factor(step):
    if step < WARMUP:
        return step / WARMUP
    position = (step - WARMUP) % PERIOD
    return END + (1 - END) * (1 + math.cos(math.pi * position / PERIOD)) / 2"""
    )


def test_stairs_without_end_are_a_power() -> None:
    def cycle(index: int) -> list[Segment]:
        return [Segment("drop", 7 * index, hold(0.1 * 0.5**index))]

    cycles = Cycles("drop", 0, lambda t: 0.1 * 0.5 ** (t // 7), cycle, period=7, ratio=0.5)
    assert (
        text_of(cycles)
        == """\
GAMMA = 0.5
PERIOD = 7
def factor(step):
    return GAMMA ** (step // PERIOD)"""
    )


def test_curve_without_shape_is_traced() -> None:
    warm_up = Segment("warm-up", 0, lambda t: 0.1 * np.sin(t / 7.0))
    later = Segment("decay", 11, lambda t: np.where(t < 30, 0.05 / (t - 10), 0.001 + 0.0 * t))
    assert (
        text_of(warm_up, later)
        == """\
WARMUP = 11
def factor(step):
    if step < WARMUP:
        return math.sin(step / 7)
    if step < 30:
        return 0.5 / (step - 10)
    return 0.01"""
    )


def test_step_without_a_value_is_a_case_of_its_own() -> None:
    def rates(t: Any) -> Any:
        with np.errstate(divide="ignore"):
            return np.minimum(0.1, np.exp(-0.5 * np.log(t)))

    decay = Segment("decay", 0, rates)
    assert text_of(decay).splitlines()[:4] == [
        "PEAK = 0.1",
        "def factor(step):",
        "    if step == 0:",
        "        return 1.0",
    ]


def test_curve_that_no_arithmetic_gives_is_a_table() -> None:
    noise = np.random.default_rng(0).random(200)
    function = function_of(Segment("custom", 0, lambda t: noise[np.asarray(t)]))
    assert function.is_table
    assert python_function(function, "factor")[-1] == "    return FACTORS[min(step, 99)]"
    np.testing.assert_allclose(function.at(np.arange(100)) * 0.1, noise[:100], rtol=1e-9)


def test_a_whole_step_is_not_divided_by_one() -> None:
    assert apply("floor_divide", STEP, number(1)) == STEP
    halves = apply("floor_divide", STEP, number(2))
    assert apply("floor_divide", apply("divide", STEP, number(2)), number(1)) != STEP
    assert halves == Node("floor_divide", (STEP, number(2)))
    yolo = lrviz.code(lrviz.load("ultralytics.cos_lr:epochs=100")[0])
    assert "//" not in yolo
    assert "math.cos(math.pi * epoch / 100)" in yolo


def test_runs_read_from_rates() -> None:
    rates = np.concatenate([np.full(5, 0.1), 0.1 * 0.5 ** np.arange(1, 6), [0.02, 0.02]])
    parts = infer_parts(rates)
    assert [(part.name, part.start) for part in parts] == [("hold", 0), ("decay", 5), ("drop", 10)]
    assert infer_parts(np.random.default_rng(0).random(30)) == []
    assert [part.name for part in infer_parts(0.1 * 1.5 ** np.arange(5))] == ["rise"]


def test_by_epoch_the_function_of_a_step_computes_the_epoch() -> None:
    (curve,) = lrviz.load("torch.StepLR:step_size=10")
    curve = Curve("x", curve.schedule, 0.1, Run(steps=400, steps_per_epoch=20), "epoch")
    function = write_function(curve, clamped=True, is_factor=False, counts_steps=True)
    assert list(function.used_constants()) == ["STEPS_PER_EPOCH", "PEAK", "GAMMA", "PERIOD"]
    assert array_body(function, JAX, 0) == [
        "epoch = step // STEPS_PER_EPOCH",
        "return PEAK * GAMMA ** (epoch // PERIOD)",
    ]
    function = write_function(curve, clamped=False, is_factor=True, counts_steps=False)
    assert python_function(function, "factor") == [
        "def factor(epoch):",
        "    return GAMMA ** (epoch // PERIOD)",
    ]


def test_variables_of_two_parts_have_names_of_their_own() -> None:
    def waves(start: int, period: int) -> Cycles:
        def cycle(index: int) -> list[Segment]:
            begin = start + period * index
            return [
                Segment("rise", begin, shape("linear", 0.0, 0.1, begin, 4)),
                Segment("fall", begin + 4, shape("linear", 0.1, 0.0, begin + 4, period - 4)),
            ]

        def rates(t: Any) -> Any:
            position = (t - start) % period
            return np.where(position < 4, position / 4, (period - position) / (period - 4)) * 0.1

        return Cycles("cycle", start, rates, cycle, period=period)

    function = function_of(waves(0, 10), waves(50, 25), is_factor=False, clamped=True)
    lines = array_body(function, JAX, 0)
    assert [line for line in lines if line.startswith("position")] == [
        "position = step % PERIOD",
        "position_2 = (step - CYCLE_START) % PERIOD_2",
    ]
    text = " ".join(line.strip() for line in lines)
    assert "jnp.logical_and(step < CYCLE_START, position < UP)" in text
    assert "position_2 < UP" in text


def test_cycle_of_three_segments() -> None:
    def cycle(index: int) -> list[Segment]:
        begin = 20 * index
        return [
            Segment("rise", begin, shape("linear", 0.0, 0.1, begin, 5)),
            Segment("hold", begin + 5, shape("linear", 0.1, 0.05, begin + 5, 5)),
            Segment("fall", begin + 10, shape("linear", 0.05, 0.0, begin + 10, 10)),
        ]

    def rates(t: Any) -> Any:
        return np.interp(t % 20, [0, 5, 10, 20], [0.0, 0.1, 0.05, 0.0])

    text = text_of(Cycles("cycle", 0, rates, cycle, period=20))
    assert text.splitlines()[:4] == ["PERIOD = 20", "UP = 5", "HOLD_END = 10", "END = 0.5"]
    assert "    if position < UP:\n        return position / UP" in text
    assert "    if position < HOLD_END:" in text


def test_a_boundary_is_the_total_only_before_the_last_part() -> None:
    parts = [
        Segment("decay", 0, shape("linear", 0.1, 0.05, 0, 40)),
        Segment("hold", 40, hold(0.05)),
        Segment("floor", 80, hold(0.01)),
    ]
    assert function_of(*parts).constants == {
        "PEAK": 0.1, "HOLD_START": 40, "TOTAL": 80, "TOTAL_2": 100, "FLOOR": 0.5,
    }  # fmt: skip


@pytest.mark.parametrize(("count", "is_table"), [(24, False), (25, True)])
def test_at_most_24_cases(count: int, is_table: bool) -> None:
    lines = [
        Segment("decay", 3 * index, shape("linear", 0.1, 0.01 * (index % 7), 3 * index, 3))
        for index in range(count)
    ]
    assert function_of(*lines).is_table == is_table


def test_only_what_a_run_computes_is_read_from_its_rates() -> None:
    rates = np.repeat([0.1, 0.05], 100)
    assert function_of(Segment("custom", 0, lambda t: rates[np.asarray(t)])).is_table


@pytest.mark.parametrize(
    ("first", "last", "starts"), [(0, 1_999, [0, 3]), (0, 2_000, []), (1_500, 2_999, [1_500])]
)
def test_at_most_2000_rates_are_read_from_a_run(first: int, last: int, starts: list[int]) -> None:
    chain = lrviz.schedule("chained", schedules=[{"schedule": "constant", "total_iters": 3}])
    builder = Builder(Curve("x", chain, 0.1), clamped=False, is_factor=True, counts_steps=False)
    samples = Samples(np.array([first, last]), np.array([0.1, 0.1]))
    segments = builder.segments_of(Segment("decay", first, lambda t: t), samples)
    assert [segment.start for segment in segments] == starts


def test_parts_that_start_before_the_horizon() -> None:
    class Example(Listed, abstract=True):
        listed = [
            Segment("warm-up", -5, shape("linear", 0.0, 0.1, -5, 5)),
            Segment("hold", 0, hold(0.1)),
            Segment("drop", 125, hold(0.05)),
            Segment("drop", 126, hold(0.01)),
        ]

    builder = Builder(Curve("example", Example(), 0.1), False, True, False)
    assert builder.horizon == 126
    parts = builder.parts_before_horizon(Example.listed)
    assert [part.start for part in parts] == [0, 125]


def test_the_rates_that_a_shape_has_at_its_ends() -> None:
    assert ends_of(shape("linear", 0.2, 0.1, 0, 1)) == (0.2, 0.1)
    assert ends_of(shape("exponential", 0.2, 0.1, 0, 2)) == (0.2, 0.1)
    assert ends_of(shape("exponential", 0.2, 0.1, 0, 1)) == (0.2,)
    assert ends_of(shape("inverse_sqrt", 0.2, 0.1, 0, 9)) == (0.2,)


def test_a_line_that_begins_a_step_early_is_a_share_of_its_length() -> None:
    names = Names(0.1, is_factor=True)
    names.declare_steps(9, "END")
    names.declare_steps(10, "LENGTH")
    writer = ShapeWriter(names, clamped=False)
    rise = writer.write(shape("linear", 0.0, 0.1, -1, 10), "warm-up")
    assert PYTHON.text(rise.value) == "(step + 1) / LENGTH"


def test_a_product_has_one_progress_of_its_own() -> None:
    fall = shape("cosine", 1.0, 0.0, 20, 50)
    (case,) = from_product(Product(0.1, (fall,)), "decay", None, False)(Names(0.1, True))
    assert [local.name for local in case.variables] == ["progress"]
    assert from_product(Product(0.1, (fall, fall)), "decay", None, False)(Names(0.1, True)) == []


def test_arithmetic_of_an_endless_part_is_tested_far_after_its_samples() -> None:
    samples = Samples(np.array([2, 3]), np.array([0.1, 0.1]))
    assert steps_of_part(samples, apply("less", STEP, number(4))).tolist() == [2, 3]
    later = [5, 14, 104, 1_004, 10_004, 100_004, 1_000_004]
    assert steps_of_part(samples, None).tolist() == [2, 3, *later]


def test_a_shared_variable_has_the_first_number_that_is_free() -> None:
    case = Case("cycle", None, name_node("x"), (Local("x", STEP),))
    for used, name in (({"y"}, "x"), ({"x"}, "x_2"), ({"x", "x_2", "x_3"}, "x_4")):
        (own,) = with_own_names([case], used)
        assert (own.value, own.shared) == (name_node(name), (Local(name, STEP),))


def test_limits_that_are_not_met_at_any_step_are_left_out() -> None:
    least = apply("minimum", STEP, number(5))
    most = apply("maximum", STEP, number(5))
    for steps, low, high in (([3, 5], STEP, number(5)), ([5, 7], number(5), STEP)):
        assert simplify_at(least, np.array(steps)) == low
        assert simplify_at(most, np.array(steps)) == high
    assert simplify_at(least, np.array([4, 6])) == least


def test_the_largest_operation_that_arithmetic_repeats() -> None:
    rest = apply("remainder", STEP, number(5))
    root = apply("sqrt", rest)
    assert repeated_part(apply("add", root, apply("cos", root))) == root
    assert repeated_part(apply("add", root, number(1))) is None


def test_code_is_compared_for_a_quarter_more_than_the_run() -> None:
    assert horizon_of(100, None) == 126
    assert horizon_of(100, End(110, "ends")) == 111
    assert horizon_of(100, End(200, "ends")) == 126


def test_samples_contain_the_steps_around_each_boundary() -> None:
    (curve,) = lrviz.load("lrviz.wsd:total_steps=1000000")
    builder = Builder(curve, clamped=False, is_factor=True, counts_steps=False)
    parts = builder.parts_before_horizon(curve.schedule.segments(0.1))
    samples = sample_around(curve.schedule, 0.1, parts, builder.horizon)
    assert samples.stop == 1_250_001
    assert len(samples.t) < 20_020
    for start in (100_000, 800_000, 1_000_000):
        assert {start - 1, start, start + 1} <= set(samples.t.tolist())


def test_choices_of_two_sides_stay_one_expression() -> None:
    test = apply("less", STEP, number(5))
    choice = Node("where", (test, STEP, number(1)))
    assert choices(apply("add", number(2), choice)) == [
        (test, apply("add", number(2), STEP)),
        (None, number(3)),
    ]
    assert choices(apply("add", choice, number(2)))[0][0] == test
    both = apply("add", choice, choice)
    assert choices(both) == [(None, both)]


def test_cycles_without_a_rule_are_written_out() -> None:
    starts = [0, 10, 35, 45, 60]

    def cycle(index: int) -> list[Segment]:
        begin, end = starts[index], [*starts[1:], 200][index]
        return [Segment("restart", begin, shape("linear", 0.1, 0.0, begin, end - begin))]

    def rates(t: Any) -> Any:
        return np.array(
            [cycle(np.searchsorted(starts, s, side="right") - 1)[0].curve(s) for s in t]
        )

    assert (
        text_of(Cycles("restart", 0, rates, cycle, period=10, count=5))
        == """\
def factor(step):
    if step < 10:
        return 1 - step / 10
    if step < 35:
        progress = (step - 10) / 25
        return 1 - progress
    if step < 45:
        progress = (step - 35) / 10
        return 1 - progress
    if step < 60:
        progress = (step - 45) / 15
        return 1 - progress
    progress = (step - 60) / 140
    return 1 - progress"""
    )


def test_runs_of_factors_need_three_rates() -> None:
    assert [part.start for part in infer_parts(np.array([0.4, 0.2, 0.1]))] == [0]
    assert [part.start for part in infer_parts(np.array([0.4, 0.2]))] == [0, 1]
    assert [part.name for part in infer_parts(np.array([0.4, -0.2, 0.1]))] == [
        "hold",
        "drop",
        "drop",
    ]
    assert [part.start for part in infer_parts(np.array([0.0, 0.0, 0.3, 0.3]))] == [0, 2]


def test_short_time_scale_is_a_number() -> None:
    warm_up = Segment("warm-up", 0, shape("linear", 0.0, 0.1, 0, 10))
    for scale, text in ((2.0, "2"), (2.5, "2.5"), (4.0, "TIMESCALE")):
        root = Segment("decay", 10, shape("inverse_sqrt", 0.1, 0.0, 10, scale))
        last = f"    return 1 / math.sqrt(1 + (step - WARMUP) / {text})"
        assert text_of(warm_up, root).splitlines()[-1] == last

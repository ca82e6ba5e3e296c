"""What holds for all inputs, found by Hypothesis."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

import lrviz
from lrviz.core.errors import SpecError
from lrviz.core.expression import Expression, ExpressionError
from lrviz.core.text import format_exact, format_rounded
from lrviz.render.lines import line_of
from lrviz.specfile.contents import read_file
from lrviz.specfile.document import read_document
from lrviz.specfile.inline import read_inline
from lrviz.specfile.keys import Context
from lrviz.specfile.source import locate_nowhere

RATES = some.floats(1e-6, 10)
LENGTHS = some.integers(1, 400)
quick = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@quick
@given(LENGTHS, RATES, some.floats(0.01, 5))
def test_a_decay_never_rises_before_its_end(length: int, lr: float, power: float) -> None:
    for schedule in (
        lrviz.schedule("cosine", T_max=length),
        lrviz.schedule("linear", start_factor=1.0, end_factor=0.1, total_iters=length),
        lrviz.schedule("polynomial", total_iters=length, power=power),
        lrviz.schedule("step", step_size=length),
        lrviz.schedule("exponential", gamma=0.9),
    ):
        rates = schedule.rate(range(length + 1), lr)
        assert (np.diff(rates) <= 1e-15 * lr).all()


@quick
@given(some.integers(1, 50), LENGTHS, RATES)
def test_a_part_of_a_sequence_is_that_schedule_from_its_start(
    start: int, length: int, lr: float
) -> None:
    cosine = lrviz.schedule("cosine", T_max=length)
    whole = lrviz.schedule("sequential", schedules=["constant", cosine], milestones=[start])
    np.testing.assert_allclose(
        whole.rate(range(start, start + length), lr),
        cosine.rate(range(length), lr),
        rtol=1e-9,
        atol=1e-13 * lr,
    )


FRAGMENTS = some.sampled_from(
    ["schedule: ", "step", "cosine", "\n", "T_max", ": ", "[", "]", "{", "}", "1e-4", "-1", "&a ",
     "*a", "!!python/object:x ", "- ", "  ", "curves:", "sweep: ", "lr", "<<: ", "metric: ", "'",
     '"', ",", "#", "milestones: ", "schedules: ", "chained", "\t", "%", "warmup: ", "null", "true"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(some.one_of(some.text(), some.lists(FRAGMENTS).map("".join)))
def test_any_text_ends_in_curves_or_in_an_error(text: str) -> None:
    try:
        spec = read_file(read_document(text, "x.yaml"), "x.yaml", Context(locate_nowhere))
    except SpecError:
        return
    assert spec.curves


@settings(max_examples=200, deadline=None)
@given(some.text(max_size=60))
def test_any_inline_text_is_a_name_or_an_error(text: str) -> None:
    try:
        name, parameters = read_inline(text)
    except SpecError:
        return
    assert name == text.partition(":")[0].strip()
    assert parameters or not text.partition(":")[2].strip()


@settings(max_examples=200, deadline=None)
@given(some.text(alphabet="t0123456789.+-*/%()<>=! andorifelsmxp,", max_size=40))
def test_an_expression_is_numbers_or_an_error(text: str) -> None:
    try:
        values = Expression(text)(np.arange(5))
    except ExpressionError:
        return
    assert values.shape == (5,)
    assert values.dtype == np.float64


@quick
@given(some.floats(allow_nan=False, allow_infinity=False))
def test_exact_numbers_read_back(value: float) -> None:
    assert float(format_exact(value)) == value
    assert abs(float(format_rounded(value)) - value) <= 1e-3 * abs(value)


@quick
@given(some.lists(some.floats(0, 1), min_size=2, max_size=5000), some.integers(10, 200))
def test_a_line_keeps_the_extremes(rates: list[float], columns: int) -> None:
    curve = lrviz.load("cosine")
    column = lrviz.sample(curve, steps=2).columns[0]
    column = type(column)(column.curve, range(len(rates)), np.array(rates))
    y = line_of(column, columns).y
    assert (y.min(), y.max()) == (min(rates), max(rates))

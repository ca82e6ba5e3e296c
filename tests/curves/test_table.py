"""Columns of a table: their steps, their rates piece by piece, and how many there may be."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz.core.errors import SpecError
from lrviz.curves import table as module
from lrviz.curves.curve import Curve
from lrviz.curves.table import Column, Envelope, Stream, Table, ends_of_blocks, tabulate
from lrviz.specfile.source import load_spec


def curves(*specs: str) -> list[Curve]:
    return [curve for spec in specs for curve in load_spec(spec).curves]


COSINE = "cosine:T_max=9"


def test_the_index_of_a_step() -> None:
    column = Column(curves(COSINE)[0], range(10, 24, 2), np.zeros(7))
    steps = (0, 9, 10, 11, 12, 21, 22, 23, 24, 90)
    assert [column.index_of(step) for step in steps] == [0, 0, 0, 1, 1, 6, 6, 7, 7, 7]
    assert (column.step_at(0), column.step_at(6)) == (10, 22)
    assert column.positions(np.array([0, 6])).tolist() == [10.0, 22.0]
    assert Column(column.curve, column.steps, np.ones(7)).area() == 14.0


def test_the_ends_of_blocks() -> None:
    rates = np.array([3.0, 1, 2, 5, 4, 0, 7])
    assert ends_of_blocks(rates, 3).tolist() == [0, 1, 2, 3, 5, 6]
    assert ends_of_blocks(rates[:6], 3).tolist() == [0, 1, 2, 3, 5]
    assert ends_of_blocks(rates, 8).tolist() == [0, 5, 6]
    assert ends_of_blocks(np.array([2.0, 3, 1, 9, 2, 4]), 6).tolist() == [0, 2, 3, 5]


def test_an_envelope_is_of_the_rates_that_it_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_BLOCKS", 10)
    monkeypatch.setattr(module, "PIECE", 50)
    (curve,) = curves("cyclic:base_lr=0,max_lr=1,step_size_up=7,steps=200")
    steps = range(1, 200, 2)
    whole, envelope = Column(curve, steps, curve.sample(steps)), Envelope.of(curve, steps)
    assert len(envelope.rates) < len(whole.rates) == 100
    assert np.array_equal(envelope.rates, whole.rates[envelope.indices])
    assert (envelope.rates.min(), envelope.rates.max()) == (whole.rates.min(), whole.rates.max())
    assert envelope.area() == pytest.approx(whole.area(), rel=1e-12)
    assert envelope.step_at(-1) == 199
    assert envelope.positions(np.array([0, len(envelope.rates) - 1])).tolist() == [1.0, 199.0]
    assert envelope.index_of(199) == len(envelope.rates) - 1
    assert envelope.index_of(0) == 0
    assert np.array_equal(np.concatenate([*envelope.pieces()]), whole.rates)


def test_how_many_rates_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_TABLE_RATES", 20)
    assert len(tabulate(curves(COSINE, "step"), range(10)).columns) == 2
    tabulate(curves(COSINE), range(21))
    tabulate(curves(COSINE, "step"), range(11), keep=False)
    message = (
        "2 curves have {} rates; at most 20 are held at once: --range START:STOP:EVERY takes fewer"
    )
    with pytest.raises(SpecError) as error:
        tabulate(curves(COSINE, "step"), range(11))
    assert (str(error.value), error.value.findings[0].id) == (message.format(22), "too-many-steps")
    with pytest.raises(SpecError) as error:
        tabulate(curves("cosine:T_max=9,steps=15", "step:step_size=3,steps=6"))
    assert str(error.value) == message.format(21)


def test_how_many_steps_are_sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_STEPS", 10)
    assert len(tabulate(curves(COSINE), range(10)).columns[0].rates) == 10
    with pytest.raises(SpecError) as error:
        tabulate(curves(COSINE, "step:step_size=3,label=a"), range(11))
    assert str(error.value).splitlines() == [
        "cosine:T_max=9: has 11 steps; at most 10 are sampled",
        "step:step_size=3,label=a: has 11 steps; at most 10 are sampled",
    ]
    assert {item.id for item in error.value.findings} == {"too-many-steps"}


def test_which_columns_keep_their_rates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_COLUMN_RATES", 9)

    def kind(spec: str, *, keep: bool = True, for_picture: bool = False) -> type[Column]:
        table = tabulate(curves(*spec.split()), keep=keep, for_picture=for_picture)
        return type(table.columns[0])

    metric = f"plateau:metric={[1] * 12}".replace(" ", "")
    assert kind(COSINE, for_picture=True) is Column
    assert kind("cosine:T_max=10") is Column
    assert kind("cosine:T_max=10", for_picture=True) is Envelope
    assert kind("cosine:T_max=10 step", for_picture=True) is Column
    assert kind("cosine:T_max=10", keep=False) is Stream
    assert kind(metric, for_picture=True) is Column
    assert kind(metric, keep=False) is Column
    with pytest.raises(SpecError, match="Tried to step 6 times"):  # at once, not when it is read
        tabulate(curves("onecycle:total_steps=5,max_lr=1"), range(9), keep=False)


def lengths(*specs: str) -> list[int]:
    return [len(column.steps) for column in tabulate(curves(*specs)).columns]


def test_curves_without_a_length_share_the_longest_natural_one() -> None:
    assert lengths(COSINE, "cosine:T_max=20", "cosine:T_max=5,steps=3") == [20, 20, 3]
    assert lengths("onecycle:total_steps=5,max_lr=1", "cosine:T_max=20") == [6, 20]
    assert lengths("onecycle:total_steps=30,max_lr=1", COSINE) == [30, 30]


def test_the_text_of_a_table() -> None:
    table = tabulate(curves(COSINE, "cosine:T_max=5,steps=3,label=a"))
    assert repr(table) == "Table(cosine: 9, a: 3 steps)"
    assert table.steps == range(9)
    assert Table(()).steps == range(0)

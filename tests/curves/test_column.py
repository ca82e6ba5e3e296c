"""Columns: the index of a step, and the rates of very many steps piece by piece."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz.curves import column as module
from lrviz.curves.column import Column, Envelope, ends_of_blocks
from lrviz.curves.curve import Curve
from lrviz.specfile.source import load_spec


def curve_of(spec: str) -> Curve:
    return load_spec(spec).curves[0]


def test_the_index_of_a_step() -> None:
    column = Column(curve_of("cosine:T_max=9"), range(10, 24, 2), np.zeros(7))
    steps = (0, 9, 10, 11, 12, 21, 22, 23, 24, 90)
    assert [column.index_of(step) for step in steps] == [0, 0, 0, 1, 1, 6, 6, 7, 7, 7]
    assert (column.step_at(0), column.step_at(6)) == (10, 22)
    assert column.positions(np.array([0, 6])).tolist() == [10.0, 22.0]
    assert Column(column.curve, column.steps, np.ones(7)).area() == 14.0


def test_the_positions_of_a_stretched_column() -> None:
    rates = np.array([0.0, 1, 4, 9, 16, 25, 36])
    column = Column(curve_of("cosine:T_max=9"), range(10, 24, 2), rates, stretch=2.5)
    assert column.positions(np.array([0, 6])).tolist() == [25.0, 55.0]
    assert (column.position_of(11), column.ends, column.length) == (27.5, (25.0, 55.0), 35.0)
    assert column.rates_at(np.array([25.0, 27.5, 30.0, 52.5, 55.0])).tolist() == [
        0.0, 0.5, 1.0, 30.5, 36.0,
    ]  # fmt: skip
    near, off = 30.0 - 4e-6, 30.0 - 6e-6
    assert column.rates_at(np.array([near])).tolist() == [1.0]
    assert column.rates_at(np.array([off]))[0] == pytest.approx(1.0 - 6e-6 / 5, abs=1e-9)
    assert column.rates_at(np.array([off]))[0] != 1.0


def test_the_ends_of_blocks() -> None:
    rates = np.array([3.0, 1, 2, 5, 4, 0, 7])
    assert ends_of_blocks(rates, 3).tolist() == [0, 1, 2, 3, 5, 6]
    assert ends_of_blocks(rates[:6], 3).tolist() == [0, 1, 2, 3, 5]
    assert ends_of_blocks(rates, 8).tolist() == [0, 5, 6]
    assert ends_of_blocks(np.array([2.0, 3, 1, 9, 2, 4]), 6).tolist() == [0, 2, 3, 5]


def test_an_envelope_is_of_the_rates_that_it_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_BLOCKS", 10)
    monkeypatch.setattr(module, "PIECE", 50)
    curve = curve_of("cyclic:base_lr=0,max_lr=1,step_size_up=7,steps=200")
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

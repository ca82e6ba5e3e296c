"""Tables: how many steps and rates there may be, and which columns keep their rates."""

from __future__ import annotations

import pytest

from lrviz.core.errors import SpecError
from lrviz.curves import column, table
from lrviz.curves.column import Column, Envelope, Stream
from lrviz.curves.curve import Curve
from lrviz.curves.table import Table, tabulate, tabulate_each
from lrviz.specfile.source import load_spec


def curves(*specs: str) -> list[Curve]:
    return [curve for spec in specs for curve in load_spec(spec).curves]


COSINE = "cosine:T_max=9"


def test_how_many_rates_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MAX_TABLE_RATES", 20)
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
    monkeypatch.setattr("lrviz.curves.curve.MAX_STEPS", 10)
    assert len(tabulate(curves(COSINE), range(10)).columns[0].rates) == 10
    with pytest.raises(SpecError) as error:
        tabulate(curves(COSINE, "step:step_size=3,label=a"), range(11))
    assert str(error.value).splitlines() == [
        "cosine:T_max=9: has 11 steps; at most 10 are sampled",
        "step:step_size=3,label=a: has 11 steps; at most 10 are sampled",
    ]
    assert {item.id for item in error.value.findings} == {"too-many-steps"}


def test_which_columns_keep_their_rates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(column, "MAX_COLUMN_RATES", 9)

    def kind(spec: str, *, keep: bool = True, for_picture: bool = False) -> type[Column]:
        first, *_ = tabulate(curves(*spec.split()), keep=keep, for_picture=for_picture).columns
        return type(first)

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
    return [len(item.steps) for item in tabulate(curves(*specs)).columns]


def test_curves_without_a_length_share_the_longest_natural_one() -> None:
    assert lengths(COSINE, "cosine:T_max=20", "cosine:T_max=5,steps=3") == [20, 20, 3]
    assert lengths("onecycle:total_steps=5,max_lr=1", "cosine:T_max=20") == [6, 20]
    assert lengths("onecycle:total_steps=30,max_lr=1", COSINE) == [30, 30]


def test_the_text_of_a_table() -> None:
    both = tabulate(curves(COSINE, "cosine:T_max=5,steps=3,label=a"))
    assert repr(both) == "Table(cosine: 9, a: 3 steps)"
    assert both.steps == range(9)
    assert Table(()).steps == range(0)


def test_each_curve_of_very_many_steps_is_an_envelope() -> None:
    curves = load_spec("cosine:T_max=100000000").curves
    assert isinstance(tabulate_each(curves).columns[0], Envelope)

"""Differences between sampled curves, and where a rate jumps."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest

from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.curves.column import Column, Stream
from lrviz.curves.curve import Curve
from lrviz.curves.facts import (
    NOISE,
    NOT_COMPARED,
    Difference,
    difference,
    differences,
    equal_groups,
    jumps,
    largest_change,
    side_by_side,
    table_findings,
)
from lrviz.curves.measurement import compare_columns
from lrviz.curves.table import Table, tabulate
from lrviz.run import Run
from lrviz.specfile.source import load_spec


def column(*rates: float, start: int = 0) -> Column:
    (curve,) = load_spec("cosine:T_max=9").curves
    return Column(curve, range(start, start + len(rates)), np.array(rates))


def test_the_difference_of_two_curves() -> None:
    base = column(1.0, 2.0, 3.0, 4.0, start=5)
    assert difference(column(1.0, 2.5, 1.0, start=5), base) == Difference(
        steps=3, first_step=6, largest=-2.0, largest_step=7, area_ratio=0.75
    )
    assert difference(base, base) == Difference(
        steps=4, first_step=None, largest=0.0, largest_step=None, area_ratio=1.0
    )


def stretched(stretch: float, *rates: float, start: int = 0) -> Column:
    return replace(column(*rates, start=start), stretch=stretch)


def test_stretched_curves_differ_at_the_places_of_the_longer_steps() -> None:
    coarse, fine = stretched(3, 1, 4, 7), stretched(1, 1, 2, 3, 4, 5, 6, 9, 8, 9)
    assert difference(fine, coarse) == Difference(3, 6, 2.0, 6, 14 / 12)
    assert difference(coarse, fine) == Difference(3, 2, -2.0, 2, 12 / 14)
    between = stretched(1.5, 1, 2.5, 4.5, 5.5, 7)
    assert difference(coarse, between) == Difference(3, 1, -0.5, 1, 12 / 12.5)
    assert difference(between, coarse) == Difference(3, 2, 0.5, 2, 12.5 / 12)


def test_stretched_curves_are_compared_where_both_are() -> None:
    first, second = stretched(2, 1, 3, 5, 7, start=2), stretched(1, 1, 2, 3, 4, 5, 6, start=2)
    part, base = side_by_side(first, second)
    assert (part.steps, part.stretch) == (range(2, 4), 2)
    assert (part.rates.tolist(), base.tolist()) == ([1.0, 3.0], [3.0, 5.0])
    part, base = side_by_side(second, first)
    assert (part.steps, part.stretch) == (range(2, 4), 2)
    assert (part.rates.tolist(), base.tolist()) == ([3.0, 5.0], [1.0, 3.0])
    assert difference(first, second) == Difference(2, 2, -2.0, 2, 0.5)
    apart = difference(stretched(9, 1, 2, start=5), stretched(1, 1, 2, start=5))
    assert (apart.steps, apart.first_step) == (0, None)


def test_curves_of_one_stretch_are_compared_step_by_step() -> None:
    first, second = stretched(1.7, 1, 2, 3), stretched(1.7, 1, 2, 4, 5)
    part, base = side_by_side(first, second)
    assert (part.steps, part.stretch, base.tolist()) == (range(3), 1.7, [1.0, 2.0, 4.0])
    assert difference(second, first) == Difference(3, 2, 1.0, 2, 7 / 6)


def test_equal_rates_at_other_places_are_no_equal_curves() -> None:
    rates = (3.0, 2.0, 1.0)
    columns = [stretched(1, *rates), stretched(2, *rates), stretched(1, *rates)]
    assert equal_groups(columns) == [[0, 2], [1]]


def test_rounding_is_no_difference() -> None:
    base = column(4.0, 0.0)
    scale = NOISE * 4
    assert difference(column(4.0, 0.9 * scale), base).first_step is None
    assert difference(column(4.0, 1.1 * scale), base).first_step == 1
    assert difference(column(0.0, 0.9 * scale), column(0.0, 0.0)).first_step == 1
    higher, lower = column(8.0, 1.5 * scale), column(8.0, 0.0)
    assert difference(higher, lower).first_step is None
    assert difference(column(0.0, 4.0), column(1.5 * scale, 4.0)).first_step == 0
    assert difference(column(0.0, 8.0), column(1.5 * scale, 4.0)).first_step == 1
    assert difference(column(1.5 * scale, 4.0), column(0.0, 8.0)).first_step == 1


@pytest.mark.parametrize(
    ("rates", "indices"),
    [
        ([], []),
        ([1.0], []),
        ([1.0, 9.0], []),
        ([1.0, 1.0, 9.0], [2]),
        ([9.0, 1.0, 1.0], [1]),
        ([0.9, 0.1, 0.1], [1]),
        ([0.1, 0.1, 0.9], [2]),
        ([1e9, 1e9, 1e9 + 1, 1e9 + 1], [2]),
        ([0.0, 1.0, 5.0, 6.0], []),
        ([0.0, 1.0, 5.25, 6.25], [2]),
        ([0.0, 1.0, 6.0, 7.5], []),
        ([0.0, 1.5, 6.5, 7.5], []),
        ([1.0, 1.0, 1.0, 0.0, 0.0], [3]),
        ([1.0, 1.0, 1.0 + 1e-10, 1.0 + 1e-10, 0.0, 0.0], [4]),
        ([2.0, 2.0, 2.0], []),
    ],
)
def test_a_jump_is_more_than_four_times_the_changes_beside_it(
    rates: list[float], indices: list[int]
) -> None:
    assert jumps(np.array(rates)).tolist() == indices


def test_groups_of_equal_curves() -> None:
    same, middle, end = column(1.0, 2.0, 3.0), column(1.0, 5.0, 3.0), column(1.0, 2.0, 4.0)
    later = column(1.0, 2.0, 3.0, start=5)
    assert equal_groups([same, middle, same, later, end, later]) == [[0, 2], [1], [3, 5], [4]]
    assert equal_groups([]) == []


def test_curves_without_a_common_step_do_not_differ() -> None:
    nothing = difference(column(), column(1.0))
    assert (nothing.steps, nothing.first_step, nothing.largest) == (0, None, 0.0)


def test_the_errors_of_all_curves_are_raised_at_once() -> None:
    (metric,) = load_spec("plateau:metric=[3,2,1]").curves
    streams = [Stream(replace(metric, label=label), range(9), np.empty(0)) for label in "ab"]
    assert table_findings(tabulate([metric])) == []
    with pytest.raises(SpecError) as error:
        table_findings(Table((*streams, tabulate([metric]).columns[0])))
    assert [item.curve for item in error.value.findings] == ["a", "b"]


def test_a_label_is_one_visible_line() -> None:
    (curve,) = load_spec("cosine:T_max=9").curves
    assert replace(curve, label="a\nb\x1b").label == "a b\\x1b"


def test_jumps_of_the_largest_rates_give_no_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert jumps(np.array([0.1, 0.1, 1e308, 0.1, 0.1])).tolist() == []
        assert jumps(np.array([0.0, 0.0, 1.7e308, 1.7e308])).tolist() == [2]


def labelled(count: int, **run: int) -> list[Curve]:
    (curve,) = load_spec("cosine").curves
    return [replace(curve, label=f"{', '.join(run)} {i}", run=Run(**run)) for i in range(count)]


@pytest.mark.parametrize(
    ("epochs", "message"),
    [
        (1, "epochs 0 counts epochs, the other curves steps"),
        (2, "epochs 0 and epochs 1 count epochs, the other curves steps"),
        (3, "epochs 0, epochs 1 and epochs 2 count epochs, the other curves steps"),
        (5, "epochs 0, epochs 1, epochs 2 and 2 more count epochs, the other curves steps"),
    ],
)
def test_curves_of_steps_beside_curves_of_epochs_are_noted(epochs: int, message: str) -> None:
    by_epoch = [replace(curve, by="epoch") for curve in labelled(epochs, epochs=9)]
    table = tabulate([*labelled(1, steps=9), *by_epoch])
    (note,) = (item for item in table_findings(table) if item.id == "mixed-axes")
    assert (note.severity, note.curve) == ("note", "")
    assert note.message == f"{message}: --steps-per-epoch N makes them comparable"


def test_curves_on_one_axis_have_no_note_on_it() -> None:
    steps = labelled(2, steps=9)
    epochs = [replace(curve, by="epoch") for curve in labelled(2, epochs=9)]
    mixed = tabulate([steps[0], epochs[0]])
    tables = [tabulate(steps), tabulate(epochs), mixed.on_axis("percent")]
    assert [axis_ids(table) for table in tables] == [[], [], []]
    assert axis_ids(mixed) == ["mixed-axes"]


def axis_ids(table: Table) -> list[str]:
    return [item.id for item in table_findings(table) if item.id == "mixed-axes"]


def from_files(*specs: tuple[str, str]) -> list[Curve]:
    """Return the curves of specs, each read from a file unless that is empty."""
    return [replace(curve, file=file) for file, spec in specs for curve in load_spec(spec).curves]


SHORT, LONG = "cosine:T_max=1000", "cosine:T_max=2000"
WAY_OUT = "'steps: N' in a spec file ends its curves at N"


@pytest.mark.parametrize(
    ("specs", "message"),
    [
        (
            [("a.yaml", SHORT), ("b.yaml", LONG)],
            "a.yaml gives no steps and is drawn over the longest length, 2,000 steps",
        ),
        (
            [("a.yaml", SHORT), ("", LONG)],
            "a.yaml gives no steps and is drawn over the longest length, 2,000 steps",
        ),
        (
            [("a.yaml", SHORT), ("b.yaml", SHORT), ("a.yaml", "step"), ("c.yaml", LONG)],
            "a.yaml and b.yaml give no steps and are drawn over the longest length, 2,000 steps",
        ),
        (
            [*((f"{name}.yaml", SHORT) for name in "abcde"), ("f.yaml", LONG)],
            "a.yaml, b.yaml, c.yaml and 2 more give no steps and are drawn over the longest "
            "length, 2,000 steps",
        ),
        (
            [("a.yaml", "cosine:T_max=9,by=epoch"), ("b.yaml", "cosine:T_max=30,by=epoch")],
            "a.yaml gives no steps and is drawn over the longest length, 30 epochs",
        ),
    ],
)
def test_files_that_share_a_length_are_noted(specs: list[tuple[str, str]], message: str) -> None:
    (note,) = shared_lengths(tabulate(from_files(*specs)))
    assert (note.severity, note.curve) == ("note", "")
    assert note.message == f"{message}; {WAY_OUT}"


@pytest.mark.parametrize(
    "specs",
    [
        [("a.yaml", SHORT), ("a.yaml", LONG)],
        [("", SHORT), ("", LONG)],
        [("", SHORT), ("a.yaml", LONG)],
        [("a.yaml", SHORT), ("b.yaml", SHORT)],
        [("a.yaml", f"{SHORT},steps=1000"), ("b.yaml", LONG)],
        [("a.yaml", SHORT), ("b.yaml", f"{LONG},steps=2000")],
        [("a.yaml", "lambda:lr_lambda=1"), ("b.yaml", LONG)],
        [("a.yaml", "cosine:T_max=9,by=epoch"), ("b.yaml", LONG)],
    ],
)
def test_what_is_drawn_over_its_own_length_is_not_noted(specs: list[tuple[str, str]]) -> None:
    assert shared_lengths(tabulate(from_files(*specs))) == []


def test_a_part_of_the_steps_is_not_noted() -> None:
    curves = from_files(("a.yaml", SHORT), ("b.yaml", LONG))
    assert shared_lengths(tabulate(curves, range(50))) == []


def shared_lengths(table: Table) -> list[Finding]:
    return [item for item in table_findings(table) if item.id == "shared-length"]


def test_a_curve_of_epochs_is_not_compared_with_one_of_steps() -> None:
    steps, epochs = "cosine:T_max=9", "cosine:T_max=9,by=epoch"
    table = tabulate(from_files(("", steps), ("", epochs), ("", "step:step_size=3")))
    first, second, third = differences(table, 0)
    assert (first.steps, first.area_ratio, third.first_step) == (100, 1.0, 1)
    assert second is NOT_COMPARED
    assert differences(table, 1)[0] is NOT_COMPARED
    assert compare_columns(table).to_list()[0] == {
        "label": "cosine", "baseline": "cosine", "steps": 0, "first_step": None, "largest": None,
        "largest_step": None, "area_ratio": None,
    }  # fmt: skip
    by_percent = differences(table.on_axis("percent"), 0)
    assert all(item.steps for item in by_percent)


@pytest.mark.parametrize("piece", [1, 2, 3, 4, 100])
def test_the_largest_change_in_pieces(piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lrviz.curves.facts.PIECE", piece)
    assert largest_change(np.array([0.1, 0.2, 0.2, 0.9, 0.1, 0.3])) == 3
    assert largest_change(np.array([0.9, 0.1, 0.2])) == 0
    assert largest_change(np.array([0.1, 0.2, 0.5])) == 1
    assert largest_change(np.array([0.1])) is None

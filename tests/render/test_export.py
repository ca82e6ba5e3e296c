"""Exported rates read back to the same numbers."""

from __future__ import annotations

import io
import json

import numpy as np

import lrviz
from lrviz.render.export import as_json, as_npz, long, row, text_size, wide
from tests.render.conftest import table_of


def test_wide() -> None:
    table = table_of("linear:start_factor=1,end_factor=0.5,total_iters=2", "cosine", steps=3)
    cosine = [repr(float(rate)) for rate in table.columns[1].rates]
    label = table.columns[0].label
    assert "".join(wide(table)) == (
        f"step,{label},cosine\n0,0.1,{cosine[0]}\n1,0.07500000000000001,{cosine[1]}\n"
        f"2,0.05,{cosine[2]}\n"
    )
    assert "".join(wide(table, "\t")).splitlines()[1] == f"0\t0.1\t{cosine[0]}"


def test_shorter_curves_leave_cells_empty() -> None:
    table = lrviz.sample(lrviz.load("constant:steps=3,factor=1", "step:steps=1"))
    assert [line.split(",")[-1] for line in "".join(wide(table)).splitlines()[1:]] == [
        "0.1",
        "",
        "",
    ]


def test_long() -> None:
    table = table_of("constant:factor=1", "step", steps=2)
    label = table.columns[0].label
    assert "".join(long(table)) == (
        f"label,step,lr\n{label},0,0.1\n{label},1,0.1\nstep,0,0.1\nstep,1,0.1\n"
    )
    assert "".join(long(table, "\t")).startswith("label\tstep\tlr\n")


def test_long_tables_are_written_in_pieces() -> None:
    table = table_of("cosine", steps=20_000)
    pieces = list(wide(table))
    assert len(pieces) == 4
    rates = np.loadtxt(io.StringIO("".join(pieces)), delimiter=",", skiprows=1)[:, 1]
    np.testing.assert_array_equal(rates, table.columns[0].rates)


def test_json() -> None:
    table = table_of("cosine:T_max=4", "step", steps=2)
    first, second = json.loads("".join(as_json(table)))["curves"]
    assert first["schedule"] == "torch.CosineAnnealingLR"
    assert first["params"]["T_max"] == 4
    assert first["step"] == [0, 1]
    assert first["lr"] == table.columns[0].rates.tolist()
    assert list(second) == ["label", "schedule", "params", "step", "lr"]


def test_json_has_null_where_a_rate_is_not_finite() -> None:
    table = table_of("exponential:gamma=1e300", steps=4)
    assert json.loads("".join(as_json(table)))["curves"][0]["lr"][-1] is None


def test_the_size_of_text_is_exact_where_all_rows_are_alike() -> None:
    table = lrviz.sample(lrviz.load("constant:factor=1,label=one", "constant:factor=1,label=two"),
                         range(10, 90))  # fmt: skip
    for layout, chunks in (("wide", wide(table)), ("long", long(table))):
        rows = "".join(chunks).partition("\n")[2]
        assert text_size(table, layout) == len(rows)


def test_npz() -> None:
    table = lrviz.sample(lrviz.load("cosine:steps=5,T_max=5", "step:steps=3"))
    arrays = np.load(io.BytesIO(as_npz(table)))
    assert arrays["step"].tolist() == [0, 1, 2, 3, 4]
    assert arrays["labels"].tolist() == [column.label for column in table.columns]
    np.testing.assert_array_equal(arrays["lr"][0], table.columns[0].rates)
    assert np.isnan(arrays["lr"][1]).tolist() == [False, False, False, True, True]


def test_rows_have_quotes_where_they_are_needed() -> None:
    assert row(["a,b", 'c"d', "e"]) == '"a,b","c""d",e\n'
    assert row(["a,b", "c"], "\t") == "a,b\tc\n"

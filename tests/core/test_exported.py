"""The JSON that lrviz exports, and JSON that is something else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lrviz.core.exported import exported_columns, is_export


def curve(label: str, steps: list[int], lr: list[float]) -> dict[str, Any]:
    return {"label": label, "schedule": "torch.StepLR", "params": {}, "step": steps, "lr": lr}


@pytest.mark.parametrize("indent", [None, 2])
def test_an_export_by_its_beginning(indent: int | None) -> None:
    assert is_export(json.dumps({"curves": [curve('a "b"', [0], [1.0])]}, indent=indent))


@pytest.mark.parametrize(
    "data",
    [
        {"curves": [{"label": "a", "schedule": "cosine", "T_max": 3}]},
        {"curves": [{"schedule": "cosine", "label": "a", "params": 3}]},
        {"curves": []},
        {"title": "x", "curves": [curve("a", [0], [1.0])]},
        [],
    ],
)
def test_other_json(data: Any) -> None:
    assert not is_export(json.dumps(data))


def test_the_columns_of_an_export() -> None:
    curves = [curve("a", [0, 2], [1.0, 0.5]), curve("step", [0, 2, 4], [3.0, 2.0, 1.0])]
    assert exported_columns({"curves": curves}) == {
        "step": [0, 2, 4],
        "a": [1.0, 0.5, None],
        "torch.StepLR": [3.0, 2.0, 1.0],
    }


@pytest.mark.parametrize(
    "data",
    [
        [],
        {},
        {"curves": 3},
        {"curves": []},
        {"curves": [3]},
        {"curves": [curve("a", [0, 1], [1.0])]},
        {"curves": [curve("a", [0], [1.0]), {"label": "b", "schedule": "x", "step": [0]}]},
        {"curves": [{"label": [], "schedule": "b", "step": [0], "lr": [0]}]},
        {"curves": [{"label": "b", "step": [0], "lr": [0]}]},
        {"curves": [{"schedule": "b", "step": [0], "lr": [0]}]},
        {"curves": [{"schedule": "b", "label": "a", "step": 0, "lr": [0]}]},
        {"curves": [{"schedule": "b", "label": "a", "step": [0], "lr": 0}]},
    ],
)
def test_data_that_are_no_export(data: Any) -> None:
    assert exported_columns(data) is None

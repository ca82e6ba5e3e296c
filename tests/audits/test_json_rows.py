"""Rows of a JSON document, part by part, are those of the document read at once."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

import lrviz
from lrviz.audits import json_rows
from lrviz.audits.json_rows import find_rows
from lrviz.audits.log import read_log

ROWS: list[Any] = [
    {"step": 1, "learning_rate": 0.1, "nested": {"text": "}, ]", "list": [{"a": 1}]}},
    {"step": 2, "learning_rate": 0.2},
    3,
    {"step": 3, "learning_rate": 0.3},
]


def read(text: str) -> tuple[list[Any], bool, str]:
    file = StringIO(text)
    found = find_rows(file, file.read(60), ["rows", "log_history"])
    assert found is not None
    assert found[0] == "log_history"
    values = [value for part in found[1].parts() for value in part]
    return values, found[1].ended, found[1].text


@pytest.mark.parametrize("block", [1, 7, 100, 1000])
@pytest.mark.parametrize("indent", [None, 2])
def test_rows_in_blocks_of_any_size(
    block: int, indent: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_rows, "BLOCK", block)
    text = json.dumps({"a": [1], "log_history": ROWS, "b": {"c": {}}}, indent=indent)
    values, ended, rest = read(text)
    assert (values, ended) == (ROWS, True)
    assert rest.startswith("]")


def test_a_list_without_rows() -> None:
    assert read('{"log_history": [ ]')[:2] == ([], True)
    assert read('{"log_history": ["a", "b"]')[:2] == (["a", "b"], True)


def test_a_text_without_the_key() -> None:
    assert find_rows(StringIO(), '{"rows": {}, "logs": []}', ["rows", "log_history"]) is None


def test_no_more_is_read_after_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_rows, "BLOCK", 10)
    monkeypatch.setattr(json_rows, "MAX_ROW", 100)
    values, ended, rest = read('{"log_history": [{"step": 1}, oops' + ' {"step": 2},' * 900)
    assert (values, ended) == ([{"step": 1}], False)
    assert 100 < len(rest) <= 110


def test_a_document_that_was_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "trainer_state.json"
    text = json.dumps({"log_history": ROWS})
    path.write_text(text[: text.rindex("0.3")], encoding="utf-8")
    log = read_log(path)
    assert log.series[0].rates.tolist() == [0.1, 0.2]
    assert [note.message for note in log.notes] == [
        "2 rows that cannot be read are left out; the last one is cut off"
    ]


def test_a_document_with_a_fault_in_a_row(tmp_path: Path) -> None:
    path = tmp_path / "trainer_state.json"
    path.write_text('{"log_history": [{"step": 1}, oops, {"step": 2}]}', encoding="utf-8")
    with pytest.raises(lrviz.SpecError, match=r"is not JSON after row 1 of log_history$"):
        read_log(path)


def test_values_nested_too_deep(tmp_path: Path) -> None:
    path = tmp_path / "trainer_state.json"
    path.write_text('{"log_history": [' + "[" * 100_000, encoding="utf-8")
    with pytest.raises(lrviz.SpecError, match=r"is nested too deep$"):
        read_log(path)

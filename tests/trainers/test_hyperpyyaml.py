"""HyperPyYAML: what tags mean, references inside the file, and what stays unresolved."""

from __future__ import annotations

from typing import Any

import pytest

from lrviz.trainers.document import Tagged, read_document
from lrviz.trainers.hyperpyyaml import plain_document


def data(text: str) -> Any:
    return plain_document(read_document(text)).data


@pytest.mark.parametrize(
    ("reference", "value"),
    [
        ("<a>", 2),
        ("<b>", "text"),
        ("<c[d]>", 3),
        ("<c.d>", 3),
        ("<list[1]>", 6),
        ("<alias>", 2),
        ("<quoted>", "7"),
        ("<a> * <c[d]> + 1", 7),
        ("<a> / 4", 0.5),
        ("-<alias>", -2),
    ],
)
def test_reference(reference: str, value: Any) -> None:
    text = 'a: 2\nb: text\nc: {d: 3}\nlist: [5, 6]\nalias: !ref <a>\nquoted: "7"\n'
    assert data(f"{text}x: !ref {reference}")["x"] == value


@pytest.mark.parametrize("reference", ["<missing>", "<a> + <missing>", "<a>_<b>", "text"])
def test_reference_without_a_value_stays(reference: str) -> None:
    value = data(f"a: 2\nb: text\nx: !ref {reference}")["x"]
    assert value == Tagged("!ref", reference)


@pytest.mark.parametrize(
    ("limit", "most", "text", "value"),
    [
        ("MAX_VALUES", 3, "x: !ref <b>", 5),
        ("MAX_VALUES", 5, "c: [6]\nx: !ref <b>", 5),
        ("MAX_DEPTH", 1, "x: !ref <b>", 5),
        ("MAX_DEPTH", 3, "x: [{z: !ref <b>}]", [{"z": 5}]),
        ("MAX_DEPTH", 3, "x: !new:f\n  - !ref <b>", {"class_path": "f", "init_args": [5]}),
        ("MAX_DEPTH", 3, "x: !ref <y>\ny: [!ref <b>]", [5]),
        ("MAX_REFERENCES", 0, "x: !ref <b>", 5),
        ("MAX_REFERENCES", 1, "c: !ref <b>\nx: !ref <c>", 5),
        ("MAX_REFERENCES", 1, "c: !ref <b>\nx: !ref 0 + <c>", 5),
    ],
)
def test_limits(
    limit: str, most: int, text: str, value: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"lrviz.trainers.hyperpyyaml.{limit}", most)
    assert data(f"b: 5\n{text}")["x"] == value
    monkeypatch.setattr(f"lrviz.trainers.hyperpyyaml.{limit}", most - 1)
    assert data(f"b: 5\n{text}")["x"] != value


def test_references_in_a_circle_end() -> None:
    values = data("a: !ref <b>\nb: !ref <a>\nc: !ref <c> + 1")
    assert isinstance(values["a"], Tagged)
    assert isinstance(values["c"], Tagged)


def test_objects_become_their_class_and_arguments() -> None:
    text = "a: 2\nx: !new:torch.nn.Linear\n  size: !ref <a>\ny: !name:f\nz: !apply:os.remove [p]"
    assert data(text) == {
        "a": 2,
        "x": {"class_path": "torch.nn.Linear", "init_args": {"size": 2}},
        "y": {"class_path": "f", "init_args": ""},
        "z": {"class_path": "os.remove", "init_args": ["p"]},
    }


def test_other_tags_and_lists_stay() -> None:
    assert data("x: !PLACEHOLDER\ny: [!ref <z>, 1]\nz: 5") == {
        "x": Tagged("!PLACEHOLDER", ""),
        "y": [5, 1],
        "z": 5,
    }

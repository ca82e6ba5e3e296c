"""What `print` and a notebook show of the results of calls: what the command prints."""

from __future__ import annotations

import copy
import json
import pickle
import sys
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from rich.text import Text

import lrviz
from lrviz.api.displays import DISPLAYS, plain_text
from lrviz.core.display import Displayed
from tests.conftest import ROOT, Shell, TextStream

MISTAKES = ROOT / "configs" / "mistakes"
LOG, PLAN = str(MISTAKES / "four-processes.csv"), str(MISTAKES / "plan.yaml")
TESTS = ROOT / "tests" / "audits" / "range_tests.json"
CHART = ("--no-image", "--height", "12")
WRONG = "cosine:T_max=90"


@pytest.fixture
def range_test(tmp_path: Path) -> str:
    case = json.loads(TESTS.read_text(encoding="utf-8"))[0]
    rows = "".join(f"{lr!r},{loss!r}\n" for lr, loss in zip(case["lr"], case["loss"], strict=True))
    path = tmp_path / "range.csv"
    path.write_text("lr,loss\n" + rows, encoding="utf-8")
    return str(path)


def wrong_run() -> Any:
    return lrviz.check(lrviz.load(WRONG, epochs=90, steps_per_epoch=500, by="step"))


CALLS: dict[str, tuple[Callable[[], Any], tuple[str, ...]]] = {
    "audit": (lambda: lrviz.audit(LOG, PLAN), ("audit", LOG, "--against", PLAN, *CHART)),
    "proposals": (lambda: lrviz.propose(LOG), ("audit", LOG, *CHART)),
    "proposal": (lambda: lrviz.propose(LOG)[0], ("audit", LOG, *CHART)),
    "measurement": (lambda: lrviz.measure("wsd"), ("measure", "wsd")),
    "rates": (lambda: lrviz.measure("cosine", at=[3, 50]), ("measure", "cosine", "--at", "3,50")),
    "comparison": (
        lambda: lrviz.compare(["cosine", "linear"]),
        ("compare", "cosine", "linear", *CHART),
    ),
    "comparison with the second": (
        lambda: lrviz.compare(["cosine", "linear"], baseline="linear"),
        ("compare", "cosine", "linear", "--baseline", "linear", *CHART),
    ),
    "many curves": (lambda: lrviz.compare(["cosine"] * 13), ("compare", *["cosine"] * 13, *CHART)),
    "no findings": (lambda: lrviz.check("cosine"), ("check", "cosine")),
    "findings": (
        wrong_run,
        ("check", WRONG, "--epochs", "90", "--steps-per-epoch", "500", "--by", "step"),
    ),
    "findings in files": (
        lambda: lrviz.check([PLAN, MISTAKES / "short.yaml"]),
        ("check", PLAN, str(MISTAKES / "short.yaml")),
    ),
    "tasks": (lrviz.advise, ("advise",)),
    "answers": (lambda: lrviz.advise("vit"), ("advise", "vit")),
    "idioms": (
        lambda: lrviz.idioms(peak=0.1, warmup=5, total=50),
        ("dialects", "--peak", "0.1", "--warmup", "5", "--total", "50", *CHART),
    ),
    "mistake": (
        lambda: lrviz.as_if("cosine", "scaled", factor=2.0),
        ("plot", "cosine", "--as-if", "scaled:factor=2", *CHART),
    ),
    "export": (
        lambda: lrviz.export("cosine", steps=5),
        ("export", "cosine", "--steps", "5", "-q"),
    ),
}


@pytest.fixture(autouse=True)
def usual_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")


@pytest.mark.parametrize("name", CALLS)
def test_the_text_of_a_result_is_what_the_command_prints(name: str, shell: Shell) -> None:
    call, words = CALLS[name]
    result = call()
    assert str(result) == shell(*words).stdout.removesuffix("\n")
    assert repr(result) != str(result)


def test_the_text_of_a_range_test(range_test: str, shell: Shell) -> None:
    text = str(lrviz.find_lr(range_test))
    assert text == shell("find-lr", range_test, "--no-image").stdout.removesuffix("\n")


def test_an_answer_alone_has_its_part_of_the_text() -> None:
    answers = lrviz.advise("vit")
    assert str(answers[0]).startswith("1  ")
    assert str(answers[0]) in str(answers)


def test_every_displayed_class_has_a_display() -> None:
    assert set(DISPLAYS) == set(Displayed.__subclasses__())


def test_a_class_of_the_users_own_is_shown_as_its_base_is() -> None:
    class Tasks(type(lrviz.advise())):  # type: ignore[misc]
        pass

    assert str(Tasks(lrviz.advise())) == str(lrviz.advise())


PICTURES = ("audit", "proposals", "proposal", "comparison", "idioms", "mistake")


@pytest.mark.parametrize("name", PICTURES)
def test_a_notebook_shows_the_picture_and_what_is_below_the_chart(name: str) -> None:
    result = CALLS[name][0]()
    image, _, notes = result._repr_html_().partition("\n<pre>")
    assert image.startswith('<img src="data:image/svg+xml;base64,')
    notes = unescape(notes.removesuffix("</pre>"))
    assert "┤" not in notes
    assert str(result).endswith(notes)


def test_a_notebook_shows_the_picture_of_a_range_test(range_test: str) -> None:
    html = lrviz.find_lr(range_test)._repr_html_()
    assert html.startswith('<img src="data:image/svg+xml;base64,')
    assert "valley" in html


@pytest.mark.parametrize("name", ["measurement", "findings", "tasks", "answers"])
def test_a_notebook_shows_the_text_where_there_is_no_picture(name: str) -> None:
    result = CALLS[name][0]()
    assert result._repr_html_().startswith("<pre>")
    assert unescape(result._repr_html_()) == f"<pre>{result}</pre>"


def test_lists_of_results_are_lists() -> None:
    findings = wrong_run()
    assert findings == [findings[0]]
    assert findings[:] == [*findings]
    assert isinstance(lrviz.advise(), tuple)
    for result in (findings, lrviz.advise("vit")[:1], copy.copy(findings)):
        assert isinstance(result, list)
    assert str(pickle.loads(pickle.dumps(findings))) == str(findings)
    assert json.loads(json.dumps([item.id for item in findings])) == ["epochs-as-steps"]


def test_a_text_has_characters_that_standard_output_can_show(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    comparison = lrviz.compare(["cosine", "linear"])
    assert not str(comparison).isascii()
    monkeypatch.setattr(sys, "stdout", TextStream("ascii"))
    assert str(comparison).isascii()


def test_a_text_has_no_blanks_at_the_ends_of_its_lines() -> None:
    assert plain_text([Text("a  "), Text("  b ", "bold")]) == "a\n  b"


def test_the_text_of_a_binary_file_is_its_repr() -> None:
    export = lrviz.export("cosine", "npz", steps=3)
    assert str(export) == repr(export)


class Printer:
    """Stands in for IPython's, which prints text."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def text(self, text: str) -> None:
        self.texts.append(text)


@pytest.mark.parametrize("value", [lrviz.load("cosine"), lrviz.compare("cosine", "linear")])
def test_ipython_prints_in_a_terminal_what_print_does(value: Any) -> None:
    printer = Printer()
    value._repr_pretty_(printer, False)
    assert printer.texts == [str(value)]

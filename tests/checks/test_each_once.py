"""What a note and a rule both say of a curve is told once."""

from __future__ import annotations

import pytest

import lrviz
from lrviz.checks.check import RULES, each_once
from lrviz.core.findings import Finding
from tests.conftest import Shell

GROWS = "gamma is above 1 (1.1): the rate grows; a decay at step 0 rises from 0.1 to 0.1464"
BELOW = "the rate is below 0 from step 6 on (lowest -0.04)"
SIGN = "gamma is negative (-1): the rate changes sign at each drop; the rate is below 0 from step 2"
OVERLAID = "the decay already runs during the warm-up: at epoch 2 the rate is "


@pytest.mark.parametrize(
    ("spec", "rule", "message"),
    [
        ("exponential:gamma=1.1,steps=5", "rises", GROWS),
        ("lambda:lr_lambda=0.5-t/10,steps=10", "negative-rate", BELOW),
        ("step:step_size=2,gamma=-1,steps=8", "negative-rate", SIGN),
        ("timm.cosine:t_initial=10,warmup_t=2,epochs=10", "overlaid-warmup", OVERLAID),
    ],
)
def test_a_plot_tells_each_fact_once(spec: str, rule: str, message: str, shell: Shell) -> None:
    for words in (("plot", spec), ("compare", spec, "cosine:t_max=9")):
        done = shell(*words, "--no-image")
        lines = [line for line in done.stderr.splitlines() if "cosine counts" not in line]
        assert len(lines) == 1
        assert lines[0].startswith("warning: ")
        assert lines[0].endswith(f" (lrviz check: {rule})")
        assert f": {message}" in lines[0]


def test_a_part_of_a_run_has_its_notes(shell: Shell) -> None:
    done = shell("plot", "exponential:gamma=1.1", "--range", "0:5", "--no-image")
    assert done.stderr == "note: exponential: gamma is above 1 (1.1): the rate grows\n"


def test_the_page_tells_each_fact_once() -> None:
    text = lrviz.html(lrviz.schedule("exponential", gamma=1.1), steps=5)
    assert text.count("the rate grows") == 1
    assert GROWS in text


def test_only_the_same_curve_is_meant() -> None:
    note = Finding("grows", "it grows", curve="a")
    other = Finding("examples", "an example", curve="b")
    rises = Finding("rises", "it rises", "warning", curve="b")
    assert each_once([note, other], [rises]) == [note, other, rises]
    same = Finding("rises", "it rises", "warning", curve="a")
    joined = Finding("rises", "it grows; it rises", "warning", curve="a")
    assert each_once([note, other], [same, rises]) == [other, joined, rises]
    assert {cause for rule in RULES for cause in rule.causes} == {"grows", "rises", "changes-sign"}

"""Ends of the axis of rates, beyond which nothing is: an error, before anything is printed."""

from __future__ import annotations

import pytest

import lrviz
from lrviz.core.errors import SpecError
from tests.conftest import Shell

COSINE = "cosine:t_max=100"
LINEAR = "linear:start_factor=1,end_factor=0,total_iters=50"
ABOVE = "must be above the lowest rate, 2.467e-5"
BELOW = "must be below the highest rate, 0.1"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("plot", COSINE, "--y-max", "0"), f"--y-max: {ABOVE} (got 0)"),
        (("plot", COSINE, "--y-max", "0", "--log-y"), f"--y-max: {ABOVE} (got 0)"),
        (("plot", COSINE, "--y-min", "0", "--y-max", "1e-5"), f"--y-max: {ABOVE} (got 1e-5)"),
        (("compare", COSINE, "step", "--y-max=-1"), f"--y-max: {ABOVE} (got -1)"),
        (("compare", COSINE, "step", "--y-min", "0.1"), f"--y-min: {BELOW} (got 0.1)"),
        (("dialects", "--y-min", "4"), "--y-min: must be below the highest rate, 1 (got 4)"),
        (("audit", "log.csv", "--y-max", "0"), "--y-max: must be above the lowest rate, 0.01 (got"),
        (
            ("audit", "log.csv", "--against", LINEAR, "--y-min", "0.5"),
            f"--y-min: {BELOW} (got 0.5)",
        ),
        (("plot", "a.yaml"), "y_max must be above the lowest rate, 0.003015 (got 0)"),
        (("plot", "a.yaml", "--y-max", "-1"), "--y-max: must be above the lowest rate, 0.003015"),
    ],
)
def test_an_axis_without_any_rate(words: tuple[str, ...], message: str, shell: Shell) -> None:
    shell.write("a.yaml", "schedule: cosine\nT_max: 9\ny_max: 0\n")
    rows = (f"{step},{0.1 * (1 - step / 100)}\n" for step in range(0, 100, 10))
    shell.write("log.csv", "step,lr\n" + "".join(rows))
    done = shell(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"error: {message}" in done.stderr
    assert not [*shell.folder.glob("*.png")]


@pytest.mark.parametrize(
    "flags", [("--y-max", "0.1"), ("--y-min", "0.1"), ("--y-min", "0.09", "--y-max", "0.2")]
)
def test_a_constant_rate_may_be_an_end(flags: tuple[str, ...], shell: Shell) -> None:
    assert shell("plot", "constant:factor=1", *flags, "--no-image").returncode == 0


def test_a_figure_without_any_rate() -> None:
    curve = lrviz.schedule("cosine", T_max=9)
    with pytest.raises(SpecError, match=r"^y_min must be below the highest rate, 0.1 \(got 1\)$"):
        lrviz.plot(curve, y_min=1)

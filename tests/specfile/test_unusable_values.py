"""A typed parameter of a wrong kind beside flags of the run is an error at its own place."""

from __future__ import annotations

import pytest

from lrviz.core.errors import SpecError
from lrviz.core.register import register
from lrviz.core.roles import Floor, Length, Peak, Role, WarmUp
from lrviz.core.schedule import Schedule
from lrviz.specfile.inline import flag_name
from lrviz.specfile.source import load_named
from tests.conftest import Shell

RUN = {"steps": 300, "lr": 0.1, "warmup": "10%", "floor": "1%"}
ROLES: tuple[type[Role], ...] = (Length, Peak, WarmUp, Floor)
WRONG_KIND = "#"
NINES = "9" * 399
FAULTS = {
    ("t5x.create_learning_rate_scheduler", "--warmup-steps", ".inf"): (
        "must be a whole number (got .inf)"
    ),
    ("keras.CosineDecay", "--warmup-target", "5%", "--floor", "1%"): "must be a number (got '5%')",
    ("keras.CosineDecay", "--warmup-steps", "abc", "--lr", "1"): "must be a number (got 'abc')",
    ("paddle.NoamDecay", "--d-model", "x", "--lr", "1"): "must be a whole number (got 'x')",
    ("timm.wsd", "--t-initial", ".inf"): "must be a finite number (got .inf)",
    ("optax.cosine_decay_schedule", "--alpha", NINES, "--floor", "1%"): (
        f"must be a finite number (got {'9' * 77}...)"
    ),
}
"""Commands whose first flag has a value that the schedule's rules cannot take, and its error."""


@pytest.mark.parametrize("cls", register.all(), ids=lambda cls: cls.title())
def test_each_parameter_that_the_run_may_set(cls: type[Schedule]) -> None:
    for role in ROLES:
        parameter = cls.parameter_with(role)
        if parameter is None:
            continue
        name = parameter[0]
        with pytest.raises(SpecError) as caught:
            load_named(cls.title(), {name: WRONG_KIND}, override=RUN)
        assert any(flag_name(name) in finding.place for finding in caught.value.findings)


@pytest.mark.parametrize("words", FAULTS, ids=lambda words: " ".join(words)[:60])
def test_the_error_is_the_value_s_own(words: tuple[str, ...], shell: Shell) -> None:
    done = shell("measure", *words)
    assert done.returncode == 2
    assert done.stderr == f"error: {words[1]}: {FAULTS[words]}\n"


def test_a_division_by_zero(shell: Shell) -> None:
    done = shell("measure", "torch.OneCycleLR", "--div-factor", "0", "--floor", "1e-3")
    assert done.returncode == 2
    message = "torch.OneCycleLR divides by div_factor, which is 0"
    assert done.stderr == f"error: torch.OneCycleLR: {message}\n"


def test_a_peak_that_no_number_reaches(shell: Shell) -> None:
    roots = "*".join(["rsqrt_decay"] * 200)
    words = ("--factors", roots, "--warmup-steps", "1e6", "--lr", "1")
    done = shell("measure", "t5x.create_learning_rate_scheduler", *words)
    assert done.returncode == 2
    assert done.stderr == (
        "error: t5x.create_learning_rate_scheduler: t5x.create_learning_rate_scheduler has no such "
        "peak, warm-up or floor with its parameters\n"
    )


@pytest.mark.parametrize("command", ["measure", "plot", "check", "code", "export"])
def test_rates_that_overflow(command: str, shell: Shell) -> None:
    done = shell(command, "composer.multistep_with_warmup:gamma=-1e300,milestones=[3,6]")
    assert done.returncode == 2
    place = "composer.multistep_with_warmup:gamma=-1e300,milestones=[3,6]"
    message = "has numbers that cannot be computed with: Numerical result out of range"
    assert done.stderr.splitlines()[-1] == f"error: {place}: {message}"


LONG = "neox.exponential:lr_decay_iters=1e9"
TOO_LONG = {
    ("plot", "--no-image"): LONG,
    ("plot", "--no-image", "--axis", "percent", "--as-if", "resumed"): LONG,
    ("plot", "--no-image", "--as-if", "stepped-n-times:n=3"): LONG,
    ("code", "--as", "torch"): LONG,
    ("export",): LONG,
    ("check",): LONG,
}


@pytest.mark.parametrize("words", TOO_LONG, ids=" ".join)
def test_more_steps_than_are_sampled(words: tuple[str, ...], shell: Shell) -> None:
    done = shell(words[0], TOO_LONG[words], *words[1:])
    assert done.returncode == 2
    message = "has 1,000,000,000 steps; at most 100,000,000 are sampled"
    assert done.stderr.splitlines()[-1] == f"error: {LONG}: {message}"


def test_checks_of_rates_that_overflow(shell: Shell) -> None:
    done = shell("check", "torch.MultiplicativeLR:lr_lambda=1e308", "--steps", "9")
    assert done.stderr == ""
    assert "a drop at step 1 rises from 0.1 to 1e307" in done.stdout

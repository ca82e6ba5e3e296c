"""Numbers that cannot be computed with: one error at its place in every command, no warning."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from lrviz.core.arithmetic import arithmetic
from lrviz.core.errors import SpecError
from tests.conftest import Shell

RULE = "has numbers that cannot be computed with: "
CASES = {
    "composer.multistep_with_warmup:gamma=1e300,milestones=[3,5]": "Numerical result out of range",
    "transformers.cosine_with_restarts:num_cycles=1e-320": "cannot convert float NaN to integer",
    "espnet.CosineAnnealingWarmupRestarts:cycle_mult=1e300": (
        "cannot convert float infinity to integer"
    ),
}


@pytest.mark.parametrize("spec", CASES)
@pytest.mark.parametrize("command", ["export", "measure", "check"])
def test_every_command_names_the_cause(spec: str, command: str, shell: Shell) -> None:
    done = shell(command, spec, "-q")
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: {spec[:20]}")
    assert done.stderr.endswith(f"{RULE}{CASES[spec]}\n")


def test_no_warning_and_the_callers_own_errors() -> None:
    with warnings.catch_warnings(), arithmetic("here"):
        warnings.simplefilter("error")
        assert np.isnan(np.float64(np.inf) - np.float64(np.inf))
    for error in (SpecError.of("there", "is wrong"), ValueError("shapes differ")):
        with pytest.raises(ValueError) as caught, arithmetic("here"):
            raise error
        assert caught.value is error
    with pytest.raises(SpecError) as failed, arithmetic("here"):
        raise ZeroDivisionError("division by zero")
    assert str(failed.value) == f"here: {RULE}division by zero"

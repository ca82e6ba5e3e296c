"""Emitted code, without the frameworks: `tests/oracle/code_live.py` runs it in them."""

from __future__ import annotations

import ast
import math

import numpy as np
import pytest

from lrviz.codegen import TARGETS, write_code
from lrviz.codegen.languages import JAX, KERAS, PYTHON
from lrviz.codegen.pieces import pieces_of
from lrviz.core.register import register
from lrviz.curves.curve import Curve
from lrviz.specfile.source import load_named, load_sheet
from tests.conftest import Shell

CLASSES = register.all()
every_schedule = pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.title())


def example(cls) -> Curve:
    return load_named(cls.title(), {}).curves[0]


@every_schedule
def test_every_snippet_is_python_with_its_comment_first(cls) -> None:
    for target in TARGETS:
        code = write_code(example(cls), target)
        assert code.startswith(f"# {cls.title()}(")
        tree = ast.parse(code)
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        assert ("math" in names) == ("import math" in code)


@every_schedule
def test_a_function_of_the_step_gives_the_rates(cls) -> None:
    curve = example(cls)
    pieces = pieces_of(curve)
    rates = curve.sample(range(curve.count()))
    if pieces.rates:
        np.testing.assert_array_equal(pieces.rates, rates)
        return
    body = "\n".join(f"    {line}" for line in PYTHON.body(pieces.pieces))
    names: dict = {"math": math}
    exec(f"def rate(t):\n{body}", names)
    ours = [names["rate"](step) for step in range(curve.count())]
    np.testing.assert_allclose(ours, rates, rtol=1e-9, atol=1e-14 * np.abs(rates).max())


def test_most_schedules_have_arithmetic_and_no_table() -> None:
    tables = [cls.title() for cls in CLASSES if pieces_of(example(cls)).rates]
    assert len(tables) <= 4, tables


def test_the_equivalent_is_the_other_librarys_call() -> None:
    cosine = load_sheet("cosine:t_max=100,eta_min=1e-4").curves[0]
    code = write_code(cosine, "keras")
    assert (
        "keras.optimizers.schedules.CosineDecay(initial_learning_rate=0.1, decay_steps=100, "
        "alpha=0.001)" in code
    )
    assert "# The same curve in keras up to step 100; then they part." in code
    step = load_sheet("step:step_size=20,gamma=0.5").curves[0]
    assert "optax.exponential_decay(init_value=0.1, transition_steps=20" in write_code(
        step, "optax"
    )


def test_the_own_dialect_is_the_constructor() -> None:
    code = write_code(load_sheet("step:step_size=20").curves[0], "torch")
    assert "scheduler = lr_scheduler.StepLR(optimizer, step_size=20)" in code
    code = write_code(
        load_sheet("lambda:lr_lambda=0.5 + cos(pi * epoch / 9) / 2").curves[0], "torch"
    )
    assert "lr_lambda=lambda t: 0.5 + math.cos(math.pi * t / 9) / 2" in code


def test_what_cannot_be_exact_is_said_before_the_code() -> None:
    code = write_code(load_named("plateau", {}).curves[0], "keras")
    head = code.split("import")[0]
    assert "# Not exact for another metric: keras gets the rates for this one." in head


def test_languages_spell_the_same_tree() -> None:
    (piece,) = pieces_of(load_sheet("cosine").curves[0]).pieces
    assert PYTHON.text(piece.node) == "0.1 * ((1 + math.cos(math.pi * (t / 100))) / 2)"
    assert JAX.text(piece.node) == "0.1 * ((1 + jnp.cos(jnp.pi * (t / 100))) / 2)"
    assert KERAS.text(piece.node) == "0.1 * ((1 + ops.cos(math.pi * (t / 100))) / 2)"


def test_the_command(shell: Shell) -> None:
    done = shell("code", "cosine", "--as", "timm")
    assert "CosineLRScheduler(optimizer, t_initial=100)" in done.stdout
    done = shell("code", "cosine", "--as", "tensorflow")
    assert done.returncode == 2
    assert done.stderr == (
        "error: --as: must be one of torch, keras, optax, transformers, timm (got 'tensorflow')\n"
    )
    assert "import jax.numpy as jnp" in shell("show", "onecycle").stdout

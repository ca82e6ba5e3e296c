"""Complete snippets, word for word, and every schedule's example in every framework.

The folder `golden` holds a file for each case; `python -m tests.codegen.test_snippets` writes them
anew, to be read before they are kept.
"""

from __future__ import annotations

import ast
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lrviz
from lrviz.codegen.bodies import constant_lines, python_function
from lrviz.codegen.builder import write_function
from lrviz.codegen.nodes import STEP, apply, number
from lrviz.codegen.target import target_of, targets
from lrviz.core.errors import SpecError
from lrviz.core.register import register
from lrviz.curves.curve import Curve
from lrviz.run import Run
from lrviz.translate.code import write_code, write_snippet

GOLDEN = Path(__file__).parent / "golden"
CASES: dict[str, tuple[str, str]] = {
    # a run of any length in three segments
    "wsd_optax": ("timm.wsd:t_initial=9500,decay_t=2000,warmup_t=500", "optax"),
    "wsd_torch": (
        "transformers.warmup_stable_decay:num_warmup_steps=500,num_decay_steps=2000,"
        "num_training_steps=10000",
        "torch",
    ),
    "wsd_keras": ("lrviz.wsd:total_steps=10000,min_lr=10%", "keras"),
    "wsd_transformers": ("timm.wsd:t_initial=90,decay_t=20,warmup_t=10", "transformers"),
    # schedules of other frameworks that say the same
    "keras_cosine_optax": (
        "keras.CosineDecay:initial_learning_rate=0,decay_steps=90,warmup_target=0.1,"
        "warmup_steps=10",
        "optax",
    ),
    "keras_cosine_transformers": (
        "keras.CosineDecay:initial_learning_rate=0,decay_steps=90,warmup_target=0.1,"
        "warmup_steps=10",
        "transformers",
    ),
    "cosine_keras": ("transformers.cosine:num_warmup_steps=10,num_training_steps=100", "keras"),
    "sequential_keras": ("torch.SequentialLR", "keras"),
    "linear_optax": ("transformers.linear:num_warmup_steps=10,num_training_steps=100", "optax"),
    "constant_optax": ("transformers.constant_with_warmup:num_warmup_steps=10", "optax"),
    "sequential_optax": ("torch.SequentialLR", "optax"),
    "restarts_optax": ("torch.CosineAnnealingWarmRestarts:T_0=20", "optax"),
    "restarts_keras": ("torch.CosineAnnealingWarmRestarts:T_0=10,T_mult=2", "keras"),
    "multistep_torch": ("timm.multistep:decay_t=[30,60,90],decay_rate=0.1", "torch"),
    "piecewise_torch": (
        "keras.PiecewiseConstantDecay:boundaries=[30,60],values=[0.1,0.01,0.001]",
        "torch",
    ),
    # functions
    "cosine_torch": ("transformers.cosine:num_warmup_steps=10,num_training_steps=100", "torch"),
    "cosine_timm": ("lrviz.cosine_with_floor:total_steps=100,warmup_init_lr=1e-4", "timm"),
    "onecycle_optax": ("torch.OneCycleLR:max_lr=0.1,total_steps=100,three_phase=true", "optax"),
    "cyclic_keras": (
        "torch.CyclicLR:base_lr=0.001,max_lr=0.1,step_size_up=20,mode=triangular2",
        "keras",
    ),
    "growing_torch": (
        "timm.cosine:t_initial=20,cycle_mul=2,cycle_decay=0.5,cycle_limit=3",
        "torch",
    ),
    "stairs_timm": (
        "lrviz.piecewise:total_steps=100,start=1,phases=[{steps: 20, to: 0.5, curve: constant},"
        "{steps: 30, to: 0.2, curve: constant},{steps: 30, to: 0.05, curve: constant},"
        "{to: 0.01, curve: constant}]",
        "timm",
    ),
    "stairs_keras": ("torch.MultiStepLR:milestones=[10,20,30,45],gamma=0.5", "keras"),
    "polynomial_optax": ("lrviz.power:total_steps=10000", "optax"),
    "power_optax": ("torch.PolynomialLR:total_iters=30,power=0.9", "optax"),
    "rex_keras": ("lrviz.rex:total_steps=100,warmup_steps=10", "keras"),
    "noam_torch": ("lrviz.noam", "torch"),
    "chained_optax": ("torch.ChainedScheduler", "optax"),
    "lambda_keras": ("torch.LambdaLR", "keras"),
    "constant_keras": ("transformers.constant", "keras"),
    # what a metric drives
    "plateau_keras": ("torch.ReduceLROnPlateau:mode=max,threshold=0.01,cooldown=2", "keras"),
    "plateau_torch": ("keras.ReduceLROnPlateau:patience=5,min_delta=0.01", "torch"),
    "plateau_optax": ("timm.plateau:mode=min,patience_t=4,lr_min=0.001", "optax"),
    "plateau_timm": ("torch.ReduceLROnPlateau:threshold_mode=abs", "timm"),
    "greedy_optax": ("transformers.greedy:factor=0.5,patience=1 @steps=30", "optax"),
    # a framework's own
    "own_torch": ("torch.ChainedScheduler", "torch"),
    "own_sequential": ("torch.SequentialLR", "torch"),
    "own_keras": ("keras.LearningRateScheduler", "keras"),
    "own_optax": ("optax.join_schedules", "optax"),
    "own_transformers": (
        "transformers.cosine_with_min_lr:num_warmup_steps=0.1,num_training_steps=100,"
        "min_lr_rate=0.1",
        "transformers",
    ),
    "own_timm": ("timm.step:decay_t=30,decay_rate=0.1,t_in_epochs=false", "timm"),
    "torch_in_transformers": ("torch.OneCycleLR:max_lr=0.1,total_steps=100", "transformers"),
    # a schedule that ticks by epoch
    "epochs_torch": ("torch.StepLR:step_size=10 @epoch", "torch"),
    "epochs_optax": ("torch.CosineAnnealingLR:T_max=30 @epoch", "optax"),
    "epochs_timm": ("lrviz.wsd:total_steps=30 @epoch", "timm"),
}


def curve_of(spec: str) -> Curve:
    """Return the curve of a spec; `@epoch` ticks by epoch, `@steps=N` sets the length."""
    text, _, option = spec.partition(" @")
    (curve,) = lrviz.load(text)
    if option == "epoch":
        return replace(curve, by="epoch", run=Run(steps=3000, steps_per_epoch=100))
    return curve.with_steps(int(option.partition("=")[2])) if option else curve


def examples() -> list[Curve]:
    return [Curve(cls.title(), cls.model_validate(cls.example_values())) for cls in register.all()]


every_example = pytest.mark.parametrize("curve", examples(), ids=lambda curve: curve.label)


@pytest.mark.parametrize("name", CASES)
def test_snippet_is_the_one_that_was_reviewed(name: str) -> None:
    spec, target = CASES[name]
    expected = (GOLDEN / f"{name}.py.txt").read_text(encoding="utf-8")
    assert write_code(curve_of(spec), target) == expected


@every_example
def test_every_snippet_is_python_of_88_columns(curve: Curve) -> None:
    for target in targets():
        code = write_code(curve, target)
        assert code.startswith(f"# {curve.schedule.title()}(")
        assert max(map(len, code.splitlines())) <= 88
        tree = ast.parse(code)
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        for module in ("math", "bisect", "jnp", "ops", "optax", "keras", "torch"):
            imported = any(line.split()[-1] == module for line in code.splitlines()
                           if line.startswith(("import", "from")))  # fmt: skip
            assert (module in names) == imported, (module, code)


@every_example
def test_function_gives_the_rates_over_the_run_and_after_it(curve: Curve) -> None:
    function = write_function(curve, clamped=False, is_factor=True, counts_steps=False)
    count = curve.count() if function.is_table else curve.count() * 5 // 4
    end = curve.schedule.end()
    stop = min(count, end.last + 1) if end else count
    lines = [*constant_lines(function.used_constants()), *python_function(function, "factor")]
    names: dict[str, Any] = {"math": math, "bisect": __import__("bisect")}
    exec("\n".join(lines), names)
    rates = curve.sample(range(stop))
    ours = [names["factor"](step) * function.peak for step in range(stop)]
    np.testing.assert_allclose(ours, rates, rtol=1e-9, atol=1e-13 * np.abs(rates).max())


def test_only_what_has_no_arithmetic_is_a_table() -> None:
    functions = {
        curve.label: write_function(curve, clamped=False, is_factor=True, counts_steps=False)
        for curve in examples()
    }
    tables = {label for label, function in functions.items() if function.is_table}
    assert tables == {
        "torch.ReduceLROnPlateau",
        "keras.ReduceLROnPlateau",
        "optax.reduce_on_plateau",
        "transformers.reduce_lr_on_plateau",
        "transformers.greedy",
        "timm.plateau",
    }


def test_a_table_that_would_be_too_long_is_refused() -> None:
    curve = curve_of("transformers.greedy").with_steps(2_001)
    with pytest.raises(SpecError) as caught:
        write_code(curve, "torch")
    assert str(caught.value) == (
        "transformers.greedy: has no closed form, and its 2,001 rates are more than a table of "
        "2,000; take fewer --steps"
    )
    with pytest.raises(SpecError, match=r"^plan\.yaml: has no closed form"):
        write_code(replace(curve, place="plan.yaml"), "torch")
    assert "FACTORS = [" in write_code(curve.with_steps(2_000), "torch")


def test_limits_are_findings_of_severity_note() -> None:
    snippet = write_snippet(curve_of("torch.CosineAnnealingLR:T_max=100"), "keras")
    assert [(item.id, item.severity, item.message) for item in snippet.findings] == [
        ("precision", "note", "Keras computes in float32."),
        ("differs-after", "note", "After the run the two differ, from step 101 on."),
    ]
    assert not snippet.code.startswith("#")
    snippet = write_snippet(curve_of("transformers.greedy").with_steps(30), "torch")
    assert [item.message for item in snippet.findings] == [
        "No closed form: a table of the rates of these 30 steps.",
        "The rates are those of this metric; another one gives other rates.",
    ]
    assert write_snippet(curve_of("torch.StepLR:step_size=9"), "torch").findings == ()


LATE = (
    "cosine_warmup_with_min_lr is one step ahead, so a warm-up of 10 and an end at 100 need one "
    "more each; {} takes 10 and 100, with a warm-up from 0."
)
PASSED = (
    "# max_steps sets the run and num_training_steps in one, and here they differ:\n"
    "# Trainer(model, args, optimizers=(optimizer, scheduler), ...) steps it for you.\n\n"
)


@pytest.mark.parametrize(("floor", "usual"), [("0", "cosine"), ("1e-3", "cosine_with_min_lr")])
def test_a_scheduler_that_is_one_step_ahead(floor: str, usual: str) -> None:
    curve = curve_of(f"torch.CosineAnnealingLR:T_max=90,eta_min={floor},warmup=10,steps=100")
    snippet = write_snippet(curve, "transformers")
    assert snippet.findings[0].message == LATE.format(usual)
    assert snippet.findings[0].id == "unusual-parameters"
    assert "num_warmup_steps=11,\n    num_training_steps=101,\n" in snippet.code
    assert PASSED in snippet.code
    assert "TrainingArguments" not in snippet.code


def test_the_trainer_takes_the_run_from_max_steps() -> None:
    spec = "transformers.cosine:num_warmup_steps=10,num_training_steps=100"
    code = write_code(curve_of(spec), "transformers")
    assert '=0.1, lr_scheduler_type="cosine", warmup_steps=10, max_steps=100\n# )\n' in code
    assert PASSED in write_code(curve_of(f"{spec},steps=50"), "transformers")
    constant = write_code(curve_of("transformers.constant:steps=50"), "transformers")
    assert 'lr_scheduler_type="constant", max_steps=50)' in constant


def test_target_that_does_not_exist() -> None:
    with pytest.raises(SpecError) as caught:
        write_code(curve_of("torch.StepLR:step_size=9"), "tortch")
    assert str(caught.value) == (
        "--as: must be one of torch, keras, optax, transformers, timm (got 'tortch'); "
        "did you mean 'torch'?"
    )
    with pytest.raises(SpecError):
        target_of("lrviz")


def test_groups_of_parameters_keep_their_own_rates() -> None:
    code = write_code(curve_of("lrviz.cosine_with_floor:total_steps=100"), "torch")
    assert "lr=PEAK" in code
    assert "return step / WARMUP" in code


def main() -> None:
    """Write the goldens anew."""
    for name, (spec, target) in CASES.items():
        code = write_code(curve_of(spec), target)
        (GOLDEN / f"{name}.py.txt").write_text(code, encoding="utf-8")


if __name__ == "__main__":
    main()


def test_a_constant_of_a_segment_is_an_identifier() -> None:
    curve = curve_of("espnet.CosineAnnealingWarmupRestarts:first_cycle_steps=50,warmup_steps=10")
    for target in targets():
        ast.parse(write_code(curve, target))
    assert "self.warm_up_end = warm_up_end" in write_code(curve, "keras")


def test_a_negative_whole_power_is_a_quotient() -> None:
    """JAX raises no integers to negative powers."""
    step = apply("add", STEP, number(3))
    assert apply("power", step, number(-1)) == apply("divide", number(1), step)
    square = apply("power", step, number(2))
    assert apply("power", step, number(-2)) == apply("divide", number(1), square)
    assert apply("power", step, number(-0.5)).operation == "power"


@pytest.mark.parametrize(
    ("name", "library"),
    [("pytorch", "torch"), ("tensorflow", "keras"), ("TF", "keras"), ("jax", "optax"),
     ("flax", "optax"), ("huggingface", "transformers"), ("hf", "transformers")],
)  # fmt: skip
def test_another_name_of_a_framework(name: str, library: str) -> None:
    curve = lrviz.load("cosine:T_max=9")[0]
    assert lrviz.code(curve, name) == lrviz.code(curve, library)


@pytest.mark.parametrize(
    ("name", "title"),
    [("pytorch-lightning", "Lightning"), ("pl", "Lightning"), ("lightning", "Lightning"),
     ("ignite", "Ignite")],
)  # fmt: skip
def test_a_framework_that_takes_the_schedules_of_another(name: str, title: str) -> None:
    with pytest.raises(lrviz.SpecError) as error:
        lrviz.code(lrviz.load("cosine:T_max=9")[0], name)
    assert str(error.value) == (
        f"--as: must be one of torch, keras, optax, transformers, timm (got '{name}'); {title} "
        "takes the schedules of PyTorch: torch"
    )

"""Which schedule of another dialect gives the rates of a curve."""

from __future__ import annotations

import numpy as np
import pytest

import lrviz
from lrviz.core.outline import Outline
from lrviz.core.register import register
from lrviz.core.schedule import Schedule
from lrviz.core.segment import Shape, cosine, linear, polynomial
from lrviz.curves.curve import Curve
from lrviz.specfile.source import load_named, load_spec
from lrviz.translate.equivalents import (
    Equivalent,
    compared_steps,
    find_equivalent,
    first_difference,
)

CLASSES = {cls.title(): cls for cls in register.all()}

EQUIVALENTS = {
    "torch.ReduceLROnPlateau": "",
    "torch.StepLR": "keras optax timm lrviz",
    "torch.MultiStepLR": "keras optax timm lrviz",
    "torch.ExponentialLR": "keras optax",
    "torch.ConstantLR": "keras optax timm lrviz",
    "torch.LinearLR": "keras optax timm lrviz",
    "torch.PolynomialLR": "keras optax transformers timm lrviz",
    "torch.CosineAnnealingLR": "keras optax transformers timm lrviz",
    "torch.CosineAnnealingWarmRestarts": "keras optax transformers timm",
    "torch.CyclicLR": "optax lrviz",
    "torch.OneCycleLR": "optax lrviz",
    "torch.LambdaLR": "",
    "torch.MultiplicativeLR": "keras optax timm",
    "torch.SequentialLR": "keras optax transformers timm lrviz",
    "torch.ChainedScheduler": "",
    "keras.ExponentialDecay": "torch optax",
    "keras.PiecewiseConstantDecay": "optax lrviz",
    "keras.PolynomialDecay": "torch optax transformers timm lrviz",
    "keras.InverseTimeDecay": "",
    "keras.CosineDecay": "torch optax transformers timm lrviz",
    "keras.CosineDecayRestarts": "torch optax timm",
    "keras.ReduceLROnPlateau": "",
    "optax.linear_schedule": "torch keras transformers timm lrviz",
    "optax.exponential_decay": "torch keras",
    "optax.cosine_decay_schedule": "torch keras transformers timm lrviz",
    "optax.cosine_onecycle_schedule": "torch lrviz",
    "optax.warmup_constant_schedule": "transformers timm lrviz",
    "optax.warmup_cosine_decay_schedule": "keras transformers timm lrviz",
    "optax.reduce_on_plateau": "",
    "transformers.linear": "optax timm lrviz",
    "transformers.polynomial": "optax timm lrviz",
    "transformers.constant": "torch optax timm lrviz",
    "transformers.constant_with_warmup": "optax timm lrviz",
    "transformers.inverse_sqrt": "lrviz",
    "transformers.cosine": "keras optax timm lrviz",
    "transformers.cosine_with_restarts": "keras optax timm lrviz",
    "transformers.cosine_with_min_lr": "keras optax timm lrviz",
    "transformers.cosine_warmup_with_min_lr": "torch optax lrviz",
    "transformers.warmup_stable_decay": "optax timm lrviz",
    "transformers.reduce_lr_on_plateau": "",
    "transformers.greedy": "",
    "timm.cosine": "torch keras optax transformers lrviz",
    "timm.tanh": "",
    "timm.wsd": "transformers lrviz",
    "timm.plateau": "",
    "lrviz.warmup_stable_decay": "transformers timm",
    "lrviz.trapezoid": "optax transformers timm",
    "lrviz.tri_stage": "torch optax",
    "lrviz.cosine_with_floor": "keras optax transformers timm",
    "lrviz.rex": "",
    "lrviz.noam": "",
    "lrviz.inverse_sqrt": "transformers",
    "lrviz.power": "",
    "lrviz.lr_range_test": "torch keras optax",
    "lrviz.piecewise": "optax timm",
}
"""The dialects that have an equivalent of each example."""

CASES = [
    # A warm-up and a cosine, in both directions.
    (
        "keras.CosineDecay:initial_learning_rate=0.0,decay_steps=10000,alpha=0.1,"
        "warmup_target=0.1,warmup_steps=1000",
        "optax.warmup_cosine_decay_schedule(init_value=0, peak_value=0.1, warmup_steps=1000, "
        "decay_steps=11000, end_value=0.01)",
        None,
    ),
    (
        "keras.CosineDecay:initial_learning_rate=0.0,decay_steps=90,warmup_target=0.1,"
        "warmup_steps=10",
        "transformers.cosine(num_warmup_steps=10, num_training_steps=100), lr=0.1",
        101,
    ),
    (
        "transformers.cosine:num_warmup_steps=10,num_training_steps=100,lr=1e-3",
        "keras.CosineDecay(initial_learning_rate=0, decay_steps=90, warmup_target=0.001, "
        "warmup_steps=10)",
        101,
    ),
    (
        "transformers.cosine:num_warmup_steps=10,num_training_steps=100,lr=1e-3",
        "optax.warmup_cosine_decay_schedule(init_value=0, peak_value=0.001, warmup_steps=10, "
        "decay_steps=100)",
        101,
    ),
    (
        "transformers.cosine:num_warmup_steps=0,num_training_steps=100",
        "torch.CosineAnnealingLR(T_max=100), lr=0.1",
        None,
    ),
    (
        "optax.warmup_cosine_decay_schedule:init_value=0,peak_value=0.1,warmup_steps=10,"
        "decay_steps=100,end_value=0.001",
        "keras.CosineDecay(initial_learning_rate=0, decay_steps=90, alpha=0.01, "
        "warmup_target=0.1, warmup_steps=10)",
        None,
    ),
    (
        "cosine:T_max=90,eta_min=1e-4,warmup=10",
        "keras.CosineDecay(initial_learning_rate=1e-4, decay_steps=90, alpha=0.001, "
        "warmup_target=0.1, warmup_steps=10)",
        101,
    ),
    (
        "cosine:T_max=90,eta_min=1e-4,warmup=10",
        "optax.warmup_cosine_decay_schedule(init_value=1e-4, peak_value=0.1, warmup_steps=10, "
        "decay_steps=100, end_value=1e-4)",
        101,
    ),
    (
        "cosine:T_max=90,eta_min=1e-4,warmup=10",
        "timm.cosine(t_initial=90, lr_min=1e-4, warmup_t=10, warmup_lr_init=1e-4, "
        "warmup_prefix=true), lr=0.1",
        101,
    ),
    (
        "transformers.cosine_warmup_with_min_lr:num_warmup_steps=10,num_training_steps=100,"
        "min_lr_rate=0.1",
        "torch.SequentialLR([LinearLR(start_factor=0.1, total_iters=9), "
        "CosineAnnealingLR(T_max=90, eta_min=0.01)], milestones=[9]), lr=0.1",
        None,
    ),
    # A warm-up and a line, or a constant rate.
    (
        "transformers.linear:num_warmup_steps=10,num_training_steps=100,lr=5e-5",
        "optax.join_schedules([linear_schedule(init_value=0, end_value=5e-5, "
        "transition_steps=10), linear_schedule(init_value=5e-5, end_value=0, "
        "transition_steps=90)], boundaries=[10])",
        None,
    ),
    (
        "transformers.constant_with_warmup:num_warmup_steps=10",
        "optax.warmup_constant_schedule(init_value=0, peak_value=0.1, warmup_steps=10)",
        None,
    ),
    (
        "optax.warmup_constant_schedule:init_value=0,peak_value=0.1,warmup_steps=10",
        "transformers.constant_with_warmup(num_warmup_steps=10), lr=0.1",
        None,
    ),
    (
        "linear:total_iters=10",
        "optax.warmup_constant_schedule(init_value=0.03333333333333333, peak_value=0.1, "
        "warmup_steps=10)",
        None,
    ),
    (
        "linear:start_factor=1,end_factor=0.01,total_iters=100",
        "keras.PolynomialDecay(initial_learning_rate=0.1, decay_steps=100, "
        "end_learning_rate=0.001)",
        None,
    ),
    (
        "linear:start_factor=1,end_factor=0,total_iters=100",
        "transformers.linear(num_warmup_steps=0, num_training_steps=100), lr=0.1",
        None,
    ),
    # A power.
    (
        "poly:total_iters=100,power=0.9",
        "optax.polynomial_schedule(init_value=0.1, end_value=0, power=0.9, transition_steps=100)",
        None,
    ),
    (
        "poly:total_iters=100,power=2",
        "transformers.polynomial(num_warmup_steps=0, num_training_steps=100, lr_end=0, power=2), "
        "lr=0.1",
        None,
    ),
    (
        "poly:total_iters=100,power=2",
        "timm.poly(t_initial=100, power=2), lr=0.1",
        None,
    ),
    (
        "keras.PolynomialDecay:initial_learning_rate=0.1,decay_steps=100,end_learning_rate=0,"
        "power=2",
        "torch.PolynomialLR(total_iters=100, power=2), lr=0.1",
        None,
    ),
    # An exponential.
    (
        "exponential:gamma=0.95",
        "keras.ExponentialDecay(initial_learning_rate=0.1, decay_steps=1, decay_rate=0.95)",
        None,
    ),
    (
        "keras.ExponentialDecay:initial_learning_rate=0.1,decay_steps=20,decay_rate=0.5",
        "torch.ExponentialLR(gamma=0.9659363289248456), lr=0.1",
        None,
    ),
    (
        "lrviz.tri_stage:total_steps=100",
        "optax.warmup_exponential_decay_schedule(init_value=0.001, peak_value=0.1, "
        "warmup_steps=10, transition_steps=50, decay_rate=0.01, transition_begin=40, "
        "end_value=0.001)",
        None,
    ),
    # Restarts.
    (
        "sgdr:T_0=20",
        "optax.sgdr_schedule(cosine_kwargs=[{init_value: 0.1, peak_value: 0.1, warmup_steps: 0, "
        "decay_steps: 20} x 3])",
        60,
    ),
    (
        "sgdr:T_0=20,T_mult=2,eta_min=1e-4",
        "keras.CosineDecayRestarts(initial_learning_rate=0.1, first_decay_steps=20, alpha=0.001)",
        None,
    ),
    (
        "sgdr:T_0=20,T_mult=2,eta_min=1e-4",
        "timm.cosine(t_initial=20, lr_min=1e-4, cycle_mul=2, cycle_limit=3), lr=0.1",
        140,
    ),
    (
        "sgdr:T_0=30",
        "transformers.cosine_with_restarts(num_warmup_steps=0, num_training_steps=90, "
        "num_cycles=3), lr=0.1",
        90,
    ),
    (
        "keras.CosineDecayRestarts:initial_learning_rate=0.1,first_decay_steps=20,alpha=0.01",
        "torch.CosineAnnealingWarmRestarts(T_0=20, T_mult=2, eta_min=0.001), lr=0.1",
        None,
    ),
    # Stairs.
    (
        "timm.multistep:decay_t=[30,60,80],decay_rate=0.1",
        "torch.MultiStepLR(milestones=[29,59,79]), lr=0.1",
        None,
    ),
    (
        "multistep:milestones=[30,80]",
        "timm.multistep(decay_t=[31,81], decay_rate=0.1), lr=0.1",
        None,
    ),
    (
        "keras.PiecewiseConstantDecay:boundaries=[29,59],values=[0.1,0.01,0.001]",
        "torch.MultiStepLR(milestones=[30,60]), lr=0.1",
        None,
    ),
    (
        "multistep:milestones=[30,80],gamma=0.5",
        "keras.PiecewiseConstantDecay(boundaries=[29,79], values=[0.1,0.05,0.025])",
        None,
    ),
    (
        "multistep:milestones=[30,80],gamma=0.5",
        "optax.piecewise_constant_schedule(init_value=0.1, "
        "boundaries_and_scales={30: 0.5, 80: 0.5})",
        None,
    ),
    (
        "step:step_size=20,gamma=0.5",
        "keras.ExponentialDecay(initial_learning_rate=0.1, decay_steps=20, decay_rate=0.5, "
        "staircase=true)",
        None,
    ),
    ("step:step_size=20,gamma=0.5", "timm.step(decay_t=20, decay_rate=0.5), lr=0.1", None),
    ("step:step_size=60,gamma=0.5", "timm.step(decay_t=60, decay_rate=0.5), lr=0.1", None),
    (
        "step:step_size=20,gamma=0.5,warmup=5",
        "timm.step(decay_t=20, decay_rate=0.5, warmup_t=5, warmup_lr_init=1e-4), lr=0.1",
        None,
    ),
    (
        "keras.ExponentialDecay:initial_learning_rate=0.1,decay_steps=20,decay_rate=0.5,"
        "staircase=true",
        "torch.StepLR(step_size=20, gamma=0.5), lr=0.1",
        None,
    ),
    (
        "constant:factor=0.5,total_iters=7",
        "keras.PiecewiseConstantDecay(boundaries=[6], values=[0.05,0.1])",
        None,
    ),
    # A warm-up, a hold and a decay.
    (
        "timm.wsd:t_initial=9500,decay_t=2000,warmup_t=500",
        "transformers.warmup_stable_decay(num_warmup_steps=500, num_decay_steps=2000, "
        "num_training_steps=10000, decay_type=1-sqrt), lr=0.1",
        None,
    ),
    (
        "lrviz.wsd:total_steps=10000",
        "timm.wsd(t_initial=9000, decay_t=2000, warmup_t=1000), lr=0.1",
        None,
    ),
    (
        "lrviz.trapezoid:total_steps=100",
        "optax.join_schedules([linear_schedule(init_value=0, end_value=0.1, "
        "transition_steps=10), linear_schedule(init_value=0.1, end_value=0, "
        "transition_steps=20)], boundaries=[80])",
        None,
    ),
    (
        "transformers.inverse_sqrt:num_warmup_steps=10",
        "lrviz.inverse_sqrt(warmup_steps=10, timescale=10), lr=0.1",
        None,
    ),
    (
        "lrviz.inverse_sqrt:warmup_steps=10,timescale=40",
        "transformers.inverse_sqrt(num_warmup_steps=10, timescale=40), lr=0.1",
        None,
    ),
    # One cycle: torch's phases end a step before their shares of the total.
    (
        "onecycle:max_lr=0.1,total_steps=100,pct_start=0.3",
        "optax.cosine_onecycle_schedule(transition_steps=99, peak_value=0.1, "
        "pct_start=0.29292929292929293)",
        100,
    ),
    (
        "optax.cosine_onecycle_schedule:transition_steps=99,peak_value=0.1,pct_start=0.3",
        "torch.OneCycleLR(max_lr=0.1, total_steps=100)",
        100,
    ),
    # A tick per epoch is a stair over the steps of schedules that count those.
    (
        "step:step_size=20,gamma=0.5,by=epoch,steps_per_epoch=4,epochs=100",
        "keras.ExponentialDecay(initial_learning_rate=0.1, decay_steps=80, decay_rate=0.5, "
        "staircase=true)",
        None,
    ),
    (
        "exponential:gamma=0.95,by=epoch,steps_per_epoch=4,epochs=100",
        "optax.exponential_decay(init_value=0.1, transition_steps=4, decay_rate=0.95, "
        "staircase=true)",
        None,
    ),
    (
        "cosine:T_max=100,by=epoch,steps_per_epoch=4,epochs=100",
        "transformers.cosine(num_warmup_steps=0, num_training_steps=100), lr=0.1",
        None,
    ),
]
"""A spec, the call of its equivalent, and the first step at which the two differ."""

WITHOUT = [
    ("transformers.cosine:num_warmup_steps=10,num_training_steps=100", "torch"),
    ("lrviz.trapezoid:total_steps=100", "keras"),
    ("cosine:T_max=100,by=epoch,steps_per_epoch=4,epochs=100", "keras"),
    ("cosine:T_max=100,by=epoch,steps_per_epoch=4,epochs=100", "optax"),
    ("timm.cosine:t_initial=100,warmup_t=10", "optax"),
    ("linear:total_iters=10", "transformers"),
]
"""A spec that a dialect has no schedule for."""


def equivalent(curve: Curve, dialect: str) -> Equivalent | None:
    return find_equivalent(curve, register.dialects[dialect])


def call(found: Equivalent | None) -> str:
    if found is None:
        return ""
    lr = "" if found.schedule.sets_rate else f", lr={text(found.lr)}"
    return constructor(found.schedule, found.schedule.title()) + lr


def constructor(schedule: Schedule, name: str) -> str:
    """Return a call with the parameters that are required or not their default."""
    parameters = schedule.non_default_parameters()
    parts = []
    for key, value in parameters.items():
        if key == "schedules":
            children = ", ".join(constructor(child, child.name) for child in value)
            parts.append(f"[{children}]")
        elif key == "cosine_kwargs":
            cycles = [text(cycle.spec()) for cycle in value]
            assert len(set(cycles)) == 1
            first = cycles[0].replace(", end_value: 0, exponent: 1", "")
            parts.append(f"cosine_kwargs=[{first} x {len(cycles)}]")
        else:
            parts.append(f"{key}={text(value.spec() if hasattr(value, 'spec') else value)}")
    return f"{name}({', '.join(parts)})"


def text(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{text(key)}: {text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, tuple):
        return "[" + ",".join(map(text, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value == round(value, 3) and 1e-3 <= value < 1e6:
        return f"{value:.3f}".rstrip("0").rstrip(".")
    if isinstance(value, float):
        return (
            np.format_float_scientific(value, trim="-").replace("e-0", "e-")
            if value and (abs(value) < 1e-3)
            else repr(value).removesuffix(".0")
        )
    return str(value)


@pytest.mark.parametrize(("spec", "expected", "differs_at"), CASES)
def test_the_equivalent_is_this_call(spec: str, expected: str, differs_at: int | None) -> None:
    curve = load_spec(spec).curves[0]
    found = equivalent(curve, expected.partition(".")[0])
    assert call(found) == expected
    assert found is not None
    assert found.differs_at == differs_at


@pytest.mark.parametrize(("spec", "dialect"), WITHOUT)
def test_there_is_no_equivalent(spec: str, dialect: str) -> None:
    curve = load_spec(spec).curves[0]
    assert equivalent(curve, dialect) is None


@pytest.mark.parametrize("title", EQUIVALENTS)
def test_the_examples_have_these_equivalents(title: str) -> None:
    curve = load_named(title, {}).curves[0]
    others = [name for name in register.dialects if name != curve.schedule.dialect]
    assert " ".join(name for name in others if equivalent(curve, name)) == EQUIVALENTS[title]


@pytest.mark.parametrize("title", CLASSES)
@pytest.mark.parametrize("dialect", register.dialects)
def test_an_equivalent_of_an_example_has_its_rates(title: str, dialect: str) -> None:
    curve = load_named(title, {}).curves[0]
    found = equivalent(curve, dialect)
    if found is None:
        return
    steps = curve.count()
    assert found.schedule.dialect == dialect
    ours, theirs = curve.sample(range(steps)), found.schedule.sample(range(steps), found.lr)
    np.testing.assert_allclose(theirs, ours, rtol=1e-9, atol=1e-14)
    if found.differs_at is not None:
        assert found.differs_at >= steps
        step = range(found.differs_at, found.differs_at + 1)
        after = curve.sample(step)[0], found.schedule.sample(step, found.lr)[0]
        assert after[0] != pytest.approx(after[1], rel=1e-9, abs=1e-15)


def test_a_run_shorter_than_the_schedule_shows_all_of_it() -> None:
    curve = load_spec("cosine:T_max=90,eta_min=1e-4,warmup=10").curves[0].with_steps(5)
    assert call(equivalent(curve, "optax")) == (
        "optax.warmup_cosine_decay_schedule(init_value=1e-4, peak_value=0.1, warmup_steps=10, "
        "decay_steps=100, end_value=1e-4)"
    )


def test_a_run_longer_than_an_equivalent_has_none() -> None:
    curve = load_spec("cosine:T_max=100").curves[0]
    assert equivalent(curve.with_steps(101), "keras") is not None
    assert equivalent(curve.with_steps(102), "keras") is None


@pytest.mark.parametrize(
    ("run", "compared"),
    [(1, 3), (100, 300), (500_000, 1_500_000), (500_001, 1_500_001), (9_000_000, 10_000_000)],
)
def test_steps_that_an_equivalent_is_compared_over(run: int, compared: int) -> None:
    assert compared_steps(run) == compared


@pytest.mark.parametrize(
    ("lr", "rate", "step"),
    [
        (100.0, 0.9e-12, None),
        (100.0, 1.1e-12, 2),
        (1e-8, 0.9e-22, None),
        (1e-8, 1.1e-22, 2),
        (-100.0, 0.9e-12, None),
        (-100.0, 1.1e-12, 2),
    ],
)
def test_rates_near_0_are_compared_with_the_largest(
    lr: float, rate: float, step: int | None
) -> None:
    ours = lrviz.schedule("lambda", lr_lambda="t < 2")
    theirs = lrviz.schedule("lambda", lr_lambda=f"1 if t < 2 else {rate / lr}")
    assert first_difference(Curve("ours", ours, lr=lr), theirs, lr, 4) == step
    assert first_difference(Curve("ours", ours, lr=lr), theirs, lr, 2) is None


def test_what_a_metric_drives_has_no_equivalent() -> None:
    curve = load_spec("plateau").curves[0]
    assert not any(equivalent(curve, dialect) for dialect in register.dialects)


def test_an_equivalent_in_the_own_dialect_is_found_too() -> None:
    """Where schedules count steps, one that ticks by epoch is another one by step."""
    spec = "keras.ExponentialDecay:initial_learning_rate=0.1,decay_steps=20,decay_rate=0.5,"
    curve = load_spec(spec + "staircase=true,by=epoch,steps_per_epoch=4,epochs=100").curves[0]
    assert call(equivalent(curve, "keras")) == (
        "keras.ExponentialDecay(initial_learning_rate=0.1, decay_steps=80, decay_rate=0.5, "
        "staircase=true)"
    )


def test_a_schedule_with_an_end_is_compared_up_to_it() -> None:
    """torch's one cycle allows a tick past its total, in which the rate climbs."""
    spec = "onecycle:max_lr=0.1,total_steps=10,by=epoch,steps_per_epoch=4,epochs=10"
    found = equivalent(load_spec(spec).curves[0], "optax")
    assert found is not None
    assert found.schedule.title() == "optax.piecewise_constant_schedule"
    assert found.differs_at == 40


RATES = (0.0, 1e-3, 0.05, 0.1, -0.1)
KINDS = ("hold", "linear", "cosine", "1-sqrt", "rex", "polynomial", "exponential", "inverse_sqrt")


PROPOSING = [name for name, dialect in register.dialects.items() if dialect.module("equivalents")]


def random_outline(generator: np.random.Generator) -> Outline:
    """Return up to five shapes that mostly meet."""
    shapes: list[Shape] = []
    begin, rate = 0, float(generator.choice(RATES))
    for _ in range(int(generator.integers(1, 6))):
        kind, last = str(generator.choice(KINDS)), float(generator.choice(RATES))
        if kind == "hold" or last == rate or (kind == "exponential" and last * rate <= 0):
            kind, last = "hold", rate
        length = int(generator.integers(1, 4)) * 10
        shapes.append(Shape(kind, rate, last, begin, length, 2.0))
        begin += length
        rate = last if generator.random() < 0.8 else float(generator.choice(RATES))
    return tuple(shapes)


@pytest.mark.parametrize("dialect", PROPOSING)
def test_proposals_are_made_for_any_outline(dialect: str) -> None:
    module = register.dialects[dialect].module("equivalents")
    assert module is not None
    generator = np.random.default_rng(7)
    count = 0
    for _ in range(500):
        outline = random_outline(generator)
        for proposal in module.propose(outline):
            cls = register.find(proposal.name)
            assert cls
            assert cls.dialect == dialect
            assert set(proposal.parameters) <= set(cls.model_fields)
            assert (proposal.lr is None) == cls.sets_rate
            count += 1
    assert count > 20


@pytest.mark.parametrize(
    ("dialect", "period", "expected"),
    [
        ("torch", 1, ("torch.ExponentialLR", {"gamma": 0.5})),
        ("torch", 30, ("torch.StepLR", {"step_size": 30, "gamma": 0.5})),
        ("timm", 30, ("timm.step", {"decay_t": 30, "decay_rate": 0.5})),
    ],
)
def test_regular_stairs_are_a_rule(dialect: str, period: int, expected: object) -> None:
    rates = (0.1, 0.05, 0.025)
    outline = tuple(Shape("hold", rate, rate, i * period, 0) for i, rate in enumerate(rates))
    module = register.dialects[dialect].module("equivalents")
    assert module is not None
    first = next(module.propose(outline))
    assert (first.name, first.parameters) == expected
    assert first.endless
    assert first.lr == 0.1


HOLD = Shape("hold", 0.1, 0.1, 0, 30)

PROPOSALS = [
    ("lrviz", (Shape("rex", 0.1, 0.01, 0, 50),), "lrviz.rex", {"total_steps": 50, "min_lr": 0.01}),
    (
        "optax",
        (HOLD, linear(0.1, 0.0, 30, 20)),
        "optax.linear_schedule",
        {"transition_steps": 20, "transition_begin": 30, "end_value": 0.0},
    ),
    (
        "optax",
        (HOLD, polynomial(0.1, 0.0, 30, 20, 2.0)),
        "optax.polynomial_schedule",
        {"transition_steps": 20, "transition_begin": 30, "power": 2.0},
    ),
    (
        "keras",
        (cosine(0.1, 0.01, 0, 20), cosine(0.05, 0.01, 20, 40)),
        "keras.CosineDecayRestarts",
        {"first_decay_steps": 20, "t_mul": 2.0, "m_mul": 4 / 9, "alpha": 0.1},
    ),
    (
        "timm",
        (cosine(0.1, 0.01, 0, 20), cosine(0.05, 0.01, 20, 40)),
        "timm.cosine",
        {"t_initial": 20, "cycle_mul": 2.0, "cycle_decay": 0.5, "cycle_limit": 2},
    ),
]


@pytest.mark.parametrize(("dialect", "outline", "name", "parameters"), PROPOSALS)
def test_a_proposal_for_an_outline(
    dialect: str, outline: Outline, name: str, parameters: dict[str, object]
) -> None:
    module = register.dialects[dialect].module("equivalents")
    assert module is not None
    found = {item.name: item.parameters for item in module.propose(outline)}
    assert found[name] == {**found[name], **parameters}


def test_torch_has_no_power_to_another_rate_than_0() -> None:
    module = register.dialects["torch"].module("equivalents")
    assert module is not None
    names = [item.name for item in module.propose((polynomial(0.1, 0.01, 0, 20, 2.0),))]
    assert names == []
    names = [item.name for item in module.propose((polynomial(0.1, 0.0, 0, 20, 2.0),))]
    assert set(names) == {"torch.PolynomialLR"}


@pytest.mark.parametrize("kind", ["cosine", "linear"])
@pytest.mark.parametrize("rates", [(0.0, 0.1, 0.01), (0.01, 0.1, 0.0), (0.1, 0.01, 0.1)])
@pytest.mark.parametrize("dialect", ["torch", "optax"])
def test_a_cycle_from_0_or_to_0_is_no_one_cycle(
    kind: str, rates: tuple[float, float, float], dialect: str
) -> None:
    first, peak, last = rates
    phases = Shape(kind, first, peak, 0, 10), Shape(kind, peak, last, 10, 20)
    module = register.dialects[dialect].module("equivalents")
    assert module is not None
    assert not [item for item in module.propose(phases) if "cycle" in item.name.casefold()]

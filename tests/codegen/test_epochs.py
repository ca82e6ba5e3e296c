"""Code of a schedule that ticks once per epoch, where a framework counts batches."""

from __future__ import annotations

import pytest

import lrviz
from lrviz.specfile.source import load_spec

SPECS = ("cosine:T_max=90,lr=0.1,", "lrviz.wsd:total_steps=90,lr=0.1,")
BY_EPOCH = "epochs=90,by=epoch"


def ending(spec: str, target: str, count: int) -> list[str]:
    """Return the last lines of the code of a spec in a framework."""
    return lrviz.code(load_spec(spec).curves[0], target).splitlines()[-count:]


@pytest.mark.parametrize("spec", SPECS)
def test_keras_calls_it_in_a_callback(spec: str) -> None:
    assert ending(spec + BY_EPOCH, "keras", 6) == [
        "optimizer = keras.optimizers.SGD(learning_rate=0.1)",
        "callback = keras.callbacks.LearningRateScheduler(",
        "    lambda epoch, lr: float(schedule(epoch))",
        ")",
        "# model.compile(optimizer=optimizer, loss=...)",
        "# model.fit(..., epochs=90, callbacks=[callback])",
    ]


@pytest.mark.parametrize("spec", SPECS)
def test_optax_divides_its_count(spec: str) -> None:
    assert ending(spec + BY_EPOCH, "optax", 2) == [
        "steps_per_epoch = 1  # yours: the schedule counts epochs, the optimizer steps",
        "optimizer = optax.adamw(learning_rate=lambda step: schedule(step // steps_per_epoch))",
    ]


@pytest.mark.parametrize("spec", SPECS)
def test_the_trainer_of_transformers_cannot_step_it(spec: str) -> None:
    assert ending(spec + BY_EPOCH, "transformers", 6) == [
        "# Not for the Trainer, which would step it once per batch: this one counts epochs.",
        "",
        "for epoch in range(90):",
        "    ...  # forward and backward",
        "    optimizer.step()",
        "    scheduler.step()",
    ]


@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize("run", ["steps=90", f"{BY_EPOCH},steps_per_epoch=5"])
def test_a_function_of_the_step_is_the_optimizers(spec: str, run: str) -> None:
    assert ending(spec + run, "optax", 1) == ["optimizer = optax.adamw(learning_rate=schedule)"]
    assert ending(spec + run, "keras", 2) == [
        "optimizer = keras.optimizers.SGD(learning_rate=schedule)",
        "# model.compile(optimizer=optimizer, loss=...): each batch is a step",
    ]


@pytest.mark.parametrize(
    ("target", "count", "line"),
    [
        ("optax", 2, "    epoch = step // STEPS_PER_EPOCH"),
        ("keras", 2, "        epoch = step // self.steps_per_epoch"),
        ("optax", 1, "    warm_up = PEAK * step / WARMUP"),
        ("keras", 1, "        warm_up = self.peak * step / self.warmup"),
    ],
)
def test_a_function_of_the_step_counts_epochs_of_several_steps(
    target: str, count: int, line: str
) -> None:
    spec = f"{SPECS[1]}{BY_EPOCH},steps_per_epoch={count}"
    lines = lrviz.code(load_spec(spec).curves[0], target).splitlines()
    assert line in lines
    assert ("STEPS_PER_EPOCH = 2" in lines) == ((target, count) == ("optax", 2))
    assert any(" // " in item for item in lines) == (count == 2)

"""Every example config is recognised, and means what is declared beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lrviz.core.errors import SpecError
from lrviz.specfile.source import load_spec
from lrviz.trainers.registry import formats
from tests.conftest import Shell
from tests.trainers.declared import EVERY, EXAMPLES, MEANINGFUL, Example

FILES = sorted(path for path in EXAMPLES.glob("*/**/*") if path.is_file())
FAULTY = [item for item in EVERY if item.error]


@pytest.mark.parametrize("example", MEANINGFUL, ids=str)
def test_meaning(example: Example) -> None:
    loaded = example.load()
    plan = loaded.plan
    assert plan is not None
    assert plan.format == example.format
    assert plan.drawability.value == example.drawability
    assert plan.spec == example.spec
    notes = [note.message.replace(str(example.path), "FILE") for note in plan.notes]
    assert notes == list(example.notes)
    lines = [f"{decision.kind}: {decision.text}" for decision in plan.trace]
    assert [line for line in example.trace if line not in lines] == []


@pytest.mark.parametrize("example", MEANINGFUL, ids=str)
def test_rates(example: Example) -> None:
    (curve,) = example.load().curves
    declared = {curve.label: example.rates, **example.groups}
    curves = [curve, *curve.groups]
    assert [item.label for item in curves] == list(declared)
    for item in curves:
        expected = {int(step): rate for step, rate in declared[item.label].items()}
        rates = {step: float(item.sample(range(step, step + 1))[0]) for step in expected}
        assert rates == pytest.approx(expected, rel=1e-9, abs=0)


@pytest.mark.parametrize("example", FAULTY, ids=str)
def test_error(example: Example) -> None:
    with pytest.raises(SpecError) as caught:
        example.load()
    assert "\n".join(item.message for item in caught.value.findings) == example.error


@pytest.mark.parametrize("example", MEANINGFUL, ids=str)
def test_converted_spec_draws_the_same_curve(example: Example, tmp_path: Path) -> None:
    from lrviz.trainers.convert import convert_plan

    loaded = example.load()
    assert loaded.plan is not None
    spec = tmp_path / "converted.yaml"
    spec.write_text(convert_plan(loaded.plan, loaded.stem).text, encoding="utf-8")
    (curve,), (converted,) = loaded.curves, load_spec(str(spec)).curves
    assert converted.schedule == curve.schedule
    assert (converted.lr, converted.by, converted.run) == (curve.lr, curve.by, curve.run)


def test_every_example_file_is_declared() -> None:
    assert set(FILES) == {item.path for item in EVERY}


def test_every_format_has_examples() -> None:
    assert {item.format for item in MEANINGFUL} == {item.name for item in formats()}


def test_every_example_has_rates() -> None:
    assert [str(item) for item in MEANINGFUL if len(item.rates) < 2] == []


def test_convert_says_which_file_it_wrote(shell: Shell) -> None:
    values = {"learning_rate": 1e-4, "max_steps": 10, "lr_scheduler_type": "linear"}
    shell.write("args.json", json.dumps({**values, "output_dir": "x"}))
    done = shell("convert", "args.json", "-o", "plan.yaml")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "wrote plan.yaml\n")
    assert shell("convert", "args.json", "-o", "plan.yaml", "-q").stderr == ""
    assert "num_training_steps: 10" in (shell.folder / "plan.yaml").read_text()


NO_STEPS = EXAMPLES / "hf_trainer" / "no_steps.yaml"


def test_convert_takes_the_flags_of_a_run(shell: Shell) -> None:
    done = shell("convert", str(NO_STEPS), "--epochs", "2", "--steps-per-epoch", "40")
    assert done.returncode == 0
    assert "# conversion: 2 epochs x 40 steps = 80 steps\n" in done.stdout
    assert "num_training_steps: 80\n" in done.stdout


def test_compare_prints_a_trace_where_it_is_asked_for(shell: Shell) -> None:
    words = ("compare", str(NO_STEPS), "cosine", "--no-image", "--total-steps", "50")
    line = "flag:       --total-steps 50"
    assert line in shell(*words, "--explain").stdout.splitlines()
    assert line not in shell(*words).stdout.splitlines()


STEPS_OF_AN_EPOCH = [
    ("learning_rate: 1\nlr_scheduler_type: cosine\noutput_dir: x\nnum_train_epochs: 3\n", 125, 375),
    ("learning_rate: 1\nlr_scheduler_type: cosine\noutput_dir: x\nmax_steps: 50\n", 125, 50),
    (
        "base_model: x\nmicro_batch_size: 3\ndatasets: []\nlearning_rate: 1\nnum_epochs: 2\n",
        334,
        667,
    ),
    ("sched: cosine\nopt: adamw\nmodel: x\nlr: 1\nepochs: 7\ncooldown_epochs: 0\n", 7, 49),
]


@pytest.mark.parametrize(("config", "per_epoch", "steps"), STEPS_OF_AN_EPOCH)
def test_the_curve_has_the_steps_of_an_epoch(
    config: str, per_epoch: int, steps: int, tmp_path: Path
) -> None:
    (tmp_path / "a.yaml").write_text(config)
    loaded = load_spec(str(tmp_path / "a.yaml"), {"dataset_size": 1000})
    (curve,) = loaded.curves
    assert (curve.steps_per_epoch, curve.count(), curve.axis) == (per_epoch, steps, "step")


@pytest.mark.parametrize(
    ("batch", "samples", "per_epoch"),
    [(1, 100_000_000, 100_000_000), (1, 100_000_001, None), (-1, 1000, None)],
)
def test_an_epoch_whose_steps_cannot_be_sampled_is_left_open(
    batch: int, samples: int, per_epoch: int | None, tmp_path: Path
) -> None:
    config = "output_dir: x\nlearning_rate: 1\nlr_scheduler_type: cosine\nmax_steps: 9\n"
    (tmp_path / "a.yaml").write_text(f"{config}per_device_train_batch_size: {batch}\n")
    (curve,) = load_spec(str(tmp_path / "a.yaml"), {"dataset_size": samples}).curves
    assert (curve.steps_per_epoch, curve.count()) == (per_epoch, 9)


def test_a_config_is_drawn_over_epochs(shell: Shell) -> None:
    shell.write("a.yaml", STEPS_OF_AN_EPOCH[0][0])
    done = shell("plot", "a.yaml", "--dataset-size", "1000", "--axis", "epoch", "--no-image")
    assert (done.returncode, done.stderr) == (0, "")
    assert "epoch 3" in done.stdout


@pytest.mark.parametrize(("warmup", "steps"), [("10%", 38), (20, 20), ("1ep", 125)])
def test_a_warmup_of_the_flags_replaces_that_of_the_config(
    warmup: int | str, steps: int, tmp_path: Path
) -> None:
    (tmp_path / "a.yaml").write_text(STEPS_OF_AN_EPOCH[0][0])
    flags = {"dataset_size": 1000, "warmup": warmup}
    (curve,) = load_spec(str(tmp_path / "a.yaml"), flags).curves
    assert dict(curve.schedule)["num_warmup_steps"] == steps

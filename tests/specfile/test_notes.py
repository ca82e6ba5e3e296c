"""What is noted of specs, what several of them share, and units within a schedule."""

from __future__ import annotations

from pathlib import Path

import pytest

from lrviz.core.errors import SpecError
from lrviz.specfile import source
from lrviz.specfile.source import load_spec, load_specs
from tests.conftest import Shell
from tests.trainers.declared import EXAMPLES


@pytest.mark.parametrize(
    ("run", "warmup"),
    [
        ("warmup=3,epochs=9,steps_per_epoch=50", 3),
        ("warmup=9,epochs=9,steps_per_epoch=50", 9),
        ("warmup=1,epochs=9,steps_per_epoch=2", 1),
        ("warmup=10,epochs=9,steps_per_epoch=50", None),
        ("warmup=3,epochs=9,steps_per_epoch=1", None),
        ("warmup=3,epochs=9,steps_per_epoch=50,by=epoch", None),
        ("warmup=3ep,epochs=9,steps_per_epoch=50", None),
        ("warmup=0,epochs=9,steps_per_epoch=50", None),
        ("warmup=3,steps=50", None),
    ],
)
def test_a_warm_up_as_short_as_one_in_epochs_is_noted(run: str, warmup: int | None) -> None:
    (curve,) = load_spec(f"cosine:T_max=400,{run}").curves
    text = f"the warm-up of {warmup} is in steps; {warmup}ep would be epochs"
    notes = [(note.id, note.severity, note.message) for note in curve.notes]
    assert notes == ([("warmup-in-steps", "note", text)] if warmup else [])


def test_the_curves_of_several_specs_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MAX_CURVES", 2)
    assert len(load_specs(["cosine", "step"])) == 2
    with pytest.raises(SpecError) as error:
        load_specs(["cosine", "step", "linear"])
    (finding,) = error.value.findings
    assert (finding.id, str(finding)) == (
        "too-many-curves",
        "3 curves; at most 2 are drawn in one run",
    )


def test_a_config_from_standard_input_is_called_so(shell: Shell) -> None:
    text = (EXAMPLES / "hf_trainer" / "no_steps.yaml").read_text(encoding="utf-8")
    done = shell("measure", "-", "-q", "--total-steps", "50", stdin=text)
    assert done.stdout.startswith("stdin  transformers.linear(num_warmup_steps=0, ")
    assert done.stderr == ""


def test_the_schedule_within_another_has_steps_in_epochs() -> None:
    inner = "{schedule: transformers.cosine, num_warmup_steps: 1 epoch, num_training_steps: 9ep}"
    spec = f"axolotl.jagged_restarts:inner_schedule={inner},jagged_restart_steps=25"
    (curve,) = load_spec(f"{spec},steps_per_epoch=20").curves
    schedule = curve.schedule.inner_schedule  # type: ignore[attr-defined]
    assert (schedule.num_warmup_steps, schedule.num_training_steps) == (20, 180)


HF = '{"learning_rate": 1e-4, "max_steps": 10, "lr_scheduler_type": "linear", "output_dir": "x"}'


@pytest.mark.parametrize(
    ("paths", "labels"),
    [
        (["tm/args.json", "ul/args.json"], ["tm", "ul"]),
        (["tm/args.json", "ul/other.json"], ["args.json", "other.json"]),
        (["a/run/args.json", "b/run/args.json"], ["a/run", "b/run"]),
        (["a/run/args.json", "b/run/args.json", "c/args.json"], ["a/run", "b/run", "work/c"]),
        (["tm/args.json", "tm/args.json"], ["args.json", "args.json #2"]),
        (["tm/args.json", "ul/args.json", "x/one.json"], ["tm", "ul", "one.json"]),
        (["tm/args.json", "args.json"], ["tm", "work"]),
    ],
)
def test_files_of_one_name_are_called_by_their_folders(
    paths: list[str], labels: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = tmp_path / "work"
    for path in paths:
        (work / path).parent.mkdir(parents=True, exist_ok=True)
        (work / path).write_text(HF)
    monkeypatch.chdir(work)
    assert [item.curves[0].label for item in load_specs(paths)] == labels


@pytest.mark.parametrize("spec", ["cosine:T_max=9,lr=0", "cosine:lr=0", "onecycle:lr=0"])
def test_a_rate_of_0_is_noted(spec: str) -> None:
    notes = [note.message for note in load_spec(spec).curves[0].notes if note.id == "zero-rate"]
    assert notes == ["lr is 0: the rate is 0 at every step, and nothing is trained"]


def test_a_rate_that_is_not_used_may_be_0(shell: Shell) -> None:
    path = shell.write("a.yaml", "{schedule: onecycle, max_lr: 1, total_steps: 9, lr: 0}")
    notes = [note.message for note in load_spec(str(path)).curves[0].notes]
    assert notes == ["torch.OneCycleLR sets its own rate; lr is not used"]
    assert load_spec("cosine:T_max=9,lr=1e-9").curves[0].notes == ()


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("wsd:warmup=2k",
         "warmup_steps 2,000 + decay_steps 20 is more than total_steps (100); total_steps 100 is "
         "lrviz's example, --steps sets the length of the run"),
        ("wsd:decay_steps=101",
         "warmup_steps 10 + decay_steps 101 is more than total_steps (100); total_steps 100 is "
         "lrviz's example, --steps sets the length of the run"),
        ("onecycle:warmup=2k",
         "pct_start must be at most 1 (got 2000); total_steps 100 is lrviz's example, --steps sets "
         "the length of the run"),
        ("lightning.LinearWarmupCosineAnnealingLR:warmup=200",
         "max_epochs must be greater than warmup_epochs, 200 (got 100); max_epochs 100 is lrviz's "
         "example, --epochs sets the length of the run"),
        ("wsd:warmup=2k,steps=1k",
         "warmup_steps 2,000 + decay_steps 200 is more than total_steps (1,000)"),
        ("wsd:warmup=2k,total_steps=100",
         "warmup_steps 2,000 + decay_steps 20 is more than total_steps (100)"),
        ("wsd:warmup=2k,decay_steps=-1",
         "decay_steps must be a whole number of steps from 0, or a share from 0% to 100% as "
         "'10%' (got -1)"),
        ("cosine:warmup=2k,t_max=0", "T_max must be at least 1 (got 0)"),
    ],
)  # fmt: skip
def test_a_run_that_is_too_short_by_example_says_how_to_set_its_length(
    spec: str, message: str
) -> None:
    with pytest.raises(SpecError) as raised:
        load_spec(spec)
    assert [finding.message for finding in raised.value.findings] == [message]

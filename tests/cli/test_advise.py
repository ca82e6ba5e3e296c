"""`lrviz advise`: tasks, answers, and the spec file that it writes."""

from __future__ import annotations

import json

import pytest

from lrviz.advice.tasks import TASKS
from lrviz.cli.advise_command import complete
from tests.conftest import Shell

ANSWERS = """\
object-detection  Object detection.

1  ███████████▁▁▁▁▁  peak 0.02, last 2e-4
   the standard on COCO
   usual: drops 1/5 to 1/3 of the run apart; stalls of the training curve show
     where
   usual: a factor of 0.1 to 0.5 at each drop; 0.1 is standard, 0.5 gentle
     schedule: multistep
     milestones: [60000, 80000]
     gamma: 0.1
     lr: 0.02
     steps: 90000
     by: step

2  █████▁▁▁▁▁▁▁▁▁▁▁  peak 0.02, last 2e-5
   the same with even drops
"""


def test_answers_for_a_task(shell: Shell) -> None:
    done = shell("advise", "object", "detection", "--steps", "90k", "--lr", "0.02")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(ANSWERS)
    assert done.stdout.endswith("     warmup: 900\n     steps: 90000\n     by: step\n")


@pytest.mark.parametrize(
    ("steps", "line"),
    [
        (40, "1  ███▇▇▆▆▅▅▄▄▃▃▂▂▁  peak 1, last 0.03615"),
        (3500, "1  ███▇▇▆▆▅▅▄▄▃▃▂▂▁  peak 1, last 6.462e-4"),
    ],
)
def test_a_sketch_has_the_exact_peak_and_the_last_step(steps: int, line: str, shell: Shell) -> None:
    done = shell("advise", "segmentation", "--steps", str(steps), "--lr", "1")
    assert done.stdout.splitlines()[2] == line


def test_completion_of_a_task() -> None:
    assert complete("SEG") == ["segmentation"]
    assert complete("x") == []


def test_what_is_assumed_is_noted(shell: Shell) -> None:
    done = shell("advise", "sft")
    assert done.stderr == (
        "note: epochs not given; using 3\n"
        "note: steps_per_epoch not given; using 1,000\n"
        "note: lr not given; using the usual 2e-5\n"
    )
    assert shell("advise", "sft", "-q").stderr == ""
    assert shell("advise", "sft", "--epochs", "9", "--lr", "1").stderr == ""


def test_the_list_of_tasks(shell: Shell) -> None:
    done = shell("advise", "--width", "90")
    assert done.stdout.splitlines()[:3] == [
        "image-classification    Image classification with a CNN, trained from scratch. Also:",
        "                        classification, cnn, resnet, imagenet, cifar, vision.",
        "vision-transformer      Image classification with a vision transformer. Also: vit, deit.",
    ]
    for width in (55, 56, 100):
        lines = shell("advise", "--width", str(width)).stdout.splitlines()
        assert width - 20 < max(map(len, lines)) <= width
        assert (lines[0] == "image-classification") is (width == 55)
    narrow = shell("advise", "--width", "40").stdout.splitlines()
    assert narrow[:2] == ["image-classification", "  Image classification with a CNN,"]
    assert max(map(len, narrow)) == 40


def test_tasks_and_answers_as_json(shell: Shell) -> None:
    tasks = json.loads(shell("advise", "--json").stdout)["tasks"]
    assert [task["task"] for task in tasks] == [task.id for task in TASKS]
    assert tasks[1] == {
        "task": "vision-transformer",
        "aliases": ["vit", "deit"],
        "sentence": "Image classification with a vision transformer.",
    }
    data = json.loads(shell("advise", "ddpm", "--steps", "100", "--lr", "1", "--json").stdout)
    assert (data["task"], len(data["answers"])) == ("diffusion", 2)
    assert data["answers"][0] == {
        "rank": 1,
        "call": "torch.ConstantLR(factor=1, total_iters=0), lr=1",
        "reason": "a constant rate, with a moving average of the weights in place of a decay",
        "source": "Peebles & Xie 2023 (DiT), arXiv:2212.09748",
        "ranges": [],
        "spec": {
            "schedule": "constant",
            "factor": 1.0,
            "total_iters": 0,
            "lr": 1.0,
            "steps": 100,
            "by": "step",
        },
    }


WRITTEN = """\
# segmentation: falls slowly to 0, which suits fine adjustment; power 0.9 is the field's
# the tutorial "Learning-rate schedulers in deep learning"; Chen et al. 2018 (DeepLab), \
arXiv:1606.00915
schedule: polynomial
total_iters: 40
power: 0.9
lr: 0.01
epochs: 40
by: epoch
"""


@pytest.mark.parametrize("name", ["spec.yaml", "spec.yml", "spec.json"])
def test_the_first_answer_is_written(shell: Shell, name: str) -> None:
    words = ("advise", "segmentation", "--epochs", "40", "--lr", "0.01", "--write", name)
    done = shell(*words)
    assert (done.returncode, done.stderr) == (0, f"wrote {name}\n")
    assert shell(*words, "--quiet").stderr == ""
    text = (shell.folder / name).read_text(encoding="utf-8")
    if name.endswith("json"):
        assert json.loads(text)["total_iters"] == 40
    else:
        assert text == WRITTEN
    assert shell("check", name).stdout == "no findings\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["llama", "finetune"],
            "unknown task 'llama finetune'; did you mean 'llama'? (lrviz advise lists them)",
        ),
        (
            ["tune", "GPT", "llama"],
            "unknown task 'tune GPT llama'; did you mean 'gpt'? (lrviz advise lists them)",
        ),
        (["nlpp"], "unknown task 'nlpp'; did you mean 'nlp'? (lrviz advise lists them)"),
        (["--write", "a.yaml"], "--write: needs a TASK (lrviz advise lists them)"),
        (
            ["nlp", "--write", "a.txt"],
            "--write: must end in .yaml, .yml or .json (got 'a.txt')",
        ),
        (["nlp", "--lr", "0"], "lr: must be above 0 (got 0)"),
        (["nlp", "--lr", "x"], "--lr: must be a number (got 'x')"),
        (
            ["nlp", "--steps", "5ep"],
            "--steps: 5ep needs the steps of an epoch: give steps_per_epoch, or dataset_size and "
            "batch_size",
        ),
        (
            ["nlp", "--steps", "10", "--epochs", "3", "--steps-per-epoch", "4"],
            "--steps: steps contradicts epochs: 3 epochs x 4 steps = 12 steps (got 10)",
        ),
    ],
)
def test_errors(shell: Shell, words: list[str], message: str) -> None:
    done = shell("advise", *words)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"error: {message}\n")
    assert not (shell.folder / "a.yaml").exists()


def test_defaults_of_the_user_fill_the_run(shell: Shell) -> None:
    shell.write("lrviz.toml", "epochs = 20\nsteps_per_epoch = 7\n")
    done = shell("advise", "cnn", "--lr", "0.1")
    assert (done.returncode, done.stderr) == (0, "")
    assert "     epochs: 20\n     steps_per_epoch: 7\n" in done.stdout
    done = shell("advise", "cnn", "--lr", "0.1", "--steps", "700", "--json")
    spec = json.loads(done.stdout)["answers"][0]["spec"]
    assert (spec["steps"], spec["steps_per_epoch"]) == (700, 7)
    assert "epochs" not in spec


def test_show_has_the_advice(shell: Shell) -> None:
    lines = shell("show", "onecycle").stdout.splitlines()
    at = lines.index("advice")
    assert lines[at : at + 5] == [
        "advice",
        "  for fast-convergence (lrviz advise TASK)",
        "  usual: a length of the whole run, so that the schedule ends with it",
        "  usual: a peak of 3 to 10 times the usual rate, from an LR range test",
        "  usual: a rise of 0.2 to 0.4 of the length; 0.3 is usual",
    ]
    assert lines[at + 5] == "example"
    assert "advice" not in shell("show", "lambda").stdout.splitlines()

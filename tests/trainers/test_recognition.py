"""Files that look like a format and are another's, or none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lrviz.core.errors import SpecError
from lrviz.specfile.source import load_spec
from lrviz.trainers.registry import find_format, recognise
from lrviz.trainers.source import Source

TORCHTUNE = "model: {_component_: torchtune.models.gemma.gemma_2b}\n"
COMPOSER = "scheduler: {name: cosine_with_warmup, t_warmup: 10ba}\nmax_duration: 1ep\n"
TITAN = "[optimizer]\nlr = 1e-3\n[training]\nsteps = 10\n"
CASES = {
    "a recipe that trains": (TORCHTUNE + "optimizer: {lr: 1e-3}\n", "torchtune"),
    "a recipe that evaluates": (TORCHTUNE + "tasks: [mmlu]\n", None),
    "a component of torch": ("optimizer: {_component_: torch.optim.AdamW, lr: 1e-3}\n", None),
    "a time with a unit": (COMPOSER + "optimizer: {lr: 1e-3}\n", "composer"),
    "a time of OLMo": (COMPOSER + "optimizer: {learning_rate: 1e-3}\n", "olmo"),
    "a bare time": ("scheduler: {t_warmup: 10}\noptimizer: {lr: 1e-3}\n", None),
    "a bare time of OLMo": ("scheduler: {t_warmup: 10}\noptimizer: {learning_rate: 1}\n", "olmo"),
    "torchtitan's keys": (TITAN + "[lr_scheduler]\nwarmup_steps = 2\n", "torchtitan"),
    "another's scheduler": (TITAN + "[lr_scheduler]\nname = 'cosine'\nwarmup_steps = 2\n", None),
    "kohya's arguments": ("lr_scheduler: cosine\nmax_train_steps: 10\n", "kohya"),
    "a script's of diffusers": (
        "lr_scheduler: cosine\nmax_train_steps: 10\nlr_num_cycles: 1\n",
        None,
    ),
    "another script's": ("lr_scheduler: cosine\nmax_train_steps: 10\nlr_power: 1\n", None),
    "no scheduler": (TITAN, None),
    "torchtitan's job": (TITAN + "[job]\ndump_folder = 'x'\n", "torchtitan"),
    "batches of DeepSpeed": ('{"train_batch_size": 1, "zero_optimization": {}}', "deepspeed"),
    "a batch size": ('{"train_batch_size": 1, "fp16": {"enabled": true}}', None),
    "nanotron's block": ("optimizer: {learning_rate_scheduler: {learning_rate: 1}}", "nanotron"),
    "a name of it": ("optimizer: {learning_rate_scheduler: cosine}", None),
    "no optimizer of OLMo-core": ("train_module: {scheduler: {_CLASS_: WSD}}", None),
    "no scheduler of OLMo-core": ("train_module: {optim: {lr: 1}}", None),
    "OLMo-core's blocks": ("train_module: {scheduler: {warmup: 1}, optim: {lr: 1}}", "olmo"),
}


@pytest.mark.parametrize("case", CASES)
def test_format(case: str) -> None:
    text, name = CASES[case]
    recognised = recognise(Source("config", text))
    assert (recognised[0].name if recognised else None) == name


def test_deepspeed_keys_of_another_program() -> None:
    text = '{"train_micro_batch_size_per_gpu": 4, "zero_optimization": {}, "%s": 1}'
    recognised = recognise(Source("config", text % "steps_per_print"))
    assert recognised
    assert recognised[0].name == "deepspeed"
    for key in ("train_iters", "train-iters", "lr_decay_style", "lr-decay-style"):
        recognised = recognise(Source("config", text % key))
        assert recognised is None or recognised[0].name != "deepspeed"


@pytest.mark.parametrize(
    "text",
    [
        "import torch\n\nlr: float = 3\nx = [\n",
        "from torch import nn\nwhile True: pass\n",
        "def main(a: int): return {a}\n",
        "def rate(step):\n    return 1\n",
        "print(3)\n",
        "C(\n    lr_scheduler=L.C(\n        names=[1, 2}\n    ),\n)\n",
        "@x\nclass Model: pass\n",
        "@x\nclass Model(nn.Module): pass\n",
    ],
)
def test_a_python_program_says_what_is_read_of_such(tmp_path: Path, text: str) -> None:
    path = tmp_path / "train.py"
    names = re.findall("def ([a-z]+)", text.replace("main", ""))
    assert message_of(path, text) == (
        "is not a schedule that lrviz knows: of Python files those of MMEngine and nanoGPT are "
        "read, and the literal arguments of TrainingArguments(...) and of Ultralytics' train(...); "
        f"give {path}:NAME for a scheduler that the program makes"
        + "".join(f" (it has {name})" for name in names)
    )


def test_many_names_of_a_program_are_not_all_listed(tmp_path: Path) -> None:
    text = "import torch\n" + "".join(f"def f{index}(step): ...\n" for index in range(8))
    message = message_of(tmp_path / "train.py", text)
    assert message.endswith("makes (it has f0, f1, f2, f3, f4, f5, ...)")


@pytest.mark.parametrize(
    "text", ["python train.py --config x.yaml\n", "torchrun train.py --model x \\\n  --epochs 3\n"]
)
def test_a_script_says_what_is_read_of_such(tmp_path: Path, text: str) -> None:
    assert message_of(tmp_path / "train.sh", text) == (
        "is not a schedule that lrviz knows: of shell scripts the arguments are read, and those of "
        "this one are of no format that lrviz knows; --as-format FORMAT reads them as one"
    )


def test_arguments_read_as_a_format(tmp_path: Path) -> None:
    path = tmp_path / "train.sh"
    path.write_text("python train.py config.py --learning_rate=1e-3 --max_iters=500\n")
    (curve,) = load_spec(str(path), trainer={"as_format": "nanogpt"}).curves
    assert (curve.lr, curve.count()) == (1e-3, 500)


def test_a_text_without_keys_is_of_no_format(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("hello\n")
    with pytest.raises(SpecError) as caught:
        load_spec(str(path), trainer={"as_format": "timm"})
    assert str(caught.value) == f"{path}: has neither keys nor arguments that timm could have"


def test_the_command_of_timm(tmp_path: Path) -> None:
    path = tmp_path / "train.sh"
    path.write_text(
        "./distributed_train.sh 4 /data --model resnet50 --sched cosine --epochs 150 \\\n"
        "  --warmup-epochs 5 --lr 0.4 --min-lr 1e-5\n"
    )
    (curve,) = load_spec(str(path)).curves
    assert curve.call() == (
        "timm.cosine(t_initial=150, lr_min=1e-5, cycle_decay=0.5, warmup_t=5, "
        "warmup_lr_init=1e-5), lr=0.4"
    )


@pytest.mark.parametrize("text", ["#!/bin/sh\necho a: b: c\n", "python train.py\n", "cd x\n"])
def test_a_script_without_arguments_says_so(tmp_path: Path, text: str) -> None:
    assert message_of(tmp_path / "train.sh", text) == (
        "is not a schedule that lrviz knows: of shell scripts the arguments are read, and this one "
        "has none that is recognised"
    )


def test_a_list_of_curves_says_how_several_are_written(tmp_path: Path) -> None:
    text = "- schedule: cosine\n  T_max: 9\n- schedule: step\n  step_size: 3\n"
    assert message_of(tmp_path / "a.yaml", text).endswith(
        "; several curves are a list under the key 'curves'"
    )


def test_an_unknown_format() -> None:
    with pytest.raises(SpecError) as caught:
        find_format("axolot")
    (finding,) = caught.value.findings
    assert (finding.place, finding.id) == ("--as-format", "unknown-format")
    assert finding.message.startswith("no format 'axolot'; did you mean 'axolotl'? (formats: ")


def message_of(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        load_spec(str(path))
    (finding,) = caught.value.findings
    assert finding.id == "not-a-schedule"
    return finding.message


def test_arguments_below_two_keys_are_of_no_file(tmp_path: Path) -> None:
    arguments = "  learning_rate: 1e-4\n  lr_scheduler_type: cosine\n  max_steps: 100\n"
    path = tmp_path / "a.yaml"
    path.write_text(f"model: x\nsft:\n{arguments}", encoding="utf-8")
    assert load_spec(str(path)).curves[0].count() == 100
    path.write_text(f"model: x\nsft:\n{arguments}dpo:\n{arguments}", encoding="utf-8")
    with pytest.raises(SpecError, match="is not a schedule that lrviz knows"):
        load_spec(str(path))

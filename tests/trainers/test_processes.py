"""The processes that a launcher in a script starts, or that a trainer has devices for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from lrviz.specfile.contents import LoadedSpec
from lrviz.specfile.source import load_spec
from lrviz.trainers.processes import LAUNCHERS

SAMPLES = 52_002
HF = (
    "train.py --learning_rate 2e-5 --lr_scheduler_type cosine --num_train_epochs 3 "
    "--per_device_train_batch_size 4 --gradient_accumulation_steps 8\n"
)
SWIFT = HF.replace("train.py", "swift sft")
KOHYA = (
    "train_network.py --network_module=a --learning_rate=1e-4 --lr_scheduler=cosine "
    "--max_train_epochs=3 "
    "--train_batch_size=4 --gradient_accumulation_steps=8\n"
)
DIFFUSERS = (
    "train_dreambooth.py --learning_rate=1e-4 --lr_scheduler=cosine --lr_warmup_steps=0 "
    "--num_train_epochs=3 --train_batch_size=4 --gradient_accumulation_steps=8\n"
)
TIMM = (
    "--model resnet50 --sched cosine --sched-on-updates --lr 0.4 --epochs 3 --warmup-epochs 0 "
    "--batch-size 4 --grad-accum-steps 8\n"
)
LIGHTNING = (
    "trainer: {{max_epochs: 3, accumulate_grad_batches: 8, {}}}\n"
    "data: {{batch_size: 4}}\n"
    "optimizer: {{class_path: torch.optim.SGD, init_args: {{lr: 0.1}}}}\n"
    "lr_scheduler: {{class_path: CosineAnnealingLR, init_args: {{T_max: 3}}, interval: step}}\n"
)
NEMO = (
    "trainer: {devices: 4, max_epochs: 3, max_steps: -1, accumulate_grad_batches: 8}\n"
    "model: {train_ds: {batch_size: 4}, optim: {lr: 1e-4, sched: {name: CosineAnnealing}}}\n"
)
ONE = "counts as one process (--world-size sets the number)"
STEPS_OF_ONE = 3 * 1626
STEPS_OF_FOUR = 3 * 407


def load(folder: Path, text: str, **flags: Any) -> LoadedSpec:
    """Read a config with the samples of its data."""
    path = folder / "a.txt"
    path.write_text(text, encoding="utf-8")
    return load_spec(str(path), {"dataset_size": SAMPLES, **flags})


def decisions(loaded: LoadedSpec) -> list[str]:
    """Return the decisions on processes, without their places."""
    assert loaded.plan
    lines = (f"{decision.kind}: {decision.text}" for decision in loaded.plan.trace)
    return [line for line in lines if "process" in line and "samples" not in line]


@pytest.mark.parametrize(
    ("text", "decision"),
    [
        ("torchrun --nproc_per_node=4 " + HF, "torchrun --nproc_per_node 4 = 4 processes"),
        ("torchrun --nproc-per-node 4 " + HF, "torchrun --nproc_per_node 4 = 4 processes"),
        (
            "python -m torch.distributed.launch --nproc_per_node 2 --nnodes=2 " + HF,
            "torchrun --nproc_per_node 2 x --nnodes 2 = 4 processes",
        ),
        ("torchrun --nnodes 4 " + HF, "torchrun --nnodes 4 = 4 processes"),
        (
            "N=4\nARGS=(\n  --nproc_per_node $N\n)\ntorchrun ${ARGS[@]} " + HF,
            "torchrun --nproc_per_node 4 = 4 processes",
        ),
        (
            "accelerate launch --multi_gpu --num_processes 4 --num_machines 2 " + HF,
            "accelerate --num_processes 4 = 4 processes",
        ),
        ("accelerate launch --num_processes 4 " + KOHYA, "accelerate --num_processes 4 = 4 "
         "processes"),
        ("accelerate launch --num_processes 4 " + DIFFUSERS, "accelerate --num_processes 4 = 4 "
         "processes"),
        ("deepspeed --num_gpus=4 " + HF, "deepspeed --num_gpus 4 = 4 processes"),
        (
            "deepspeed --num_gpus 2 --num_nodes 2 " + HF,
            "deepspeed --num_gpus 2 x --num_nodes 2 = 4 processes",
        ),
        ("NPROC_PER_NODE=4 " + SWIFT, "swift NPROC_PER_NODE 4 = 4 processes"),
        (
            "n=2\nCUDA_VISIBLE_DEVICES=0,1 \\\nNPROC_PER_NODE=$n \\\nNNODES=2 \\\n" + SWIFT,
            "swift NPROC_PER_NODE 2 x NNODES 2 = 4 processes",
        ),
        ("./distributed_train.sh 4 /data " + TIMM, "distributed_train.sh NUM_PROC 4 = 4 processes"),
        (LIGHTNING.format("devices: 4"), "4 devices x 1 node = 4 processes"),
        (LIGHTNING.format("devices: [0, 3], num_nodes: 2"), "2 devices x 2 nodes = 4 processes"),
        (LIGHTNING.format("devices: '0,1,2,3'"), "4 devices x 1 node = 4 processes"),
        (NEMO, "4 devices x 1 node = 4 processes"),
    ],
)  # fmt: skip
def test_number(text: str, decision: str, tmp_path: Path) -> None:
    loaded = load(tmp_path, text, drop_last=False)
    assert loaded.curves[0].count() == STEPS_OF_FOUR
    assert decisions(loaded) == [f"conversion: {decision}"]
    alone = load(tmp_path, text, world_size=1, drop_last=False)
    assert alone.curves[0].count() == STEPS_OF_ONE
    assert decisions(load(tmp_path, text, world_size=1)) == []


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("torchrun --nproc_per_node=gpu " + HF, f"torchrun --nproc_per_node gpu {ONE}"),
        (
            "torchrun --nproc_per_node 2 --nnodes 1:4 " + HF,
            f"torchrun --nnodes 1:4 {ONE}",
        ),
        (
            "accelerate launch --num_processes $N " + HF,
            f"--num_processes is $N, which the file does not set: it {ONE}",
        ),
        ("deepspeed --num_nodes 2 " + HF, f"deepspeed without --num_gpus {ONE}"),
        (LIGHTNING.format("devices: auto"), f"trainer.devices: auto {ONE}"),
        (LIGHTNING.format("devices: -1"), f"trainer.devices: -1 {ONE}"),
        (LIGHTNING.format("devices: 2, num_nodes: -1"), f"trainer.devices: 2 {ONE}"),
    ],
)
def test_an_open_number_is_noted(text: str, note: str, tmp_path: Path) -> None:
    loaded = load(tmp_path, text)
    (curve,) = loaded.curves
    assert curve.count() == STEPS_OF_ONE
    assert [item.message for item in curve.notes] == [note]
    assert decisions(loaded) == [f"missing: {note}"]
    assert load(tmp_path, text, world_size=4).curves[0].notes == ()


@pytest.mark.parametrize(
    "text",
    [
        "torchrun " + HF,
        "python " + HF.replace("8\n", "8 --deepspeed ds.json --num_gpus 4\n"),
        "# torchrun --nproc_per_node 4 old.py\npython " + HF,
        "# torchrun\npython " + HF.replace("8\n", "8 --nproc_per_node 4\n"),
        "accelerate launch " + HF,
        LIGHTNING.format("gpus: 4"),
    ],
)
def test_an_unstated_number_is_one(text: str, tmp_path: Path) -> None:
    loaded = load(tmp_path, text)
    assert loaded.curves[0].count() == STEPS_OF_ONE
    assert loaded.curves[0].notes == ()


def test_a_run_of_steps_needs_no_processes(tmp_path: Path) -> None:
    text = "torchrun --nproc_per_node=gpu " + HF.replace("num_train_epochs 3", "max_steps 60")
    path = tmp_path / "a.sh"
    path.write_text(text, encoding="utf-8")
    loaded = load_spec(str(path))
    assert loaded.curves[0].notes == ()
    assert decisions(loaded) == []


def test_every_launcher_is_tested() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    assert [
        item.name for item in LAUNCHERS if not re.search(f'"{item.name} (--|[A-Z])', text)
    ] == []


def test_a_rate_that_follows_from_the_global_batch(tmp_path: Path) -> None:
    text = "torchrun --nproc_per_node=4 train.py --sched cosine --opt sgd --lr-base 0.1 --epochs 9 "
    (curve,) = load(tmp_path, f"{text}--warmup-epochs 0 --batch-size 256\n").curves
    assert curve.lr == 0.4
    assert curve.notes == ()


def test_samples_of_a_model_that_processes_share(tmp_path: Path) -> None:
    text = (
        "torchrun --nproc_per_node 8 pretrain_gpt.py --lr 1e-4 --lr-decay-style linear "
        "--train-samples 1000 --micro-batch-size 2 --tensor-model-parallel-size 2 --min-lr 0\n"
    )
    (curve,) = load(tmp_path, text).curves
    assert curve.count() == 125

"""The tokens of a step, from the batch and the sequence length of a config itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from lrviz.core.errors import SpecError
from lrviz.curves.table import tabulate
from lrviz.specfile.source import load_spec
from tests.trainers.declared import EXAMPLES

NANOTRON = """\
optimizer:
  learning_rate_scheduler: {learning_rate: 1e-3, lr_warmup_steps: 5, lr_decay_steps: 45}
tokens:
  train_steps: 50
  sequence_length: 2048
  micro_batch_size: 4
  batch_accumulation_per_replica: 8
parallelism: {dp: 2}
"""
NANOGPT = "learning_rate = 1e-3\nmax_iters = 50\nlr_decay_iters = 50\nwarmup_iters = 5\n"
TITAN = """\
optimizer: {lr: 1e-3}
lr_scheduler: {warmup_steps: 5}
training: {steps: 50, seq_len: 1024, global_batch_size: SIZE}
"""
NEOX = """\
{"optimizer": {"type": "Adam", "params": {"lr": 1e-3}}, "lr_decay_style": "cosine",
"train_iters": 50, "lr_decay_iters": 50, "warmup": 0.1, "seq_length": 512, "train_batch_size": 64,
"model_parallel_size": 1, "pipe_parallel_size": 1}
"""
MEGATRON = (
    "python x.py --lr 1e-3 --train-iters 50 --lr-decay-iters 50 --lr-warmup-iters 5 "
    "--seq-length 4096 --global-batch-size 16 --micro-batch-size 1 MORE\n"
)


@pytest.mark.parametrize(
    ("name", "text", "flags", "tokens"),
    [
        ("a.yaml", NANOTRON, {}, 2048 * 4 * 8 * 2),
        ("a.yaml", NANOTRON, {"sequence_length": 100}, 100 * 4 * 8 * 2),
        ("a.yaml", NANOTRON, {"tokens_per_step": 7}, 7),
        ("a.yaml", NANOTRON.replace("dp: 2", "tp: 2"), {}, None),
        ("a.yaml", NANOTRON.replace("dp: 2", "dp: -2"), {}, None),
        ("a.yaml", NANOTRON.replace("dp: 2", "dp: two"), {}, None),
        ("a.yaml", NANOTRON.replace("2048", "0"), {}, None),
        ("a.yaml", NANOTRON.replace("2048", "15625000000000"), {}, 10**15),
        ("a.yaml", NANOTRON.replace("2048", "15625000000001"), {}, None),
        ("a.py", NANOGPT, {}, 1024 * 12 * 40),
        ("a.py", NANOGPT + "block_size = 64\nbatch_size = 2\n", {}, 64 * 2 * 40),
        ("a.py", NANOGPT + "gradient_accumulation_steps = n * 8\n", {}, None),
        ("a.yaml", TITAN.replace("SIZE", "8"), {}, 8192),
        ("a.yaml", TITAN.replace("SIZE", "-1"), {}, None),
        ("a.json", NEOX, {}, 512 * 64),
        ("a.sh", MEGATRON.replace("MORE", ""), {}, 4096 * 16),
        ("a.sh", MEGATRON.replace("MORE", "--rampup-batch-size 4 4 64"), {}, None),
    ],
)
def test_the_tokens_of_a_step_are_the_batch_times_the_length(
    here: Path, name: str, text: str, flags: Mapping[str, Any], tokens: int | None
) -> None:
    (here / name).write_text(text, encoding="utf-8")
    (curve,) = load_spec(name, flags).curves
    assert curve.run.step_tokens == tokens
    assert curve.run.length == 50


def test_the_axis_of_tokens_needs_no_flag_where_the_config_counts_them(here: Path) -> None:
    (here / "a.yaml").write_text(NANOTRON, encoding="utf-8")
    (here / "b.yaml").write_text(TITAN.replace("SIZE", "-1"), encoding="utf-8")
    loaded = load_spec("a.yaml")
    assert loaded.plan
    decision = "64 samples x 2,048 tokens = 131,072 tokens per step"
    assert decision in [item.text for item in loaded.plan.trace]
    assert tabulate(loaded.curves).on_axis("tokens").unit == ("tokens", 1 / 131_072)
    with pytest.raises(SpecError) as caught:
        tabulate(load_spec("b.yaml").curves).on_axis("tokens")
    assert str(caught.value) == (
        "b.yaml: axis tokens needs the tokens of a step: give tokens_per_step "
        "(--tokens-per-step), or sequence_length and batch_size"
    )


@pytest.mark.parametrize(
    ("example", "tokens"),
    [
        ("olmo/tokens.yaml", 64 * 1024),
        ("olmo/core_periods.json", 1000),
        ("olmo/scale_free.yaml", None),
        ("composer/batches.yaml", 256 * 2048),
        ("litgpt/pretrain.yaml", 65_536),
        ("megatron/tokens_of_samples.sh", 10_000),
    ],
)
def test_the_tokens_of_example_configs(example: str, tokens: int | None) -> None:
    (curve,) = load_spec(str(EXAMPLES / example)).curves
    assert curve.run.step_tokens == tokens


@pytest.mark.parametrize("length", [{"dataset_size": 1000}, {"steps_per_epoch": 50}, {}])
def test_flags_give_the_tokens_of_a_step(length: dict[str, int], tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(
        "learning_rate: 1e-4\nlr_scheduler_type: cosine\nper_device_train_batch_size: 4\n"
        "gradient_accumulation_steps: 2\nmax_steps: 100\n",
        encoding="utf-8",
    )
    flags = {"sequence_length": 512, "world_size": 3, **length}
    assert load_spec(str(path), flags).curves[0].run.step_tokens == 512 * 4 * 2 * 3
    flags["batch_size"] = 5
    assert load_spec(str(path), flags).curves[0].run.step_tokens == 512 * 5 * 2 * 3

"""The keys of real files that have nothing to do with a schedule are no misspellings of others."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from lrviz.core.errors import SpecError
from lrviz.trainers.reading import Reading
from lrviz.trainers.registry import formats
from lrviz.trainers.request import Request
from lrviz.trainers.source import Source
from lrviz.trainers.unread import accepted_names, suggestion_for
from tests.conftest import Shell
from tests.trainers.declared import MEANINGFUL

USUAL: dict[str, Any] = {
    "amp": True, "base_model": "a/b", "bf16": True, "callbacks": {"early_stopping": None},
    "checkpoint": "last.ckpt", "checkpoint_dir": "out", "checkpoints": "out", "compile": False,
    "data": "coco128.yaml", "data_dir": "data", "dataset": "a/b", "dataset_name": "a/b",
    "datasets": [{"path": "a/b"}], "debug": None, "defaults": ["base"], "device": "cuda:0",
    "devices": 4, "dtype": "bf16", "eval_steps": 100, "exp_manager": {"name": "a"},
    "experiment": "a", "gpus": "0,1", "hydra": {"run": {"dir": "out"}}, "log_dir": "logs",
    "logger": {"name": "csv"}, "logging_steps": 10, "loss": "l1", "mode": "train",
    "model": "yolo11n.pt", "model_name": "a", "model_name_or_path": "a/b", "model_type": "llama",
    "name": "exp", "nodes": 2, "num_workers": 4, "output_dir": "out", "patience": 100,
    "precision": "bf16-true", "pretrained": True, "profile": False, "project": "runs",
    "resume": False, "run_name": "a", "save": True, "save_dir": "out", "save_steps": 100,
    "save_strategy": "epoch", "seed": 0, "split": "val", "stage": "sft", "tags": ["a"],
    "task": "detect", "task_name": "train", "test": True, "tokenizer": {"name": "a"},
    "train": True, "trl": {"beta": 0.1}, "val": True, "verbose": True, "version": 2,
    "wandb_project": "a", "workers": 8,
}  # fmt: skip
"""Keys at the top of training configs, each with a value as real files have it."""


@pytest.mark.parametrize("name", [item.name for item in formats()])
def test_usual_keys_are_no_misspellings(name: str) -> None:
    (item,) = (item for item in formats() if item.name == name)
    for path in dict.fromkeys(example.path for example in MEANINGFUL if example.format == name):
        raw = path.read_bytes()
        source = item.open(Source(str(path), raw.decode(errors="replace"), path.parent, raw))
        reading = Reading(source, item, Request(metric="simulate"))
        with suppress(SpecError):  # of a number that only a flag gives
            item.read(reading)
        absent = accepted_names(reading.source, "", reading.source.data)
        others = USUAL.keys() - reading.source.data.keys() - absent.keys()
        wrong = {key: suggestion_for(key, value, absent) for key, value in USUAL.items()}
        assert {key: other for key, other in wrong.items() if other and key in others} == {}, path


def test_the_model_of_ultralytics_is_no_misspelled_mode(shell: Shell) -> None:
    text = "task: detect\nmodel: yolov8s.pt\nepochs: 9\nlr0: 0.01\nlrf: 0.1\noptimizer: SGD\n"
    shell.write("a.yaml", text)
    done = shell("check", "a.yaml", "--select", "unread-key")
    assert (done.returncode, done.stdout) == (0, "no findings\n")

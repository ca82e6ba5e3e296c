"""The version of a trainer from which a config means something else, and the one before it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.trainers.declared import Example
from tests.trainers.recorded import meaning_of

DATA = {"epochs": 3, "dataset_size": 1000, "batch_size": 7}
CHANGES: list[tuple[str, Mapping[str, Any], str, str, str]] = [
    ("deepspeed/log_warmup.json", {}, "0.15.2", "0.15.3", "first_step_at_lr: True"),
    ("deepspeed/own_optimizer.json", {"lr": 0.5}, "0.17.1", "0.17.2", "warmup_max_lr: 0.001"),
    ("deepspeed/cosine.json", {}, "0.19.2", "0.19.3", "climbs_again: True"),
    ("deepspeed/one_cycle.json", {}, "0.19.3", "0.19.4", "draws no stairs in OneCycle"),
    ("hf_trainer/ratio.yaml", DATA, "4.51", "4.52", "/ 2 accumulated = 71 steps per epoch"),
    ("hf_trainer/inverse_sqrt.yaml", DATA, "5.4", "5.5", "transformers before 5.5 ignores"),
    ("hf_trainer/ratio.yaml", DATA, "5.23", "5.22", "transformers 5.23 has no warmup_ratio"),
    ("nanogpt/shakespeare.py", {}, "2024-12-08", "2024-12-09", "as before 2024-12-09"),
    ("timm/defaults.yaml", {}, "0.4", "0.5", "(timm 0.4.12)"),
    ("timm/defaults.yaml", {}, "0.7", "0.8", "(timm 0.6)"),
    ("torchtitan/constant.toml", {}, "0.0.9", "0.1", "late_peak: True"),
    ("ultralytics/args.yaml", {}, "8.1", "8.2", "step_at_end: True"),
    ("ultralytics/auto.yaml", {}, "8.4", "8.3", "have 3 times the rate with MuSGD"),
    ("ultralytics/args.yaml", {"dataset_size": 160}, "8.4.102", "8.4.103", "nw: 100"),
]
"""A config with its flags, the version next to the change that has a text in it, and the other."""


@pytest.mark.parametrize(("file", "flags", "version", "other", "text"), CHANGES)
def test_the_version_of_a_change(
    file: str, flags: Mapping[str, Any], version: str, other: str, text: str
) -> None:
    assert text in meaning(file, flags, version)
    assert text not in meaning(file, flags, other)


def meaning(file: str, flags: Mapping[str, Any], version: str) -> str:
    """Return what a config means to a version of its trainer, or its error."""
    folder, name = file.split("/")
    example = Example(folder, name, {**flags, "trainer_version": version, "as_format": folder})
    return "\n".join(meaning_of(example.path.read_bytes(), example))

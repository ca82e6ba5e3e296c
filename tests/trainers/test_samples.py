"""The samples that a config trains on, of those that --dataset-size says."""

from __future__ import annotations

from pathlib import Path

import pytest

from lrviz.core.errors import SpecError
from lrviz.specfile.contents import LoadedSpec
from lrviz.specfile.source import load_spec

LLAMA = (
    "stage: sft\nfinetuning_type: lora\nmodel_name_or_path: example/small\nlearning_rate: 1e-4\n"
    "num_train_epochs: 1\nper_device_train_batch_size: 1\nlr_scheduler_type: cosine\n"
)
AXOLOTL = (
    "base_model: example/small\ndatasets: [{path: example/a, type: alpaca}]\n"
    "micro_batch_size: 1\nnum_epochs: 1\nlearning_rate: 1e-4\nlr_scheduler: cosine\n"
)
SWIFT = (
    "model: example/small\ntuner_type: lora\nlearning_rate: 1e-4\nnum_train_epochs: 1\n"
    "per_device_train_batch_size: 1\ngradient_accumulation_steps: 1\n"
)
HF = (
    "learning_rate: 1e-4\nlr_scheduler_type: linear\nnum_train_epochs: 1\n"
    "per_device_train_batch_size: 1\n"
)
AFTER = "--dataset-size is taken as the samples after "


def load(folder: Path, text: str, samples: int | None) -> LoadedSpec:
    """Read a config with the samples of its data."""
    path = folder / "a.yaml"
    path.write_text(text, encoding="utf-8")
    return load_spec(str(path), {} if samples is None else {"dataset_size": samples})


@pytest.mark.parametrize(
    ("text", "steps", "notes"),
    [
        (LLAMA, 1091, []),
        (
            LLAMA + "dataset: a\nmax_samples: 1000\nval_size: 0.1\n",
            900,
            ["900 of 1,091 samples are trained on (max_samples and val_size)"],
        ),
        (LLAMA + "dataset: [a]\nmax_samples: 2000\n", 1091, []),
        (LLAMA + "val_size: 0.1\n", 981, ["981 of 1,091 samples are trained on (val_size)"]),
        (LLAMA + "val_size: 91.5\n", 1000, ["1,000 of 1,091 samples are trained on (val_size)"]),
        (LLAMA + "val_size: 0\nmax_samples: 0\n", 1091, []),
        (LLAMA + "dataset: a\nmax_samples: -1\n", 1091, [AFTER + "max_samples"]),
        (
            LLAMA + "dataset: a,b\nmax_samples: 1000\nval_size: 91\n",
            1000,
            ["1,000 of 1,091 samples are trained on (val_size)", AFTER + "max_samples"],
        ),
        (LLAMA + "eval_dataset: b\nval_size: 0.1\n", 1091, [AFTER + "val_size"]),
        (
            LLAMA + "packing: true\nval_size: 0.1\n",
            1091,
            ["packing: the steps depend on the packed samples", AFTER + "val_size"],
        ),
        (
            LLAMA.replace("sft", "pt"),
            1091,
            ["packing: the steps depend on the packed samples"],
        ),
        (LLAMA.replace("sft", "pt") + "packing: false\n", 1091, []),
        (AXOLOTL, 1091, []),
        (
            AXOLOTL + "val_set_size: 0.05\n",
            1036,
            ["1,036 of 1,091 samples are trained on (val_set_size)"],
        ),
        (
            AXOLOTL + "val_set_size: 0.05\nsample_packing: true\n",
            1091,
            ["sample_packing: the steps depend on the packed samples", AFTER + "val_set_size"],
        ),
        (
            SWIFT + "dataset: a\nsplit_dataset_ratio: 0.05\n",
            1037,
            ["1,037 of 1,091 samples are trained on (split_dataset_ratio)"],
        ),
        (
            SWIFT + "dataset: a\nsplit_dataset_ratio: 0.0005\n",
            1090,
            ["1,090 of 1,091 samples are trained on (split_dataset_ratio)"],
        ),
        *(
            (
                f"{SWIFT}{other}\nsplit_dataset_ratio: 0.05\n",
                1091,
                [AFTER + "split_dataset_ratio"],
            )
            for other in (
                "dataset: [a, b]",
                "dataset: a#500",
                "dataset: a\nval_dataset: b",
                "dataset: a\nstreaming: true",
                "dataset: a\npacking: true",
            )
        ),
        (
            HF + "max_train_samples: 500\n",
            500,
            ["500 of 1,091 samples are trained on (max_train_samples)"],
        ),
        (HF + "validation_split_percentage: 5\n", 1091, [AFTER + "validation_split_percentage"]),
        (
            HF + "validation_split_percentage: 5\nval_size: 0.1\n",
            1091,
            [AFTER + "val_size and validation_split_percentage"],
        ),
    ],
)
def test_samples_that_are_trained_on(
    text: str, steps: int, notes: list[str], tmp_path: Path
) -> None:
    loaded = load(tmp_path, text, 1091)
    assert loaded.curves[0].run.steps == steps
    assert [note.message for note in loaded.curves[0].notes] == notes


def test_the_arithmetic_is_in_the_trace(tmp_path: Path) -> None:
    text = LLAMA + "dataset: a\nmax_samples: 1000\nval_size: 0.1\n"
    loaded = load(tmp_path, text, 1091)
    assert loaded.plan
    trace = [str(decision) for decision in loaded.plan.trace]
    assert trace[1:3] == [
        f"key:        max_samples: 1000  ({tmp_path}/a.yaml:9:14)",
        f"key:        val_size: 0.1  ({tmp_path}/a.yaml:10:11)",
    ]
    assert "conversion: max_samples: 1,000 of 1,091 samples" in trace
    assert "conversion: val_size: 900 of 1,000 samples" in trace


def test_the_arithmetic_is_in_the_trace_once(tmp_path: Path) -> None:
    loaded = load(tmp_path, AXOLOTL + "val_set_size: 0.05\n", 1091)
    assert loaded.plan
    trace = [str(decision) for decision in loaded.plan.trace]
    assert trace.count("conversion: val_set_size: 1,036 of 1,091 samples") == 1


def test_samples_of_a_run_whose_steps_are_known(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(LLAMA + "packing: true\n", encoding="utf-8")
    loaded = load_spec(str(path), {"dataset_size": 50, "steps_per_epoch": 9})
    assert loaded.curves[0].notes == ()


def test_keys_are_in_the_trace_without_samples(tmp_path: Path) -> None:
    loaded = load(tmp_path, HF + "validation_split: 0.1\nmax_train_samples: 500\n", None)
    assert loaded.plan
    decisions = [(item.kind, item.text) for item in loaded.plan.trace]
    assert ("key", "max_train_samples: 500") in decisions
    reason = "--dataset-size is taken as the samples after it"
    assert ("ignored", f"validation_split: {reason}") in decisions
    assert loaded.curves[0].notes[0].id == "scale-free"


def test_a_split_that_leaves_no_samples(tmp_path: Path) -> None:
    with pytest.raises(SpecError) as caught:
        load(tmp_path, LLAMA + "val_size: 50\n", 50)
    assert str(caught.value) == (
        f"{tmp_path}/a.yaml:8:11: val_size leaves none of 50 samples (got 50)"
    )

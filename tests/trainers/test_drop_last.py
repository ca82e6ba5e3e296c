"""An epoch's incomplete last batch is dropped by a flag, by the file, or by the trainer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lrviz.curves.curve import Curve
from lrviz.specfile.source import load_spec

HF = (
    "learning_rate: 1e-4\nlr_scheduler_type: cosine\nnum_train_epochs: 2\n"
    "per_device_train_batch_size: 16\n"
)
COMPOSER = (
    "max_duration: 2ep\nglobal_train_batch_size: 16\noptimizer: {name: sgd, lr: 1}\n"
    "scheduler: {name: cosine_with_warmup, t_warmup: 1ba, alpha_f: 0}\n"
)
TIMM = "model: x\nsched: cosine\nopt: sgd\nlr: 1\nepochs: 2\nwarmup_epochs: 0\nbatch_size: 16\n"


def load(folder: Path, text: str, **flags: Any) -> Curve:
    """Return the curve of a config whose data has 100 samples: six batches of 16, and four."""
    (folder / "a.yaml").write_text(text, encoding="utf-8")
    return load_spec(str(folder / "a.yaml"), {"dataset_size": 100, **flags}).curves[0]


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        (HF, 14),
        (HF + "dataloader_drop_last: true\n", 12),
        (COMPOSER, 14),
        (COMPOSER + "train_loader: {drop_last: true}\n", 12),
        (TIMM, 12),
    ],
)
def test_steps(text: str, steps: int, tmp_path: Path) -> None:
    assert load(tmp_path, text).count() == steps
    assert load(tmp_path, text, drop_last=True).count() == 12
    assert load(tmp_path, text, drop_last=False).count() == 14


def test_the_trace_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(HF, encoding="utf-8")
    for samples, dropped in ((100, " (an incomplete one is dropped)"), (96, "")):
        plan = load_spec(
            str(tmp_path / "a.yaml"), {"dataset_size": samples, "drop_last": True}
        ).plan
        assert plan
        assert f"conversion: {samples} samples / (16 x 1 process) = 6 batches{dropped}, / 1 " in (
            "\n".join(f"{item.kind}: {item.text}" for item in plan.trace)
        )

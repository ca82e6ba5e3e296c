"""Files of TrainingArguments have the rates that transformers' own Trainer gave them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lrviz.specfile.source import load_spec
from lrviz.trainers.formats.hf_trainer import FORMAT
from lrviz.trainers.huggingface import KWARGS, METRIC_DRIVEN

RECORD = json.loads(Path(__file__).with_name("training_arguments.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("run", RECORD["runs"], ids=lambda run: run["config"]["lr_scheduler_type"])
def test_rates(run: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "args.json"
    file.write_text(json.dumps(run["config"]), encoding="utf-8")
    (curve,) = load_spec(str(file)).curves
    rates = curve.sample(range(curve.count()))
    assert len(rates) == len(run["rates"])
    assert np.allclose(rates, run["rates"], rtol=1e-12, atol=1e-15 * max(run["rates"]))


def test_each_type_is_recorded_as_of_the_newest_version() -> None:
    types = {run["config"]["lr_scheduler_type"] for run in RECORD["runs"]}
    assert types == set(KWARGS) - set(METRIC_DRIVEN)
    assert FORMAT.version == f"transformers {RECORD['transformers']}"

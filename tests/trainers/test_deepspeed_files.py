"""The DeepSpeed settings that Hugging Face arguments name: a scheduler in them counts."""

from __future__ import annotations

import pytest

from tests.conftest import Shell

SCHEDULER = '{"zero_optimization": {}, "scheduler": {"type": "WarmupLR", "params": {}}}'
NOTE = (
    "note: run.yaml: a scheduler in the DeepSpeed settings replaces lr_scheduler_type; lrviz plot "
    "ds.json draws it, with --lr, --warmup and --total-steps\n"
)


@pytest.mark.parametrize(
    ("name", "text", "note"),
    [
        ("ds.json", SCHEDULER, NOTE),
        ("ds.json", '{"zero_optimization": {"stage": 3}}', ""),
        ("ds.json", "[1, 2]", ""),
        ("missing.json", SCHEDULER, ""),
        ("/ds.json", SCHEDULER, ""),
    ],
)
def test_a_file_of_settings(name: str, text: str, note: str, shell: Shell) -> None:
    shell.write("ds.json", text)
    config = "learning_rate: 1e-4\nmax_steps: 100\nlr_scheduler_type: cosine\n"
    shell.write("run.yaml", f"{config}deepspeed: {name}\n")
    done = shell("measure", "run.yaml")
    assert (done.returncode, done.stderr) == (0, note)

"""What is no training config is not taken for one, and the message says what is nearest."""

from __future__ import annotations

from pathlib import Path

import pytest

from lrviz.core.errors import SpecError
from lrviz.specfile.source import load_spec
from tests.conftest import Shell
from tests.trainers.others import COUNT, others

FILES = dict(others())
START = "is not a schedule that lrviz knows"


def findings_of(text: str, folder: Path) -> list[tuple[str, str]]:
    path = folder / "file.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        load_spec(str(path))
    return [(finding.id, finding.message) for finding in caught.value.findings]


@pytest.mark.parametrize("name", FILES)
def test_other_file_is_not_recognised(name: str, tmp_path: Path) -> None:
    ((rule, message),) = findings_of(FILES[name], tmp_path)
    assert rule == "not-a-schedule"
    assert message.startswith(START)


def test_there_are_many_other_files() -> None:
    assert len(FILES) == COUNT == 200


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        (
            "num_train_epochs: 3\nseed: 1\n",
            "; the nearest format is Hugging Face TrainingArguments, which needs "
            "lr_scheduler_type or learning_rate",
        ),
        (
            "base_model: a/b\nadapter: lora\nseed: 1\n",
            "; the nearest format is axolotl, which needs micro_batch_size",
        ),
        (
            "lr0: 0.1\nmosaic: 1\n",
            "; the nearest format is Ultralytics, which needs lrf or hyp.lrf",
        ),
        (
            "a: 1\n",
            ": it has neither the key 'schedule' nor those of a training config",
        ),
        (
            "job_schedule: nightly\nT_max: 3\nb: 1\n",
            ": it has neither the key 'schedule' nor those of a training config",
        ),
        (
            "schedules: {pods: 3}\nshuffle: no\nb: 1\n",
            ": it has neither the key 'schedule' nor those of a training config",
        ),
        (
            "- a\n- b\n",
            ": it has neither the key 'schedule' nor those of a training config",
        ),
    ],
)
def test_nearest_format_and_its_missing_key(text: str, nearest: str, tmp_path: Path) -> None:
    assert findings_of(text, tmp_path) == [("not-a-schedule", START + nearest)]


def test_tags_of_an_unknown_file_are_not_its_fault(tmp_path: Path) -> None:
    text = "model: !new:some.Class\n  size: 3\nother: !ref <model>\n"
    assert [rule for rule, _ in findings_of(text, tmp_path)] == ["not-a-schedule"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lr: 0.1\nsteps: 10\n", "needs the key 'schedule', for example schedule: cosine"),
        (
            "scheduler: cosine\nT_max: 3\nb: 1\n",
            "needs the key 'schedule'; write it instead of 'scheduler'",
        ),
        (
            "shcedule: cosine\nT_max: 3\nb: 1\n",
            "needs the key 'schedule'; write it instead of 'shcedule'",
        ),
    ],
)
def test_what_is_nearly_a_spec_is_read_as_one(text: str, message: str, tmp_path: Path) -> None:
    assert [text for _, text in findings_of(text, tmp_path)] == [message]


def test_place_and_status(shell: Shell) -> None:
    shell.write("a.yaml", "a: 1\nb: 2\n")
    done = shell("plot", "a.yaml", "--no-image")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"error: a.yaml:1:1: {START}: it has neither the key 'schedule'")

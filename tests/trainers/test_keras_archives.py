"""A `.keras` archive: only its config is read, and no archive ends in an internal error."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from lrviz.trainers.document import MAX_BYTES
from lrviz.trainers.formats.keras import CONFIG, FORMAT
from lrviz.trainers.source import Source

SCHEDULE = {"class_name": "ExponentialDecay", "config": {"decay_steps": 1}}
CONFIG_TEXT = json.dumps({"compile_config": {"optimizer": {"config": {"learning_rate": SCHEDULE}}}})


def archive(
    name: str = CONFIG, text: str = CONFIG_TEXT, method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as writer:
        writer.writestr(name, text)
    return file.getvalue()


def reason(raw: bytes) -> str | None:
    return FORMAT.matches(FORMAT.open(Source("model.keras", "", raw=raw)))


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
def test_config_of_an_archive(method: int) -> None:
    expected = "has compile_config.optimizer.config.learning_rate in config.json"
    assert reason(archive(method=method)) == expected


def test_archives_without_a_config_are_no_models() -> None:
    assert reason(archive("other.json")) is None
    assert reason(archive(text="{")) is None
    assert reason(archive(text="[1]")) is None
    assert reason(CONFIG_TEXT.encode()) is None


def test_a_config_that_is_too_large_is_not_read() -> None:
    assert reason(archive(text=CONFIG_TEXT + " " * (MAX_BYTES - len(CONFIG_TEXT)))) is not None
    assert reason(archive(text=CONFIG_TEXT + " " * (MAX_BYTES + 1 - len(CONFIG_TEXT)))) is None


def test_an_archive_cut_off_or_changed_anywhere() -> None:
    raw = archive()
    for at in range(len(raw)):
        assert reason(raw[:at]) is None
        reason(raw[:at] + bytes([raw[at] ^ 0xFF]) + raw[at + 1 :])

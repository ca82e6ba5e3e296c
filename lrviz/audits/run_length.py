"""The steps of a whole run, where its log says them before it has ended."""

from __future__ import annotations

import re
from io import SEEK_END
from pathlib import Path
from typing import NamedTuple

from lrviz.audits.reading import MAX_LOG_BYTES
from lrviz.core.files import FileError, open_file
from lrviz.core.text import format_count
from lrviz.run import MAX_STEPS

KEYS = {".json": "max_steps", ".jsonl": "total_steps"}
"""By the ending of a log, the key of the steps of its run."""
VALUE = r'"{}"\s*+:\s*+([0-9]{{1,18}})(?![0-9.eE])'
MAX_BYTES = 1_000_000
"""Of a log, at its end and at its beginning: the key is beside the rows, or in each."""


class RunLength(NamedTuple):
    """The steps of a run as its log says them under a key.

    `flag` is the one with which the plan of a training config has as many, or empty.
    """

    key: str
    steps: int
    flag: str = ""

    def comparison(self, planned: int) -> str:
        """Return that the plan has another length, and the flag."""
        plan = f"the plan has {format_count(planned, 'step')}"
        remedy = f"; with {self.flag} it has {self.steps:,}" if self.flag else ""
        return f"the log's {self.key} is {self.steps:,}, and {plan}{remedy}"


def length_of_run(log: Path) -> RunLength | None:
    """Return the steps of the run by `max_steps` of a JSON log or `total_steps` of JSON Lines.

    In a document the key may come after the rows.
    """
    key = KEYS.get(log.suffix)
    if key is None:
        return None
    pattern = re.compile(VALUE.format(key).encode())
    try:
        with open_file(log, MAX_LOG_BYTES) as file:
            match = pattern.search(file.read(MAX_BYTES))
            if not match and log.suffix == ".json":
                file.seek(max(file.seek(0, SEEK_END) - MAX_BYTES, 0))
                match = pattern.search(file.read())
    except FileError:  # the reader of its rows says so
        return None
    steps = int(match[1]) if match else 0
    return RunLength(key, steps) if 0 < steps <= MAX_STEPS else None

"""The steps of a whole run, where its log says them before it has ended."""

from __future__ import annotations

import json
import re
from pathlib import Path

from lrviz.audits.json_logs import NOT_JSON
from lrviz.audits.reading import MAX_JSON_BYTES, MAX_LOG_BYTES
from lrviz.core.files import FileError, open_file

TOTAL = re.compile(rb'"total_steps"\s*+:\s*+([0-9]{1,18})(?![0-9])')
MAX_BYTES = 1_000_000
"""Of JSON Lines, where the first rows say the steps."""


def steps_of_run(log: Path) -> int | None:
    """Return the steps of the run by `max_steps` of a JSON log or `total_steps` of JSON Lines."""
    try:
        if log.suffix == ".jsonl":
            with open_file(log, MAX_LOG_BYTES) as file:
                match = TOTAL.search(file.read(MAX_BYTES))
            steps = int(match[1]) if match else None
        elif log.suffix == ".json":
            with open_file(log, MAX_JSON_BYTES) as file:
                data = json.loads(file.read())
            steps = data.get("max_steps") if isinstance(data, dict) else None
        else:
            return None
    except (FileError, *NOT_JSON):  # the reader of its rows says so
        return None
    return steps if type(steps) is int and steps > 0 else None

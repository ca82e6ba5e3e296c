"""The steps of a whole run, where its log says them before it has ended."""

from __future__ import annotations

import json
import re
from pathlib import Path

TOTAL = re.compile(r'"total_steps"\s*:\s*([0-9]+)')
MOST_CHARACTERS = 1_000_000


def steps_of_run(log: Path) -> int | None:
    """Return the steps of the run by `max_steps` of a JSON log or `total_steps` of JSON Lines."""
    if log.suffix not in (".json", ".jsonl"):
        return None
    text = log.read_text(encoding="utf-8", errors="replace")
    if log.suffix == ".jsonl":
        match = TOTAL.search(text[:MOST_CHARACTERS])
        steps = int(match[1]) if match else None
    else:
        try:
            data = json.loads(text)
        except ValueError:
            return None
        steps = data.get("max_steps") if isinstance(data, dict) else None
    return steps if isinstance(steps, int) and steps > 0 else None

"""Data as the JSON that commands print."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def json_text(data: Mapping[str, Any]) -> str:
    """Return plain data as JSON, indented and with characters as they are."""
    return json.dumps(data, indent=2, ensure_ascii=False)

"""A log in the place of a spec: the error says that it is one, and which command reads it."""

from __future__ import annotations

import os.path
import re
from dataclasses import replace
from pathlib import Path

from lrviz.core.errors import SpecError
from lrviz.core.findings import Finding
from lrviz.specfile.program import ENDING as PROGRAM_ENDING

NO_SPEC = ("not-a-schedule", "not-yaml", "not-text", "too-large", "wrong-type")
"""What is reported of a file that is no spec at all."""
LINE = re.compile(r":\d+:\d+$")
"""The line and the column at the end of a place."""
MIN_ROWS = 2
"""Of a file that is taken for a log."""


def with_hint(finding: Finding) -> Finding:
    """Return a finding on a file; where that is a log, the finding says what reads it."""
    path = LINE.sub("", finding.place)
    if finding.id not in NO_SPEC or not is_log(path):
        return finding
    message = f"is not a schedule that lrviz knows: it is a log, which lrviz audit {path} reads"
    return replace(finding, id="not-a-schedule", place=path, message=message)


def is_log(path: str) -> bool:
    """Return whether a file is a log with rates."""
    from lrviz.audits.formats import is_rate  # only a file that is no spec is read again
    from lrviz.audits.log_rows import one_of_names
    from lrviz.audits.reading import read_rows

    if path.endswith(PROGRAM_ENDING) or not os.path.isfile(path):  # a name may be too long
        return False
    try:
        rows = read_rows(Path(path), one_of_names([]))
    except SpecError:
        return False
    return rows.count >= MIN_ROWS and any(map(is_rate, rows.columns))

"""The log of a run, found in the run's folder by the names that formats have."""

from __future__ import annotations

from pathlib import Path

from lrviz.audits.formats import FORMATS
from lrviz.core.errors import SpecError


def find_log(folder: Path) -> Path:
    """Return the log in a run's folder, of several of a name the one that was written last.

    Formats that say most of the run come first. Raises SpecError where there is none.
    """
    for pattern in (pattern for item in FORMATS for pattern in item.files):
        logs = [path for path in folder.glob(pattern) if path.is_file()]
        if logs:
            return max(logs, key=lambda path: (path.stat().st_mtime, path.name))
    raise SpecError.of(
        str(folder), "holds no log that lrviz knows by its name; name the file", "no-log"
    )

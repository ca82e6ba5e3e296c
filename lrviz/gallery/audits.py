"""The figure of an audit: a shipped log of a run that went wrong, against its plan."""

from __future__ import annotations

from functools import cache

from lrviz.audits.audit import ColumnAudit, audit_log
from lrviz.audits.log import read_log
from lrviz.gallery.mistakes import PLAN
from lrviz.specfile import shipped
from lrviz.specfile.source import load_spec

LOG = "mistakes/four-processes.csv"
STEM = "audit"
TITLE = "The log of a run on four processes against its plan"
COMMAND = f"lrviz audit configs/{LOG} --against configs/{PLAN}"


@cache
def shipped_audit() -> ColumnAudit:
    """Return the audit of the shipped log."""
    plan = load_spec(str(shipped.folder() / PLAN)).curves[0]
    return audit_log(read_log(shipped.folder() / LOG), plan).decisive

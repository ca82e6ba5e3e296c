"""See what your learning rate will do before you pay for the run.

import lrviz
cosine = lrviz.schedule("cosine", T_max=100, eta_min=1e-4)
cosine.rate(range(100), lr=0.1)
"""

from __future__ import annotations

TYPE_CHECKING = False  # importing typing takes time in which an interrupt prints a traceback
if TYPE_CHECKING:
    from typing import Any

    from lrviz.advice.answers import Answer
    from lrviz.advice.task import Task
    from lrviz.api import (
        Curves,
        advise,
        as_if,
        assert_same,
        audit,
        check,
        code,
        compare,
        convert,
        curve,
        export,
        find_lr,
        html,
        idioms,
        load,
        measure,
        plot,
        propose,
        sample,
        schedule,
    )
    from lrviz.audits.audit import Audit
    from lrviz.audits.proposal import Proposal
    from lrviz.audits.range_test import RangeTest
    from lrviz.core.errors import OutputError, SpecError
    from lrviz.core.findings import Finding
    from lrviz.core.intent import Idiom, Intent
    from lrviz.core.schedule import Schedule
    from lrviz.curves.curve import Curve
    from lrviz.curves.measurement import Comparison, Measurement
    from lrviz.curves.table import Table
    from lrviz.mistakes.as_if import Mistaken
    from lrviz.notebook import interact
    from lrviz.recorder import Recorder
    from lrviz.render.export_file import Export
    from lrviz.run import Run

__version__ = "0.1.0"

MODULES = {
    "lrviz.core.errors": ("OutputError", "SpecError"),
    "lrviz.core.findings": ("Finding",),
    "lrviz.notebook": ("interact",),
    "lrviz.recorder": ("Recorder",),
    "lrviz.run": ("Run",),
}
"""The names that the API does not import itself."""

__all__ = [
    "Answer",
    "Audit",
    "Comparison",
    "Curve",
    "Curves",
    "Export",
    "Finding",
    "Idiom",
    "Intent",
    "Measurement",
    "Mistaken",
    "OutputError",
    "Proposal",
    "RangeTest",
    "Recorder",
    "Run",
    "Schedule",
    "SpecError",
    "Table",
    "Task",
    "advise",
    "as_if",
    "assert_same",
    "audit",
    "check",
    "code",
    "compare",
    "convert",
    "curve",
    "export",
    "find_lr",
    "html",
    "idioms",
    "interact",
    "load",
    "measure",
    "plot",
    "propose",
    "sample",
    "schedule",
]


def __dir__() -> list[str]:
    """Return the names of the API."""
    return [*__all__, "__version__"]


def __getattr__(name: str) -> Any:
    """Import the API when it is first used: `import lrviz` alone loads nothing heavy."""
    if name not in __all__:
        raise AttributeError(f"module 'lrviz' has no attribute '{name}'")
    from importlib import import_module

    module = next((path for path, names in MODULES.items() if name in names), "lrviz.api")
    return getattr(import_module(module), name)

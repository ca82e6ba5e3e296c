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
    from lrviz.api.assertion import assert_same
    from lrviz.api.curves import Curves, curve, load, schedule
    from lrviz.api.logs import audit, find_lr, propose
    from lrviz.api.pictures import html, plot
    from lrviz.api.plans import advise, as_if, check
    from lrviz.api.programs import code, convert, idioms
    from lrviz.api.rates import compare, export, measure, sample
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
    "lrviz.api.assertion": ("assert_same",),
    "lrviz.api.curves": ("Curve", "Curves", "Schedule", "curve", "load", "schedule"),
    "lrviz.api.logs": ("Audit", "Proposal", "RangeTest", "audit", "find_lr", "propose"),
    "lrviz.api.pictures": ("html", "plot"),
    "lrviz.api.plans": ("Answer", "Mistaken", "Task", "advise", "as_if", "check"),
    "lrviz.api.programs": ("Idiom", "Intent", "code", "convert", "idioms"),
    "lrviz.api.rates": (
        "Comparison",
        "Export",
        "Measurement",
        "Table",
        "compare",
        "export",
        "measure",
        "sample",
    ),
    "lrviz.core.errors": ("OutputError", "SpecError"),
    "lrviz.core.findings": ("Finding",),
    "lrviz.notebook": ("interact",),
    "lrviz.recorder": ("Recorder",),
    "lrviz.run": ("Run",),
}
"""The names of the API by the module that is imported where one of them is first used.

A class is taken from the module whose calls return it.
"""

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
    """Import a name's module where it is first used: `import lrviz` alone loads nothing heavy."""
    if name not in __all__:
        raise AttributeError(f"module 'lrviz' has no attribute '{name}'")
    from importlib import import_module

    module = next(path for path, names in MODULES.items() if name in names)
    return getattr(import_module(module), name)

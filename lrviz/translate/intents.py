"""One intent in every dialect: the idioms of each, and their curves.

An idiom is a spec of a registered schedule, so that its rates are the dialect's own.
"""

from __future__ import annotations

from collections.abc import Iterable

from lrviz.core.intent import Idiom, Intent
from lrviz.core.register import register
from lrviz.curves.curve import Curve
from lrviz.curves.table import Table, tabulate
from lrviz.specfile.reader import Context, read_curves

__all__ = ["Idiom", "Intent", "curve_of", "idioms", "table_of"]


def idioms(intent: Intent) -> list[Idiom]:
    """Return every dialect's idioms for an intent, in the dialects' order."""
    modules = [dialect.module("idioms") for dialect in register.dialects.values()]
    return [idiom for module in modules if module for idiom in module.idioms(intent)]


def curve_of(idiom: Idiom, intent: Intent) -> Curve:
    """Return the curve of an idiom, on the clock of optimizer steps. Raises SpecError."""
    settings = {"label": idiom.label, "by": "step", "steps": intent.total}
    if not idiom.schedule_class.sets_rate:
        settings["lr"] = intent.peak
    return read_curves({**idiom.spec, **settings}, Context(lambda *_: idiom.label))[0]


def table_of(idioms: Iterable[Idiom], intent: Intent) -> Table:
    """Return the curves of idioms, up to the last of the intent's steps of interest."""
    last = intent.steps_of_interest()[-1]
    return tabulate([curve_of(idiom, intent) for idiom in idioms], range(last + 1))

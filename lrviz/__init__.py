"""See what your learning rate will do before you pay for the run.

import lrviz
cosine = lrviz.schedule("cosine", T_max=100, eta_min=1e-4)
cosine.rate(range(100), lr=0.1)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lrviz.api import Curves, load, plot, sample, schedule
    from lrviz.core.errors import SpecError
    from lrviz.core.schedule import Schedule
    from lrviz.curves.curve import Curve
    from lrviz.curves.table import Table

__version__ = "0.1.0"

__all__ = [
    "Curve",
    "Curves",
    "Schedule",
    "SpecError",
    "Table",
    "load",
    "plot",
    "sample",
    "schedule",
]


def __getattr__(name: str) -> Any:
    """Import the API when it is first used: `import lrviz` alone loads nothing heavy."""
    if name not in __all__:
        raise AttributeError(f"module 'lrviz' has no attribute '{name}'")
    from lrviz import api

    return getattr(api, name)

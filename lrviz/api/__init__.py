"""The Python API: specs to curves, curves to numbers, pictures and code.

Each command of the command line is one of these calls. A module holds the calls of one kind, and is
imported when one of them is first used.
"""

from __future__ import annotations

from typing import Any

from lrviz.core.display import Display, Displayed


def display_of(value: Any) -> Display:
    """Return how a result of a call is shown."""
    from lrviz.api.displays import DISPLAYS

    return next(DISPLAYS[cls] for cls in type(value).__mro__ if cls in DISPLAYS)


Displayed.display_of = display_of

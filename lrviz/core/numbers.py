"""The earlier names of `lrviz.core.text`."""  # TRANSITION

from lrviz.core.text import format_exact as exact
from lrviz.core.text import format_rounded as short
from lrviz.core.text import format_value

__all__ = ["brief", "exact", "short"]


def brief(value: object) -> str:
    """Return a value without spaces, as it would be typed."""
    return format_value(value, compact=True)

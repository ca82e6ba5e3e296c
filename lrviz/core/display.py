"""Values that `print` and a notebook show as a later room writes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Protocol


class Display(Protocol):
    """How values of a class are shown."""

    def text(self, value: Any) -> str:
        """Return what `print` shows."""

    def html(self, value: Any) -> str:
        """Return what a notebook shows."""


class Displayed:
    """A value that `print` and a notebook show by the display of its class.

    Where no display is known, they show the repr.
    """

    display_of: ClassVar[Callable[[Any], Display] | None] = None
    """Returns the display of a value; set by the Python API."""

    def __str__(self) -> str:
        find = type(self).display_of
        return find(self).text(self) if find else repr(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Print the value in IPython's terminal as `print` does."""
        del cycle
        printer.text(str(self))

    def _repr_html_(self) -> str | None:
        find = type(self).display_of
        return find(self).html(self) if find else None

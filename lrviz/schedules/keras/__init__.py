"""Keras' dialect: its schedule objects and callbacks as keras 3.15.1 runs them."""

from lrviz.schedules.keras import decays  # isort: split

from lrviz.schedules.keras import cosines  # isort: split

from lrviz.schedules.keras import callbacks

__all__ = ["callbacks", "cosines", "decays"]

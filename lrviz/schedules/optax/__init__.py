"""Optax' dialect: optax.schedules and contrib's plateau as optax 0.2.8 runs them."""

from lrviz.schedules.optax import leaves  # isort: split

from lrviz.schedules.optax import pieces  # isort: split

from lrviz.schedules.optax import joined  # isort: split

from lrviz.schedules.optax import plateau

__all__ = ["joined", "leaves", "pieces", "plateau"]

"""Optax' dialect: optax.schedules and contrib's plateau as optax 0.2.8 runs them."""

from lrviz.core.register import Dialect

DIALECT = Dialect(
    "optax",
    "Optax",
    2,
    __name__,
    ("leaves", "pieces", "joined", "plateau"),
    synonyms=("jax", "flax"),
    optimizer="AdamW",
)

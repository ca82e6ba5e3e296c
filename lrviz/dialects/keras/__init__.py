"""Keras' dialect: its schedule objects and callbacks as keras 3.15.1 runs them."""

from lrviz.core.register import Dialect

DIALECT = Dialect(
    "keras",
    "Keras",
    1,
    __name__,
    ("decays", "cosines", "callbacks"),
    synonyms=("tensorflow", "tf", "tf.keras"),
)

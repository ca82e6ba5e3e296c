"""The dialect of TF Model Garden: its own schedules as tf-models-official 2.20.0 runs them."""

from lrviz.core.register import Dialect

DIALECT = Dialect(
    "tf_model_garden", "TF Model Garden", 60, __name__, ("warmups", "decays"), trainer=True
)

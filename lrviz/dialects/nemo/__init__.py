"""The dialect of NeMo: its annealing policies as 3.0.0 runs them."""

from lrviz.core.register import Dialect

DIALECT = Dialect(
    "nemo",
    "NeMo",
    42,
    __name__,
    ("annealing", "cosine", "noam", "holding", "t5"),
    trainer=True,
    optimizer="AdamW",
)

"""The dialect of GPT-NeoX: the decay styles of its AnnealingLR."""

from lrviz.core.register import Dialect

DIALECT = Dialect(
    "neox",
    "GPT-NeoX",
    41,
    __name__,
    ("annealing",),
    trainer=True,
    optimizer="AdamW",
)

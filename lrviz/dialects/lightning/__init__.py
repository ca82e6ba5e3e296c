"""Lightning's dialect: the scheduler of lightning-bolts as its 0.7.0 runs it."""

from lrviz.core.register import Dialect

DIALECT = Dialect(
    "lightning",
    "Lightning",
    5,
    __name__,
    ("warmup_cosine",),
    synonyms=("pytorch_lightning", "pl"),
    runs="torch",
)

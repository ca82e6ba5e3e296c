"""T5X's dialect: schedules that are products of named factors."""

from lrviz.core.register import Dialect

DIALECT = Dialect(
    "t5x",
    "T5X",
    33,
    __name__,
    ("product",),
    trainer=True,
    optimizer="AdamW",
)

"""nanotron's dialect: the schedule of its `learning_rate_scheduler`, as 0.4 runs it."""

from lrviz.core.register import Dialect

DIALECT = Dialect(
    "nanotron",
    "nanotron",
    26,
    __name__,
    ("schedule",),
    trainer=True,
    optimizer="AdamW",
)

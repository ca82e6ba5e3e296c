"""torchtitan's dialect: its scheduler as 0.3.0 runs it."""

from lrviz.core.register import Dialect

DIALECT = Dialect(
    "torchtitan",
    "torchtitan",
    24,
    __name__,
    ("stable",),
    trainer=True,
    optimizer="AdamW",
)

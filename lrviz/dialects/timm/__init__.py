"""timm's dialect: timm.scheduler as 1.0.31 runs it."""

from lrviz.core.register import Dialect

DIALECT = Dialect(
    "timm",
    "timm",
    4,
    __name__,
    ("cycles", "decays", "stable", "plateau"),
    optimizer="AdamW",
)

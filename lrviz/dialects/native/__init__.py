"""lrviz's own dialect: what the field uses and no library has under one name, by family."""

from lrviz.core.register import Dialect

DIALECT = Dialect(
    "lrviz",
    "lrviz",
    9,
    __name__,
    ("trapezoids", "decays", "powers", "range_test", "piecewise"),
    optimizer="AdamW",
)
